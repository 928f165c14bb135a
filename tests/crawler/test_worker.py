"""Several workers on one archive: what each promises, with real processes and one killed in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from sqlalchemy import Engine, func, select, text

from crawler.replica import Answer, Replica, expected, serve
from crawler.sites import SITES
from crawler.told import Ended, line
from crawler.worker import CommandError, _run, run_process
from storage import frontier
from storage.db import open_engine
from storage.locks import held
from storage.schema import article, run
from storage.verify import verify
from tests.crawler.working import DELAY
from tests.faults.crawls import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def postgres_url(postgres: Any, tmp_path: Path, _templates: Callable[[str, str], str]) -> str:
    return _templates("postgresql", postgres.get_uri())


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url)
    yield engine
    engine.dispose()


class Traffic:
    """When each host was asked for pages, and by how many at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        answer = Replica.answer
        lock = threading.Lock()

        def noted(replica: Replica, method: str, url: str, headers: dict[str, str]) -> Answer:
            with lock:
                if not url.endswith("/robots.txt"):
                    self.times[urlsplit(url).hostname or ""].append(time.monotonic())
            return answer(replica, method, url, headers)

        monkeypatch.setattr(Replica, "answer", noted)


@contextmanager
def worker(db: str, replica: Replica, warc: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.crawler.working", db, replica.url, str(warc)]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGKILL) -> None:
    """Ends a worker and the crawls it started, as a machine that goes off does."""
    if process.poll() is None:
        crawls = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, number)
        for one in crawls:
            one.send_signal(number)
        process.wait(30)


