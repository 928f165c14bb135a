"""The Scrapy stages: the coats of the pure functions. An ``Outcome`` goes through them in the order of the settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from crawler.items import Article, Outcome, ScrapedArticle
from crawler.workshop import Together
from pipelines.clean import clean
from pipelines.mirrors import mirror_of
from pipelines.refine import STEPS
from storage.grams import index_terms

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Clean:
    """A page's strings become an article: cleaned, with its regions, industries, policy and fingerprint."""

    def __init__(self, crawler: Crawler) -> None:
        workshop = getattr(crawler.spider, "workshop", None)
        self._cleaned: Together[_Asked, tuple[Article, str]] = Together(workshop, _clean, *STEPS, _with_terms)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: object) -> object:
        if isinstance(item, Outcome) and isinstance(item.article, ScrapedArticle):
            article, terms = await self._cleaned((item.article, item.fetched_at))
            return replace(item, article=article, terms=terms)
        return item


_Asked = tuple[ScrapedArticle, datetime]


def _clean(asked: _Asked) -> Article:
    scraped, now = asked
    return clean(scraped, now=now)


def _with_terms(article: Article) -> tuple[Article, str]:
    return article, index_terms(article.title, article.body)


class Mirrors:
    """An article that a mirror copied gets its true address, which is all that is followed of it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: object) -> object:
        if not (isinstance(item, Outcome) and isinstance(item.article, Article)) or item.article.source is not None:
            return item
        original = mirror_of(item.article, self.crawler.spider.sites.values())  # type: ignore[union-attr]
        if original is None:
            return item
        link = self.crawler.spider.link(original, depth=item.visit.depth, found_on=item.article.url)  # type: ignore[union-attr]
        return replace(item, article=replace(item.article, mirror_of=original), links=(link,))


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
