"""What a whole crawl does with pages and servers that never end, and with the wishes of its sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from crawler.items import SHANGHAI
from crawler.politeness import day_of
from storage.db import open_engine
from tests.faults.crawling import crawl
from tests.faults.hostile import Answer, Hostile, said, serving


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with serving() as server:
        yield server


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "panxi.db"
    open_engine(f"sqlite:///{path}").dispose()
    return path


def rows(db: Path, statement: str) -> list[Any]:
    engine = create_engine(f"sqlite:///{db}")
    with engine.connect() as conn:
        found = list(conn.execute(text(statement)))
    engine.dispose()
    return found


def page(number: int, *, extra: str = "") -> Answer:
    """An article of its own words."""
    words = "".join(chr(0x4E00 + (number * 7919 + step * 104729) % 20000) for step in range(240))
    body = f"<h1>第{number}号纪要</h1><p>时间：2025-03-10 来源：试验日报</p><div><p>{words}。</p>{extra}</div>"
    return said(f"<html><title>第{number}号纪要</title>{body}</html>")


def listing(numbers: range, *, onward: str = "", host: str = "plain.example") -> Answer:
    lines = "".join(
        f'<li><a href="http://{host}/{n}.html">第{n}号纪要</a><span>2025-03-10</span></li>' for n in numbers
    )
    return said(f'<html><ul>{lines}</ul><a class="next" href="{onward}">下一页</a></html>')


def test_22_an_endless_pager_ends_with_its_budget_and_is_told(hostile: Hostile, db: Path) -> None:
    for number in range(1, 40):
        path = "/list/" if number == 1 else f"/list/index_{number}.html"
        rows_ = range(number * 10, number * 10 + 10)
        hostile.answers[f"plain.example{path}"] = listing(rows_, onward=f"/list/index_{number + 1}.html")
    hostile.answers |= {f"plain.example/{n}.html": page(n) for n in range(10, 400)}
    crawled = crawl(hostile.url, db, "plain")
    asked = [place for place, _ in hostile.asked if "/list/" in place and place.startswith("plain")]
    assert len(asked) == 5
    assert crawled.reason == "finished"
    assert crawled.tally["new"] == 50
    assert "1 pager" in crawled.log


def test_22_traps_and_fifty_thousand_links_stay_within_bounds(hostile: Hostile, db: Path) -> None:
    calendar = "".join(f'<li><a href="/calendar/{year}/05/">月历</a></li>' for year in range(2100, 2200))
    sessions = "".join(f'<li><a href="/x;sid=0123456789abcdef{n:04}">篇</a></li>' for n in range(100))
    queries = "".join(f'<li><a href="/q?order={n}">篇</a></li>' for n in range(3_000))
    many = "".join(f'<li><a href="/{n}.html">篇</a></li>' for n in range(50_000))
    hostile.answers["plain.example/list/"] = said(f"<ul>{calendar}{sessions}{queries}{many}</ul>")
    crawled = crawl(hostile.url, db, "unlisted", max_pages="5")
    known = [url for (url,) in rows(db, "SELECT url FROM frontier WHERE kind = 'article'")]
    assert len(known) == 2_000
    assert not [url for url in known if "calendar" in url or "sid=" in url]
    assert len([url for url in known if "?order=" in url]) == 500
    for kind in ("100 future", "100 session", "2500 queries", "48500 many"):
        assert kind in crawled.log


def test_21_hostile_pages_end_and_other_sources_go_on(hostile: Hostile, db: Path) -> None:
    attributes = "<html><p " + " ".join(f"a{n}" for n in range(300_000)) + ">x</p></html>"
    hostile.answers |= {
        "plain.example/list/": listing(range(3)),
        "plain.example/0.html": said(attributes),
        "plain.example/1.html": said("<html>" + "<p>" * 350_000),
        "plain.example/2.html": said("<html>" + "<div>" * 200_000 + "攀枝花"),
        "other.example/list/": listing(range(10, 20), host="other.example"),
    }
    hostile.answers |= {f"other.example/{n}.html": page(n) for n in range(10, 20)}
    crawled = crawl(hostile.url, db, "plain")
    assert crawled.reason == "finished"
    assert crawled.seconds < 25, "three pages of at most 8 s, two at a time"
    assert len(rows(db, "SELECT 1 FROM article WHERE url LIKE 'http://other.example/%'")) == 10
    states = dict(rows(db, "SELECT url, state FROM frontier WHERE url LIKE 'http://plain.example/_.html'"))
    assert set(states.values()) <= {"done", "failed"}, "each has ended"
    others = [moment for moment, (place, _) in zip(hostile.moments, hostile.asked, strict=True) if "other" in place]
    assert others[-1] - others[0] < 5


def test_a_daily_budget_holds_across_restarts(hostile: Hostile, db: Path) -> None:
    for host, numbers in (("plain.example", range(30)), ("other.example", range(100, 130))):
        hostile.answers[f"{host}/list/"] = listing(numbers, host=host)
        hostile.answers |= {f"{host}/{n}.html": page(n) for n in numbers}
    first = crawl(hostile.url, db, "frugal")
    asked = [place for place, _ in hostile.asked if place.startswith("plain")]
    assert len(asked) == 10, "robots.txt included"
    assert not first.tally["failures"]
    assert first.tally["new"] == 8 + 30
    second = crawl(hostile.url, db, "frugal")
    assert second.tally["new"] == 0
    assert len([place for place, _ in hostile.asked if place.startswith("plain")]) == 10
    day = day_of(datetime.now(UTC))
    assert ("plain.example", str(day), 10) in [tuple(row) for row in rows(db, "SELECT * FROM budget")]
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    waiting = rows(db, "SELECT due_at, attempts FROM frontier WHERE reason LIKE '%requests of the day%'")
    assert len(waiting) == 23
    assert {attempts for _, attempts in waiting} == {0}, "what is postponed is no attempt"
    assert {moment(due) for due, _ in waiting} == {midnight}


def moment(stored: Any) -> datetime:
    """A time as SQLite has it."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    return datetime.fromtimestamp(stored / 1_000_000, UTC)


