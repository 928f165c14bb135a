"""RSS and Atom feeds, sitemaps and news sitemaps: their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from crawler.items import SHANGHAI, Listing, NotArticle, Page, Row
from crawler.urls import canonical
from pipelines.text.dates import parse_date

_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|html|body)[\s>]", re.IGNORECASE)
_TITLES = ("title",)
_LINKS = ("link", "loc", "guid", "id")
_DATES = ("pubdate", "published", "publication_date", "date", "updated", "lastmod", "modified")


def is_feed(body: bytes) -> bool:
    """Whether the bytes are a feed or a sitemap, whatever the server calls them."""
    match = _ROOT.search(body, 0, 4096)
    return match is not None and match[1].lower() not in {b"html", b"body"}


def read(page: Page) -> Listing | NotArticle:
    """The entries of a feed or sitemap, in its order. Of a sitemap index the sitemaps are the following pages."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(page.body.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        return NotArticle(kind="other", reason=f"not well-formed: {error.msg}")
    if root is None:
        return NotArticle(kind="empty", reason="the feed is empty")
    if _name(root) == "sitemapindex":
        maps = (canonical(_text(loc), page.url) for loc in root.iter() if _name(loc) == "loc")
        return Listing(rows=(), next_pages=tuple(dict.fromkeys(url for url in maps if url)))
    rows: dict[str, Row] = {}
    for entry in root.iter():
        if _name(entry) in {"item", "entry", "url"}:
            row = _row(entry, page.url)
            if row is not None:
                rows.setdefault(row.url, row)
    onward = [
        canonical(link.get("href", ""), page.url)
        for link in root
        if _name(link) == "link" and link.get("rel") == "next"
    ]
    return Listing(rows=tuple(rows.values()), next_pages=tuple(url for url in onward if url))


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _text(element: etree._Element) -> str:
    return " ".join(str(etree.tostring(element, method="text", encoding="unicode", with_tail=False)).split())


def _row(entry: etree._Element, base: str) -> Row | None:
    title: str | None = None
    dates: dict[str, str] = {}
    links: dict[str, str] = {}
    for part in _parts(entry):
        name = _name(part)
        if name in _TITLES:
            title = title or _text(part) or None
        elif name in _DATES:
            dates.setdefault(name, _text(part))
        elif name in _LINKS and part.get("rel", "alternate") == "alternate" and part.get("isPermaLink") != "false":
            links.setdefault(name, part.get("href") or _text(part))
    url = next(
        (url for name in _LINKS if (url := canonical(links.get(name, ""), base if name != "id" else None))), None
    )
    if url is None:
        return None
    when = next((when for name in _DATES if (when := stamp(dates.get(name, "")))), None)
    return Row(url=url, title=title, date=when)


def _parts(entry: etree._Element) -> Iterator[etree._Element]:
    """The entry's own elements, and those of a news sitemap's description of it."""
    for part in entry:
        yield part
        if _name(part) in {"news", "publication"}:
            yield from part


def stamp(text: str) -> datetime | None:
    """The instant a machine-readable or Chinese date names, in Chinese time where it names no zone; None for none."""
    text = text.strip()
    if not text:
        return None
    for read_as in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read_as(text.replace("CST", "+0800"))  # in the feeds we read it is China's, not Chicago's
        except (ValueError, IndexError):
            continue  # not of this form; the next may be
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC if text.endswith("-0000") else SHANGHAI)
        return when
    found = parse_date(text)
    return found[0] if found is not None else None
