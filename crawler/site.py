"""What a source is: data that one spider and one reader understand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from crawler.items import Listing, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """A listing to start from: a column page, a feed, a sitemap."""

    url: str
    every: timedelta = timedelta(hours=12)
    """How often it is visited at least: a listing without news is visited less often, down to this."""
    rows: str | None = None
    """CSS of one row; None reads the page by the generic listing reader."""
    link: str = "a"
    """CSS of the row's link, inside the row."""
    date: str | None = None
    """CSS of the row's date, inside the row."""
    title: str | None = None
    next: str | None = None
    """CSS of the link to the following page."""
    kind: Literal["auto", "page", "feed", "sitemap", "json"] = "auto"
    max_pages: int = 50
    read: Callable[[Page], Listing] | None = None
    """A named function of the site file, where selectors can't say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the fields stand on an article page: CSS selectors; None leaves a field to the generic reader."""

    title: str | None = None
    subtitle: str | None = None
    byline: str | None = None
    published: str | None = None
    origin: str | None = None
    author: str | None = None
    editor: str | None = None
    body: str | None = None
    """The element that holds the paragraphs."""
    drop: tuple[str, ...] = ()
    """What inside the body is not text."""
    rights: str | None = None
    related: str | None = None
    """CSS of one related entry; None finds lists by their headings."""
    related_heading: str | None = None
    """What stands over the list, e.g. 延伸阅读."""
    related_summary: str | None = None
    related_date: str | None = None
    column: str | None = None
    """CSS of each column of the breadcrumbs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a healthy run is; a run that falls short is told to the operator."""

    articles_per_week: tuple[int, int] = (1, 10_000)
    with_body: float = 0.98
    with_date: float = 0.95
    with_origin: float = 0.0
    quiet_for: timedelta = timedelta(days=7)
    """How long without a new article is normal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    name: str
    """Short ASCII name: the key in the archive and on the command line."""
    title: str
    """Its name in Chinese."""
    home: str
    hosts: tuple[str, ...]
    """Host names whose pages this definition reads."""
    entrances: tuple[Entrance, ...]
    article_url: str | None = None
    """Regular expression (re.search) on the URL of an article; None: the listing's rows decide."""
    layouts: tuple[Layout, ...] = (Layout(),)
    expects: Expect = Expect()
    every: timedelta = timedelta(hours=6)
    """How often it is crawled, and a listing with news is visited."""
    delay: float = 1.0
    """Seconds between two requests to one host, at least."""
    concurrency: int = 2
    daily_requests: int = 5_000
    window: tuple[int, int] | None = None
    """Hours of the day (Asia/Shanghai) in which it may be crawled: (1, 6); None: always."""
    corrections: tuple[timedelta, timedelta] = (timedelta(days=1), timedelta(days=90))
    """An article is asked for again after so long at the earliest, and not when it is older than that."""
    depth: int = 2
    """How many 延伸阅读 steps are followed."""
    marks: tuple[str, ...] = ()
    """Words that show a page is this publisher's, on whatever host it stands: names, domain."""
    verified: date | None = None
    """When a person last saw the definition read the live site; None: not yet."""

    def owns(self, url: str) -> bool:
        """Whether the URL's host is one of this site's."""
        return _hostname(url.split("/", 3)[2] if "://" in url else "") in self.hosts

    def at_home(self, url: str) -> str:
        """The URL as the site itself writes it: one on its home's host with another scheme, or with ``www.`` more or
        less, is the same page.
        """
        here = _PAGE.match(url)
        home = _PAGE.match(self.home)
        if here is None or home is None or here["host"] != home["host"]:
            return url
        return home[0] + url[here.end() :]

    def is_article(self, url: str) -> bool:
        """Whether the URL looks like an article of this site."""
        return self.owns(url) and (self.article_url is None or re.search(self.article_url, url) is not None)

    def moved(self, hosts: dict[str, str]) -> Site:
        """The same definition on other hosts, by plain http: how the replica is crawled.

        ``hosts`` maps a host of this site to the one that stands in for it.
        """

        def move(url: str) -> str:
            parts = urlsplit(url)
            host = hosts.get(parts.hostname or "")
            return url if host is None else urlunsplit(("http", host, parts.path, parts.query, ""))

        return replace(
            self,
            home=move(self.home),
            hosts=tuple(hosts.get(host, host) for host in self.hosts),
            entrances=tuple(replace(entrance, url=move(entrance.url)) for entrance in self.entrances),
        )


_PAGE = re.compile(r"https?://(?:www\.)?(?P<host>[^/?#]+)")
"""What stands before the path of an address."""


@lru_cache(maxsize=1024)
def _hostname(authority: str) -> str:
    """The host of ``host``, ``host:port``, ``user@host:port``; all links of a page are asked for theirs."""
    return urlsplit(f"//{authority}").hostname or ""
