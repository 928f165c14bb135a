"""Small sources on made-up hosts, for crawls of the hostile server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from crawler.items import SHANGHAI
from crawler.site import Entrance, Site


def site(name: str, **changes: Any) -> Site:
    """A source at ``<name>.example`` with one listing."""
    plain = Site(
        name=name,
        title="一个来源",
        home=f"http://{name}.example/",
        hosts=(f"{name}.example",),
        entrances=(Entrance(url=f"http://{name}.example/list/", rows="li", date="span", next="a.next", max_pages=5),),
        article_url=r"/\d+\.html$",
        delay=0.0,
        concurrency=8,
    )
    return replace(plain, **changes)


def sources() -> dict[str, Site]:
    """All that a crawl meets here."""
    other_hour = (datetime.now(SHANGHAI).hour + 12) % 24
    found = (
        site("good"),
        site("pager"),
        site("traps", article_url=None, daily_requests=5),
        site("strange"),
        site("slow", delay=0.05, concurrency=2),
        site("busy", delay=0.05, concurrency=2),
        site("frugal", daily_requests=10),
        site("asleep", window=(other_hour, (other_hour + 1) % 24)),
        site("forger"),
        site("maps", entrances=(Entrance(url="http://maps.example/sitemap.xml", kind="sitemap", max_pages=5),)),
        site("hub", article_url=None),
    )
    return {one.name: one for one in found}


def repaired() -> dict[str, Site]:
    """One source, that is under repair now and then."""
    return {"town": site("town")}


def widened() -> dict[str, Site]:
    """The same, of which another column is read too."""
    town = site("town")
    column = replace(town.entrances[0], url="http://town.example/column/")
    return {"town": replace(town, entrances=(*town.entrances, column))}


def both() -> dict[str, Site]:
    """One source, with and without ``www.``"""
    return {"town": site("town", hosts=("town.example", "www.town.example"))}
