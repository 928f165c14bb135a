"""Lists that pages and services give as data: hanweb's XML islands and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from selectolax.lexbor import LexborHTMLParser

from crawler.extraction.feeds import stamp
from crawler.items import Listing, Page, Row
from crawler.urls import canonical
from pipelines.text.encoding import decode

_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.DOTALL)
_NEXT = re.compile(r"<nextgroup>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</nextgroup>", re.DOTALL)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]+)")
_CALLED = re.compile(
    r"\s*(?:/\*[^*]{0,200}\*/\s*)?(?:typeof\s+[\w.$]{1,100}\s*={2,3}\s*['\"]function['\"]\s*&&\s*)?"
    r"(?:(?:var|let|const)\s+)?[\w.$]{1,100}\s*[(=]\s*(?=[\[{])"
)
"""What stands before JSON that is given to a function, or a variable."""

_TITLE = re.compile(r"^(?:doc|art(?:icle)?|news|info|list)?_?(?:title|headline|subject|name|mc|bt)$", re.IGNORECASE)
_URL = re.compile(
    r"^(?:doc|art(?:icle)?|news|info|list|page|pub|access|static|jump|link)?_?(?:(?:pub)?url|link|href|path|uri)$",
    re.IGNORECASE,
)
_URL_KINDS = ("url", "link", "href", "uri", "path")
"""What an address is called, the surest first: a path may be a folder's, a link an outer one's."""
_TITLE_KINDS = ("title", "headline", "subject", "bt", "name", "mc")
_DISTINCT = 0.5
"""Of a field's values so many differ at least, where they are each row's own."""
_DATE = re.compile(r"(?:date|time|rq|sj|created|published|published_?at)$", re.IGNORECASE)
_DEEPEST = 12


def has_datastore(html: bytes) -> bool:
    """Whether the page is, or holds, a hanweb data store."""
    return b"<datastore" in html and b"<record>" in html


def datastore(html: str, base: str) -> tuple[list[str], tuple[str, ...]]:
    """The records of a hanweb data store, each a piece of HTML, and the addresses of its next group."""
    records = [match[1] for match in _RECORD.finditer(html)]
    following = _NEXT.search(html)
    urls = (
        [canonical(match[1].replace("&amp;", "&"), base) for match in _HREF.finditer(following[1])] if following else []
    )
    return records, tuple(url for url in urls if url)


def is_json(page: Page) -> bool:
    """Whether the page is JSON or a call-back with JSON, whatever the server calls it."""
    if "json" in (page.content_type or ""):
        return True
    head = page.body[:600].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:1] in {b"{", b"["} or _CALLED.match(head.decode("latin-1")) is not None


def read_json(page: Page) -> Listing | None:
    """The longest list of objects with titles and addresses in the JSON, or None where it holds none."""
    text = decode(page.body, page.content_type).text.lstrip("\ufeff")
    called = _CALLED.match(text)
    if called is not None:
        text = text[called.end() : max(text.rfind("}"), text.rfind("]")) + 1]
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    best: tuple[Row, ...] = ()
    for objects in _lists(data, 0):
        titles, urls = _names(objects, _TITLE, _TITLE_KINDS), _names(objects, _URL, _URL_KINDS)
        rows = {row.url: row for one in objects if (row := _row(one, titles, urls, page.url))}
        if len(rows) > len(best):
            best = tuple(rows.values())
    return Listing(rows=best) if best else None


def _lists(data: Any, depth: int) -> Iterator[list[dict[str, Any]]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        objects = [one for one in data if isinstance(one, dict)]
        if objects:
            yield objects
        for one in data:
            yield from _lists(one, depth + 1)
    elif isinstance(data, dict):
        for one in data.values():
            yield from _lists(one, depth + 1)


def _names(objects: list[dict[str, Any]], names: re.Pattern[str], kinds: tuple[str, ...]) -> list[str]:
    """The fields of the objects that may hold what is looked for: first those that differ from row to row, of these
    the surest by its name.
    """
    fields = list(dict.fromkeys(name for one in objects for name in one if names.match(name)))

    def rank(name: str) -> tuple[bool, int]:
        values = [value for one in objects if isinstance(value := one.get(name), str) and value]
        own = len(set(values)) > 1 or len(objects) == 1
        kind = next(place for place, kind in enumerate(kinds) if name.lower().endswith(kind))
        return not (own and len(set(values)) >= _DISTINCT * len(values)), kind

    return sorted(fields, key=rank)


def _row(one: dict[str, Any], titles: list[str], urls: list[str], base: str) -> Row | None:
    title = _first(one, titles)
    url = canonical(_first(one, urls) or "", base)
    if url is None or not title or canonical("", base) == url:
        return None
    if "<" in title:
        title = LexborHTMLParser(title).text()
    when = next((when for name, value in one.items() if _DATE.search(name) and (when := _when(value))), None)
    return Row(url=url, title=" ".join(title.split()) or None, date=when)


def _first(one: dict[str, Any], names: list[str]) -> str | None:
    return next((value for name in names if isinstance(value := one.get(name), str) and value), None)


def _when(value: Any) -> datetime | None:
    if isinstance(value, str) and not value.isdecimal():
        return stamp(value)
    if isinstance(value, int | float) or (isinstance(value, str) and len(value) in {10, 13}):
        seconds = float(value)
        if seconds > 1e11:  # noqa: PLR2004 milliseconds
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC) if 3e8 < seconds < 4e9 else None  # noqa: PLR2004 1979 to 2096
    return None
