"""Running one crawl in this process: Scrapy with the project's settings, started, watched and stopped well."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType, MappingProxyType
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from twisted.internet.error import ReactorNotRunning

from crawler import collector
from crawler.scheduler import FrontierScheduler
from crawler.spiders.site import SiteSpider
from crawler.walk import Tally

logger = logging.getLogger(__name__)

TURN = 0.001
"""Seconds that a thread holds the interpreter while others want it. At Python's 5 ms the workshop stands idle whenever
its thread waits for the reactor's and the writer's: a tenth of the time."""
GRACE = 3.0
"""Seconds that pages in flight get to finish after Ctrl-C or SIGTERM."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """How a crawl ended."""

    tally: Tally
    reason: str
    """finished, max_pages, shutdown (stopped by a person) or archive_error."""
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether all was visited that was due, and nothing failed."""
        return self.reason in ("finished", "max_pages") and not self.tally.failures


def project_settings(**changes: Any) -> Settings:
    """The project's settings with changes on top, wherever the command is run from."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update({key: value for key, value in changes.items() if value is not None}, priority="cmdline")
    return settings


def crawl(
    settings: Settings,
    arguments: Mapping[str, str | None] = MappingProxyType({}),
    *,
    watch: Callable[[Tally], None] | None = None,
) -> Crawled:
    """Runs ``SiteSpider`` with the arguments until it ends, or Ctrl-C or SIGTERM stops it.

    ``watch`` is given the tally a few times a second. Once in a process: Scrapy's reactor can't start twice.
    Raises ``ValueError`` for arguments that the spider refuses.
    """
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(SiteSpider)
    ended = {"reason": "start_error"}
    schedulers: list[FrontierScheduler] = []
    crawler.signals.connect(lambda reason: ended.update(reason=reason), signals.spider_closed, weak=False)
    crawler.signals.connect(lambda: _find_scheduler(crawler, schedulers), signals.engine_started, weak=False)
    started = time.monotonic()
    loop = asyncio.get_event_loop()
    task = process.crawl(crawler, **arguments)
    _stop_on_signal(process, loop, lambda: ended.update(reason="shutdown"))
    if watch is not None:
        _repeat(loop, lambda: watch(_tally(schedulers)))
    give_way()
    try:
        process.start(install_signal_handlers=False)
    finally:
        if isinstance(crawler.spider, SiteSpider):
            crawler.spider.close_workshop()  # it may hang over a page, and nobody waits for that now
    for scheduler in schedulers:
        scheduler.finish()
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        raise error
    return Crawled(tally=_tally(schedulers), reason=ended["reason"], seconds=time.monotonic() - started)


def give_way() -> None:
    """Has this process's threads, and the collector, take less from one another: for a process that crawls."""
    collector.rest()
    sys.setswitchinterval(TURN)


def _find_scheduler(crawler: Crawler, schedulers: list[FrontierScheduler]) -> None:
    """The engine forgets its scheduler when it ends; the tally is read after that."""
    assert crawler.engine is not None
    if isinstance(scheduler := crawler.engine.scheduler, FrontierScheduler):
        schedulers.append(scheduler)


def _tally(schedulers: list[FrontierScheduler]) -> Tally:
    """What has been done, or nothing where the crawl did not come to begin."""
    return next((scheduler.walk.tally for scheduler in schedulers if scheduler.walk is not None), Tally())


def _repeat(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    def again() -> None:
        call()
        loop.call_later(0.2, again)

    loop.call_later(0.2, again)


def _stop_on_signal(process: AsyncCrawlerProcess, loop: asyncio.AbstractEventLoop, told: Callable[[], object]) -> None:
    """Ctrl-C and SIGTERM: no new request; pages in flight get ``GRACE`` seconds, and come back another time."""
    from twisted.internet import reactor

    def stop_now() -> None:
        with contextlib.suppress(ReactorNotRunning):
            reactor.stop()  # type: ignore[misc]

    def begin() -> None:
        told()
        logger.warning("stopping: what was read is kept, pages in flight have %.0f s", GRACE)
        tasks.append(loop.create_task(process.stop()))
        loop.call_later(GRACE, stop_now)

    def handle(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C ends at once; the archive stands that
        loop.call_soon_threadsafe(begin)

    tasks: list[asyncio.Task[None]] = []
    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
