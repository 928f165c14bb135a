"""What a whole crawl does with pages and servers that never end, and with the wishes of its sources.

Two crawls over sources of which each is difficult in its own way; each test looks at one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from crawler.items import SHANGHAI
from crawler.politeness import day_of
from storage.db import open_engine
from tests.faults.crawling import Crawled, crawl
from tests.faults.hostile import Answer, Hostile, said, serving

ATTRIBUTES = "<html><p " + " ".join(f"a{n}" for n in range(300_000)) + ">x</p></html>"
MANY = (100, 100, 3_000, 50_000)
"""Links into a calendar, with sessions, upon one path, and to pages."""


@dataclass(frozen=True)
class Crawls:
    hostile: Hostile
    db: Path
    first: Crawled
    second: Crawled
    between: int
    """How much was asked for by the first."""

    def asked(self, host: str) -> list[tuple[float, str]]:
        """When what was asked of the host in the first crawl."""
        asked = zip(self.hostile.moments, self.hostile.asked[: self.between], strict=False)
        return [(moment, place) for moment, (place, _) in asked if place.startswith(f"{host}.example/")]

    def rows(self, statement: str) -> list[Any]:
        engine = create_engine(f"sqlite:///{self.db}")
        with engine.connect() as conn:
            found = list(conn.execute(text(statement)))
        engine.dispose()
        return found


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    db = tmp_path_factory.mktemp("crawl") / "panxi.db"
    open_engine(f"sqlite:///{db}").dispose()
    with serving() as hostile:
        for host, count in (("good", 10), ("slow", 8), ("busy", 20), ("frugal", 30), ("asleep", 3), ("strange", 3)):
            hostile.answers[f"{host}.example/list/"] = listing(range(count))
        for number in range(1, 40):
            path = "/list/" if number == 1 else f"/list/index_{number}.html"
            rows = range(number * 10, number * 10 + 10)
            hostile.answers[f"pager.example{path}"] = listing(rows, onward=f"/list/index_{number + 1}.html")
        hostile.answers |= {f"/{n}.html": page(n) for n in range(400)}
        hostile.answers |= {
            "strange.example/0.html": said(ATTRIBUTES),
            "strange.example/1.html": said("<html>" + "<p>" * 350_000),
            "strange.example/2.html": said("<html>" + "<div>" * 200_000 + "攀枝花"),
            "traps.example/list/": said(traps()),
            "forger.example/list/": said("", "Location: /%0AERROR:%20forged", status="302 Found"),
            "forger.example/%0AERROR:%20forged": said("<title>a</title>", "Content-Encoding: \x1b[31mred"),
        }
        hostile.answers |= {
            "maps.example/sitemap.xml": index("/1.xml", "/2.xml", "/more.xml", "http://elsewhere.example/3.xml"),
            "maps.example/more.xml": index("/3.xml", "/sitemap.xml", "/more.xml"),
            **{f"maps.example/{n}.xml": sitemap(f"http://maps.example/{n}.html") for n in (1, 2, 3)},
            "hub.example/list/": linking(
                "/1.html",
                "http://good.example/77.html",
                "http://good.example/about/",
                "http://elsewhere.example/1.html",
            ),
        }
        busy = said("", "Retry-After: 3600", status="429 Too Many Requests")
        hostile.answers |= {f"busy.example/{n}.html": busy for n in range(20)}
        first = crawl(hostile.url, db)
        between = len(hostile.asked)
        yield Crawls(hostile, db, first, crawl(hostile.url, db), between)


def page(number: int) -> Answer:
    """An article of its own words."""
    words = "".join(chr(0x4E00 + (number * 7919 + step * 104729) % 20000) for step in range(240))
    body = f"<h1>第{number}号纪要</h1><p>时间：2025-03-10 来源：试验日报</p><div><p>{words}。</p></div>"
    return said(f"<html><title>第{number}号纪要</title>{body}</html>")


def listing(numbers: range, *, onward: str = "") -> Answer:
    lines = "".join(f'<li><a href="/{n}.html">第{n}号纪要</a><span>2025-03-10</span></li>' for n in numbers)
    return said(f'<html><ul>{lines}</ul><a class="next" href="{onward}">下一页</a></html>')


def linking(*addresses: str) -> Answer:
    return said("<ul>" + "".join(f"<li><a href={url}>关于纪要的通知</a></li>" for url in addresses) + "</ul>")


def index(*maps: str) -> Answer:
    lines = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in maps)
    return said(f"<sitemapindex>{lines}</sitemapindex>", 'ETag: "as before"', content_type="text/xml")


def sitemap(*addresses: str) -> Answer:
    lines = "".join(f"<url><loc>{url}</loc></url>" for url in addresses)
    return said(f"<urlset>{lines}</urlset>", 'ETag: "as before"', content_type="text/xml")


def traps() -> str:
    """A page of links without end. The pages they lead to are not there."""
    calendar, sessions, queries, pages = MANY
    links = [
        *(f"/calendar/{2100 + n}/05/" for n in range(calendar)),
        *(f"/x;sid=0123456789abcdef{n:04}" for n in range(sessions)),
        *(f"/q?order={n}" for n in range(queries)),
        *(f"/none/{n}.html" for n in range(pages)),
    ]
    return "<ul>" + "".join(f'<li><a href="{link}">篇</a></li>' for link in links) + "</ul>"


def moment(stored: Any) -> datetime:
    """A time as SQLite has it."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    return datetime.fromtimestamp(stored / 1_000_000, UTC)


