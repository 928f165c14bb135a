"""Index terms: Han text as its overlapping pairs of characters, other text as its words.

Terms of the title, and those that stand often in a text, are indexed once more behind a mark: so the index alone knows
which finds are the best.

What changes here changes what the index holds, and FTS5 forgets a text only by the very terms it was given: it wants a
migration that makes the index anew (``storage.search.rebuild``).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import numpy as np

from crawler.items import Article, IndexTerms

RANGES: Final = ((0x3007, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""The code points of Chinese characters, first and last."""
HAN: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in RANGES)
IS_HAN: Final = np.zeros(0x110000, dtype=bool)
for _first, _last in RANGES:
    IS_HAN[_first : _last + 1] = True
RUN: Final = re.compile(f"[{HAN}]+|[a-z0-9]+|[^\\W{HAN}a-z0-9_]+")
"""A stretch of text of one kind, of text in small letters."""
HAN_RUN: Final = re.compile(f"[{HAN}]+")
WORD: Final = re.compile(f"[a-z0-9]+|[^\\W{HAN}a-z0-9_]+")
LONGEST_WORD: Final = 64
TITLE: Final = "《"
"""Before terms that stand in the first line. No term holds this sign, nor the next."""
OFTEN: Final = "》"
"""Before terms that stand in the text ``OFTEN_TIMES`` or more."""
OFTEN_TIMES: Final = 3
MOST_GRAMS: Final = 60_000
"""No text of a person has more different pairs; PostgreSQL takes no larger row."""


def grams(text: str) -> list[str]:
    """The different index terms of a text whose first line is its title.

    First pairs and last characters of stretches, then words, each in order; then both again behind their marks. The
    last character of a stretch is a term of its own, so that every character begins one.
    """
    small = lowered(text)
    times = Counter(_terms(small))
    often = [OFTEN + term for term, count in times.items() if count >= OFTEN_TIMES]
    title = [TITLE + term for term in dict.fromkeys(_terms(small.partition("\n")[0]))]
    return [*times, *title, *often][:MOST_GRAMS]


def index_terms(title: str, body: str) -> str:
    """What the index is given of an article: its terms, with blanks between them."""
    return " ".join(grams(f"{title}\n{body}"))


def terms_of(article: Article) -> IndexTerms:
    """The same, with what tells whose they are."""
    return IndexTerms(article.content_sha256, index_terms(article.title, article.body))


def _terms(small: str) -> list[str]:
    return [*_han(small), *(word[:LONGEST_WORD] for word in WORD.findall(" ".join(HAN_RUN.split(small))))]


def _han(text: str) -> list[str]:
    """Each Han character with the Han character behind it, or alone where there is none."""
    codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    han = IS_HAN[codes]
    terms = np.full((len(codes), 3), ord(" "), "<u4")
    terms[:, 0] = codes
    terms[:-1, 1][han[1:]] = codes[1:][han[1:]]
    line: str = terms[han].tobytes().decode("utf-32-le")
    return line.split()


def lowered(text: str) -> str:
    """The text with its ASCII capitals made small, as both databases do it: character by character."""
    return text.encode("utf-8", "replace").lower().decode()


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return HAN_RUN.match(character) is not None
