"""Which sentences of a text changed, and how much of it stayed."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

_SENTENCE: Final = re.compile(r"[^。！？；\n]+[。！？；]?")
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}(?=年)")
MOST: Final = 20
SAME: Final = 0.9
"""Share of a text in another from which it is that text, and not one made on its template."""
CLOSE: Final = 0.7
"""Likeness of two titles from which one may be the other's correction."""
TELLING: Final = 60
"""Characters of a text that is more than 现将…印发给你们."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A place of a text that reads otherwise; ``before`` is empty where words came in, ``after`` where they went."""

    before: str
    after: str


def changed_sentences(before: str, after: str) -> tuple[Changed, ...]:
    """The sentences that differ, in order, at most 20; spaces alone are no difference."""
    old, new = _sentences(before), _sentences(after)
    matcher = difflib.SequenceMatcher(None, [_bare(one) for one in old], [_bare(one) for one in new], autojunk=False)
    found = [
        Changed("".join(old[first:last]), "".join(new[start:end]))
        for what, first, last, start, end in matcher.get_opcodes()
        if what != "equal"
    ]
    return tuple(found[:MOST])


def shared(one: str, other: str) -> float:
    """The share of the shorter text that stands in the longer, clause by clause; 0 where one is empty."""
    shorter, longer = sorted((_parts(one), _parts(other)), key=lambda parts: sum(map(len, parts)))
    length = sum(map(len, shorter))
    there = set(longer)
    return sum(len(part) for part in shorter if part in there) / length if length else 0.0


def close(one: str, other: str) -> bool:
    """Whether one title may be the other's correction: most of its characters, and the same figures."""
    figures = [re.findall(r"\d+", title) for title in (one, other)]
    alike = difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() >= CLOSE
    return alike and sorted(figures[0]) == sorted(figures[1])


def same_text(one: str, other: str) -> bool:
    """Whether one text is the other, or a part of it, and says enough to tell; not where only the years differ."""
    enough = min(len(_bare(one)), len(_bare(other))) >= TELLING
    return enough and shared(one, other) >= SAME and not years_disagree(one, other)


def years(text: str) -> frozenset[str]:
    """The years that a text names."""
    return frozenset(_YEAR.findall(text))


def years_disagree(one: str, other: str) -> bool:
    """Whether each of two texts names a year that the other does not, as two of one template do."""
    ours, theirs = years(one), years(other)
    return bool(ours - theirs and theirs - ours)


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[^\w]+", text) if part]


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in _SENTENCE.findall(text) if one.strip()]


def _bare(sentence: str) -> str:
    return re.sub(r"\s+", "", sentence)
