"""The schedule as it runs: one at a time, made up for once, stopped well."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest

from crawler import jobs
from crawler.items import SHANGHAI
from crawler.jobs import AlreadyRunning, Commands, SourceTrigger, hasten, only_one, scheduler
from crawler.site import Site
from tests.faults.crawls import until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def site(name: str = "a", *, seconds: float = 6 * 3600) -> Site:
    return Site(name=name, title=name, home="http://a/", hosts=("a",), entrances=(), every=timedelta(seconds=seconds))


def test_a_second_schedule_is_refused_and_the_end_of_the_first_frees_the_place(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(AlreadyRunning, match="at work"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_a_killed_schedule_keeps_its_place_until_its_last_crawl_has_ended(tmp_path: Path) -> None:
    with only_one(tmp_path) as lock:
        crawl = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=(lock.fileno(),))
    with pytest.raises(AlreadyRunning), only_one(tmp_path):
        pass
    crawl.kill()
    crawl.wait()
    with only_one(tmp_path):
        pass


def test_a_week_off_is_one_crawl() -> None:
    trigger = SourceTrigger(site(), NOW - timedelta(days=7))
    assert trigger.get_next_fire_time(None, NOW) == NOW
    later = trigger.get_next_fire_time(NOW, NOW)
    assert timedelta(hours=6) <= later - NOW <= timedelta(hours=6.6)


def test_a_source_is_crawled_once_at_a_time_and_the_others_go_on() -> None:
    now, most, runs = {"a": 0, "b": 0}, {"a": 0, "b": 0}, {"a": 0, "b": 0}
    lock = threading.Lock()

    def crawl(name: str) -> None:
        with lock:
            now[name] += 1
            runs[name] += 1
            most[name] = max(most[name], now[name])
        time.sleep(0.3 if name == "a" else 0.01)
        with lock:
            now[name] -= 1

    made = scheduler(
        [site("a", seconds=0.1), site("b", seconds=0.1)],
        {},
        crawl,
        lambda: None,
        parallel=4,
        deliver_every=timedelta(hours=1),
    )
    made.start()
    until(lambda: runs["a"] >= 2 and runs["b"] >= 5, 20)
    made.shutdown()
    assert most == {"a": 1, "b": 1}


def test_a_crawl_that_ended_badly_is_taken_up_before_its_turn() -> None:
    begun: list[str] = []
    now = datetime.now(UTC)
    made = scheduler(
        [site("a"), site("b")],
        {"a": now, "b": now},
        begun.append,
        lambda: None,
        parallel=1,
        deliver_every=timedelta(hours=1),
    )
    made.start()
    assert hasten(made, site("a"), now + timedelta(days=1)) is None, "not later than its turn"
    assert hasten(made, site("a"), now) is not None
    until(lambda: begun == ["a"], 20)
    time.sleep(0.5)
    made.shutdown()
    assert begun == ["a"]


def test_the_schedule_keeps_chinas_time() -> None:
    made = scheduler([site()], {}, lambda _: None, lambda: None, parallel=1, deliver_every=timedelta(minutes=1))
    assert made.timezone == SHANGHAI


@pytest.fixture
def lock(tmp_path: Path) -> Any:
    with only_one(tmp_path) as held:
        yield held


def commands(lock: IO[bytes], program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Commands:
    """Commands that run this program instead of ``panxi``."""
    script = tmp_path / "stand_in"
    script.write_text(f"#!{sys.executable}\n{program}")
    script.chmod(0o755)
    monkeypatch.setattr(jobs.sys, "executable", str(script))
    return Commands("sqlite:///here.db", lock)


def test_a_commands_code_is_told(lock: IO[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert commands(lock, "raise SystemExit(2)", monkeypatch, tmp_path).run("crawl", "a") == 2


@pytest.mark.parametrize(
    ("stubborn", "code"), [("", -15), ("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)", -9)]
)
def test_stopping_ends_what_runs_and_starts_nothing_more(
    stubborn: str, code: int, lock: IO[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jobs, "STOP_WITHIN", 0.5)
    began = tmp_path / "began"
    program = f"{stubborn}\nimport time, pathlib\npathlib.Path({str(began)!r}).touch()\ntime.sleep(60)"
    running = commands(lock, program, monkeypatch, tmp_path)
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(running.run("crawl", "a")))
    thread.start()
    until(began.exists)
    running.stop()
    thread.join(10)
    assert codes == [code]
    assert running.run("crawl", "b") == 1


def test_the_archive_is_named_where_no_other_user_can_read_it(
    lock: IO[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = "import os, sys; raise SystemExit('here.db' not in os.environ['PANXI_DB'] or 'here.db' in str(sys.argv))"
    assert commands(lock, program, monkeypatch, tmp_path).run("crawl", "a") == 0
