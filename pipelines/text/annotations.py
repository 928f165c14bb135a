"""Reading aids that mirrors strew into text: 發(fā)展 -> 發展."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from string import ascii_lowercase

from pipelines.text import disguises, gbk, prose, readings, script
from pipelines.text.disguises import SYSTEM
from pipelines.text.known import Known, Tokens
from pipelines.text.readings import LETTERS

OPENING, CLOSING = "[(（]", "[)）]"
SYLLABLE = rf"[{LETTERS}]{{1,8}}[1-5]?"
_BRACKET = re.compile(rf"{OPENING}\s?{SYLLABLE}\s?{CLOSING}")
_WITHIN = re.compile(rf"ɡ([a-z])\(\s?({SYLLABLE})\s?\)")
_LATIN = tuple(ascii_lowercase)
_AROUND = "()（）12345 \u00a0\u3000\t"

_SLIPS = 2
"""Up to so many unusual readings of everyday words, a mirror's table still counts as one of usual readings."""
_RARE = 16.0
"""Bits from which on a character is rare."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A character with a syllable bracketed behind it."""

    character: str
    is_reading: bool
    is_usual: bool
    is_changed: bool
    """Whether conversion to simplified changes the character."""
    is_rare: bool
    """Whether the character is so rare that an author may explain its usual reading."""


def may_hold(text: str) -> bool:
    """Whether a bracketed syllable stands in the text at all."""
    return ("(" in text or "（" in text) and _BRACKET.search(text, 1) is not None


def _brackets(text: str) -> list[tuple[int, int]]:
    """The spans of bracketed syllables behind something, in order."""
    places = sorted(disguises.each(text, "(（"))
    return [found.span() for place in places if place and (found := _BRACKET.match(text, place))]


def strip(text: str) -> str:
    """Removes the aids of a mirror; glosses that an author wrote, 亳(bó)州 or 乐(yuè)清, stay.

    What is an aid is decided over the whole text, so give it a page and not a line.
    """
    left, gone = _plain.remove(text)
    left, originals = _undisguised(left, bare=len(gone) < SYSTEM)  # who brackets aids has none without
    spans = _brackets(left)
    found = [left[start - 1 : end] for start, end in spans]
    if any(token.startswith(_LATIN) for token in found) and (outer := _WITHIN.sub(_outer, text)) != text:
        return strip(outer)
    read = {token: known for token in set(found) if (known := _token(token)).is_reading}
    if not read:
        return left
    aids = _aids(left, found, read, gone)
    out: list[str] = []
    done = 0
    for token, (start, end) in zip(found, spans, strict=True):
        if token in aids or start in originals:
            out.append(left[done:start])
            out.append("" if token in aids else originals[start])
            done = end
    return "".join((*out, left[done:]))


def _undisguised(text: str, *, bare: bool = True) -> tuple[str, dict[int, str]]:
    """The text with tokens of other forms in the plain one, and by their places what stood there.

    ``bare``: those without brackets too.
    """
    tokens = disguises.find(text, bare=bare)
    if not tokens:
        return text, {}
    out: list[str] = []
    originals: dict[int, str] = {}
    done = size = 0
    for one in tokens:
        plain = f"({one.syllable})"
        out += (text[done : one.start], plain)
        size += one.start - done
        originals[size] = text[one.start : one.end]
        size += len(plain)
        done = one.end
    return "".join((*out, text[done:])), originals


def taken_out(before: str, after: str) -> tuple[str, ...]:
    """The different aids that a text has as its page shows it, 發(fā), and no more when it is restored."""
    if before == after:
        return ()
    left = {_plainly(token) for token in _tokens(after)}
    return tuple(token for token in dict.fromkeys(_tokens(before)) if _plainly(token) not in left)


def _tokens(text: str) -> list[str]:
    """Characters with what stands bracketed behind them and is a reading of theirs."""
    left, _ = _undisguised(text)
    found = (left[start - 1 : end] for start, end in _brackets(left))
    return [token for token in found if _token(token).is_reading]


def _plainly(token: str) -> str:
    return script.convert(token[0]) + token[1:].strip(_AROUND)


def _outer(found: re.Match[str]) -> str:
    """Takes an aid out of an aid, ɡu(cái)ó: on bytes, the second of ɡ and the letter u are 纔."""
    character = gbk.character(b"\xc0" + found[1].encode())
    return f"ɡ{found[1]}" if character and readings.is_reading(found[2], character) else found[0]


_plain = Known()
"""Tokens met so far that are aids on every page."""


