"""The Scrapy stages: the coats of the pure functions. An ``Outcome`` goes through them in the order of the settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from crawler.items import Article, Outcome, ScrapedArticle
from pipelines.clean import clean
from pipelines.refine import refine

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Clean:
    """A page's strings become an article."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Outcome) and isinstance(item.article, ScrapedArticle):
            return replace(item, article=clean(item.article, now=item.fetched_at or datetime.now(UTC)))
        return item


class Refine:
    """An article gets its regions, industries, policy and fingerprint."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Outcome) and isinstance(item.article, Article):
            return replace(item, article=refine(item.article))
        return item


class Keep:
    """The outcome goes to the archive's writer; the crawl does not wait for it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: object) -> object:
        if isinstance(item, Outcome):
            self.crawler.engine.scheduler.keep(item)  # type: ignore[union-attr]
        return item
