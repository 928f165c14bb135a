"""Addresses without end: calendars, sessions, query strings, paths that grow, pagers that never stop.

A page may name any number of them; what is put on the frontier is bounded here, and what is left out is told.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from scrapy.crawler import Crawler

from crawler.guards.manners import sites_of
from crawler.items import SHANGHAI, Link, Outcome
from crawler.site import Site

logger = logging.getLogger(__name__)

MOST_LINKS = 2_000
"""Links of one page that are followed; a sitemap may have ``MOST_LINKS_OF_XML``, as its standard says."""
MOST_LINKS_OF_XML = 50_000
MOST_QUERIES = 500
"""Query strings upon one path that are followed in a crawl, where no source says that they are articles."""
LONGEST = 1_000
DEEPEST = 12
MOST_PARAMETERS = 8

_REPEATED = re.compile(r"/([^/]*[^/\d][^/]*)/(?:[^/]+/)*?\1/(?:[^/]+/)*?\1(?:/|$)")
_SESSION = re.compile(r"(?i)/\([a-z]\([a-z0-9]{20,}\)\)/|[?&;/](?:sid|sess|session|token)=[0-9a-z]{16,}")
_DATE = re.compile(r"(?<!\d)(2\d{3})([-/])(1[0-2]|0?[1-9])(?:\2(?:3[01]|[12]\d|0?[1-9]))?(?!\d)")
"""Only with its separators: eight digits in a row may be an article's number."""
_YEAR = re.compile(r"(?i)(?:^|&)year=(2\d{3})(?!\d)")


def trap(url: str, today: date) -> str | None:
    """The kind of trap the address looks like; None for one that may be followed.

    long | deep | repeating | parameters | session | future (a calendar: its date is more than a month ahead)
    """
    parts = urlsplit(url)
    if len(url) > LONGEST:
        return "long"
    if parts.path.count("/") > DEEPEST:
        return "deep"
    if _REPEATED.search(parts.path):
        return "repeating"
    if parts.query.count("&") >= MOST_PARAMETERS:
        return "parameters"
    if _SESSION.search(url):
        return "session"
    return "future" if _is_future(parts.path, parts.query, today) else None


def _is_future(path: str, query: str, today: date) -> bool:
    ahead = today + timedelta(days=31)
    months = [(int(year), int(month)) for text in (path, query) for year, _, month in _DATE.findall(text)]
    years = [int(year) for year in _YEAR.findall(query)]
    return any(month > (ahead.year, ahead.month) for month in months) or any(year > ahead.year for year in years)


class Traps:
    """Bounds the links of each outcome, and the pages of each listing.

    The spider asks it by itself: as a spider middleware it would cost each page three asynchronous generators more.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._queries: dict[str, set[str]] = {}

    def bounded(self, item: Outcome, *, is_xml: bool = False) -> Outcome:
        """The outcome with the links and the onward page that may be followed; ``is_xml`` for feeds and sitemaps."""
        if not (item.links or item.onward):
            return item
        sites = sites_of(self.crawler.spider)
        left: Counter[str] = Counter()
        links = tuple(self._followed(item.links, sites, left, MOST_LINKS_OF_XML if is_xml else MOST_LINKS))
        onward = item.onward
        if onward is not None and self._is_past_the_end(item, onward, sites):
            left["pager"] += 1
            onward = None
        if not left:
            return item
        for kind, count in left.items():
            assert self.crawler.stats is not None
            self.crawler.stats.inc_value(f"guards/trap/{kind}", count)
        logger.warning("links left out of %s: %s", item.url, ", ".join(f"{n} {kind}" for kind, n in left.items()))
        figures = {**item.figures, "links_left_out": left.total()}
        return replace(item, links=links, onward=onward, figures=figures)

    def _followed(self, links: Iterable[Link], sites: dict[str, Site], left: Counter[str], most: int) -> Iterable[Link]:
        today = datetime.now(SHANGHAI).date()
        taken = 0
        for link in links:
            kind = "many" if taken >= most else self._kind(link, sites.get(link.source or ""), today)
            if kind is None:
                taken += 1
                yield link
            else:
                left[kind] += 1

    def _kind(self, link: Link, site: Site | None, today: date) -> str | None:
        """The kind of trap the link is; never one where its source says that it is an article."""
        if site is not None and site.article_url is not None and site.is_article(link.url):
            return "long" if len(link.url) > LONGEST else None
        return trap(link.url, today) or self._query(link.url)

    def _query(self, url: str) -> str | None:
        """``queries`` where one path has had too many query strings in this crawl."""
        path, _, query = url.partition("?")
        seen = self._queries.setdefault(path, set()) if query else set()
        if query in seen or not query:
            return None
        if len(seen) >= MOST_QUERIES:
            return "queries"
        seen.add(query)
        return None

    def _is_past_the_end(self, item: Outcome, onward: Link, sites: dict[str, Site]) -> bool:
        site = sites.get(onward.source or "")
        pages = max((entrance.max_pages for entrance in site.entrances), default=1) if site is not None else 1
        return item.visit.depth + 1 >= pages or trap(onward.url, datetime.now(SHANGHAI).date()) is not None