def test_closed_hours_postpone_a_source_and_no_other(hostile: Hostile, db: Path) -> None:
    hostile.answers |= {"other.example/list/": listing(range(3), host="other.example")}
    hostile.answers |= {f"other.example/{n}.html": page(n) for n in range(3)}
    crawled = crawl(hostile.url, db, "asleep")
    assert not [place for place, _ in hostile.asked if place.startswith("plain")]
    assert crawled.tally["new"] == 3
    assert not crawled.tally["failures"]
    ((due,),) = rows(db, "SELECT due_at FROM frontier WHERE reason LIKE '%in its hours only%'")
    assert timedelta(hours=10) < moment(due) - datetime.now(UTC) <= timedelta(hours=12)


def test_23_after_a_429_the_whole_host_waits_and_nothing_is_lost(hostile: Hostile, db: Path) -> None:
    busy = said("", "Retry-After: 3600", status="429 Too Many Requests")
    hostile.answers["plain.example/list/"] = listing(range(20))
    hostile.answers |= {f"plain.example/{n}.html": busy for n in range(20)}
    crawled = crawl(hostile.url, db, "slow")
    refused = [place for place, _ in hostile.asked if place.startswith("plain") and place.endswith(".html")]
    assert 1 <= len(refused) <= 2, "only what was in flight when the first answer came"
    assert crawled.reason == "finished"
    due = [moment(at) for (at,) in rows(db, "SELECT due_at FROM frontier WHERE url LIKE '%/_%.html'")]
    assert len(due) == 20
    assert all(timedelta(minutes=55) < at - datetime.now(UTC) < timedelta(minutes=65) for at in due)
    assert {state for (state,) in rows(db, "SELECT state FROM frontier WHERE url LIKE '%.html'")} == {"pending"}


def test_a_source_is_asked_no_faster_than_its_file_says(hostile: Hostile, db: Path) -> None:
    hostile.answers["plain.example/list/"] = listing(range(8))
    hostile.answers |= {f"plain.example/{n}.html": page(n) for n in range(8)}
    crawled = crawl(hostile.url, db, "slow")
    assert crawled.tally["new"] == 8
    between = [after - before for before, after in pairwise(hostile.moments)]
    assert min(between[2:]) > 0.05 * 0.8, "a server sees the gaps of the sender but for the network's own"


def test_what_a_page_says_can_not_forge_a_log_line(hostile: Hostile, db: Path) -> None:
    evil = "http://plain.example/list/%0AERROR:%20forged"
    hostile.answers["plain.example/list/"] = said("", f"Location: {evil}", status="302 Found")
    hostile.answers["plain.example/list/%0AERROR:%20forged"] = said("\x1b[31m<title>a\nERROR: forged</title>")
    crawled = crawl(hostile.url, db, "plain", LOG_LEVEL="DEBUG")
    assert not [line for line in crawled.log.splitlines() if line.startswith("ERROR")]
    assert "\x1b" not in crawled.log
