"""Scrapy's scheduler, over the archive's frontier.

It claims visits by lease and gives them to the engine; outcomes go to the archive's writer thread, which commits
each with its article and its links. The reactor never waits for the database. What a killed crawl had claimed
comes back: at once where this machine sees that the process is dead, else when its lease ends.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.httpobj import urlparse_cached
from sqlalchemy import Connection
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from crawler.hosts import HostQueues
from crawler.items import Link, Outcome, Visit
from crawler.open_archive import open_writer
from crawler.spiders.site import SiteSpider, exchange_of, what_failed
from crawler.walk import Tally, Walk
from storage import frontier, runs
from storage.owner import process_owner
from storage.writer import WriterError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class FrontierScheduler(BaseScheduler):
    """Serves ``SiteSpider`` from the frontier; any other spider (``scrapy shell``) from the queue alone."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.walk: Walk | None = None
        self._queues: HostQueues[Request] = HostQueues(self._limit)
        self._out: dict[int, str] = {}
        self._slots: dict[str, Any] = {}
        self._concurrency = 0
        self._task: asyncio.Task[None] | None = None
        self._runs: dict[str | None, int] = {}
        self._ended = "shutdown"
        self._finished = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    # --- Scrapy's interface ------------------------------------------------------------------------------

    def open(self, spider: Spider) -> Deferred[None] | None:
        return deferred_from_coro(self._open(spider)) if isinstance(spider, SiteSpider) else None

    def has_pending_requests(self) -> bool:
        """Asked when nothing is in flight; the walk closes the spider itself when it is over."""
        if self.walk is None or self._queues:
            return bool(self._queues)
        for visit in self.walk.lost():
            self.keep(self._spider.unread(visit, "the visit ended without an outcome"))
        return True

    def enqueue_request(self, request: Request) -> bool:
        """Takes a claimed visit, or a request of Scrapy's own: a redirect, a retry."""
        visit: Visit | None = request.meta.get("visit")
        first = self._back(visit) or (visit is not None and visit.kind == "listing")
        self._queues.push(urlparse_cached(request).hostname or "", request, first=first)
        return True

    def next_request(self) -> Request | None:
        """The next request of a host that has room."""
        popped = self._queues.pop()
        if popped is None:
            return None
        host, request = popped
        visit = request.meta.get("visit")
        if visit is not None and self.walk is not None:
            self._out[visit.id] = host
            self.walk.taken(visit)
        return request

    def close(self, reason: str) -> Deferred[None] | None:  # noqa: ARG002 - Scrapy's signature
        return deferred_from_coro(self._close()) if self.walk is not None else None

    # --- ours --------------------------------------------------------------------------------------------

    def keep(self, outcome: Outcome) -> None:
        """Hands an outcome to the archive. Called by the last pipeline stage."""
        assert self.walk is not None
        self._back(outcome.visit)
        self.walk.keep(outcome)

    def _back(self, visit: Visit | None) -> bool:
        """The visit's request is no longer out at its host; False where none was."""
        host = self._out.pop(visit.id, None) if visit is not None else None
        if host is not None:
            self._queues.back(host)
        return host is not None

    def _limit(self, host: str) -> int:
        slot = self._slots.get(host, {})
        return int(slot.get("concurrency", self._concurrency)) if self.walk is not None else sys.maxsize

    async def _open(self, spider: SiteSpider) -> None:
        settings = self.crawler.settings
        self._spider = spider
        self._slots = settings.getdict("DOWNLOAD_SLOTS")
        self._concurrency = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._writer = open_writer(settings)
        self._owner = process_owner()
        await asyncio.wrap_future(self._writer.release_dead())
        self.walk = Walk(
            self._writer,
            owner=self._owner,
            give=self._give,
            sources=spider.source_names or None,
            budget=spider.max_pages,
            patience=spider.patience,
        )
        self._runs = await asyncio.wrap_future(self._writer.call(lambda conn: self._start_runs(conn, spider)))
        self.crawler.signals.connect(self._on_response, signals.response_received)
        self.crawler.signals.connect(self._on_spider_error, signals.spider_error)
        self.crawler.signals.connect(self._on_item_error, signals.item_error)
        self.crawler.signals.connect(self._begin, signals.spider_opened)

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(self._spider))

    async def _run(self, spider: SiteSpider) -> None:
        assert self.walk is not None
        assert self.crawler.engine is not None
        try:
            entrances = await self._entrances(spider)
            reason = await self.walk.run(entrances, only=bool(spider.urls), revisit=spider.revisit)
        except WriterError:  # it has said why
            reason = "archive_error"
        except Exception:
            logger.exception("the crawl can't go on")
            reason = "archive_error"
        self._task = None
        self._ended = reason
        await self.crawler.engine.close_spider_async(reason=reason)

    async def _entrances(self, spider: SiteSpider) -> list[Link]:
        links = spider.entrances()
        if not spider.due:
            return links
        seen = await asyncio.wrap_future(
            self._writer.call(lambda conn: frontier.seen(conn, [link.url for link in links]))
        )
        return spider.due_entrances(seen, _now())

    async def _close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        await asyncio.to_thread(self.finish)

    def finish(self) -> None:
        """Writes what waits, gives back what was claimed and not visited. Idempotent."""
        if self.walk is None or self._finished:
            return
        self._finished = True
        self._writer.call(self._finish_runs)
        self._writer.close(release=self._owner)

    def _start_runs(self, conn: Connection, spider: SiteSpider) -> dict[str | None, int]:
        names = (None,) if spider.urls else spider.source_names or tuple(spider.sites)
        return {name: runs.start(conn, name, _now(), owner=self._owner) for name in names}

    def _finish_runs(self, conn: Connection) -> None:
        assert self.walk is not None
        self._note_spared(conn)
        for name, number in self._runs.items():
            tally = self.walk.tally if name is None else self.walk.by_source.get(name, Tally())
            runs.finish(conn, number, *self._end_of(tally), _now(), tally.counts())

    def _end_of(self, tally: Tally) -> tuple[runs.State, str | None]:
        """How a run ended, and why where it did not finish."""
        if self._ended != "finished":
            return "failed" if self._ended == "archive_error" else "stopped", self._ended
        if tally.visits and tally.failures.total() == tally.visits:
            return "failed", "every visit failed"
        return "finished", None

    def _note_spared(self, conn: Connection) -> None:
        """How many of the known article pages were not asked for: what the listings and conditions saved."""
        assert self.walk is not None
        for name in self._runs:
            tally = self.walk.tally if name is None else self.walk.by_source.setdefault(name, Tally())
            if name is not None:
                tally.spared = max(frontier.known_articles(conn, [name]) - tally.article_requests, 0)
                self.walk.tally.spared += tally.spared

    def _give(self, visit: Visit) -> None:
        assert self.crawler.engine is not None
        self.crawler.engine.crawl(self._spider.request(visit))

    def _on_response(self, request: Request) -> None:
        """The host has answered: it can be asked for the next page while this one is read."""
        self._back(request.meta.get("visit"))

    def _on_spider_error(self, failure: Failure, response: Response) -> None:
        """Reading a page failed: its bytes are kept, and it is tried again, then set aside."""
        visit = response.meta.get("visit")
        if visit is not None:
            reason = f"reading or cleaning failed: {what_failed(failure)}"
            self.keep(self._spider.unread(visit, reason, exchange_of(response, _now())))

    def _on_item_error(self, item: object, failure: Failure) -> None:
        """A stage failed: likewise."""
        if isinstance(item, Outcome):
            self.keep(self._spider.unread(item.visit, f"cleaning failed: {what_failed(failure)}", item.exchange))


def _now() -> datetime:
    return datetime.now(UTC)
