"""A site that is under repair for a while, and answers with other pages: nothing of it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.faults.crawling import crawl
from tests.faults.hostile import Answer, Hostile, said, serving
from tests.faults.test_crawl import listing, page

REPAIR = "<html><title>系统维护中</title><h1>系统维护中</h1><p>系统维护中，请稍后访问。</p></html>"
SOON = "<html><title>纪要</title><h1></h1></html>"
PAGES, ROWS = 4, 5


def answers(*, repaired: bool) -> dict[str, Answer]:
    """A town's listing of four pages; before it is repaired one of them and three of its articles are not there."""
    found = {f"town.example/{number}.html": page(number) for number in range(PAGES * ROWS)}
    for place in range(PAGES):
        onward = f"/list/index_{place + 1}.html" if place + 1 < PAGES else ""
        path = "/list/" if place == 0 else f"/list/index_{place}.html"
        found[f"town.example{path}"] = listing(range(place * ROWS, (place + 1) * ROWS), onward=onward)
    if not repaired:
        found["town.example/list/index_2.html"] = said(REPAIR)
        found["town.example/1.html"] = said(REPAIR)
        found["town.example/2.html"] = said(SOON)
        del found["town.example/3.html"]
    return found


def days_later(db: Path, days: float) -> None:
    """Moves all that the frontier knows into the past."""
    by = int(timedelta(days=days) / timedelta(microseconds=1))
    times = ", ".join(f"{name} = {name} - {by}" for name in ("due_at", "first_seen_at", "visited_at", "missing_since"))
    engine = create_engine(f"sqlite:///{db}")
    with engine.begin() as conn:
        conn.execute(text(f"UPDATE frontier SET {times}"))
    engine.dispose()


def stored(db: Path) -> set[int]:
    engine = create_engine(f"sqlite:///{db}")
    with engine.connect() as conn:
        found = set(conn.execute(text("SELECT url FROM article")).scalars())
    engine.dispose()
    return {int(url.rsplit("/", 1)[1].removesuffix(".html")) for url in found}


@pytest.fixture
def town() -> Iterator[Hostile]:
    with serving() as server:
        yield server


def test_what_was_under_repair_is_there_when_it_is_repaired(town: Hostile, tmp_path: Path) -> None:
    db = tmp_path / "panxi.db"
    town.answers |= answers(repaired=False)
    first = crawl(town.url, db, "repaired")
    assert stored(db) == set(range(2 * ROWS)) - {1, 2, 3}
    assert sum(first.tally["failures"].values()) == 3, "a listing and two articles; a 404 is passed over"
    town.answers |= answers(repaired=True)
    asked = len(town.asked)
    crawl(town.url, db, "repaired")
    assert stored(db) == set(range(2 * ROWS)) - {1, 2, 3}, "it is too early to ask again"
    assert len(town.asked) - asked <= 2, "but for the listing"
    days_later(db, 1.1)
    crawl(town.url, db, "repaired")
    assert stored(db) == set(range(PAGES * ROWS))


def test_what_was_forbidden_or_led_elsewhere_for_a_while_is_asked_for_again(town: Hostile, tmp_path: Path) -> None:
    db = tmp_path / "panxi.db"
    town.answers |= answers(repaired=True)
    town.answers["town.example/robots.txt"] = said("User-agent: *\nDisallow: /4.html", content_type="text/plain")
    town.answers["town.example/5.html"] = said("", "Location: /list/", status="302 Found")
    town.answers["town.example/6.html"] = said("", "Location: /6.html", status="302 Found")
    first = crawl(town.url, db, "repaired")
    assert stored(db) == set(range(PAGES * ROWS)) - {4, 5, 6}
    assert sum(first.tally["passed_over"].values()) == 3
    del town.answers["town.example/robots.txt"]
    town.answers |= answers(repaired=True)
    days_later(db, 1.1)
    crawl(town.url, db, "repaired")
    assert stored(db) == set(range(PAGES * ROWS))


def test_an_article_whose_second_page_is_away_is_kept_as_far_as_it_goes(town: Hostile, tmp_path: Path) -> None:
    db = tmp_path / "panxi.db"
    town.answers |= answers(repaired=True)
    first = "<h1>第1号纪要</h1><p>时间：2025-03-10 来源：试验日报</p><div>" + "".join(
        f"<p>第一页的第{line}段说，当地的芒果种植面积今年又有扩大，农户收入随之提高。</p>" for line in "一二三四"
    )
    town.answers["town.example/1.html"] = said(
        f'<html><title>第1号纪要</title>{first}</div><div class="pages"><a href="/1_2.html">下一页</a></div></html>'
    )
    for tries in range(4):
        assert tries == 0 or 1 not in stored(db)
        crawl(town.url, db, "repaired")
        days_later(db, 0.5)
    assert stored(db) == set(range(PAGES * ROWS))
    engine = create_engine(f"sqlite:///{db}")
    with engine.connect() as conn:
        (issues,) = conn.execute(text("SELECT issues FROM article WHERE url LIKE '%/1.html'")).scalars()
    engine.dispose()
    assert "1_2.html" in issues


def test_a_column_that_begins_with_what_is_known_is_read_on(town: Hostile, tmp_path: Path) -> None:
    db = tmp_path / "panxi.db"
    town.answers |= answers(repaired=True)
    town.answers["town.example/column/"] = listing(range(ROWS), onward="/column/index_1.html")
    town.answers["town.example/column/index_1.html"] = listing(range(300, 300 + ROWS))
    town.answers |= {f"town.example/{number}.html": page(number) for number in range(300, 300 + ROWS)}
    crawl(town.url, db, "repaired")
    assert stored(db) == set(range(PAGES * ROWS))
    crawl(town.url, db, "widened")
    assert stored(db) == {*range(PAGES * ROWS), *range(300, 300 + ROWS)}
    town.asked.clear()
    days_later(db, 1.1)
    crawl(town.url, db, "widened")
    assert "town.example/column/index_1.html" not in [path for path, _ in town.asked], "once it is known it is not"


def test_what_is_never_there_is_not_asked_for_for_ever(town: Hostile, tmp_path: Path) -> None:
    db = tmp_path / "panxi.db"
    town.answers |= answers(repaired=False)
    visits = dict.fromkeys(("/1.html", "/2.html", "/3.html", "/list/index_2.html"), 0)
    for _ in range(12):
        town.asked.clear()
        crawl(town.url, db, "repaired")
        for path, _headers in town.asked:
            place = path.removeprefix("town.example")
            visits[place] = visits.get(place, 0) + 1
        days_later(db, 7.1)
        if not days_to_wait(db):
            break
    assert not days_to_wait(db)
    assert 2 <= visits["/3.html"] <= 6
    for place in ("/1.html", "/2.html", "/list/index_2.html"):
        assert 5 <= visits[place] <= 8


def days_to_wait(db: Path) -> list[object]:
    """What waits to be asked for again of what has never been there."""
    engine = create_engine(f"sqlite:///{db}")
    with engine.connect() as conn:
        found = conn.execute(text("SELECT due_at FROM frontier WHERE due_at IS NOT NULL AND visited_at IS NULL"))
        waiting = list(found.scalars())
    engine.dispose()
    return waiting
