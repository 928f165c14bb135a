"""Index terms: Han text as its overlapping pairs of characters, other text as its words."""

from __future__ import annotations

import re
from typing import Final

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN: Final = re.compile(f"[{HAN}]+|[a-z0-9]+|[^\\W{HAN}a-z0-9_]+")
"""A stretch of text of one kind, of text in small letters."""
LONGEST_WORD: Final = 64
MOST_GRAMS: Final = 60_000
"""No text of a person has more different pairs; PostgreSQL takes no larger row."""
_HAN: Final = re.compile(f"[{HAN}]")


def grams(text: str) -> list[str]:
    """The different index terms of a text, in the order they first appear.

    The last character of a stretch is a term of its own, so that every character begins one.
    """
    found: dict[str, None] = {}
    for run in RUN.findall(lowered(text)):
        if is_han(run[0]):
            found.update(dict.fromkeys(map(str.__add__, run, run[1:])))
            found[run[-1]] = None
        else:
            found[run[:LONGEST_WORD]] = None
    return list(found)[:MOST_GRAMS]


def lowered(text: str) -> str:
    """The text with its ASCII capitals made small, as both databases do it: character by character."""
    return text.encode("utf-8", "replace").lower().decode()


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return _HAN.match(character) is not None
