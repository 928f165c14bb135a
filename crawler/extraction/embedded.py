"""Text that a page keeps in its scripts as data, for scripts to show."""

from __future__ import annotations

import re

import orjson

from crawler.extraction.document import Document

_STRING = re.compile(r'"((?:[^"\\]|\\.){100,})"')
_HAN = re.compile("[\u4e00-\u9fff]")
_ENOUGH = 80
"""Han characters of a text."""
_TITLE = re.compile(r'"(?:title|headline)"\s*:\s*"((?:[^"\\]|\\.){4,150})"')


def article(document: Document) -> Document | None:
    """A page made of the longest Chinese text among the scripts' strings, under the page's own head; None without one.

    Scripts are not run: only strings written out as JSON are looked at.
    """
    best, most, title = "", _ENOUGH, None
    for script in document.tree.css("script:not([src])"):
        source = script.text()
        for match in _STRING.finditer(source):
            text = _decoded(match[1])
            count = len(_HAN.findall(text)) if text is not None else 0
            if text is not None and count > most:
                best, most = text, count
                named = _TITLE.search(source)
                title = _decoded(named[1]) if named is not None else None
    if not best:
        return None
    if "<" not in best:
        best = "".join(f"<p>{line}</p>" for line in best.splitlines() if line.strip())
    head = document.tree.head
    scripts = "" if head is None else head.html or ""
    heading = f"<h1>{title}</h1>" if title else ""
    html = f"<html>{scripts}<body>{heading}<div class=content>{best}</div></body></html>"
    return Document(document.url, html.encode("utf-8", "ignore"))


def _decoded(literal: str) -> str | None:
    try:
        text = orjson.loads(f'"{literal}"')
    except orjson.JSONDecodeError:
        return None  # a string of JavaScript that is none of JSON
    return text if isinstance(text, str) else None
