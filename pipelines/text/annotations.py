"""Reading aids that mirrors strew into text: 發(fā)展 -> 發展."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase

from pipelines.text import gbk, readings, script
from pipelines.text.known import Known

LETTERS = "a-zɡɑāáǎàăēéěèĕêīíǐìĭōóǒòŏūúǔùŭüǖǘǚǜńňǹḿ\u0300\u0301\u0304\u0306\u0308\u030c"
OPENING, CLOSING = "[(（]", "[)）]"
SYLLABLE = rf"[{LETTERS}]{{1,8}}[1-5]?"
_BRACKET = re.compile(rf"{OPENING}\s?{SYLLABLE}\s?{CLOSING}")
_WITHIN = re.compile(rf"ɡ([a-z])\(\s?({SYLLABLE})\s?\)")
_LATIN = tuple(ascii_lowercase)
_AROUND = "()（）12345 \u00a0\u3000\t"

_SYSTEM = 5
"""Different annotated characters from which on a page is a mirror's work."""
_DICTIONARY = 12
"""Different annotated characters from which on it shows what readings the mirror's table has."""
_SLIPS = 0.05
"""Up to this share of unusual readings, the table has usual ones only."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A character with a syllable bracketed behind it."""

    character: str
    is_reading: bool
    is_usual: bool
    is_changed: bool
    """Whether conversion to simplified changes the character."""


def strip(text: str) -> str:
    """Removes the aids of a mirror; glosses that an author wrote, 亳(bó)州 or 乐(yuè)清, stay.

    What is an aid is decided over the whole text, so give it a page and not a line.
    """
    left, gone = _plain.remove(text)
    spans = [found.span() for found in _BRACKET.finditer(left, 1)]
    found = [left[start - 1 : end] for start, end in spans]
    if any(token.startswith(_LATIN) for token in found) and (outer := _WITHIN.sub(_outer, text)) != text:
        return strip(outer)
    read = {token: known for token in set(found) if (known := _token(token)).is_reading}
    if not read:
        return left
    aids = _aids(left, found, read, len(set(gone.tolist())))
    out: list[str] = []
    done = 0
    for token, (start, end) in zip(found, spans, strict=True):
        if token in aids:
            out.append(left[done:start])
            done = end
    return "".join((*out, left[done:]))


def _outer(found: re.Match[str]) -> str:
    """Takes an aid out of an aid, ɡu(cái)ó: on bytes, the second of ɡ and the letter u are 纔."""
    character = gbk.character(b"\xc0" + found[1].encode())
    return f"ɡ{found[1]}" if character and readings.is_reading(found[2], character) else found[0]


_plain = Known()
"""Tokens met so far that are aids on every page: a changed character's first reading."""


def _is_usual(syllable: str, character: str) -> bool:
    return readings.is_usual(syllable, character) or readings.is_usual_in_words(syllable, script.convert(character))


@cache
def _token(token: str) -> _Token:
    character, syllable = token[0], token[1:].strip(_AROUND)
    is_reading = readings.is_reading(syllable, character)
    known = _Token(
        character,
        is_reading,
        is_reading and _is_usual(syllable, character),
        is_reading and script.convert(character) != character,
    )
    if known.is_changed and known.is_usual:
        _plain.add(token)
    return known


def _aids(text: str, found: list[str], read: dict[str, _Token], plain: int) -> set[str]:
    """Which of the tokens that are readings are aids, on a page with so many ``plain`` ones besides."""
    changed = {token for token, known in read.items() if known.is_changed}
    unusual = {token for token in changed if not read[token].is_usual}
    system = plain + len(changed)
    aids = changed - _glosses(text, found, unusual, system)
    others = read.keys() - changed
    if system >= _SYSTEM:
        return aids | {t for t in others if read[t].is_usual and t[0] in _changed_in_words()}
    return aids | _simplified_system(found, others)


def _glosses(text: str, found: list[str], unusual: set[str], system: int) -> set[str]:
    """Unusual readings on a page whose mirror otherwise gives each character its usual one: an author's.

    An author glosses a word, 樂(yuè)清; so the same character follows each time.
    """
    if system < _DICTIONARY or len(unusual) > max(1, _SLIPS * system):
        return set()
    return {token for token in unusual if found.count(token) == 1 or len(_followers(token, text)) == 1}


def _followers(token: str, text: str) -> set[str]:
    """The characters that stand behind the token."""
    return {piece[:1] for piece in text.split(token)[1:]}


def _simplified_system(found: list[str], read: AbstractSet[str]) -> set[str]:
    """Aids of a mirror that left the script alone: an author explains a reading once, a mirror again and again."""
    candidates = {token for token in read if script.to_traditional(token[0]) != token[0]}
    repeated = sum(found.count(token) > 1 for token in candidates)
    return candidates if len(candidates) >= _SYSTEM and repeated * 3 >= len(candidates) else set()


@cache
def _changed_in_words() -> frozenset[str]:
    """Characters that conversion to traditional puts into words only, and the way back leaves: 像 of 想像."""
    from pypinyin.phrases_dict import phrases_dict  # slow to load, and few pages need it

    words = list(phrases_dict)
    converted = script.to_traditional("\n".join(words)).split("\n")
    pairs = [*zip(words, converted, strict=True), *script.own_words()]
    put = {b for old, new in pairs for a, b in zip(old, new, strict=False) if a != b}
    return frozenset(c for c in put if script.convert(c) == c)
