"""A generated site in the structure of 中国产业经济信息网, and a static server for it in a process of its own.

``python -m benchmarks.site --articles N`` serves until its standard input closes. Pages are made beforehand and
answered from memory by a bare asyncio protocol, so that the server is not what a crawl waits for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop

from benchmarks.prose import paragraphs, title

COLUMNS = 10
"""Columns of the site, each with its own chain of listing pages, as news sites have them."""
ROWS = 50
PAGE_BYTES = (40_000, 60_000)


def article_path(number: int) -> str:
    return f"/xy/sc/{900_000 + number}.html"


def listing_path(column: int, page: int = 1) -> str:
    return f"/xy/c{column}/" if page == 1 else f"/xy/c{column}/index_{page}.html"


def listings(total: int) -> list[tuple[int, int]]:
    """Column and number of each listing page of a site of so many articles."""
    return [
        (column, page)
        for column in range(COLUMNS)
        for page in range(1, max(-(-len(range(column, total, COLUMNS)) // ROWS), 1) + 1)
    ]


def _filler(rng: random.Random, size: int) -> str:
    """Navigation, styles and scripts, as real pages have them around their text."""
    parts = ["<style>"]
    parts += [
        f".c{rng.randrange(10**6)}{{margin:{rng.randrange(40)}px;padding:{rng.randrange(40)}px}}" for _ in range(60)
    ]
    parts.append("</style><div class='nav'><ul>")
    parts += [f"<li><a href='/hy/{n}/' target='_blank'>栏目{n}</a></li>" for n in range(60)]
    parts.append("</ul></div><script>")
    length = sum(map(len, parts))
    while length < size:
        line = f"var v{rng.randrange(10**9)}=function(a,b){{return a*{rng.randrange(999)}+b;}};\n"
        parts.append(line)
        length += len(line)
    parts.append("</script>")
    return "".join(parts)


def article(number: int, total: int) -> bytes:
    rng = random.Random(number)
    body = "".join(f"<p>　　{text}</p>" for text in paragraphs(number))
    related = "".join(
        f'<li><div class="txt"><h3><a href="{article_path(other)}">{title(other)}</a></h3>'
        f'<p>{paragraphs(other, characters=60)[0][:80]}</p><span class="sp2">2020-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}</span></div></li>'
        for other in (rng.randrange(total) for _ in range(4))
    )
    day = f"20{20 + number % 5}-{1 + number % 12:02}-{1 + number % 28:02}"
    head = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title(number)}-中国产业经济信息网</title></head><body>'
        '<div class="col-l"><div>'
        f"<h1><center><b>{title(number)}</b></center></h1><center>来源：中国产业经济信息网&nbsp;&nbsp;时间：{day}</center></div>"
        f'<div class="dc-ccm1">{body}<p><b>转自：攀枝花日报</b></p>'
        "<p>【版权及免责声明】凡本网所属版权作品，转载时须获得授权并注明来源“中国产业经济信息网”。</p>"
        f'<div class="ydsj_box"><h2>延伸阅读</h2><ul>{related}</ul></div></div></div>'
    )
    tail = '<div class="col-r"><h3>热点新闻</h3></div><div class="footer">版权所有</div></body></html>'
    size = rng.randint(*PAGE_BYTES) - len(head.encode()) - len(tail.encode())
    return (head + _filler(rng, size) + tail).encode()


def listing(column: int, page: int, total: int) -> bytes:
    mine = range(column, total, COLUMNS)
    rows = "".join(
        f'<li><div class="txt"><h3><a href="{article_path(n)}">{title(n)}</a></h3><span class="sp2">2024-01-01</span></div></li>'
        for n in mine[(page - 1) * ROWS : page * ROWS]
    )
    more = f'<a href="{listing_path(column, page + 1)}">下一页</a>' if page * ROWS < len(mine) else ""
    return (
        f'<html><head><meta charset="utf-8"></head><body><div class="col-l"><ul>{rows}</ul></div>'
        f'<div class="pages">{more}</div></body></html>'
    ).encode()


class Static(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, GET only, from a dict of ready answers."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self.answers = answers
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            path = self.buffer.split(b" ", 2)[1]
            self.buffer = self.buffer[end + 4 :]
            self.transport.write(self.answers.get(path, NOT_FOUND))  # type: ignore[attr-defined]


NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def _serve(total: int) -> None:
    answers = {article_path(n).encode(): _answer(article(n, total)) for n in range(total)}
    answers |= {listing_path(*which).encode(): _answer(listing(*which, total)) for which in listings(total)}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Static(answers), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def served(total: int) -> Iterator[str]:
    """The site's home address, while it is served from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.site", "--articles", str(total)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.communicate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, required=True)
    uvloop.run(_serve(parser.parse_args().articles))
