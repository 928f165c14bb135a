"""Where the packages that do not know each other meet: reading, the judgements of ``pipelines``, the archive.

Only the edges know it: the command line, the Spark job, and the settings, which name what follows in the transaction
that stores an article (``PANXI_AFTER``) as they name pipelines.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.extraction import read
from crawler.items import Article, Exchange, Listing, NotArticle, Page, VisitKind
from crawler.sites import SITES, site_for
from monitor import watches
from monitor.outbox import Outbox
from pipelines.clean import clean
from pipelines.dedupe import same_story
from pipelines.policy import issuer_key, title_key
from pipelines.refine import refine
from pipelines.text.script import to_simplified
from storage import clusters

if TYPE_CHECKING:
    from crawler.site import Site

join_clusters = clusters.joining(same_story)
tell = Outbox(title_key=title_key, issuer_key=issuer_key, fold=to_simplified, profile=watches.profile())


def read_article(page: Page, site: Site | None, *, kind: VisitKind | None = None, whole: bool = False) -> Article | str:
    """The article of a page, cleaned and refined, or one line that says why there is none.

    ``kind``: what the page is, where its address can't tell. ``whole``: the first page of an article in parts gives
    none.
    """
    reading = read(page, site, kind=kind)
    if isinstance(reading, NotArticle):
        return reading.reason
    if isinstance(reading, Listing):
        return f"this is a listing of {len(reading.rows)} rows"
    if reading.next_page is not None and whole:
        return "the article goes on on other pages, and only this one is at hand"
    if page.fetched_at is None:
        raise ValueError(f"{page.url!r} has no time: dates such as 昨日 can't be read")
    return refine(clean(reading, now=page.fetched_at))


def read_again(exchange: Exchange, source: str | None, *, kind: VisitKind | None = "article") -> Article | str:
    """A kept page, read as a page fetched now would be; it stays its source's, whether that is defined here or not.

    ``kind``: what the page is known to be.
    """
    page = Page(
        url=exchange.url,
        body=exchange.body,
        content_type=exchange.content_type,
        fetched_at=exchange.fetched_at,
    )
    article = read_article(page, SITES.get(source) if source else site_for(page.url), kind=kind, whole=True)
    return article if isinstance(article, str) else replace(article, source=source or article.source)
