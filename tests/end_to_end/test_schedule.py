"""``panxi schedule`` and ``panxi status`` as an operator meets them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from crawler.sites import SITES
from storage import runs
from storage.db import writing
from storage.schema import run, source
from tests.end_to_end.conftest import Panxi
from tests.faults.crawls import until

PANXI = Path(sys.executable).with_name("panxi")


@pytest.fixture
def rested(sqlite_engine: Engine) -> str:
    """An archive whose sources were all crawled a moment ago; returns its URL."""
    now = datetime.now(UTC)
    with writing(sqlite_engine).begin() as conn:
        for name in SITES:
            runs.finish(conn, runs.start(conn, name, now), "finished", None, now, {"listed": 1, "rows": 9, "read": 9})
    return str(sqlite_engine.url)


def crawls(engine: Engine) -> int:
    with engine.connect() as conn:
        return len(conn.execute(select(run.c.id)).all())


def test_once_crawls_nothing_that_is_not_due(panxi: Panxi, rested: str, sqlite_engine: Engine) -> None:
    before = crawls(sqlite_engine)
    ran = panxi("schedule", "--once", PANXI_DB=rested)
    assert ran.code == 0, ran.err
    assert crawls(sqlite_engine) == before


def test_a_schedule_ends_well_on_sigterm(rested: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [PANXI, "schedule", "cinic"], cwd=tmp_path, stderr=out, env={**os.environ, "PANXI_DB": rested}
        )
        until(lambda: b"next at" in log.read_bytes(), 60)
        second = subprocess.run(
            [PANXI, "schedule", "--once"], cwd=tmp_path, env={**os.environ, "PANXI_DB": rested}, check=False
        )
        assert second.returncode == 0, "cron comes again; what is at work is left alone"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert b"Traceback" not in log.read_bytes()
    assert b"+08:00 crawl cinic" in log.read_bytes()


def test_status_shows_sources_by_state_with_what_was_and_what_comes(
    panxi: Panxi, rested: str, sqlite_engine: Engine
) -> None:
    week = datetime.now(UTC) - timedelta(days=7)
    with writing(sqlite_engine).begin() as conn:
        conn.execute(source.update().where(source.c.name == "cinic").values(last_success_at=week, last_run_at=week))
    whole = panxi("status", "--json", PANXI_DB=rested).json
    assert whole["last_run"]["state"] == "finished"
    told = whole["health"]
    assert told[0]["name"] == "cinic"
    assert told[0]["state"] == "late"
    assert "last whole crawl" in told[0]["reason"]
    assert {one["state"] for one in told[1:]} == {"ok"}
    assert all(one["next_run_at"] > one["last_success_at"] for one in told)
    seen = panxi("status", PANXI_DB=rested).out
    assert seen.index("late") < seen.index("sources that are ok")


BEGINS = """
import sys, time
from datetime import UTC, datetime
from crawler.items import Link
from storage import runs
from storage.db import open_engine, writing
from storage.owner import process_owner
from tests.storage.samples import claimed
engine = open_engine(sys.argv[1])
with writing(engine).begin() as conn:
    runs.start(conn, "cinic", datetime.now(UTC), owner=process_owner())
link = Link(url="http://www.cinic.org.cn/1.html", source="cinic", kind="article", depth=0)
claimed(engine, [link], now=datetime.now(UTC), owner=process_owner())
print("begun", flush=True)
time.sleep(60)
"""
"""A crawl as far as the archive knows of it."""


def test_a_killed_crawl_is_told_as_such_and_due_at_once(panxi: Panxi, sqlite_engine: Engine) -> None:
    url = str(sqlite_engine.url)
    crawl = subprocess.Popen(
        [sys.executable, "-c", BEGINS, url], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    )
    assert crawl.stdout is not None
    assert crawl.stdout.readline() == "begun\n"
    at_work = panxi("status", "--json", PANXI_DB=url).json
    crawl.kill()
    crawl.communicate()
    killed = panxi("status", "--json", PANXI_DB=url).json
    assert at_work["last_run"]["state"] == at_work["health"][0]["last_run"] == "running"
    assert killed["last_run"]["state"] == killed["health"][0]["last_run"] == "killed"
    began = datetime.fromisoformat(killed["last_run"]["started_at"])
    assert datetime.fromisoformat(at_work["health"][0]["next_run_at"]) - began > timedelta(hours=1)
    assert datetime.fromisoformat(killed["health"][0]["next_run_at"]) - began < timedelta(minutes=2)
    assert {one["state"] for one in (at_work["health"][0], killed["health"][0])} == {"new"}, (
        "no whole crawl yet: not ok"
    )
    told = panxi("status", PANXI_DB=url).out
    assert "Last crawl: cinic, killed" in told
    assert "last whole crawl never, one since: killed" in told


def test_a_crawl_after_a_whole_one_that_was_killed_is_no_alarm_by_itself(
    panxi: Panxi, rested: str, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine).begin() as conn:
        runs.start(conn, "cinic", datetime.now(UTC), owner=f"{socket.gethostname()}/-/999999/1.00")
    (cinic,) = [one for one in panxi("status", "--json", PANXI_DB=rested).json["health"] if one["name"] == "cinic"]
    assert (cinic["state"], cinic["last_run"]) == ("ok", "killed")


def test_a_worker_without_postgresql_says_what_to_do(panxi: Panxi, rested: str) -> None:
    ran = panxi("worker", PANXI_DB=rested)
    assert ran.code == 2
    assert "panxi schedule" in ran.err
