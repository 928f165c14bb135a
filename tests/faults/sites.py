"""Small sources on made-up hosts, for crawls of the hostile server. Each function gives one set by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.items import SHANGHAI
from crawler.site import Entrance, Site

PLAIN = Site(
    name="plain",
    title="一个来源",
    home="http://plain.example/",
    hosts=("plain.example",),
    entrances=(Entrance(url="http://plain.example/list/", rows="li", date="span", next="a.next", max_pages=5),),
    article_url=r"/\d+\.html$",
    delay=0.0,
    concurrency=8,
)
OTHER = replace(
    PLAIN,
    name="other",
    hosts=("other.example",),
    entrances=(replace(PLAIN.entrances[0], url="http://other.example/list/"),),
)


def plain() -> dict[str, Site]:
    return {"plain": PLAIN, "other": OTHER}


def unlisted() -> dict[str, Site]:
    """A source that does not say what its articles' addresses look like."""
    return {"plain": replace(PLAIN, article_url=None)}


def slow() -> dict[str, Site]:
    """A source with a delay, as all real ones have."""
    return {"plain": replace(PLAIN, delay=0.05, concurrency=2)}


def frugal() -> dict[str, Site]:
    """Ten requests a day for the one, any number for the other."""
    return {"plain": replace(PLAIN, daily_requests=10), "other": OTHER}


def asleep() -> dict[str, Site]:
    """The one is open in some other hour only."""
    hour = (datetime.now(SHANGHAI).hour + 12) % 24
    return {"plain": replace(PLAIN, window=(hour, (hour + 1) % 24)), "other": OTHER}
