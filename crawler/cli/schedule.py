"""``panxi schedule``: runs the sources' schedules until stopped."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import (
    DEFAULT_DB,
    Db,
    Sources,
    archive,
    ask_for_contact,
    console,
    fail,
    local,
    log_to_stderr,
    sites,
)
from crawler.cli.help import examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.jobs import Commands
    from crawler.site import Site

app = typer.Typer(add_completion=False)
logger = logging.getLogger(__name__)
LOOK = 1.0
"""Seconds between two looks at which crawls have ended."""


@app.command(
    epilog=examples("panxi schedule", "panxi schedule cinic 攀枝花日报", "panxi schedule --once   # from cron")
)
def schedule(
    sources: Sources = None,
    once: Annotated[bool, typer.Option("--once", help="Crawl what is due now, send what waits, and end.")] = False,
    parallel: Annotated[int, typer.Option(min=1, max=16, help="Crawls at a time.")] = 2,
    deliver_every: Annotated[
        int, typer.Option(min=5, max=86_400, help="Seconds between two deliveries of alerts.")
    ] = 60,
    db: Db = DEFAULT_DB,
) -> None:
    """Crawl each source as often as its file says, and send the alerts that wait, until stopped.

    A source is crawled once at a time; what was missed while the machine was off is made up for once. Times are
    +08:00. Ctrl-C and SIGTERM end it within seconds, and what was read is kept.
    """
    from crawler.jobs import AlreadyRunning, Commands, only_one
    from crawler.open_archive import raw_folder
    from storage.runs import last_runs

    chosen = sites(sources)
    log_to_stderr()
    ask_for_contact()
    with archive(db, create=True) as engine, engine.connect() as connection:
        begun = last_runs(connection)
    try:
        with only_one(raw_folder(db)) as lock:
            commands = Commands(db, lock)
            if once:
                raise typer.Exit(_once(chosen, begun, _again(db), commands))
            _forever(chosen, begun, db, commands, parallel, deliver_every)
    except AlreadyRunning as error:
        if once:  # cron will come again
            console.print(f"Nothing done: {error}.", markup=False)
            raise typer.Exit(0) from None
        fail(str(error))


def _again(db: str) -> Mapping[str, datetime]:
    """When each source is taken up whose last crawl did not end whole; none where the archive is away just now."""
    from crawler.schedule import all_taken_up
    from storage.db import BROKEN, explain, open_engine
    from storage.runs import last

    engine = open_engine(db)
    try:
        with engine.connect() as connection:
            return all_taken_up(last(connection, datetime.now(UTC)))
    except BROKEN as error:
        logger.warning("%s", explain(engine, error))
        return {}
    finally:
        engine.dispose()


def _once(sites: list[Site], last: Mapping[str, datetime], again: Mapping[str, datetime], commands: Commands) -> int:
    """Everything that is due, one after the other; 1 where something failed."""
    from crawler.schedule import due

    codes: list[int] = []

    def work() -> None:
        codes.extend(commands.crawl(site.name) for site in due(sites, last, datetime.now(UTC), again))
        codes.append(commands.run("deliver"))

    stopped = _told_to_stop()
    worker = threading.Thread(target=work)
    worker.start()
    while worker.is_alive() and not stopped.wait(0.2):
        pass
    if stopped.is_set():
        commands.stop()
    worker.join()
    return int(any(codes))


def _told_to_stop() -> threading.Event:
    """What Ctrl-C and SIGTERM set from now on; a handler that did more could wait for what it interrupted."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def _forever(
    sites: list[Site],
    last: dict[str, datetime],
    db: str,
    commands: Commands,
    parallel: int,
    deliver_every: int,
) -> None:
    from crawler.jobs import hasten, scheduler

    stopped = _told_to_stop()
    ended: SimpleQueue[str] = SimpleQueue()

    def crawl(name: str) -> None:
        commands.crawl(name)
        ended.put(name)

    jobs = scheduler(
        sites,
        last,
        crawl,
        lambda: commands.run("deliver"),
        parallel=parallel,
        deliver_every=timedelta(seconds=deliver_every),
        again=_again(db),
    )
    jobs.start(paused=True)  # told before the first crawl is under way and its next one is meant
    for job in sorted(jobs.get_jobs(), key=lambda job: job.next_run_time):
        logger.info("%-24s next at %s", job.id, local(job.next_run_time))
    jobs.resume()
    by_name = {site.name: site for site in sites}
    while not stopped.wait(LOOK):
        if names := [ended.get() for _ in range(ended.qsize())]:
            again = _again(db)
            for name in again.keys() & names:
                if at := hasten(jobs, by_name[name], again[name]):
                    logger.info("%-24s did not end whole: again at %s", f"crawl {name}", local(at))
    logger.info("stopping")
    commands.stop()
    jobs.shutdown()
