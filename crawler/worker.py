"""Crawls on many machines: the schedule as jobs of Procrastinate, in the archive's own PostgreSQL.

Every worker looks what is due and puts it in line; a source stands there once. Its lock keeps a second worker off it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from procrastinate import App, PsycopgConnector, RetryDecision, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, text

from crawler.schedule import all_taken_up, due
from crawler.site import Site
from crawler.told import Ended, line
from storage import runs

logger = logging.getLogger(__name__)

Command = Callable[..., Awaitable[Ended]]
"""Runs a ``panxi`` command to its end; returns its exit code and what it printed."""

CRAWLS, CARE = "crawls", "care"
"""Two queues: while every place is taken by a crawl, what is due is looked for and alerts go out all the same."""


class Again(RetryStrategy):
    """Two more tries of a crawl that ended badly; one that was stopped with its worker goes back in line at once."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Procrastinate's question."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        decision: RetryDecision | None = super().get_retry_decision(exception=exception, job=job)
        return decision


RETRY = Again(max_attempts=3, wait=60, linear_wait=60)
STOP_WITHIN = 20.0
"""Seconds that a running command gets to end after SIGTERM."""
DONE = (0, 1)
"""Exit codes of a command that came to its end; 1 tells of failures that its own record names."""


class CommandError(Exception):
    """A command did not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How often a worker looks and shows that it lives."""

    tick: str = "* * * * *"
    """When to look what is due: a cron line, seconds last where there are six fields."""
    heartbeat: float = 10.0
    """Seconds between two signs of life."""
    dead_after: float = 30.0
    """Seconds without one after which a worker's jobs are taken up again."""


def make_app(conninfo: str, engine: Engine, sites: Mapping[str, Site], command: Command, pulse: Pulse = Pulse()) -> App:
    """The jobs: crawl a source, deliver alerts, and the tick that puts them in line. Connected to when it is opened."""
    app = App(connector=PsycopgConnector(conninfo=conninfo))

    @app.task(name="crawl", queue=CRAWLS, retry=RETRY)
    async def crawl(source: str) -> None:
        await _run(command, "crawl", source, "--due", "--json")

    @app.task(name="deliver", queue=CARE)
    async def deliver() -> None:
        await _run(command, "deliver")

    # no lock: a tick that died with its worker must not keep the others from looking
    @app.periodic(cron=pulse.tick)
    @app.task(name="tick", queue=CARE, queueing_lock="tick")
    async def tick(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's argument
        await _take_up_again(app.job_manager, pulse.dead_after)
        for site in await asyncio.to_thread(_due, engine, sites):
            with contextlib.suppress(AlreadyEnqueued):
                lock = f"source {site.name}"
                await crawl.configure(lock=lock, queueing_lock=lock).defer_async(source=site.name)
        with contextlib.suppress(AlreadyEnqueued):
            await deliver.configure(lock="deliver", queueing_lock="deliver").defer_async()

    return app


def install(engine: Engine) -> None:
    """Make Procrastinate's tables where they are not; workers that start at once make them once."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(7408)"))
        if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one() is None:
            connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


async def _take_up_again(jobs: JobManager, dead_after: float) -> None:
    """Puts the jobs of dead workers back in line, or ends those of which the like stands there already."""
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=dead_after):
        logger.warning("its worker is dead: %s", job.call_string)
        try:
            await jobs.retry_job(job)
        except UniqueViolation:
            await jobs.finish_job(job, status=Status.FAILED, delete_job=True)


async def work(app: App, *, parallel: int, name: str, pulse: Pulse = Pulse()) -> None:
    """Works until SIGINT or SIGTERM; crawls that run then are stopped well, and go back in line."""
    async with app.open_async():
        worker = partial(
            app.run_worker_async,
            update_heartbeat_interval=pulse.heartbeat,
            stalled_worker_timeout=pulse.dead_after,
            fetch_job_polling_interval=min(5.0, pulse.heartbeat),
            shutdown_graceful_timeout=0,
            install_signal_handlers=False,
            delete_jobs="always",  # what became of a crawl stands in the archive
        )
        stopped = asyncio.Event()  # a second signal must not break the tidying up
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        working = [
            asyncio.create_task(worker(queues=[CRAWLS], concurrency=parallel, name=f"{name} crawls")),
            asyncio.create_task(worker(queues=[CARE], concurrency=1, name=f"{name} care")),
        ]
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait([*working, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in (*working, stopping):
            task.cancel()
        # All of them, before the connection is closed: the jobs that they stop are put back in line through it.
        for ended in await asyncio.gather(*working, stopping, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


def panxi(db: str) -> Command:
    """Commands as ``panxi`` in a process of its own, on this archive.

    Its URL is no argument: any user of the machine may list those, and it may hold a password.
    """

    async def run(*command: str) -> Ended:
        return await run_process([sys.executable, "-m", "crawler.cli", *command], {**os.environ, "PANXI_DB": db})

    return run


async def run_process(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Ended:
    """Runs a process to its end; cancelled, it is asked to end, then made to."""
    process = await asyncio.create_subprocess_exec(
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches us first, and we stop it
    )
    try:
        out, _ = await process.communicate()
        return Ended(process.returncode or 0, out)
    except asyncio.CancelledError:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_WITHIN)
        except TimeoutError:
            process.kill()
        raise


async def _run(command: Command, *arguments: str) -> None:
    ended = await command(*arguments)
    told = line(ended)
    how = f"panxi {' '.join(arguments)} ended with {ended.code}{told and f': {told}'}"
    if ended.code not in DONE or ended.in_vain:
        raise CommandError(how)
    logger.log(logging.INFO if ended.code == 0 else logging.WARNING, "%s", how)


def in_one_line(record: logging.LogRecord) -> bool:
    """A filter of a log's handler: what stopped a job, or failed a command, is no fault of the program and needs no
    traceback.
    """
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (asyncio.CancelledError, CommandError)):
        record.exc_info = None
        record.msg, record.args = f"{record.getMessage()}{f': {error}' if str(error) else ''}", ()
    return True


def _due(engine: Engine, sites: Mapping[str, Site]) -> list[Site]:
    now = datetime.now(UTC)
    with engine.connect() as connection:
        again = all_taken_up(runs.last(connection, now))
        return due(sites.values(), runs.last_runs(connection), now, again)
