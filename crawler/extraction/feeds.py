"""RSS and Atom feeds, sitemaps and news sitemaps: their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.entities import html5

from lxml import etree

from crawler.items import SHANGHAI, Listing, NotArticle, Page, Row
from crawler.urls import canonical
from pipelines.text.dates import parse_date
from pipelines.text.encoding import decode

_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|html|body)[\s>]", re.IGNORECASE)
_PROLOGUE = re.compile(
    rb"\s*(?:<\?[^>]*>|<!--(?:.*?-->|.*)|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>)", re.DOTALL | re.IGNORECASE
)
"""What may stand before the root: declaration, style sheet, remarks, document type. What is not closed is all of it."""
_LOOSE = re.compile(r"(<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*))|&(#?\w{1,32};)?", re.DOTALL)
"""An ampersand with the reference it begins, if any; those that are text are passed over."""
_XML = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_TITLES = ("title",)
_MARKUP = re.compile(r"</?(?:b|i|u|em|strong|font|span|br|p|a|sup|sub)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
"""What feeds have in titles as text, <font color=red>: no title's own words."""
_LINKS = ("link", "loc", "guid", "id")
_ANY_GUID = "guid that is no permalink"
"""An address it may be nevertheless, where the entry gives no other."""
_DATES = ("pubdate", "published", "publication_date", "date", "pubtime", "updated", "lastmod", "modified")


def is_feed(body: bytes) -> bool:
    """Whether the bytes are a feed or a sitemap, whatever the server calls them."""
    start = 0
    while (prologue := _PROLOGUE.match(body, start)) is not None:
        start = prologue.end()
    match = _ROOT.search(body, start, start + 4096)
    return match is not None and match[1].lower() not in {b"html", b"body"}


def read(page: Page) -> Listing | NotArticle:
    """The entries of a feed or sitemap, in its order. Of a sitemap index the sitemaps are the following pages."""
    parser = etree.XMLParser(
        encoding="utf-8",  # whatever the declaration says
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    text = with_references(decode(page.body, page.content_type).text.lstrip())
    try:
        root = etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except etree.XMLSyntaxError as error:
        return NotArticle(kind="other", reason=f"not well-formed: {error.msg}")
    if root is None:
        return NotArticle(kind="empty", reason="the feed is empty")
    base = canonical(root.get(_BASE, ""), page.url) or page.url
    if _name(root) == "sitemapindex":
        maps = (canonical(_text(loc), base) for loc in root.iter() if _name(loc) == "loc")
        return Listing(rows=(), next_pages=tuple(dict.fromkeys(url for url in maps if url)))
    rows: dict[str, Row] = {}
    for entry in root.iter():
        if _name(entry) in {"item", "entry", "url"}:
            row = _row(entry, base)
            if row is not None:
                rows.setdefault(row.url, row)
    onward = [
        canonical(link.get("href", ""), base) for link in root if _name(link) == "link" and link.get("rel") == "next"
    ]
    return Listing(rows=tuple(rows.values()), next_pages=tuple(url for url in onward if url))


def with_references(text: str) -> str:
    """The XML with every ampersand the beginning of a reference that a parser knows.

    ``?a=1&b=2`` is written as it was meant, and HTML's names (``&nbsp;``) become what they stand for. Entities that a
    document defines itself are none: they may stand for more than there is memory, or for a file.
    """

    def reference(match: re.Match[str]) -> str:
        kept, name = match.groups()
        if kept is not None:
            return str(kept)
        if name is None:
            return "&amp;"
        if name in _XML or name.startswith("#"):
            return match[0]
        meant = html5.get(name)
        if meant is not None and not set(meant) & set("<>&"):
            return meant
        return f"&amp;{name}"

    return _LOOSE.sub(reference, text)


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
            title = title or " ".join(_MARKUP.sub("", _text(part)).split()) or None
        elif name in _DATES:
            dates.setdefault(name, _text(part))
        elif name in _LINKS and part.get("rel", "alternate") == "alternate":
            kind = _ANY_GUID if part.get("isPermaLink") == "false" else name
            links.setdefault(kind, part.get("href") or _text(part))
    url = next((url for name in (*_LINKS, _ANY_GUID) if (url := _address(links.get(name, ""), name, base))), None)
    if url is None:
        return None
    when = next((when for name in _DATES if (when := stamp(dates.get(name, "")))), None)
    return Row(url=url, title=title, date=when)


def _address(text: str, name: str, base: str) -> str | None:
    """An identifier is an address only where it is a whole one."""
    return canonical(text, None if name in {"id", _ANY_GUID} else base)


def _parts(entry: etree._Element) -> Iterator[etree._Element]:
    """The entry's own elements, and those of a news sitemap's, or Baidu's, description of it."""
    for part in entry:
        yield part
        if _name(part) in {"news", "publication", "data", "display"}:
            yield from _parts(part)


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
