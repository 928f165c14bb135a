"""The middleware that keeps a crawl to its sources' hours, budgets and wishes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from scrapy import Spider, signals
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached
from sqlalchemy.exc import SQLAlchemyError

from crawler.guards.ledger import Ledger
from crawler.politeness import Postponed, day_of, next_day, opens, pause
from crawler.site import Site
from storage.db import DatabaseError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

BUDGET = 1_000
"""Requests a day to a host that no source describes."""
FLUSH = 5.0
"""Seconds between two writings of the day's counts: what a kill may forget."""
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def sites_of(spider: Spider | None) -> dict[str, Site]:
    """The sites the spider knows, by name; spiders that walk no sites know none."""
    sites: dict[str, Site] = getattr(spider, "sites", {})
    return sites


class Manners:
    """Postpones what a host or its source does not want now.

    That is: the pause after a 429 or 503, closed hours, and requests beyond the day's budget. Stands behind
    robots.txt, so that only what is really asked for is counted.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._ledger = Ledger(None)
        self._ready = asyncio.Event()
        self._written_at = 0.0
        self._writing: asyncio.Task[None] | None = None
        self._site: dict[str, Site] = {}
        self._paused: dict[str, datetime] = {}
        self._refusals: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler)
        crawler.signals.connect(middleware.opened, signals.spider_opened)
        crawler.signals.connect(middleware.closed, signals.spider_closed)
        return middleware

    async def opened(self, spider: Spider) -> None:
        """Takes over what was counted today; only a spider that walks sites has an archive to count in."""
        sites = sites_of(spider)
        self._site = {host: site for site in sites.values() for host in site.hosts}
        try:
            if sites:
                self._ledger = await asyncio.to_thread(Ledger, self._crawler.settings["PANXI_DB"])
            await self._ledger.turn(day_of(datetime.now(UTC)))
        except (DatabaseError, SQLAlchemyError) as error:
            logger.critical("what was asked for today can't be read: %s", error)
            raise CloseSpider("archive_error") from error
        finally:
            self._ready.set()

    async def closed(self) -> None:
        """Writes what was counted since."""
        if self._writing is not None:
            await self._writing
        await self._ledger.close()

    async def process_request(self, request: Request) -> None:
        """Counts the request, or raises `Postponed`."""
        await self._ready.wait()  # the first requests may come before the signal that the spider is open
        host = urlparse_cached(request).hostname or ""
        now = datetime.now(UTC)
        await self._keep_ledger(day_of(now))
        self._mind_pause(host, now)
        site = self._site.get(host)
        if site is not None and (due := opens(site.window, now)) > now:
            raise self._postponed("window", f"{site.name} is visited in its hours only: {site.window}", due)
        budget = site.daily_requests if site is not None else BUDGET
        if self._ledger.spent(host) >= budget:
            raise self._postponed("budget", f"{host} has had its {budget} requests of the day", next_day(now))
        self._ledger.count(host)

    def send(self, request: Request) -> None:
        """Asked just before a request is sent, which may be long after `process_request`: raises `Postponed`."""
        host = urlparse_cached(request).hostname or ""
        try:
            self._mind_pause(host, datetime.now(UTC))
        except Postponed:
            self._ledger.take_back(host)
            raise

    def _mind_pause(self, host: str, now: datetime) -> None:
        if (until := self._paused.get(host, now)) > now:
            raise self._postponed("pause", f"{host} asked to be left alone for a while", until)

    def received(self, request: Request, response: Response) -> None:
        """Notes that the host asks for a pause, or no longer does. Called before the next request is sent."""
        host = urlparse_cached(request).hostname or ""
        if response.status not in BUSY:
            self._refusals.pop(host, None)
            return
        now = datetime.now(UTC)
        if self._paused.get(host, now) > now:  # this one was in flight when the host asked
            return
        self._refusals[host] += 1
        header = response.headers.get("Retry-After")
        asked = header.decode("latin-1") if header is not None else None
        self._paused[host] = now + pause(self._refusals[host], asked, now)

    async def _keep_ledger(self, day: date) -> None:
        """Has the counts written now and then; waits for it only where a new day begins."""
        is_new_day = self._ledger.day != day
        if (is_new_day or time.monotonic() - self._written_at > FLUSH) and (
            self._writing is None or self._writing.done()
        ):
            self._writing = asyncio.ensure_future(self._turn())
        if is_new_day and self._writing is not None:
            await self._writing

    async def _turn(self) -> None:
        self._written_at = time.monotonic()
        try:
            await self._ledger.turn(day_of(datetime.now(UTC)))
        except SQLAlchemyError as error:
            logger.warning("the day's requests can't be written now, but later: %s", error)

    def _postponed(self, why: str, reason: str, until: datetime) -> Postponed:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"politeness/postponed/{why}")
        return Postponed(reason, until)
