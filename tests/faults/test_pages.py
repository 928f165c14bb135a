"""Cases 21, 24 and 25: pages that are hostile by what they hold, read without a network."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.extraction import read
from crawler.guards.reading import is_strange
from crawler.items import Exchange, Listing, NotArticle, Page, ScrapedArticle
from crawler.spiders.site import SiteSpider
from crawler.wiring import read_article
from crawler.work import Work, read_page
from crawler.workshop import LostError, Step, Together, Workshop, WorkshopError
from tests.storage.samples import exchange

TEXT = "攀枝花市人民政府近日印发通知，明确了钒钛产业高质量发展的目标任务，要求各县区、各部门认真组织实施。"
HTML = f"<html><title>关于产业的通知</title><h1>关于产业的通知</h1><p>2025年3月10日 来源：试验日报</p><div><p>{TEXT * 5}</p></div>"


def page(body: bytes | str, content_type: str | None = "text/html") -> Page:
    content = body.encode() if isinstance(body, str) else body
    return Page(url="http://strange.example/1.html", body=content, content_type=content_type)


# --- 21 ------------------------------------------------------------------------------------------------------

HOSTILE = {
    "attributes": "<html><p " + " ".join(f"a{n}" for n in range(300_000)) + ">x</p></html>",
    "paragraphs": "<html>" + "<p>" * 350_000,
    "nested": "<html>" + "<div>" * 200_000 + "攀枝花",
    "tables": "<html>" + "<table><tr><td>" * 60_000,
    "text": "<html><p>" + "攀枝花" * 1_500_000,
    "entities": "<html><p>" + "&amp;" * 1_000_000,
    "links": "<html><ul>" + '<li><a href="/1.html">攀枝花</a>' * 50_000,
}


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.close()


def read_alone(workshop: Workshop, body: str) -> Any:
    """What the crawl's workshop makes of a page that is read alone."""
    came = replace(exchange("http://strange.example/1.html", body.encode()), headers=((b"Content-Type", b"text/html"),))
    work = Work(url=came.url, fetched_at=came.fetched_at, exchange=came)

    async def ask() -> Work:
        return await Together[Work, Work](workshop, read_page).alone(work)

    return asyncio.run(ask()).reading


@pytest.mark.parametrize("name", HOSTILE)
def test_21_reading_ends_in_time_whatever_the_page_is(workshop: Workshop, name: str) -> None:
    assert is_strange(HOSTILE[name].encode())
    started = time.monotonic()
    with suppress(LostError, MemoryError):
        assert isinstance(read_alone(workshop, HOSTILE[name]), (ScrapedArticle, Listing, NotArticle))
    assert time.monotonic() - started < 10
    assert read_alone(workshop, HTML) == read(page(HTML), None), "and the next page is read as ever"


def test_21_a_text_without_end_is_no_article(workshop: Workshop) -> None:
    short, long = (read_alone(workshop, plan_of(count)) for count in (500, 2_000))
    assert isinstance(short, ScrapedArticle), "a quarter of a million characters is a long plan, and read"
    assert isinstance(long, NotArticle)
    assert long.kind == "too-large"
    assert read_article(page(plan_of(2_000)), None) == long.reason, "nor for reprocess and extract"


def plan_of(paragraphs: int) -> str:
    """A plan of so many paragraphs of 490 characters."""
    body = "".join(f"<p>{TEXT * 10}</p>" for _ in range(paragraphs))
    return f"<html><title>规划纲要</title><h1>规划纲要</h1><div>{body}</div></html>"


def test_21_a_large_page_is_read_at_once(workshop: Workshop) -> None:
    """A picture that stands in the page as base64 makes it strange, and no slower."""
    large = HTML.replace("<div>", f'<img src="data:image/png;base64,{"A" * 200_000}"><div>')
    read_alone(workshop, HTML)
    started = time.monotonic()
    reading = read_alone(workshop, large)
    assert time.monotonic() - started < 0.5
    assert is_strange(large.encode())
    assert isinstance(reading, ScrapedArticle)
    assert TEXT * 5 in reading.paragraphs


async def reading_with(workshop: Workshop, step: Step) -> Work:
    """What a spider has of a strange page where its pages are read by this step."""
    spider = SiteSpider()
    spider._read_only = Together(workshop, step)
    return await spider._done(spider._read_page, strange(), LARGE)


def hang(work: Work) -> Work:
    time.sleep(60)
    return work


def swell(work: Work) -> Work:
    bytearray(8 * 1024**3)
    return work


@pytest.mark.parametrize(("step", "why"), [(hang, "not done within 0.3 s"), (swell, "too little memory")])
def test_21_a_page_that_is_too_much_is_no_article(
    monkeypatch: pytest.MonkeyPatch, workshop: Workshop, step: Step, why: str
) -> None:
    monkeypatch.setattr("crawler.workshop.ALONE", 0.3)
    done = asyncio.run(reading_with(workshop, step))
    assert done.reading == NotArticle(kind="too-large", reason=f"reading it: {why}")
    assert isinstance(done.exchange, Exchange), "its bytes are kept"


def test_21_a_page_that_a_closed_workshop_left_unread_is_not_judged() -> None:
    closing = Workshop()

    async def leave() -> Work:
        reading = asyncio.ensure_future(reading_with(closing, hang))
        await asyncio.sleep(0.3)
        closing.close()
        return await reading

    with pytest.raises(WorkshopError, match="closed"):
        asyncio.run(leave())


def test_21_more_tags_than_that_are_strange_however_short_they_are() -> None:
    assert is_strange(b"<b>" * 20_001)
    assert not is_strange(b"<b>" * 19_999)


