"""How fast are search and article pages, with many readers at once?

Serves an archive of made articles in a process of its own, as ``panxi serve`` does, and asks it in a closed loop:
every reader asks again as soon as it has its answer. Each search is another question, so that nothing is answered
twice. The readers are one process of their own on the same machine: what they need (``readers_cpu_ms`` an answer) is
taken from the server's cores and stands in the waiting times, as it would not with readers elsewhere.

The text is the real news of ``--corpus`` where it is present (default: ../shared/corpus beside the project), else
made from a small vocabulary, which is harder: there nearly every word stands in most articles.

    python -m benchmarks.web                                 # 200,000 articles, 20 readers
    python -m benchmarks.web --articles 5000 --seconds 5     # a short form
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import quote

import psutil

from benchmarks.made_archive import INDUSTRIES, REGIONS, SOURCES, Text, fill, furnish, prose
from benchmarks.prose import THINGS, paragraphs
from storage import db

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "xwlb-sample.jsonl.gz"
LONGEST = 700
"""Characters of a real item that are taken, to come to about 2 KB."""


def news(path: Path) -> tuple[Text, list[str]]:
    """Real texts by number, the later ones with a made paragraph of their own; and words to ask for."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        items = [(item["title"], item["body"][:LONGEST]) for item in map(json.loads, lines)]

    def text(number: int) -> tuple[str, list[str]]:
        title, body = items[number % len(items)]
        return f"{title}（{number}）", [*body.split("\n"), paragraphs(number, characters=1)[0]]

    random = Random("words")
    words = []
    while len(words) < 5_000:
        body = random.choice(items)[1]
        place, length = random.randrange(max(1, len(body) - 8)), random.choice((2, 2, 3, 4, 4, 6))
        word = body[place : place + length]
        if len(word) == length and all("\u4e00" <= char <= "\u9fff" for char in word):
            words.append(word)
    return text, words


def searches(words: list[str], random: Random) -> Iterator[str]:
    """Questions as readers ask them: a word, two, one with a facet, a facet alone, a later page."""
    while True:
        word = quote(random.choice(words))
        yield random.choice(
            (
                f"/search?q={word}",
                f"/search?q={word}&order=newest",
                f"/search?q={word}+{quote(random.choice(words))}",
                f"/search?q={word}&region={random.choice(REGIONS)[0]}",
                f"/search?q={word}&source={random.choice(SOURCES)}&year={random.randint(2015, 2026)}",
                f"/search?q={word}&page={random.randint(2, 5)}",
                f"/search?industry={random.choice(INDUSTRIES)[0]}&year={random.randint(2015, 2026)}",
            )
        )


def articles(count: int, random: Random) -> Iterator[str]:
    """Pages of articles, any of them."""
    while True:
        yield f"/articles/{random.randint(1, count)}"


async def load(port: int, paths: Iterator[str], *, readers: int, seconds: float) -> list[float]:
    """Seconds of each answer; raises ValueError where one is not 200."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def reader() -> None:
        incoming, outgoing = await asyncio.open_connection("127.0.0.1", port)
        while (begun := time.perf_counter()) < end:
            path = next(paths)
            outgoing.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode())
            head = (await incoming.readuntil(b"\r\n\r\n")).lower()
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise ValueError(f"{path}: {head[:60]!r}")
            length = int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
            await incoming.readexactly(length)
            took.append(time.perf_counter() - begun)
        outgoing.close()

    await asyncio.gather(*(reader() for _ in range(readers)))
    return took


def figures(took: list[float], seconds: float, cpu: float, readers_cpu: float) -> dict[str, float]:
    """Milliseconds, and answers a second; CPU of the server and of the readers for an answer."""
    cuts = statistics.quantiles(took, n=100)
    return {
        "p50_ms": round(cuts[49] * 1e3, 1),
        "p95_ms": round(cuts[94] * 1e3, 1),
        "p99_ms": round(cuts[98] * 1e3, 1),
        "per_second": round(len(took) / seconds, 1),
        "cpu_ms": round(cpu / len(took) * 1e3, 2),
        "readers_cpu_ms": round(readers_cpu / len(took) * 1e3, 2),
    }


def measure(url: str, count: int, words: list[str], *, readers: int, seconds: float) -> dict[str, dict[str, float]]:
    """Serves the archive in a process of its own and asks it, kind by kind, after a short warm-up."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.web", "--serve", url], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        result = {}
        kinds = {"search": searches(words, Random(1)), "article": articles(count, Random(2))}
        for kind, paths in kinds.items():
            asyncio.run(load(port, paths, readers=2, seconds=min(3.0, seconds)))
            before, own_before = _cpu(server.pid), time.process_time()
            took = asyncio.run(load(port, paths, readers=readers, seconds=seconds))
            own = time.process_time() - own_before
            result[kind] = figures(took, seconds, _cpu(server.pid) - before, own)
            print(f"{kind}: {result[kind]}", file=sys.stderr)
        used = psutil.Process(server.pid).memory_full_info().uss  # the mapped file is the system's, not the server's
        result["memory"] = {"own_mb": round(used / 1e6, 1)}
        return result
    finally:
        server.terminate()
        server.wait(timeout=20)


def serve(url: str) -> None:
    """The page over the archive, on a free port, which is printed."""
    import socket

    import uvicorn

    from monitor.web.app import create_app
    from monitor.web.config import Config
    from pipelines.text.script import to_simplified

    config = Config(
        engine=db.mapped(db.open_engine(url)), fold=to_simplified, decode=lambda body, _: body.decode("utf-8", "replace"),
        search_burst=10**9,
    )  # fmt: skip
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(create_app(config), log_level="warning", access_log=False)).run(sockets=[listening])


def _cpu(pid: int) -> float:
    spent = psutil.Process(pid).cpu_times()
    return spent.user + spent.system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--archive", type=Path, help="keep the archive in this file and use it again")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    real = options.corpus.is_file()
    print(f"text: {options.corpus if real else 'made, the corpus is absent'}", file=sys.stderr)
    text, words = news(options.corpus) if real else (prose, THINGS)
    with tempfile.TemporaryDirectory() as folder:
        path = options.archive or Path(folder) / "web.db"
        url = f"sqlite:///{path}"
        if not path.exists():
            engine = db.open_engine(url)
            db.upgrade(engine)
            fill(engine, options.articles, text=text)
            furnish(engine)
            engine.dispose()
        measured = measure(url, options.articles, words, readers=options.readers, seconds=options.seconds)
    print(
        json.dumps(
            {
                "articles": options.articles,
                "readers": options.readers,
                "real_text": real,
                "search_p95_ms": measured["search"]["p95_ms"],
                "article_p95_ms": measured["article"]["p95_ms"],
                **measured,
            }
        )
    )


if __name__ == "__main__":
    main()