def test_both_crawls_end(crawls: Crawls) -> None:
    assert (crawls.first.reason, crawls.second.reason) == ("finished", "finished")
    assert crawls.first.seconds < 60
    assert crawls.first.peak_mb < 300


def test_21_hostile_pages_end_and_other_sources_go_on(crawls: Crawls) -> None:
    visits = crawls.rows("SELECT state, reason FROM frontier WHERE url LIKE 'http://strange.example/_.html'")
    assert len(visits) == 3
    assert all(state == "done" or reason for state, reason in visits), "each has ended"
    assert len(crawls.rows("SELECT 1 FROM article WHERE url LIKE 'http://good.example/_.html'")) == 10


def test_22_an_endless_pager_ends_with_its_budget_and_is_told(crawls: Crawls) -> None:
    asked = [place for _, place in crawls.asked("pager") if "/list/" in place]
    assert len(asked) == 5
    assert len(crawls.rows("SELECT 1 FROM article WHERE url LIKE 'http://pager.example/%'")) == 50
    assert "1 pager" in crawls.first.log


def test_all_that_a_sitemap_index_lists_is_followed_once_a_crawl(crawls: Crawls) -> None:
    asked = Counter(place for _, place in crawls.asked("maps"))
    assert [asked[f"maps.example/{n}.html"] for n in (1, 2, 3)] == [1, 1, 1]
    assert [asked[f"maps.example/{name}.xml"] for name in ("1", "2", "3", "more")] == [1, 1, 1, 1]
    assert asked["maps.example/sitemap.xml"] <= 2, "indexes that list one another end"
    again = Counter(place for place, _ in crawls.hostile.asked[crawls.between :] if place.startswith("maps"))
    assert again["maps.example/3.xml"] == 1, "the next crawl looks into each again, whatever it knows"
    assert not [place for place, _ in crawls.hostile.asked if place.startswith("elsewhere")]


def test_an_index_is_asked_for_whole_and_what_it_lists_conditionally(crawls: Crawls) -> None:
    """An index that is as before may list sitemaps that are not."""
    again = {place: headers for place, headers in crawls.hostile.asked[crawls.between :] if place.startswith("maps")}
    conditional = {place for place, headers in again.items() if "if-none-match" in headers}
    assert again.keys() >= {"maps.example/sitemap.xml", "maps.example/more.xml"}
    assert conditional.isdisjoint({"maps.example/sitemap.xml", "maps.example/more.xml"})
    assert conditional >= {"maps.example/1.xml", "maps.example/3.xml"}


