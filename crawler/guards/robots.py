"""robots.txt as RFC 9309 has it; Scrapy's middleware takes a file that can't be had for a permission."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from crawler.guards.refused import Refused, TooLarge
from crawler.guards.throttle import demand_delay
from crawler.politeness import Postponed

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LARGEST = 500 * 1024
"""Bytes that are read of a robots.txt (RFC 9309, 2.5)."""
PATIENCE = 60.0
"""Seconds until a robots.txt that could not be had is asked for again."""


class RobotsUnreachable(Exception):  # noqa: N818  a fact about the site
    """The site could not say what is allowed: until it can, nothing is (RFC 9309, 2.3.1.4)."""


@dataclass(frozen=True, slots=True)
class _Unreachable:
    why: str
    at: float
    """On the monotonic clock."""


class Robots(RobotsTxtMiddleware):
    """Asks for each origin's robots.txt once a crawl, keeps to it and to its crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Task[RobotParser | _Unreachable]] = {}

    async def robot_parser(self, request: Request) -> RobotParser:
        """The rules for the request's origin; raises `RobotsUnreachable` while they can't be had."""
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc}"
        task = self._rules.get(origin)
        if task is None or _stale(task):
            task = self._rules[origin] = asyncio.ensure_future(self._ask(origin))
        rules = await asyncio.shield(task)
        if isinstance(rules, _Unreachable):
            raise RobotsUnreachable(f"robots.txt can't be had: {rules.why}")
        return rules

    async def _ask(self, origin: str) -> RobotParser | _Unreachable:
        request = Request(
            f"{origin}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(request)
        except TooLarge as error:
            return _Unreachable(str(error), time.monotonic())
        except (Postponed, Refused):  # what holds for robots.txt holds for the page
            raise
        except IgnoreRequest:  # too many redirects: as good as no file (RFC 9309, 2.3.1.2)
            return self._parsed(b"")
        except Exception as error:  # noqa: BLE001  whatever it was, the file could not be had
            return _Unreachable(" ".join(str(error).split()) or type(error).__name__, time.monotonic())
        # Whom it was asked of, wherever it was sent from.
        return self._rules_of(response, urlparse_cached(request).hostname or "")

    def _rules_of(self, response: Response, host: str) -> RobotParser | _Unreachable:
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status == HTTPStatus.TOO_MANY_REQUESTS:
            return _Unreachable(f"HTTP {response.status}", time.monotonic())
        if response.status != HTTPStatus.OK:
            return self._parsed(b"")
        rules = self._parsed(response.body[:LARGEST])
        delay = rules.crawl_delay(self._robotstxt_useragent or self._default_useragent)
        if delay:
            demand_delay(self.crawler, host, delay)
        return rules

    def _parsed(self, body: bytes) -> RobotParser:
        rules: RobotParser = build_from_crawler(self._parserimpl, self.crawler, body)
        return rules


def _stale(task: asyncio.Task[RobotParser | _Unreachable]) -> bool:
    if not task.done():
        return False
    if task.cancelled() or task.exception() is not None:
        return True
    rules = task.result()
    return isinstance(rules, _Unreachable) and time.monotonic() - rules.at > PATIENCE
