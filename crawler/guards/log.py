"""One event, one log line: what a page or server says can't begin a line of its own, nor colour a terminal."""

from __future__ import annotations

import logging
import re
from typing import Any, Self

from scrapy.crawler import Crawler

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, line separators, and the marks that turn the direction of text."""


def escaped(text: str) -> str:
    """The text on one line, with control characters written as Python writes them."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class EscapedRecord(logging.LogRecord):
    """A record whose message is one line; the lines of a traceback are indented, so that none looks like a record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info is not None and self.exc_info[0] is not None:
            traceback = logging.Formatter().formatException(self.exc_info)
            self.exc_text = "\n".join(f"    {escaped(line)}" for line in traceback.split("\n"))

    def getMessage(self) -> str:  # noqa: N802  the base class's name
        """The message, escaped."""
        return escaped(super().getMessage())


class EscapedLog:
    """A Scrapy extension that has all of the process's log records escaped."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003  Scrapy's signature
        logging.setLogRecordFactory(EscapedRecord)
        return cls()
