"""Where the packages that do not know each other meet: reading, the judgements of ``pipelines``, the archive.

Only the edges know it: the command line, the Spark job, and the settings, which name what follows in the transaction
that stores an article (``PANXI_AFTER``) as they name pipelines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.extraction import MOST_PARTS, join, read
from crawler.items import Article, Exchange, Listing, NotArticle, Page, ScrapedArticle, VisitKind
from crawler.sites import NAMES, SITES, site_for
from monitor import watches
from monitor.outbox import Outbox
from pipelines.clean import clean
from pipelines.dedupe import same_story
from pipelines.mirrors import with_original
from pipelines.policy import issuer_key, title_key
from pipelines.refine import refine
from pipelines.text.script import to_simplified
from storage import clusters

if TYPE_CHECKING:
    from crawler.site import Site

join_clusters = clusters.joining(same_story, NAMES)
tell = Outbox(title_key=title_key, issuer_key=issuer_key, fold=to_simplified, profile=watches.profile())


def read_article(
    page: Page, site: Site | None, *, kind: VisitKind | None = None, page_at: Callable[[str], Page | None] | None = None
) -> Article | str:
    """The article of a page, cleaned and refined, or one line that says why there is none.

    ``kind``: what the page is, where its address can't tell. ``page_at``: gives the other pages of an article in
    parts, without which it is none; without ``page_at`` its first page is all of it.
    """
    reading = read(page, site, kind=kind)
    if isinstance(reading, NotArticle):
        return reading.reason
    if isinstance(reading, Listing):
        return f"this is a listing of {len(reading.rows)} rows"
    if reading.next_page is not None and page_at is not None:
        parts = _parts(reading, site, page_at)
        if isinstance(parts, str):
            return parts
        reading = join(reading, parts)
    if page.fetched_at is None:
        raise ValueError(f"{page.url!r} has no time: dates such as 昨日 can't be read")
    return refine(clean(reading, now=page.fetched_at))


def _parts(
    first: ScrapedArticle, site: Site | None, page_at: Callable[[str], Page | None]
) -> list[ScrapedArticle] | str:
    """The following pages of an article; or which of them is missing."""
    parts: list[ScrapedArticle] = []
    seen, url = {first.url}, first.next_page
    while url is not None and url not in seen and len(parts) < MOST_PARTS:
        seen.add(url)
        page = page_at(url)
        reading = None if page is None else read(page, site, kind="article")
        if not isinstance(reading, ScrapedArticle):
            return f"the article goes on on {url}, and that page is not at hand"
        parts.append(reading)
        url = reading.next_page
    return parts


def read_again(
    exchange: Exchange,
    source: str | None,
    at: Callable[[str], Exchange | None],
    *,
    kind: VisitKind | None = "article",
) -> Article | str:
    """A kept page, read as a page fetched now would be; it stays its source's, whether that is defined here or not.

    ``at``: the kept page of another address. ``kind``: what the page is known to be.
    """
    page = page_of(exchange)

    def page_at(url: str) -> Page | None:
        found = at(url)
        return None if found is None else page_of(found)

    site = SITES.get(source) if source else site_for(page.url)
    article = read_article(page, site, kind=kind, page_at=page_at)
    if isinstance(article, str):
        return article
    return with_original(replace(article, source=source or article.source), SITES.values())


def page_of(exchange: Exchange) -> Page:
    """The page that came."""
    return Page(
        url=exchange.url,
        body=exchange.body,
        content_type=exchange.content_type,
        fetched_at=exchange.fetched_at,
    )
