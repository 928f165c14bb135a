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
    """Scrapy's AutoThrottle, never faster than DOWNLOAD_SLOTS and robots.txt say, host by host.

    A host whose delay is 0 there is not throttled: that is a server of our own. Hosts that are not named there
    begin and stay at AUTOTHROTTLE_START_DELAY.
    """

    def demand(self, host: str, seconds: float) -> None:
        """Raise the least delay of the host."""
        engine = self.crawler.engine
        assert engine is not None
        least = max(self._least(host), seconds)
        engine.downloader.per_slot_settings.setdefault(host, {})["delay"] = least
        if (slot := engine.downloader.slots.get(host)) is not None:
            slot.delay = max(slot.delay, least)

    def _least(self, host: str) -> float:
        engine = self.crawler.engine
        assert engine is not None
        least: float = engine.downloader.per_slot_settings.get(host, {}).get("delay", self._start_delay())
        return least

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        host, slot = self._get_slot(request, spider)
        least = self._least(host or "")
        if slot is None or least == 0:
            return
        super()._response_downloaded(response, request, spider)
        slot.delay = max(slot.delay, least)


def sites_of(spider: Spider | None) -> dict[str, Site]:
    """The sites the spider knows, by name; spiders that walk no sites know none."""
    sites: dict[str, Site] = getattr(spider, "sites", {})
    return sites
