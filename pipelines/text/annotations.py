"""Reading aids that mirrors strew into text: 發(fā)展 -> 發展."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from pipelines.text import readings, script

LETTERS = "a-zɡɑāáǎàăēéěèĕêīíǐìĭōóǒòŏūúǔùŭüǖǘǚǜńňǹḿ\u0300\u0301\u0304\u0306\u0308\u030c"
OPENING, CLOSING = "[(（]", "[)）]"
SYLLABLE = rf"[{LETTERS}]{{1,8}}[1-5]?"
_NARROW = re.compile(rf"(.\(\s?{SYLLABLE}\s?{CLOSING})")
_WIDE = re.compile(rf"(.（\s?{SYLLABLE}\s?{CLOSING})")
_ANY_WIDE = re.compile(rf"（\s?{SYLLABLE}\s?{CLOSING}")
_AROUND = "()（）12345 \u00a0\u3000\t"

_SYSTEM = 5
"""Different annotated characters from which on a page is a mirror's work."""
_SLIPS = 0.05
"""Up to this share of second readings, the mirror's dictionary gives first readings only."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A character with a syllable bracketed behind it."""

    character: str
    is_reading: bool
    is_first: bool
    is_changed: bool
    """Whether conversion to simplified changes the character."""


def strip(text: str) -> str:
    """Removes the aids of a mirror; glosses that an author wrote, 亳(bó)州 or 乐(yuè)清, stay.

    What is an aid is decided over the whole text, so give it a page and not a line.
    """
    text = _strip(text, _NARROW)
    return _strip(text, _WIDE) if _ANY_WIDE.search(text) else text


def _strip(text: str, pattern: re.Pattern[str]) -> str:
    pieces = pattern.split(text)
    if len(pieces) == 1:
        return text
    found = pieces[1::2]
    try:
        pieces[1::2] = map(_plain.__getitem__, found)
    except KeyError:
        counts = Counter(found)
        aids = _aids(text, counts)
        left = {token: token[0] if token in aids else token for token in counts}
        pieces[1::2] = map(left.__getitem__, found)
    return "".join(pieces)


_plain: dict[str, str] = {}
"""Tokens met so far that are aids on every page, with what is left of them: a changed character's first reading."""


@cache
def _token(token: str) -> _Token:
    character, syllable = token[0], token[1:].strip(_AROUND)
    is_reading = readings.is_reading(syllable, character)
    known = _Token(
        character,
        is_reading,
        is_reading and readings.is_first(syllable, character),
        is_reading and script.convert(character) != character,
    )
    if known.is_changed and known.is_first:
        _plain[token] = character
    return known


def _aids(text: str, counts: Counter[str]) -> set[str]:
    read = {token: known for token in counts if (known := _token(token)).is_reading}
    changed = {token for token, known in read.items() if known.is_changed}
    aids = changed - _glosses(text, counts, changed)
    if len(read) == len(changed):
        return aids
    if len(changed) >= _SYSTEM:
        return aids | {t for t, known in read.items() if known.is_first and t[0] in _changed_in_words()}
    return aids | _simplified_system(counts, set(read))


def _glosses(text: str, counts: Counter[str], changed: set[str]) -> set[str]:
    """Readings that the mirror's dictionary, which has one for each character, does not give."""
    second = {token for token in changed if not _token(token).is_first}
    if len(changed) < _SYSTEM:
        return second
    if len(second) > max(1, _SLIPS * len(changed)):
        return set()
    return {token for token in second if counts[token] == 1 < text.count(token[0])}


def _simplified_system(counts: Counter[str], read: set[str]) -> set[str]:
    """Aids of a mirror that left the script alone: an author explains a reading once, a mirror again and again."""
    candidates = {token for token in read if script.to_traditional(token[0]) != token[0]}
    repeated = sum(counts[token] > 1 for token in candidates)
    return candidates if len(candidates) >= _SYSTEM and repeated * 3 >= len(candidates) else set()


@cache
def _changed_in_words() -> frozenset[str]:
    """Characters that conversion to traditional puts into words only, and the way back leaves: 像 of 想像."""
    from pypinyin.phrases_dict import phrases_dict  # slow to load, and few pages need it

    words = list(phrases_dict)
    converted = script.to_traditional("\n".join(words)).split("\n")
    put = {b for old, new in zip(words, converted, strict=True) for a, b in zip(old, new, strict=False) if a != b}
    return frozenset(c for c in put if script.convert(c) == c)
