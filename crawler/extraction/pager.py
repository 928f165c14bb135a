"""The pages that follow: of a listing and of an article in parts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborNode

from crawler.extraction.document import Document

_NEXT = re.compile(
    r"^\W*(?:下\s*一?\s*[页頁](?:\(\w{1,6}\))?|后一?页|下一?[页頁]\s*[>»›]*|next(?:\s*page)?)\W*$", re.IGNORECASE
)
"""A mirror writes a reading behind the character: 下一頁(yè)."""
_NUMBER = re.compile(r"^\W*(\d{1,4})\W*$")
_CALL = re.compile(
    r"createPage(?:HTML"
    r"|Html)?\s*\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?(\d+)\s*,\s*(\d+)\s*,\s*['\"]([\w./-]+)['\"]\s*,\s*['\"](\w+)['\"]"
)
"""TRS and its kin write their pager by a script: number of pages, current page, name and ending of the files."""
_IN_URL = re.compile(r"(?:[_/-]|page[=/_-]?|[?&]p(?:age|n)?=)(\d{1,4})(?:\.\w+)?(?:/)?$", re.IGNORECASE)


def following(document: Document, anchors: Iterable[LexborNode] | None = None) -> str | None:
    """The address of the page that follows this one in its listing or article, or None on the last.

    ``anchors`` narrows the links to look at; None looks at all. Links named 下一页, ``rel=next``, numbered pages and
    TRS's ``createPageHTML(…)`` are understood.
    """
    own = document.link(document.url)
    numbered: dict[int, str] = {}
    current: int | None = None
    for node in anchors if anchors is not None else document.tree.css("a, link[rel=next]"):
        text = node.text(strip=True) if node.tag == "a" else ""
        if len(text) > 12:  # noqa: PLR2004 a title
            continue
        named = node.attrs.get("rel") == "next" or _NEXT.match(text) is not None
        match = _NUMBER.match(text)
        if not named and match is None:
            continue
        url = document.link(node.attrs.get("href"))
        if named and url is not None and url != own:
            return url
        if match is None:
            continue
        if url is None or url == own or "current" in node.attrs.sget("class") or "active" in node.attrs.sget("class"):
            current = int(match[1])
        else:
            numbered.setdefault(int(match[1]), url)
    return _numbered(document, numbered, current) or _scripted(document)


def _numbered(document: Document, numbered: dict[int, str], current: int | None) -> str | None:
    """The numbered page behind the current one; which is current the page, its address or the gap in the row tells."""
    if not numbered:
        return None
    if current is None:
        match = _IN_URL.search(document.url)
        if match is not None and int(match[1]) not in numbered:
            current = int(match[1])
        else:  # the page that is not a link is this one
            missing = [number for number in range(1, max(numbered)) if number not in numbered]
            if len(missing) != 1:
                return None
            current = missing[0]
    return numbered.get(current + 1)


def _scripted(document: Document) -> str | None:
    match = _CALL.search(document.html.decode()) if b"createPage" in document.html else None
    if match is None:
        return None
    pages, current = int(match[1]), int(match[2])
    if current + 1 >= pages + (match[0].count(",") >= 4):  # noqa: PLR2004 the form with an element's name counts from 1
        return None
    return document.link(f"{match[3]}_{current + 1}.{match[4]}")
