"""Thirty days of scheduled crawls under a virtual clock, with faults, kills, days off and clock jumps."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import Engine, func, select

from crawler.health import judge
from crawler.replica.content import CINIC, PANZHIHUA
from crawler.schedule import JITTER, due, late_after
from storage import runs
from storage.schema import alert, article
from storage.schema import source as source_table
from storage.verify import verify
from tests.soak.crawls import Crawls
from tests.soak.town import EVERY, START, Town, Trouble, serve, sites, written

DAYS = 30
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OFF = (START + 18 * DAY, START + 20 * DAY)
"""The machine is off."""
JUMPS = {START + 8 * DAY: 3 * HOUR, START + 13 * DAY: -2 * HOUR, START + 24 * DAY: 26 * HOUR}
"""The clock is put forward or back."""
TROUBLES = (
    Trouble(PANZHIHUA, "refuses", START + 4 * DAY, START + 6 * DAY),
    Trouble(CINIC, "redesigned", START + 10 * DAY, START + 12 * DAY),
    Trouble(CINIC, "flaky", START + 14 * DAY, START + 17 * DAY),
    Trouble(PANZHIHUA, "flaky", START + 26 * DAY, START + 27 * DAY),
)
KILLED = 0.08
"""Share of crawls that are killed in the middle."""
PROMISE = EVERY * (1 + JITTER) + 2 * HOUR
"""From publication to the archive, where nothing is in the way: an interval, its jitter, two looks at the clock."""


@pytest.fixture
def town() -> Iterator[Town]:
    with serve(Town(published=written(DAYS), troubles=TROUBLES)) as town:
        yield town


@pytest.fixture
def crawls(sqlite_engine: Engine, town: Town, tmp_path: Path) -> Iterator[Crawls]:
    crawls = Crawls(str(sqlite_engine.url), town.url, tmp_path / "warc")
    yield crawls
    crawls.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_thirty_days(sqlite_engine: Engine, town: Town, crawls: Crawls, tmp_path: Path) -> None:
    known, rng = sites(), random.Random(11)
    began = time.monotonic()
    clock = START
    jumps = dict(JUMPS)
    peaks: list[float] = []
    kills: list[tuple[datetime, str]] = []
    late: set[str] = set()
    unsaid: list[str] = []
    while clock < START + DAYS * DAY:
        clock += HOUR
        if OFF[0] <= clock < OFF[1]:
            clock = OFF[1]
        for when in [when for when in jumps if when <= clock]:
            clock += jumps.pop(when)
        town.now = clock
        judge(sqlite_engine, known.values(), now=clock)
        unsaid += untold(sqlite_engine, clock, late)
        with sqlite_engine.connect() as conn:
            last = runs.last_runs(conn)
        for site in due(known.values(), last, clock):
            killed = rng.random() < KILLED and clock > START + DAY
            done = crawls.run(site.name, clock, rng.uniform(0.05, 0.5) if killed else None)
            if done["code"] < 0:
                kills.append((clock, site.name))
            else:
                peaks.append(done["peak_mb"])
            judge(sqlite_engine, known.values(), now=clock)

    missing, delays, tardy = delivered(sqlite_engine, town, kills)
    third = len(peaks) // 3
    with sqlite_engine.connect() as conn:
        told = [(row.kind, row.title) for row in conn.execute(select(alert).order_by(alert.c.id))]
        stored = conn.execute(select(func.count()).select_from(article)).scalar_one()
        twice = conn.execute(select(func.count() - func.count(article.c.url.distinct()))).scalar_one()
    figures = {
        "virtual_days": DAYS,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "crawls": len(peaks) + len(kills),
        "killed": len(kills),
        "articles": stored,
        "delay_median_h": round(median(delays) / HOUR, 1),
        "delay_max_h": round(max(delays) / HOUR, 1),
        "alerts": told,
        "peak_mb_first_third": round(median(peaks[:third])),
        "peak_mb_last_third": round(median(peaks[-third:])),
    }
    print(json.dumps(figures, ensure_ascii=False))  # noqa: T201 - what the soak is run for
    assert missing == []
    assert twice == 0
    assert tardy == []
    assert unsaid == []
    assert late, "no source was ever late: the soak shows nothing of alerts"
    assert any("layout changed" in title for _, title in told)
    assert any("blocked" in title or "failing" in title for title in [title for _, title in told])
    assert median(peaks[-third:]) < 1.15 * median(peaks[:third])
    assert [finding for finding in verify(sqlite_engine, tmp_path / "warc") if finding.kind != "note"] == []


def untold(engine: Engine, now: datetime, late: set[str]) -> list[str]:
    """Sources that are past their time by the clock, and of which the operator has no alert that still stands."""
    found = []
    with engine.connect() as conn:
        for row in conn.execute(select(source_table)).all():
            if row.last_success_at is None or now <= late_after(sites()[row.name], row.last_success_at):
                continue
            late.add(row.name)
            title = f"（{row.name}）"
            last = conn.execute(
                select(alert.c.kind).where(alert.c.title.contains(title)).order_by(alert.c.id.desc()).limit(1)
            ).scalar_one_or_none()
            if last != "breakage":
                found.append(f"{row.name} at {now}")
    return found


def delivered(
    engine: Engine, town: Town, kills: list[tuple[datetime, str]]
) -> tuple[list[str], list[timedelta], list[str]]:
    """What never came; the delays of what came with nothing in the way; and what of that came too late."""
    hosts = {CINIC: "cinic", PANZHIHUA: "panzhihua"}
    with engine.connect() as conn:
        seen = {row.url: row.first_seen_at for row in conn.execute(select(article.c.url, article.c.first_seen_at))}
    end = START + DAYS * DAY
    missing, delays, tardy = [], [], []
    for at, one in town.published:
        if at > end - PROMISE - 2 * DAY:  # its promise ends behind the soak, whatever stood in the way
            continue
        if one.url not in seen:
            missing.append(one.url)
            continue
        delay = seen[one.url].astimezone(UTC) - at
        if at >= START and not hindered(hosts[one.host], one.host, at, kills):
            delays.append(delay)
            if delay > PROMISE:
                tardy.append(f"{one.url} after {delay}")
    return missing, delays, tardy


def hindered(name: str, host: str, at: datetime, kills: list[tuple[datetime, str]]) -> bool:
    """Whether trouble, a kill, the days off or a jump of the clock came between publication and promise."""
    until = at + PROMISE
    spans = [(one.begins, one.ends + EVERY) for one in TROUBLES if one.host == host]
    spans += [(when, when + EVERY) for when, whose in kills if whose == name]
    spans += [(when, when + abs(by)) for when, by in JUMPS.items()]
    return any(begins < until and at < ends for begins, ends in [*spans, OFF])
