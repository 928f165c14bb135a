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
_CALLBACK = re.compile(r"^\s*[\w.$]+\s*\(\s*([\[{].*[\]}])\s*\)\s*;?\s*$", re.DOTALL)

_TITLE = re.compile(r"^(?:doc|art(?:icle)?|news|info|list)?_?(?:title|headline|subject|name|mc|bt)$", re.IGNORECASE)
_URL = re.compile(
    r"^(?:doc|art(?:icle)?|news|info|list|page|pub|access|static|jump|link)?_?(?:(?:pub)?url|link|href|path|uri)$",
    re.IGNORECASE,
)
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
    """Whether the page is JSON or a call-back with JSON."""
    if "json" in (page.content_type or ""):
        return True
    head = page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:1] in {b"{", b"["}


def read_json(page: Page) -> Listing | None:
    """The longest list of objects with titles and addresses in the JSON, or None where it holds none."""
    text = decode(page.body, page.content_type).text.lstrip("\ufeff")
    called = _CALLBACK.match(text)
    try:
        data = orjson.loads(called[1] if called else text)
    except orjson.JSONDecodeError:
        return None
    best: tuple[Row, ...] = ()
    for objects in _lists(data, 0):
        rows = {row.url: row for one in objects if (row := _row(one, page.url))}
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


def _row(one: dict[str, Any], base: str) -> Row | None:
    title = _first(one, _TITLE)
    url = canonical(_first(one, _URL) or "", base)
    if url is None or not title or canonical("", base) == url:
        return None
    if "<" in title:
        title = LexborHTMLParser(title).text()
    when = next((when for name, value in one.items() if _DATE.search(name) and (when := _when(value))), None)
    return Row(url=url, title=" ".join(title.split()) or None, date=when)


def _first(one: dict[str, Any], names: re.Pattern[str]) -> str | None:
    return next((value for name, value in one.items() if names.match(name) and isinstance(value, str) and value), None)


def _when(value: Any) -> datetime | None:
    if isinstance(value, str) and not value.isdecimal():
        return stamp(value)
    if isinstance(value, int | float) or (isinstance(value, str) and len(value) in {10, 13}):
        seconds = float(value)
        if seconds > 1e11:  # noqa: PLR2004 milliseconds
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC) if 3e8 < seconds < 4e9 else None  # noqa: PLR2004 1979 to 2096
    return None
