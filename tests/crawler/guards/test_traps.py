"""What looks like a trap, and what must not."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.guards.traps import MOST_LINKS, MOST_QUERIES, Traps, trap
from crawler.items import Link, Outcome, Visit
from crawler.site import Entrance, Site

TODAY = date(2025, 6, 15)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://a.example/calendar/2031/05/", "future"),
        ("http://a.example/events?year=2040&month=1", "future"),
        ("http://a.example/events?date=2025-12-01", "future"),
        ("http://a.example/day/2099-12-31.html", "future"),
        ("http://a.example/a/b/a/b/a/b/page", "repeating"),
        ("http://a.example/news/news/news/1.html", "repeating"),
        ("http://a.example/" + "d/" * 13, "deep"),
        ("http://a.example/?" + "&".join(f"p{n}={n}" for n in range(10)), "parameters"),
        ("http://a.example/(S(lit3py55t21z5v55vlm25s55))/list.aspx", "session"),
        ("http://a.example/x;sid=0123456789abcdef0123", "session"),
        ("http://a.example/x?id=1&token=0123456789abcdef0123", "session"),
        ("http://a.example/" + "x" * 1000, "long"),
    ],
)
def test_traps(url: str, kind: str) -> None:
    assert trap(url, TODAY) == kind


@pytest.mark.parametrize(
    "url",
    [
        "http://www.cinic.org.cn/xy/sc/777154.html",
        "http://www.cinic.org.cn/site951/hwcj/2016-02-18/812129.shtml",
        "http://www.sc.gov.cn/10462/10464/10797/2021/6/15/abc.shtml",
        "http://www.panzhihua.gov.cn/zfxxgk/fdzdgknr/zcfg/zcjd/202506/t20250615_123.html",
        "http://a.example/2025/06/15/20250615/1.html",
        "http://a.example/10/10/10/1.html",
        "http://a.example/index.php?m=content&c=index&a=show&catid=13&id=20481231",
        "http://a.example/art/2025/7/1/art_123_20991.html",
        "http://a.example/guihua/2035yuanjing.html",
        "http://a.example/%E6%94%80%E6%9E%9D%E8%8A%B1/2030.html",
        "http://a.example/list?page=2&size=20",
        "http://a.example/x?token=short",
    ],
)
def test_no_traps(url: str) -> None:
    assert trap(url, TODAY) is None


SITE = Site(
    name="cinic",
    title="",
    home="",
    hosts=("a.example",),
    entrances=(Entrance(url="http://a.example/list/", max_pages=3),),
    article_url=r"id=\d+",
)


@pytest.fixture
def traps() -> Traps:
    counted: dict[str, int] = {}
    stats = SimpleNamespace(
        counted=counted, inc_value=lambda key, count: counted.update({key: counted.get(key, 0) + count})
    )
    crawler: Any = SimpleNamespace(spider=SimpleNamespace(sites={"cinic": SITE}), stats=stats)
    return Traps(crawler)


def link(url: str, source: str | None = None) -> Link:
    return Link(url=url, source=source, kind="article", depth=0)


def outcome(*links: Link, onward: Link | None = None, depth: int = 0) -> Outcome:
    visit = Visit(id=1, url="http://a.example/list/", source="cinic", kind="listing", depth=depth, attempts=0)
    return Outcome(visit=visit, state="done", url=visit.url, fetched_at=datetime.now(UTC), links=links, onward=onward)


def test_a_page_with_fifty_thousand_links_gives_the_first(traps: Traps) -> None:
    links = [link(f"http://a.example/{n}.html") for n in range(50_000)]
    bounded = traps.bounded(outcome(*links))
    assert bounded.links == tuple(links[:MOST_LINKS])
    assert bounded.figures == {"links_left_out": 50_000 - MOST_LINKS}


def test_a_sitemap_may_have_as_many(traps: Traps) -> None:
    links = [link(f"http://a.example/{n}.html") for n in range(50_000)]
    assert traps.bounded(outcome(*links), is_xml=True).links == tuple(links)


def test_query_strings_upon_one_path_are_bounded_unless_the_source_says_they_are_articles(traps: Traps) -> None:
    strange = [link(f"http://b.example/x?order={n}") for n in range(MOST_QUERIES + 10)]
    known = [link(f"http://a.example/x?id={n}", "cinic") for n in range(MOST_QUERIES + 10)]
    assert len(traps.bounded(outcome(*strange)).links) == MOST_QUERIES
    assert traps.bounded(outcome(strange[0])).links == (strange[0],), "known ones stay"
    assert len(traps.bounded(outcome(*known)).links) == MOST_QUERIES + 10


def test_what_the_source_calls_an_article_is_followed(traps: Traps) -> None:
    article = link("http://a.example/calendar/2099/12/31?id=20", "cinic")
    assert traps.bounded(outcome(article)).links == (article,)


def test_a_pager_ends_where_the_source_says(traps: Traps) -> None:
    onward = Link(url="http://a.example/list/9", source="cinic", kind="listing", depth=1)
    assert traps.bounded(outcome(onward=onward, depth=1)).onward == onward
    assert traps.bounded(outcome(onward=onward, depth=2)).onward is None


def test_what_has_no_trap_is_not_touched(traps: Traps) -> None:
    plain = outcome(link("http://a.example/1.html"))
    assert traps.bounded(plain) is plain
