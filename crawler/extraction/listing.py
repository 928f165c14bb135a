"""Column pages: their rows and their following pages."""

from __future__ import annotations

from datetime import datetime, time

from crawler.extraction.document import Document
from crawler.extraction.related import as_date
from crawler.items import SHANGHAI, Listing, NotArticle, Page, Row
from crawler.site import Entrance, Site


def read(page: Page, site: Site | None) -> Listing | NotArticle:
    document = Document(page)
    for entrance in site.entrances if site is not None else ():
        if entrance.rows is None:
            continue
        rows = _rows(document, entrance)
        if rows:
            return Listing(rows=rows, next_pages=_next(document, entrance))
    return NotArticle(kind="other", reason="no rows were found")


def _rows(document: Document, entrance: Entrance) -> tuple[Row, ...]:
    assert entrance.rows is not None
    found: dict[str, Row] = {}
    for node in document.tree.css(entrance.rows):
        anchor = node.css_first(entrance.link)
        url = document.link(anchor.attrs.get("href")) if anchor is not None else None
        if anchor is None or url is None or url in found:
            continue
        stamp = node.css_first(entrance.date) if entrance.date else None
        day = as_date(stamp.text()) if stamp is not None else None
        when = datetime.combine(day, time(), SHANGHAI) if day is not None else None
        title = " ".join((anchor.attrs.get("title") or anchor.text()).split())
        found[url] = Row(url=url, title=title or None, date=when)
    return tuple(found.values())


def _next(document: Document, entrance: Entrance) -> tuple[str, ...]:
    if entrance.next is None:
        return ()
    for node in document.tree.css(entrance.next):
        if "下一页" in node.text() or "下页" in node.text():
            url = document.link(node.attrs.get("href"))
            if url is not None:
                return (url,)
    return ()
