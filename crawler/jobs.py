"""Running the schedule: each job is a ``panxi`` command in a process of its own.

A crawl that leaks, hangs or is killed takes nothing with it; the archive stands that.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from crawler.items import SHANGHAI
from crawler.schedule import next_run
from crawler.site import Site
from crawler.told import Ended, line

logger = logging.getLogger(__name__)

STOP_WITHIN = 20.0
"""Seconds that running commands get to end after SIGTERM."""


ENDING = timedelta(seconds=1)
"""What a job takes to be over when its command is."""


class AlreadyRunning(Exception):  # noqa: N818 - a fact, told to a person
    """Another schedule works on this archive."""


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[IO[bytes]]:
    """Holds the archive's schedule lock; raises ``AlreadyRunning``.

    Commands inherit the file: a schedule that was killed leaves it locked until its last crawl has ended.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "schedule.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"another schedule or its last crawl is at work ({lock.name})") from error
        yield lock


class Commands:
    """Runs ``panxi`` commands and can stop them."""

    def __init__(self, db: str, lock: IO[bytes]) -> None:
        # not as an argument: any user of the machine may list those, and a URL may hold a password
        self._environment = {**os.environ, "PANXI_DB": db}
        self._lock = lock
        self._running: set[subprocess.Popen[bytes]] = set()
        self._guard = threading.Lock()
        self._stopping = False

    def run(self, *command: str) -> int:
        """Runs the command to its end and logs in one line how it went; returns its exit code."""
        with self._guard:
            if self._stopping:
                return 1
            # not in our group: Ctrl-C reaches us first, and we stop the commands
            process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "crawler.cli", *command],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                start_new_session=True,
                pass_fds=(self._lock.fileno(),),
            )
            self._running.add(process)
        out, _ = process.communicate()
        code = process.returncode
        with self._guard:
            self._running.discard(process)
        told = line(Ended(code, out))
        level = logging.INFO if code == 0 else logging.WARNING
        logger.log(level, "panxi %s ended with %d%s", " ".join(command), code, told and f": {told}")
        return code

    def crawl(self, name: str) -> int:
        """Runs a crawl of the source."""
        return self.run("crawl", name, "--due", "--json")

    def stop(self) -> None:
        """Ends what runs: SIGTERM, which a crawl answers by keeping what it has, then, much later, SIGKILL."""
        with self._guard:
            self._stopping = True
            running = list(self._running)
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


class SourceTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires as ``next_run`` says: once, however long the machine was off."""

    def __init__(self, site: Site, last_run: datetime | None, again: datetime | None = None) -> None:
        self.site = site
        self.last_run = last_run
        self.again = again

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """APScheduler's question."""
        again = self.again if previous_fire_time is None else None
        return next_run(self.site, previous_fire_time or self.last_run, now, again)


def scheduler(
    sites: Sequence[Site],
    last_runs: dict[str, datetime],
    crawl: Callable[[str], Any],
    deliver: Callable[[], Any],
    *,
    parallel: int,
    deliver_every: timedelta,
    again: Mapping[str, datetime] = MappingProxyType({}),
) -> BackgroundScheduler:
    """A scheduler with a job for each source, and one that sends the alerts that wait. Not started.

    ``again`` tells of each source whose last crawl did not end whole when it is taken up, sooner than its next turn.
    """
    made = BackgroundScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(parallel), "deliver": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for site in sites:
        trigger = SourceTrigger(site, last_runs.get(site.name), again.get(site.name))
        made.add_job(crawl, trigger, [site.name], id=f"crawl {site.name}")
    made.add_job(deliver, "interval", seconds=deliver_every.total_seconds(), id="deliver", executor="deliver")
    return made


def hasten(made: BackgroundScheduler, site: Site, again: datetime) -> datetime | None:
    """Has the source's next crawl begin at ``again`` where that is sooner than its turn; returns when it begins then.

    Not for the thread of a job: a scheduler that shuts down waits for that, and holds the lock that this needs.
    """
    job = made.get_job(f"crawl {site.name}")
    if job is None or job.next_run_time is None:
        return None
    soon = next_run(site, job.next_run_time, datetime.now(SHANGHAI) + ENDING, again)  # the one before has to end first
    if soon >= job.next_run_time:
        return None
    job.modify(next_run_time=soon)
    return soon
