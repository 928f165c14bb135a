"""The pace of each host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Spider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response

from crawler.site import Site

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LONGEST_DELAY = 300.0
"""Seconds between two requests that a robots.txt may ask for; what asks for more gets this."""


def demand_delay(crawler: Crawler, host: str, seconds: float) -> None:
    """Have at least ``seconds`` between two requests to the host from here on, as its robots.txt asks."""
    throttle = crawler.get_extension(Throttle)
    if throttle is not None:
        throttle.demand(host, min(seconds, LONGEST_DELAY))


class Throttle(AutoThrottle):
    """Scrapy's AutoThrottle, never faster than the source's own delay and its robots.txt.

    A source whose delay is 0 is not throttled: that is a server of our own.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._least: dict[str, float] = {}

    def demand(self, host: str, seconds: float) -> None:
        """Raise the least delay of the host."""
        self._least[host] = max(self._least.get(host, 0.0), seconds)
        engine = self.crawler.engine
        assert engine is not None
        engine.downloader.per_slot_settings.setdefault(host, {})["delay"] = self._least[host]
        if (slot := engine.downloader.slots.get(host)) is not None:
            slot.delay = max(slot.delay, self._least[host])

    def _spider_opened(self, spider: Spider) -> None:
        super()._spider_opened(spider)
        engine = self.crawler.engine
        assert engine is not None
        for site in sites_of(spider).values():
            for host in site.hosts:
                self._least[host] = site.delay
                engine.downloader.per_slot_settings[host] = {"delay": site.delay, "concurrency": site.concurrency}

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        host, slot = self._get_slot(request, spider)
        least = self._least.get(host or "", self.mindelay)
        if slot is None or least == 0:
            return
        super()._response_downloaded(response, request, spider)
        slot.delay = max(slot.delay, least)


def sites_of(spider: Spider | None) -> dict[str, Site]:
    """The sites the spider knows, by name; spiders that walk no sites know none."""
    sites: dict[str, Site] = getattr(spider, "sites", {})
    return sites