def test_rows_that_lead_to_another_source_are_followed_and_the_rest_is_counted(crawls: Crawls) -> None:
    assert [place for place, _ in crawls.hostile.asked if place == "good.example/77.html"]
    assert not [place for place, _ in crawls.hostile.asked if "about" in place]
    assert crawls.first.tally["rows_elsewhere"] == 2
    assert crawls.rows("SELECT source FROM article WHERE url = 'http://good.example/77.html'") == [("good",)]


def test_22_traps_and_fifty_thousand_links_stay_within_bounds(crawls: Crawls) -> None:
    known = [url for (url,) in crawls.rows("SELECT url FROM frontier WHERE url LIKE 'http://traps.example/%'")]
    assert len(known) == 2_001, "the listing and the most links of a page"
    assert not [url for url in known if "calendar" in url or "sid=" in url]
    assert len([url for url in known if "?order=" in url]) == 500
    for kind in ("100 future", "100 session", "2500 queries", "48500 many"):
        assert kind in crawls.first.log + crawls.second.log


def test_a_daily_budget_holds_across_restarts(crawls: Crawls) -> None:
    asked = [place for place, _ in crawls.hostile.asked if place.startswith("frugal")]
    assert len(asked) == 10, "robots.txt included, in both crawls"
    day = day_of(datetime.now(UTC))
    assert ("frugal.example", str(day), 10) in [tuple(row) for row in crawls.rows("SELECT * FROM budget")]
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    waiting = crawls.rows("SELECT due_at, attempts FROM frontier WHERE reason LIKE 'frugal%requests of the day%'")
    assert len(waiting) == 23
    assert {attempts for _, attempts in waiting} == {0}, "what is postponed is no attempt"
    assert {moment(due) for due, _ in waiting} == {midnight}


def test_closed_hours_postpone_a_source_and_no_other(crawls: Crawls) -> None:
    assert not [place for place, _ in crawls.hostile.asked if place.startswith("asleep")]
    ((due,),) = crawls.rows("SELECT due_at FROM frontier WHERE reason LIKE '%in its hours only%'")
    assert timedelta(hours=10) < moment(due) - datetime.now(UTC) <= timedelta(hours=12)


def test_23_after_a_429_the_whole_host_waits_and_nothing_is_lost(crawls: Crawls) -> None:
    refused = [place for place, _ in crawls.hostile.asked if place.startswith("busy") and place.endswith(".html")]
    assert 1 <= len(refused) <= 2, "only what was in flight when the first answer came"
    rows = crawls.rows("SELECT due_at, state FROM frontier WHERE url LIKE 'http://busy.example/%.html'")
    assert len(rows) == 20
    assert {state for _, state in rows} == {"pending"}
    assert all(timedelta(minutes=50) < moment(due) - datetime.now(UTC) < timedelta(minutes=65) for due, _ in rows)


def test_what_is_postponed_is_no_failure(crawls: Crawls) -> None:
    assert not [reason for reason in crawls.first.tally["failures"] if "day" in reason or "hours" in reason]
    assert [reason for reason in crawls.first.tally["passed_over"] if "requests of the day" in reason]


def test_a_source_is_asked_no_faster_than_its_file_says(crawls: Crawls) -> None:
    moments = [moment for moment, _ in crawls.asked("slow")]
    assert len(moments) == 10
    assert moments[-1] - moments[1] > 8 * 0.05 * 0.95, "the listing may follow robots.txt at once"


def test_what_a_page_says_can_not_forge_a_log_line(crawls: Crawls) -> None:
    assert "forger.example/%0AERROR" in str(crawls.hostile.asked)
    assert not [line for line in crawls.first.log.splitlines() if line.startswith("ERROR")]
    assert "\\x1b[31mred" in crawls.first.log, "the log tells of the strange encoding"
    assert "\x1b" not in crawls.first.log
