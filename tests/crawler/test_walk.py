"""A crawl's claims, where a host is slower than a lease."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crawler import walk
from crawler.items import Link, Outcome, Visit
from crawler.walk import Walk
from storage.raw import Raw
from storage.writer import Writer


def test_a_lease_that_ends_in_line_is_renewed_and_nothing_is_visited_twice(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "LEASE", timedelta(milliseconds=20))
    entrances = [
        Link(url=f"http://a.example/{n}.html", source=None, kind="article", depth=0, again=True) for n in range(5)
    ]
    given: list[Visit] = []
    begun = asyncio.Event()

    def give(visit: Visit) -> None:
        given.append(visit)
        begun.set()

    async def crawl() -> tuple[str, Any]:
        writer = Writer(sqlite_engine, Raw(tmp_path / "warc"))
        walking = Walk(writer, owner="one", give=give, sources=None)
        running = asyncio.ensure_future(walking.run(entrances))
        await begun.wait()
        for number in range(len(entrances)):
            await asyncio.sleep(0.05)
            visit = given[number]
            walking.taken(visit)
            walking.keep(Outcome(visit=visit, state="gone", url=visit.url, fetched_at=datetime.now(UTC)))
        reason = await asyncio.wait_for(running, 10)
        writer.close()
        return reason, walking.tally

    reason, tally = asyncio.run(crawl())
    assert reason == "finished"
    assert sorted(visit.url for visit in given) == [link.url for link in entrances]
    assert tally.visits == 5


def test_the_first_outcome_of_a_visit_counts(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A page that was kept and whose callback failed after that is kept, and nothing stands still."""
    entrance = Link(url="http://a.example/1.html", source=None, kind="article", depth=0, again=True)

    async def crawl() -> tuple[str, Any]:
        writer = Writer(sqlite_engine, Raw(tmp_path / "warc"))

        def give(visit: Visit) -> None:
            walking.taken(visit)
            for state in ("gone", "failed"):
                walking.keep(Outcome(visit=visit, state=state, url=visit.url, fetched_at=datetime.now(UTC)))

        walking = Walk(writer, owner="one", give=give, sources=None)
        reason = await asyncio.wait_for(walking.run([entrance]), 10)
        writer.close()
        return reason, walking.tally

    reason, tally = asyncio.run(crawl())
    assert reason == "finished"
    assert (tally.visits, dict(tally.failures), dict(tally.passed_over)) == (1, {}, {"gone": 1})
