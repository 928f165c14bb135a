"""Which reader reads a page."""

from __future__ import annotations

from typing import Final, Literal

from crawler.extraction import embedded, generic, layout, listing
from crawler.extraction.document import Document
from crawler.items import Listing, NotArticle, Page, ScrapedArticle
from crawler.site import Site

LONGEST_TEXT: Final = 500_000
"""Characters of an article's text; a five-year plan has a fifth of it."""


def read(
    page: Page, site: Site | None, *, kind: Literal["article", "listing"] | None = None
) -> ScrapedArticle | Listing | NotArticle:
    """What the page says, by its source's definition where it has one, else by the generic reader.

    ``kind`` is what the caller expects; None decides by the source's address pattern and the page itself.
    """
    if kind is None:
        kind = "listing" if _is_listing(page, site) else "article"
    return read_listing(page, site) if kind == "listing" else read_article(page, site)


def read_article(page: Page, site: Site | None) -> ScrapedArticle | NotArticle:
    """The page as an article, or why it is none.

    The source's layouts are tried in turn; what they leave open, and pages that none of them fits, the generic reader
    reads. ``source`` is then None where a layout was expected to fit and did not. A text without end is no article: to
    clean it would take as long.
    """
    answer = _read_article(page, site)
    if isinstance(answer, ScrapedArticle) and (length := sum(map(len, answer.paragraphs))) > LONGEST_TEXT:
        return NotArticle(kind="too-large", reason=f"a text of {length} characters")
    return answer


def _read_article(page: Page, site: Site | None) -> ScrapedArticle | NotArticle:
    document = Document.of(page)
    if isinstance(document, NotArticle):
        return document
    for one in site.layouts if site is not None else ():
        article = layout.read(document, site, one) if site is not None else None
        if article is not None:
            return article
    answer = generic.read(document)
    if isinstance(answer, NotArticle) and answer.kind in {"empty", "other"}:
        kept = embedded.article(document)
        if kept is not None:
            return generic.read(kept)
    return answer


def read_listing(page: Page, site: Site | None) -> Listing | NotArticle:
    """The page's rows: of a column page, a feed, a sitemap or a JSON list."""
    return listing.read(page, site)


def _is_listing(page: Page, site: Site | None) -> bool:
    if site is None:
        return False
    if any(entrance.url == page.url for entrance in site.entrances):
        return True
    return site.article_url is not None and not site.is_article(page.url)
