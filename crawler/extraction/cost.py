"""What a page would cost to parse, told before it is parsed.

The parser is linear on pages people write. On three shapes it is not: elements nested without end (each opening looks
through all that are open), one tag with very many attributes (each is compared with all before), and formatting
elements left open (each block opens them all again). Here these are counted in one pass over the tags.
"""

from __future__ import annotations

import re

LARGEST = 16 * 1024 * 1024
"""Characters of a page that is parsed."""
_DEEPEST = 4_000
"""Elements open at once; browsers stop at 512."""
_ATTRIBUTES = 4_000
"""Words in one tag."""
_REOPENED = 200_000
"""Elements that unclosed formatting would make."""
_TAGS = 400_000
"""Tags of a page that is read."""
_HARMLESS = 1_700
"""Start tags that can't be costly, however they are nested."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LONG_TAG = re.compile(r"<[a-zA-Z](?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+(?:>|\Z|[\"'])")
_BLANKS = " \n\t\r\f"
"""What divides attributes: a page with few of them has no tag with many words."""
_LONG = 40_000
"""Characters; attributes that could cost fill more."""
_FORMATTING = frozenset(
    ("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"),
)
_FORMATTING_TAG = re.compile(rf"<(?:{'|'.join(sorted(_FORMATTING))})[\s/>]", re.IGNORECASE)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"),
) | {"p", "li", "td", "th", "tr", "dt", "dd", "option"}
"""Elements that need no end tag, or whose next sibling ends them."""


def too_costly(html: str) -> str | None:
    """Why the page must not be parsed, in words; None where it may be."""
    if len(html) > LARGEST:
        return f"{len(html)} characters are more than {LARGEST}"
    if len(html) > _LONG and sum(map(html.count, _BLANKS)) >= _ATTRIBUTES:
        for match in _LONG_TAG.finditer(html):
            if match.end() - match.start() > _LONG and len(match[0].split()) > _ATTRIBUTES:
                return f"one tag holds more than {_ATTRIBUTES} words"
    tags = html.count("<")
    if tags > _TAGS:
        return f"{tags} tags are more than {_TAGS}"
    if tags <= _HARMLESS or (opened := tags - html.count("</")) <= _HARMLESS:
        return None
    formatting = len(_FORMATTING_TAG.findall(html))
    if opened <= _DEEPEST and formatting * (opened - formatting) <= _REOPENED:
        return None
    return _nesting(html)


def _nesting(html: str) -> str | None:
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