def _is_usual(syllable: str, character: str) -> bool:
    if readings.is_usual(syllable, character) or readings.is_usual_in_words(syllable, script.convert(character)):
        return True
    return character == "著" and readings.is_usual(syllable, "着")  # a mirror writes it for both


@cache
def _token(token: str) -> _Token:
    character, syllable = token[0], token[1:].strip(_AROUND)
    is_reading = readings.is_reading(syllable, character)
    known = _Token(
        character,
        is_reading,
        is_reading and _is_usual(syllable, character),
        is_reading and script.convert(character) != character,
        is_reading and prose.alone(prose.simplified(character)) > _RARE,
    )
    if known.is_changed and known.is_usual and not known.is_rare:
        _plain.add(token)
    return known


def _aids(text: str, found: list[str], read: dict[str, _Token], plain: Tokens) -> set[str]:
    """Which of the tokens that are readings are aids, on a page with these ``plain`` ones besides."""
    changed = {token: known for token, known in read.items() if known.is_changed}
    aids = changed.keys() - _glosses(text, found, changed)
    others = {token: known for token, known in read.items() if not known.is_changed}
    if not others:
        return aids
    if len(changed) + len(set(plain.tolist())) >= SYSTEM:
        return aids | {t for t, known in others.items() if known.is_usual and t[0] in _changed_in_words()}
    return aids | _simplified_system(text, found, others)


def _glosses(text: str, found: list[str], changed: Mapping[str, _Token]) -> set[str]:
    """What an author wrote behind characters that conversion changes.

    A mirror's table gives each character its usual reading. An author explains an unusual one, in a word that not
    everybody knows, 樂(yuè)清; or a rare character, once, 潁(yǐng)上, where a mirror would annotate each 潁.
    """
    places = {token: _neighbours(text, token) for token, known in changed.items() if not known.is_usual}
    explained = {token for token, pairs in places.items() if not any(map(_in_everyday_word, pairs))}
    rare = {
        token
        for token, known in changed.items()
        if known.is_usual and known.is_rare and found.count(token) == 1 and text.count(token[0]) > 1
    }
    if len(places) - len(explained) > _SLIPS:  # the table has unusual readings of its own
        return rare
    return rare | {token for token in explained if len({after for _, _, after in places[token]}) == 1}


def _neighbours(text: str, token: str) -> set[tuple[str, str, str]]:
    """What stands before a token, its character, and what stands behind it."""
    pieces = text.split(token)
    return {(before[-1:], token[0], after[:1]) for before, after in pairwise(pieces)}


def _in_everyday_word(place: tuple[str, str, str]) -> bool:
    before, character, after = place
    return prose.is_everyday(before, character) or prose.is_everyday(character, after)


def _simplified_system(text: str, found: list[str], read: Mapping[str, _Token]) -> set[str]:
    """Aids of a mirror that left the script alone: all of an everyday character, and again and again."""
    aids = {
        token
        for token, known in read.items()
        if known.is_usual and script.to_traditional(token[0]) != token[0] and text.count(token[0]) == found.count(token)
    }
    everyday = [t for t in aids if not read[t].is_rare and any(map(_in_everyday_word, _neighbours(text, t)))]
    repeated = sum(found.count(token) > 1 for token in everyday)
    return aids if len(everyday) >= SYSTEM and repeated * 3 >= len(everyday) else set()


def doubtful(text: str) -> list[tuple[int, int]]:
    """Where aids may be left in a cleaned text: usual readings behind everyday characters, of many on the page."""
    left, originals = _undisguised(text)
    shift = 0
    found: list[tuple[str, int, int]] = []
    for start, end in _brackets(left):
        token = left[start - 1 : end]
        size = len(originals[start]) if start in originals else end - start
        known = _token(token)
        place = left[max(start - 2, 0) : start - 1], token[0], left[end : end + 1]
        if known.is_usual and not known.is_rare and _in_everyday_word(place):
            found.append((token[0], start + shift, start + shift + size))
        shift += size - (end - start)
    return [(start, end) for _, start, end in found] if len({one for one, _, _ in found}) >= SYSTEM else []


@cache
def _changed_in_words() -> frozenset[str]:
    """Characters that conversion to traditional puts into words only, and the way back leaves: 像 of 想像."""
    from pypinyin.phrases_dict import phrases_dict  # slow to load, and few pages need it

    words = list(phrases_dict)
    converted = script.to_traditional("\n".join(words)).split("\n")
    pairs = [*zip(words, converted, strict=True), *script.own_words()]
    put = {b for old, new in pairs for a, b in zip(old, new, strict=False) if a != b}
    return frozenset(c for c in put if script.convert(c) == c)