def test_21_who_waits_to_read_alone_hears_that_the_workshop_is_closed() -> None:
    closing = Workshop()
    steps: Together[Work, Work] = Together(closing, hang)

    async def leave() -> list[Any]:
        waiting = [asyncio.ensure_future(steps.alone(strange())) for _ in range(2)]
        await asyncio.sleep(0.3)
        closing.close()
        return await asyncio.gather(*waiting, return_exceptions=True)

    assert [str(error) for error in asyncio.run(leave())] == ["closed", "closed"]


LARGE = b"x" * 2_000_000


def strange() -> Work:
    came = exchange("http://strange.example/1.html", LARGE)
    return Work(url=came.url, fetched_at=came.fetched_at, exchange=came)


@pytest.mark.parametrize("body", [HTML, HTML * 20, "", "<" * 100, "x" * 60_000])
def test_21_what_is_usual_is_read_at_once(body: str) -> None:
    assert not is_strange(body.encode())


# --- 24 ------------------------------------------------------------------------------------------------------

META = '<meta charset="{}">'


def declared(encoding: str) -> str:
    return HTML.replace("<html>", "<html><head>" + META.format(encoding) + "</head>")


TRADITIONAL = declared("{}").translate(
    str.maketrans("产业关于发划钒钛质标务县区实证", "產業關於發劃釩鈦質標務縣區實證")
)
WIDE = declared("gb2312").replace("通知，", "通知（镕喆㭎），")
CHARSETS: dict[str, tuple[bytes, str | None, str]] = {
    "utf-8, said": (declared("utf-8").encode(), "text/html; charset=utf-8", TEXT),
    "utf-8, unsaid": (HTML.encode(), "text/html", TEXT),
    "utf-8 with its mark": (b"\xef\xbb\xbf" + HTML.encode(), "text/html", TEXT),
    "utf-8 called gbk in the head": (declared("utf-8").encode(), "text/html; charset=gbk", TEXT),
    "utf-8 called gbk in the page": (declared("gbk").encode(), "text/html", TEXT),
    "gbk, said": (declared("gbk").encode("gbk"), "text/html; charset=gbk", TEXT),
    "gbk, unsaid": (HTML.encode("gbk"), "text/html", TEXT),
    "gbk called utf-8 in the head": (declared("gbk").encode("gbk"), "text/html; charset=utf-8", TEXT),
    "gbk called utf-8 in the page": (declared("utf-8").encode("gbk"), "text/html", TEXT),
    "gbk called iso-8859-1": (declared("gbk").encode("gbk"), "text/html; charset=iso-8859-1", TEXT),
    "gb18030 called gb2312": (WIDE.encode("gb18030"), "text/html; charset=gb2312", "镕喆㭎"),
    "gb18030, said": (WIDE.replace("gb2312", "gb18030").encode("gb18030"), None, "镕喆㭎"),
    "big5, said": (TRADITIONAL.format("big5").encode("big5", "ignore"), "text/html; charset=big5", "釩鈦產業"),
    "big5, unsaid": (TRADITIONAL.replace(META, "").encode("big5", "ignore"), None, "釩鈦產業"),
    "big5 called gb2312": (TRADITIONAL.format("gb2312").encode("big5", "ignore"), "text/html", "釩鈦產業"),
    "utf-16 with its mark": (HTML.encode("utf-16"), "text/html", TEXT),
    "utf-8 cut in a character": (HTML.encode()[:-2] + b"</p>", "text/html; charset=utf-8", TEXT),
}


@pytest.mark.parametrize("case", CHARSETS)
def test_24_the_characters_are_what_was_written(case: str) -> None:
    body, content_type, words = CHARSETS[case]
    reading = read(page(body, content_type), None)
    assert isinstance(reading, ScrapedArticle), reading
    assert words in "".join(reading.paragraphs)


# --- 25 ------------------------------------------------------------------------------------------------------

BOMB = "".join(
    [
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "攀枝花">',
        *(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9)),
        "]>",
    ]
)
QUADRATIC = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY big "{"x" * 100_000}">]>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:1/evil.dtd" [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'
FEED = "<rss><channel><item><title>{0}</title><link>http://a.example/1.html</link><description>{0}</description></item></channel></rss>"
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://a.example/{0}</loc></url></urlset>'
)
ENTITIES = {
    "bomb": (BOMB, "&e9;"),
    "quadratic": (QUADRATIC, "&big;" * 5_000),
    "external": (EXTERNAL, "&file;"),
    "parameter": (PARAMETER, "x"),
}
MEASURED = """
import json, resource, sys, time
from crawler.extraction import read
from crawler.items import Page
bodies = json.load(sys.stdin)
read(Page(url="http://a.example/feed.xml", body=b"<rss><channel/></rss>", content_type="text/xml"), None, kind="listing")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.process_time()
shown = [
    repr(read(Page(url="http://a.example/feed.xml", body=body.encode(), content_type="text/xml"), None, kind="listing"))
    for body in bodies
]
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
print(json.dumps({"grown": grown, "seconds": time.process_time() - started, "shown": shown}))
"""


def test_25_entities_cost_nothing_and_read_no_file() -> None:
    bodies = [head + kind.format(entity) for head, entity in ENTITIES.values() for kind in (FEED, SITEMAP)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        input=json.dumps(bodies),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    answer = json.loads(done.stdout)
    assert answer["grown"] < 50, "MB"
    assert answer["seconds"] < 5
    assert "root:" not in done.stdout
    assert max(map(len, answer["shown"])) < 100_000
