"""The Scrapy stages: the coats of the pure functions. An ``Outcome`` goes through them in the order of the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from crawler.items import Article, Outcome, ScrapedArticle
from crawler.together import Together
from pipelines.clean import clean
from pipelines.mirrors import mirror_of
from pipelines.refine import STEPS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Clean:
    """A page's strings become an article."""

    def __init__(self) -> None:
        self._together: Together[Outcome, Outcome] = Together(_cleaned)

    async def process_item(self, item: object) -> object:
        if isinstance(item, Outcome) and isinstance(item.article, ScrapedArticle):
            return await self._together(item)
        return item


def _cleaned(item: Outcome) -> Outcome:
    assert isinstance(item.article, ScrapedArticle)
    return replace(item, article=clean(item.article, now=item.fetched_at))


class Refine:
    """An article gets its regions, industries, policy and fingerprint; one that a mirror copied, its true address."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._together: Together[Article, Article] = Together(*STEPS)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: object) -> object:
        if not (isinstance(item, Outcome) and isinstance(item.article, Article)):
            return item
        refined = await self._together(item.article)
        original = mirror_of(refined, self.crawler.spider.sites.values()) if refined.source is None else None  # type: ignore[union-attr]
        if original is None:
            return replace(item, article=refined)
        # what a mirror links to is not followed: only the page it copied, which confirms it
        link = self.crawler.spider.link(original, depth=item.visit.depth, found_on=refined.url)  # type: ignore[union-attr]
        return replace(item, article=replace(refined, mirror_of=original), links=(link,))


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
