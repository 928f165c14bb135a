"""What Scrapy's log says of pages and outcomes: an address and a reason, never a page's content."""

# ruff: noqa: ARG002 - the signatures are Scrapy's
from __future__ import annotations

import logging
from datetime import datetime
from time import struct_time
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

from crawler.items import SHANGHAI, Outcome

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response
    from twisted.python.failure import Failure


DATE_FORMAT = "%Y-%m-%d %H:%M:%S+08:00"
"""Of log lines, where ``in_china_time`` was called."""


def in_china_time() -> None:
    """From now on this process logs in the time that all the commands speak in, wherever its machine stands."""
    logging.Formatter.converter = staticmethod(_china_time)


def _china_time(seconds: float | None) -> struct_time:
    return datetime.fromtimestamp(seconds or 0, SHANGHAI).timetuple()


class Brief(LogFormatter):
    """No line for what goes well (the summary and the archive tell that), one for what does not."""

    def crawled(self, request: Request, response: Response, spider: Spider | None = None) -> LogFormatterResult:
        """Nothing."""
        return None  # type: ignore[return-value]  # Scrapy documents None as "don't log"

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider | None = None
    ) -> LogFormatterResult:
        """Nothing."""
        return None  # type: ignore[return-value]

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider | None = None
    ) -> LogFormatterResult:
        """The address, and the error with its traceback."""
        what = item.url if isinstance(item, Outcome) else type(item).__name__
        return {"level": logging.ERROR, "msg": "Error processing %(what)s", "args": {"what": what}}
