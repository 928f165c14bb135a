"""The Scrapy stages: the coats of the pure functions. An ``Outcome`` goes through them in the order of the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from crawler.items import Article, Outcome, ScrapedArticle
from crawler.spiders.site import SiteSpider
from crawler.work import Work
from crawler.workshop import Step, Together
from pipelines.clean import clean
from pipelines.mirrors import is_known_mirror, with_original
from pipelines.refine import STEPS
from storage.grams import terms_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Clean:
    """A page's strings become an article: cleaned, with its regions, industries, policy and fingerprint.

    A page that is read in the crawl's workshop is cleaned there on the same trip; others when they come here.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._cleaned: Together[Work, Work] = Together(getattr(crawler.spider, "workshop", None), _clean, *REFINING)
        if isinstance(crawler.spider, SiteSpider):
            crawler.spider.also(_clean_whole, *REFINING)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: object) -> object:
        if isinstance(item, Outcome) and isinstance(item.article, ScrapedArticle):
            done = await self._cleaned(Work(url=item.url, fetched_at=item.fetched_at, reading=item.article))
            assert isinstance(done.reading, Article)
            return replace(item, article=done.reading, terms=done.terms)
        return item


def _clean(work: Work) -> Work:
    if isinstance(work.reading, ScrapedArticle):
        work.reading = clean(work.reading, now=work.fetched_at)
    return work


def _clean_whole(work: Work) -> Work:
    """Not the first page of an article in parts: it is cleaned when the spider has the others."""
    return work if isinstance(work.reading, ScrapedArticle) and work.reading.next_page is not None else _clean(work)


def _refine(step: Callable[[Article], Article], work: Work) -> Work:
    if isinstance(work.reading, Article):
        work.reading = step(work.reading)
    return work


def _index(work: Work) -> Work:
    if isinstance(work.reading, Article):
        work.terms = terms_of(work.reading)
    return work


REFINING: Final[tuple[Step, ...]] = (*(partial(_refine, step) for step in STEPS), _index)
"""One step after the other, each for some pages: so its code stays in the processor's caches."""


class Mirrors:
    """An article that a mirror copied gets its true address, which is all that is followed of it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: object) -> object:
        if not (isinstance(item, Outcome) and isinstance(item.article, Article)):
            return item
        article = with_original(item.article, self.crawler.spider.sites.values())  # type: ignore[union-attr]
        if article.mirror_of is None:
            return item
        item = replace(item, article=article)
        if article.source is not None and not is_known_mirror(article.url):
            return item  # who defined it as a source wants what it alone has
        link = self.crawler.spider.link(article.mirror_of, depth=item.visit.depth, found_on=article.url)  # type: ignore[union-attr]
        return replace(item, links=(link,))


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