def crawling(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None and bool(psutil.Process(process.pid).children())


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_three_workers_and_one_is_killed_in_the_middle(
    postgres_url: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No article lost or twice, no source crawled twice at once, each host asked at its own pace."""
    traffic = Traffic(monkeypatch)
    warc, log = tmp_path / "warc", tmp_path / "log"

    def count() -> int:
        with engine.connect() as conn:
            return conn.execute(select(func.count()).select_from(article)).scalar_one()

    def at_rest() -> bool:
        with engine.connect() as conn:
            jobs = conn.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'crawl'")).scalar_one()
            return jobs == 0 and set(frontier.counts(conn)) <= {"done", "failed", "gone"}

    with (
        serve() as replica,
        worker(postgres_url, replica, warc, log) as first,
        worker(postgres_url, replica, warc, log) as second,
        worker(postgres_url, replica, warc, log) as third,
    ):
        until(lambda: count() > 30, 90)
        victim = next(one for one in (first, second, third) if crawling(one))
        end(victim)
        assert count() < len(expected().articles), "killed too late to show anything"
        until(at_rest, 120)
        asked = [one.url for one in replica.requests if not one.url.endswith("/robots.txt")]

    with engine.connect() as conn:
        assert set(conn.execute(select(article.c.url)).scalars()) == expected().articles, log.read_text()[-3000:]
        crawls = conn.execute(select(run.c.source, run.c.started_at, run.c.finished_at).order_by(run.c.id)).all()
    assert [finding for finding in verify(engine, warc) if finding.kind != "note"] == []
    assert len(crawls) >= 4, "the killed crawl was not taken up again"
    for name in {row.source for row in crawls}:
        mine = [row for row in crawls if row.source == name]
        for before, after in pairwise(mine):
            assert before.finished_at is None or before.finished_at <= after.started_at, (name, mine)
    assert len(asked) - len(set(asked)) <= 40, "a kill may cost what was in flight and what waited for its commit"
    for host, times in traffic.times.items():
        gaps = sorted(later - sooner for sooner, later in pairwise(times))
        assert gaps[len(gaps) // 10] > DELAY * 0.5, (host, gaps[:10])
        assert len(times) / (times[-1] - times[0]) < 1.1 / DELAY, host


def test_a_source_locked_by_one_is_left_alone_by_the_other_and_freed_by_its_end(engine: Engine) -> None:
    with held(engine, ["a", "b"]) as ours, held(engine, ["b", "c"]) as theirs:
        assert (ours, theirs) == (True, False)
    with held(engine, ["b", "c"]) as again:
        assert again


def test_a_host_belongs_to_one_source() -> None:
    """This is what carries politeness across workers: only one crawl of a source runs, and only it asks its hosts."""
    hosts = [host for site in SITES.values() for host in site.hosts]
    assert len(hosts) == len(set(hosts))


def test_a_cancelled_command_is_stopped_and_not_left_behind(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    async def cancelled() -> None:
        task = asyncio.create_task(run_process([sys.executable, "-c", program]))
        await asyncio.to_thread(until, lambda: told.exists() and told.read_text())
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert not psutil.pid_exists(int(told.read_text()))


def test_a_workers_exit_code_is_told() -> None:
    assert asyncio.run(run_process([sys.executable, "-c", "raise SystemExit(3)"])).code == 3


SUMMARY = {"ended": "finished", "pages": 4, "new": 1, "changed": 0, "failed": []}
DOWN = [
    {"reason": "HTTP 500", "count": 1, "example": "http://a/1"},
    {"reason": "HTTP 503", "count": 3, "example": "http://a/2"},
]


@pytest.mark.parametrize(
    ("code", "failed", "fails"), [(0, [], False), (1, DOWN[:1], False), (1, DOWN, True), (2, [], True)]
)
def test_a_crawl_is_told_in_a_line_and_one_in_vain_is_no_success(
    code: int, failed: list[Any], fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def command(*_: str) -> Ended:
        return Ended(code, json.dumps(SUMMARY | {"failed": failed}).encode() + b"\n")

    with caplog.at_level("INFO"), pytest.raises(CommandError) if fails else nullcontext() as error:
        asyncio.run(_run(command, "crawl", "a"))
    told = str(error.value) if error is not None else caplog.messages[-1]
    assert "4 pages, 1 new, 0 changed" in told
    if failed == DOWN:
        assert "4 failed (3 × HTTP 503, e.g. http://a/2)" in told


def test_what_printed_no_summary_is_told_by_its_code_alone() -> None:
    assert [line(Ended(0, out)) for out in (b"", b"Nothing done\n", b"[1]", b'{"sent": 1}')] == [""] * 4


def test_a_worker_that_is_told_to_stop_puts_its_crawl_back_in_line(
    postgres_url: str, engine: Engine, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    program = STUBBORN.format(db=postgres_url)
    with log.open("ab") as out:
        process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=out, stderr=out)

    def jobs(state: str) -> int:
        with engine.connect() as conn:
            if conn.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one() is None:
                return 0
            counted = text(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'crawl' AND status::text = :state"
            )
            return int(conn.execute(counted, {"state": state}).scalar_one())

    try:
        until(lambda: jobs("doing") == 1 and b"begun" in log.read_bytes(), 60)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)  # timeout(1) sends two
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert (jobs("doing"), jobs("todo")) == (0, 1), log.read_text()
    assert "Traceback" not in log.read_text()
    assert "stopped well" in log.read_text()


STUBBORN = """
import asyncio, logging, sys
from dataclasses import replace
from sqlalchemy import make_url
from crawler.told import Ended
from crawler.worker import in_one_line, install, make_app, run_process, work
from storage.db import open_engine
from tests.crawler.working import PULSE, sites
logging.basicConfig(level=logging.INFO)
logging.getLogger().handlers[0].addFilter(in_one_line)
CRAWL = '''
import signal, sys, time
def stop(*_):
    time.sleep(1.5)
    print("stopped well", file=sys.stderr, flush=True)
    sys.exit(1)
signal.signal(signal.SIGTERM, stop)
print("begun", file=sys.stderr, flush=True)
time.sleep(60)
'''
async def start(*asked):
    return Ended(0) if asked[0] != "crawl" else await run_process([sys.executable, "-c", CRAWL])
db = {db!r}
engine = open_engine(db)
install(engine)
one = dict(list(sites().items())[:1])
conninfo = make_url(db).set(drivername="postgresql").render_as_string(hide_password=False)
asyncio.run(work(make_app(conninfo, engine, one, start, PULSE), parallel=1, name="w", pulse=PULSE))
"""
"""A worker whose crawls take a while to stop."""
