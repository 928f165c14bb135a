"""Index terms: Han text as its overlapping pairs of characters, other text as its words.

What changes here changes what the index holds, and FTS5 forgets a text only by the very terms it was given: it wants a
migration that makes the index anew (``storage.search.rebuild``).
"""

from __future__ import annotations

import re
from operator import add
from typing import Final

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN: Final = re.compile(f"[{HAN}]+|[a-z0-9]+|[^\\W{HAN}a-z0-9_]+")
"""A stretch of text of one kind, of text in small letters."""
HAN_RUN: Final = re.compile(f"[{HAN}]+")
WORD: Final = re.compile(f"[a-z0-9]+|[^\\W{HAN}a-z0-9_]+")
LONGEST_WORD: Final = 64
MOST_GRAMS: Final = 60_000
"""No text of a person has more different pairs; PostgreSQL takes no larger row."""


def grams(text: str) -> list[str]:
    """The different index terms of a text: pairs, the last characters of stretches, words; each in order.

    The last character of a stretch is a term of its own, so that every character begins one.
    """
    small = lowered(text)
    runs = HAN_RUN.findall(small)
    line = " ".join(runs)
    found = dict.fromkeys(map(add, line, line[1:]))  # one pass over all stretches, and out with what spans two
    for run in runs:
        found.pop(run[-1] + " ", None)
        found.pop(" " + run[0], None)
    found.update(dict.fromkeys([run[-1] for run in runs]))
    found.update(dict.fromkeys(word[:LONGEST_WORD] for word in WORD.findall(" ".join(HAN_RUN.split(small)))))
    return list(found)[:MOST_GRAMS]


def lowered(text: str) -> str:
    """The text with its ASCII capitals made small, as both databases do it: character by character."""
    return text.encode("utf-8", "replace").lower().decode()


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return HAN_RUN.match(character) is not None
