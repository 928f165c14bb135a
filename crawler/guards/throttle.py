"""The pace of each host: Scrapy's AutoThrottle above the least delay that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Spider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response

if TYPE_CHECKING:
    from scrapy.core.engine import ExecutionEngine
    from scrapy.crawler import Crawler

LONGEST_DELAY = 300.0
"""Seconds between two requests that a robots.txt may ask for; what asks for more gets this."""


def least_delay(crawler: Crawler, host: str) -> float:
    """Seconds between two requests to the host, at least.

    DOWNLOAD_SLOTS names hosts that a source describes, `demand_delay` adds to them; for others it is
    AUTOTHROTTLE_START_DELAY.
    """
    named = _engine(crawler).downloader.per_slot_settings.get(host, {})
    least: float = named.get("delay", crawler.settings.getfloat("AUTOTHROTTLE_START_DELAY"))
    return least


def demand_delay(crawler: Crawler, host: str, seconds: float) -> None:
    """Have at least ``seconds`` between two requests to the host from here on, as its robots.txt asks."""
    least = max(least_delay(crawler, host), min(seconds, LONGEST_DELAY))
    downloader = _engine(crawler).downloader
    downloader.per_slot_settings.setdefault(host, {})["delay"] = least
    if (slot := downloader.slots.get(host)) is not None:
        slot.delay = max(slot.delay, least)


class Throttle(AutoThrottle):
    """Scrapy's, that never goes below the host's least delay.

    A host whose least delay is 0 is not throttled: that is a server of our own.
    """

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        host, slot = self._get_slot(request, spider)
        least = least_delay(self.crawler, host or "")
        if slot is None or least == 0:
            return
        super()._response_downloaded(response, request, spider)
        slot.delay = max(slot.delay, least)


def _engine(crawler: Crawler) -> ExecutionEngine:
    assert crawler.engine is not None
    return crawler.engine
