"""Column pages: their rows and their following pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time

from selectolax.lexbor import LexborNode

from crawler.extraction import feeds, islands, pager
from crawler.extraction.blocks import flat
from crawler.extraction.dateline import URL_DATE
from crawler.extraction.document import Document
from crawler.extraction.packed import unpacked
from crawler.extraction.related import as_date
from crawler.items import SHANGHAI, Listing, NotArticle, Page, Row
from crawler.site import Entrance, Site

_SPLIT_DAY = re.compile(r"(?<!\d)(\d{1,2})\s+((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})(?![-./\d])")
"""A day set apart from its month: 11 over 2020-04."""
_TITLE_LEAST = 6
_MOST_LINKS = 10_000
"""Links of a column page that are looked at."""
_LEVELS = 5
"""How far out from its link the element of a row may be."""


@dataclass(slots=True)
class _Group:
    """Links that stand in rows of one kind."""

    rows: dict[str, tuple[str, LexborNode]] = field(default_factory=dict)
    homes: set[int] = field(default_factory=set)


def read(page: Page, site: Site | None) -> Listing | NotArticle:
    """The rows of a column page, feed, sitemap or JSON list, in the page's order, each address once."""
    entrance = _entrance(page.url, site)
    if entrance is not None and entrance.read is not None:
        return entrance.read(page)
    whole = unpacked(page)
    if isinstance(whole, NotArticle):
        return whole
    kind = entrance.kind if entrance is not None else "auto"
    if kind in {"feed", "sitemap"} or (kind == "auto" and feeds.is_feed(whole.body)):
        return feeds.read(whole)
    if kind == "json" or (kind == "auto" and islands.is_json(whole)):
        found = islands.read_json(whole)
        return found or NotArticle(kind="other", reason="no list of titles and addresses in the JSON")
    return _read_page(whole, entrance)


def _read_page(page: Page, entrance: Entrance | None) -> Listing | NotArticle:
    document = Document.of(page)
    if isinstance(document, NotArticle):
        return document
    rows = _rows(document, entrance) if entrance is not None and entrance.rows is not None else generic_rows(document)
    onward: tuple[str, ...] = ()
    if islands.has_datastore(document.html):
        html, onward = islands.datastore(document.html.decode(), document.base)
        rows = generic_rows(Document(document.base, html.encode()))
    if not rows:
        return NotArticle(kind="empty" if not document.blocks else "other", reason="no rows were found")
    if not onward:
        anchors = document.tree.css(entrance.next) if entrance is not None and entrance.next is not None else None
        following = pager.following(document, anchors)
        onward = (following,) if following is not None else ()
    return Listing(rows=rows, next_pages=onward)


def _entrance(url: str, site: Site | None) -> Entrance | None:
    """The site's entrance the page belongs to: its own address, or the nearest in whose folder it lies."""
    if site is None:
        return None
    best: Entrance | None = None
    for entrance in site.entrances:
        if entrance.url == url:
            return entrance
        folder = entrance.url.partition("?")[0].rpartition("/")[0] + "/"
        if url.startswith(folder) and (best is None or len(entrance.url) > len(best.url)):
            best = entrance
    return best


def _rows(document: Document, entrance: Entrance) -> tuple[Row, ...]:
    assert entrance.rows is not None
    found: dict[str, Row] = {}
    for node in document.tree.css(entrance.rows):
        anchor = node.css_first(entrance.link)
        url = document.link(anchor.attrs.get("href")) if anchor is not None else None
        if anchor is None or url is None or url in found:
            continue
        named = node.css_first(entrance.title) if entrance.title else anchor
        stamp = node.css_first(entrance.date) if entrance.date else node
        day = _day(stamp, url) if stamp is not None else None
        found[url] = Row(url=url, title=_title(named or anchor), date=_midnight(day))
    return tuple(found.values())


def _title(node: LexborNode) -> str | None:
    text = flat(node)
    full = " ".join(node.attrs.sget("title").split())
    if full and (not text or text.endswith(("…", "...", "..")) or full.startswith(text)):
        text = full
    return text.lstrip("·•▪■◆●> ") or None


def _day(row: LexborNode, url: str) -> date | None:
    text = row.text(separator=" ")
    found = as_date(text)
    if found is None:
        match = _SPLIT_DAY.search(text)
        if match is not None:
            found = as_date(f"{match[2]}-{match[3]}-{match[1]}")
    if found is None:
        match = URL_DATE.search(url)
        found = as_date("-".join(part for part in match.groups() if part)) if match is not None else None
    return found


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), SHANGHAI) if day is not None else None


def generic_rows(document: Document) -> tuple[Row, ...]:
    """The rows of the page's main list: links that repeat in elements of one kind, with titles and best with dates."""
    groups: dict[str, _Group] = {}
    for anchor in document.tree.css("a[href]")[:_MOST_LINKS]:
        title = _title(anchor)
        if title is None or len(title) < _TITLE_LEAST:
            continue
        url = document.link(anchor.attrs.get("href"))
        if url is None or url == document.base:
            continue
        row, home = anchor, anchor.parent
        path = "a"
        for _ in range(_LEVELS):
            if home is None or home.tag == "html":
                break
            around = home.parent
            path = f"{_kind(home)}>{path}"
            group = groups.setdefault(path if around is None else f"{_kind(around)}>{path}", _Group())
            known = group.rows.get(url)
            if known is None or len(known[0]) < len(title):
                group.rows[url] = (title, row)
            group.homes.add(row.mem_id)
            row, home = home, around
    best: list[Row] = []
    highest = 0.0
    for group in groups.values():
        if len(group.rows) < 2 or len(group.homes) < 0.8 * len(group.rows):  # noqa: PLR2004 a row has one link
            continue
        rows = [Row(url=url, title=title, date=_midnight(_day(node, url))) for url, (title, node) in group.rows.items()]
        dated = sum(row.date is not None for row in rows)
        score = sum(min(len(row.title or ""), 30) for row in rows) * (1 + 3 * dated / len(rows))
        if score > highest:
            best, highest = rows, score
    return tuple(best)


def _kind(node: LexborNode) -> str:
    classes = node.attrs.sget("class").split()
    return f"{node.tag}.{classes[0]}" if classes else (node.tag or "")
