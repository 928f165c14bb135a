"""A page on its way through the workshop: what its steps are given, and what each adds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from scrapy.utils.misc import load_object

from crawler.extraction import read
from crawler.items import (
    Article,
    Exchange,
    IndexTerms,
    Listing,
    NotArticle,
    PackedExchange,
    Page,
    ScrapedArticle,
    VisitKind,
)
from storage.raw import pack

if TYPE_CHECKING:
    from crawler.site import Site


@dataclass(slots=True, kw_only=True)
class Work:
    """One page. Not frozen: it goes through a pipe twice, and a frozen value with slots is pickled by Python code."""

    url: str
    """Its address, after redirects."""
    fetched_at: datetime
    exchange: Exchange | PackedExchange | None = None
    """How it came; behind ``pack_page`` as it is kept, None for a listing, which is not."""
    sites: str = ""
    """Where the sites are defined."""
    site: str | None = None
    """The name of its own."""
    kind: VisitKind | None = None
    """What it should be."""
    reading: ScrapedArticle | Article | Listing | NotArticle | None = None
    terms: IndexTerms | None = None
    """The article's."""


def read_page(work: Work) -> Work:
    """Adds what the page says."""
    site = sites_at(work.sites)[work.site] if work.site is not None else None
    exchange = work.exchange
    assert isinstance(exchange, Exchange), "it is packed already"
    page = Page(url=work.url, body=exchange.body, content_type=exchange.content_type, fetched_at=work.fetched_at)
    work.reading = read(page, site, kind=work.kind)
    return work


def pack_page(work: Work) -> Work:
    """Makes the exchange ready to be kept."""
    if isinstance(work.exchange, Exchange):
        work.exchange = None if isinstance(work.reading, Listing) else pack(work.exchange)
    return work


def drop_page(work: Work) -> Work:
    """Lets go of how it came, which need not travel back."""
    work.exchange = None
    return work


@lru_cache(1)
def sites_at(path: str) -> dict[str, Site]:
    """The definitions by name, from PANXI_SITES: a dict, or a function that returns one."""
    found = load_object(path)
    known: dict[str, Site] = found if isinstance(found, dict) else found()
    return known
