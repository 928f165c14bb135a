"""Does a source's definition read its site? Asked on the live network, answered per entrance and field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crawler.extraction import read_article, read_listing
from crawler.items import NotArticle, Page, ScrapedArticle
from crawler.site import Entrance, Site

FIELDS = (
    *("title", "published", "paragraphs", "origin", "byline", "author", "editor", "related", "attachments"),
    *("images", "column", "official"),
)
"""The fields that are reported, the needed ones first."""
NEEDED = ("title", "published", "paragraphs")

Fetch = Callable[[str], Page]
"""Fetches one page; raises OSError where it can't be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntranceCheck:
    """What an entrance gave."""

    url: str
    rows: int = 0
    titled: int = 0
    dated: int = 0
    next_page: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCheck:
    """Which fields an article gave."""

    url: str
    found: tuple[str, ...] = ()
    by_layout: bool = False
    """Whether the source's own layout read it, not the generic reader."""
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    source: str
    entrances: tuple[EntranceCheck, ...]
    articles: tuple[ArticleCheck, ...]

    @property
    def fields(self) -> dict[str, float]:
        """The share of the articles looked at that gave each field, 0 to 1."""
        count = len(self.articles) or 1
        return {name: sum(name in one.found for one in self.articles) / count for name in FIELDS}

    @property
    def healthy(self) -> bool:
        """Whether every entrance has rows and every article its title, date and text."""
        return (
            bool(self.articles)
            and all(one.rows for one in self.entrances)
            and all(set(NEEDED) <= set(one.found) for one in self.articles)
        )


def check(site: Site, fetch: Fetch, *, articles: int = 3) -> SourceCheck:
    """Reads each entrance of the site and the first ``articles`` of its rows, storing nothing.

    ``fetch`` is asked for one page at a time and keeps the site's delay itself.
    """
    entrances: list[EntranceCheck] = []
    looked_at: dict[str, ArticleCheck] = {}
    for entrance in site.entrances:
        checked, urls = _entrance(site, entrance, fetch)
        entrances.append(checked)
        for url in urls[:articles]:
            if url not in looked_at:
                looked_at[url] = _article(site, url, fetch)
    return SourceCheck(source=site.name, entrances=tuple(entrances), articles=tuple(looked_at.values()))


def _entrance(site: Site, entrance: Entrance, fetch: Fetch) -> tuple[EntranceCheck, list[str]]:
    try:
        page = fetch(entrance.url)
    except OSError as error:
        return EntranceCheck(url=entrance.url, problem=f"not fetched: {error}"), []
    listing = read_listing(page, site)
    if isinstance(listing, NotArticle):
        return EntranceCheck(url=entrance.url, problem=listing.reason), []
    urls = [row.url for row in listing.rows if site.is_article(row.url)]
    return (
        EntranceCheck(
            url=entrance.url,
            rows=len(listing.rows),
            titled=sum(row.title is not None for row in listing.rows),
            dated=sum(row.date is not None for row in listing.rows),
            next_page=listing.next_pages[0] if listing.next_pages else None,
            problem=None if urls else "no row is an article of this source",
        ),
        urls,
    )


def _article(site: Site, url: str, fetch: Fetch) -> ArticleCheck:
    try:
        page = fetch(url)
    except OSError as error:
        return ArticleCheck(url=url, problem=f"not fetched: {error}")
    article = read_article(page, site)
    if not isinstance(article, ScrapedArticle):
        return ArticleCheck(url=url, problem=article.reason)
    found = tuple(name for name in FIELDS if getattr(article, name))
    return ArticleCheck(url=url, found=found, by_layout=article.source == site.name)
