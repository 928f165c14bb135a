"""What a page would cost to parse, told before it is parsed.

The parser is linear on pages people write. On four shapes it is not: elements nested without end (each opening looks
through all that are open), one tag with very many attributes (each is compared with all before), formatting elements
left open (each block opens them all again), and one <select> with very many options (each looks through all for the one
that is chosen). Here these are counted, most often in one look at the bytes.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

LARGEST = 24 * 1024 * 1024
"""Bytes of a page that is parsed, in UTF-8: what a crawl takes in may grow by half when it is not UTF-8 yet."""
_DEEPEST = 4_000
"""Elements open at once; browsers stop at 512."""
_ATTRIBUTES = 10_000
"""Attributes of one tag; of several tags the root of the sum of the squares, as each is compared with those before."""
_REOPENED = 200_000
"""Elements that unclosed formatting would make."""
_OPTIONS = 10_000
"""Options of one <select>; of several the root of the sum of the squares."""
_TAGS = 400_000
"""Tags of a page that is read."""
_HARMLESS = 1_700
"""Start tags that can't be costly, however they are nested."""

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_WHOLE_TAG = re.compile(rb"<[a-zA-Z](?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+(?:>|\Z|[\"'])")
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")
_WORD = re.compile(rb"[^\s/]++")
_BLANK, _SLASH, _DOUBLE, _SINGLE, _LESS = b" /\"'<"
_LONG = 2_000
"""Bytes; the attributes of shorter tags do not add up to anything."""
_FORMATTING = frozenset(
    (b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u"),
)
_FORMATTING_TAG = re.compile(rb"<(?:" + b"|".join(sorted(_FORMATTING)) + rb")[\s/>]", re.IGNORECASE)
_CHOICE = re.compile(rb"<(?:(select)|option)(?![a-zA-Z0-9])", re.IGNORECASE)
_VOID = frozenset(
    (
        *(b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source"),
        *(b"track", b"wbr"),
        *(b"p", b"li", b"td", b"th", b"tr", b"dt", b"dd", b"option"),
    )
)
"""Elements that need no end tag, or whose next sibling ends them."""


def too_costly(html: bytes) -> str | None:
    """Why the page, in UTF-8, must not be parsed, in words; None where it may be."""
    if len(html) > LARGEST:
        return f"{len(html)} bytes are more than {LARGEST}"
    codes = np.frombuffer(html, np.uint8)
    if _dividers(codes) > _ATTRIBUTES and _compared(html) > _ATTRIBUTES**2:
        return f"its tags hold more than {_ATTRIBUTES} attributes"
    tags = int(np.count_nonzero(codes == _LESS))
    if tags > _TAGS:
        return f"{tags} tags are more than {_TAGS}"
    if tags > _OPTIONS and _chosen_from(html) > _OPTIONS**2:
        return f"its lists to choose from hold more than {_OPTIONS} options"
    return None if _is_flat(html, tags) else _nesting(html)


def _is_flat(html: bytes, tags: int) -> bool:
    """Whether so few elements are left open that they can't be costly, however they are nested."""
    if tags <= _HARMLESS or (opened := tags - html.count(b"</")) <= _HARMLESS:
        return True
    formatting = len(_FORMATTING_TAG.findall(html))
    return opened <= _DEEPEST and formatting * (opened - formatting) <= _REOPENED


def _dividers(codes: NDArray[np.uint8]) -> int:
    """How often, at most, one attribute ends and the next begins: at white space, a slash, or behind a quoted value."""
    marks = int(np.count_nonzero(codes <= _SLASH))  # these and a dozen others
    if marks <= _ATTRIBUTES:
        return marks
    quotes = np.count_nonzero(codes == _DOUBLE) + np.count_nonzero(codes == _SINGLE)
    return int(np.count_nonzero(codes <= _BLANK) + np.count_nonzero(codes == _SLASH) + quotes // 2)


def _compared(html: bytes) -> int:
    """How many attributes would be compared with how many others, at most."""
    total = 0
    for match in _WHOLE_TAG.finditer(html):
        if match.end() - match.start() > _LONG:
            bare = _QUOTED.sub(b" ", match[0])  # a picture in a value is full of slashes
            total += max(len(match[0].split()), len(_WORD.findall(bare))) ** 2
    return total


def _chosen_from(html: bytes) -> int:
    """How many options would be looked at for how many others, at most."""
    total = options = 0
    chosen_from = False  # options outside of a <select> cost nothing
    for match in _CHOICE.finditer(html):
        if match[1]:
            total += options**2
            options, chosen_from = 0, True
        elif chosen_from:
            options += 1
    return total + options**2


def _nesting(html: bytes) -> str | None:
    depth = open_formatting = reopened = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _FORMATTING:
            open_formatting = max(0, open_formatting + (-1 if match[1] else 1))
        elif not match[1]:
            reopened += open_formatting
        if name not in _VOID:
            depth = max(0, depth + (-1 if match[1] else 1))
            if depth > _DEEPEST:
                return f"more than {_DEEPEST} elements are nested"
        if reopened > _REOPENED:
            return "formatting left open would be opened again without end"
    return None
