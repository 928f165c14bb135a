"""The last of case 35: a source that breaks or falls silent, by real crawls of a site whose time passes.

A changed layout, no items, a refusal: an alert within two runs, with an address that shows it. A source past its
promise: flagged. That missed items are caught up and told once each is in test_delivery.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from crawler.health import judge
from crawler.replica.content import CINIC
from crawler.schedule import late_after
from storage.schema import alert, run, source
from tests.soak.crawls import Crawls
from tests.soak.town import EVERY, START, Town, Trouble, serve, sites, written

HOUR = timedelta(hours=1)


@dataclass
class Station:
    """One source of the town, crawled and judged at times of the test's choosing."""

    engine: Engine
    town: Town
    crawls: Crawls

    def crawl(self, at: datetime) -> str:
        self.town.now = at
        assert self.crawls.run("cinic", at)["code"] in (0, 1)
        return self.judge(at + timedelta(minutes=5))

    def judge(self, at: datetime) -> str:
        return judge(self.engine, [sites()["cinic"]], now=at)["cinic"].state

    @property
    def alerts(self) -> list[Any]:
        with self.engine.connect() as conn:
            return list(conn.execute(select(alert).order_by(alert.c.id)).all())


@pytest.fixture
def station(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Station]:
    with serve(Town(published=written(5))) as town:
        crawls = Crawls(str(sqlite_engine.url), town.url, tmp_path / "warc")
        yield Station(sqlite_engine, town, crawls)
        crawls.close()


@pytest.mark.parametrize(("kind", "state"), [("redesigned", "layout changed"), ("refuses", "failing")])
def test_35_a_break_is_told_within_two_runs_and_its_end_too(station: Station, kind: str, state: str) -> None:
    station.town.troubles = (Trouble(CINIC, kind, START + 1.5 * EVERY, START + 3.5 * EVERY),)
    states = [station.crawl(START + EVERY * number) for number in range(5)]
    assert states[:2] == ["ok", "ok"]
    assert state in states[2:4]
    assert states[4] == "ok"
    kinds = [row.kind for row in station.alerts]
    assert kinds == ["breakage", "recovery"]
    assert station.alerts[0].payload["url"].startswith(f"http://{CINIC}/")
    assert state in station.alerts[0].title


def test_35_a_source_past_its_promise_is_flagged_and_not_before(station: Station) -> None:
    station.crawl(START)
    with station.engine.connect() as conn:
        ended = conn.execute(select(source.c.last_success_at)).scalar_one()
    late = late_after(sites()["cinic"], ended)
    assert late - ended < 2 * EVERY
    assert station.judge(late - HOUR) == "ok"
    assert station.judge(late + HOUR) == "late"
    assert station.judge(late + 24 * HOUR) == "late"
    assert [row.kind for row in station.alerts] == ["breakage"]


def test_35_a_crawl_in_which_every_visit_failed_is_no_success(station: Station) -> None:
    def succeeded() -> datetime:
        with station.engine.connect() as conn:
            at: datetime = conn.execute(select(source.c.last_success_at)).scalar_one()
            return at

    station.crawl(START)
    before = succeeded()
    station.town.troubles = (Trouble(CINIC, "refuses", START + 0.5 * EVERY, START + 1.5 * EVERY),)
    station.crawl(START + EVERY)
    assert succeeded() == before
    with station.engine.connect() as conn:
        last = conn.execute(select(run).order_by(run.c.id.desc()).limit(1)).one()
    assert (last.state, last.reason) == ("failed", "every visit failed")
