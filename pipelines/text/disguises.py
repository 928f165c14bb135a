"""Aids in other dirt, 【fā】, ` (fā)`, (Fā), (fā)(fā), &#40;fā&#41;, fā alone: found, and told in their plain form.

Whether such a token is an aid or an author's gloss is decided elsewhere, by the same rules as for 發(fā).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.text import readings, script
from pipelines.text.readings import LETTERS

_HAN = "\u3400-\u9fff"
_ESCAPED = r"&(?:amp;){0,2}"
_BLANK = rf"(?:[ \t\u00a0\u2000-\u200a\u202f\u3000]|{_ESCAPED}(?:nbsp|ensp|emsp|thinsp|#160|#xa0|#12288|#x3000);)"
_NOTHING = (
    r"(?:[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]"
    rf"|{_ESCAPED}(?:shy|zwnj|zwj|ZeroWidthSpace|#173|#820[3-7]|#x200[b-f]|#8288|#65279|#xfeff);)"
)
_GAP = rf"(?:{_BLANK}|{_NOTHING}){{0,3}}"
_OPEN = (
    rf"(?:[(（【［〔〖\[]|{_ESCAPED}(?:#40|#x28|lpar|#65288|#xff08|#91|lsqb|lbrack|#12304|#x3010);"
    rf"|(?:<|{_ESCAPED}lt;)rt(?:>|{_ESCAPED}gt;))"
)
_CLOSE = (
    rf"(?:[)）】］〕〗\]]|{_ESCAPED}(?:#41|#x29|rpar|#65289|#xff09|#93|rsqb|rbrack|#12305|#x3011);"
    rf"|(?:<|{_ESCAPED}lt;)/rt(?:>|{_ESCAPED}gt;))"
)
_CAPITALS = LETTERS.upper()
_LETTER = (
    rf"(?:[{LETTERS}{_CAPITALS}]|{_NOTHING}"
    rf"|{_ESCAPED}(?:#\d{{2,4}}|#[xX][0-9a-fA-F]{{2,3}}|[A-Za-z](?:acute|grave|caron|macr|uml));)"
)
_SYLLABLE = rf"{_LETTER}{{1,12}}[1-5１-５]?"
_NESTED = rf"(?:{_OPEN}{_GAP}{_SYLLABLE}{_GAP}{_CLOSE}{_GAP})?"
_WITHIN = rf"{_OPEN}{_GAP}{_SYLLABLE}{_GAP}{_NESTED}{_CLOSE}"
_BRACKETED = rf"(?:{_OPEN}{_GAP}{_WITHIN}{_GAP}{_CLOSE}|{_WITHIN})"
_TOKEN = re.compile(rf"(?P<blank>{_GAP})(?:{_BRACKETED})(?:{_GAP}{_BRACKETED}){{0,2}}")
_BEHIND = re.compile(rf"{_BLANK}{{1,2}}(?=[{_HAN}])")
_TONED = "āáǎàăēéěèĕīíǐìĭōóǒòŏūúǔùŭǖǘǚǜńňǹḿ\u0300\u0301\u0304\u0306\u030c"
_SIZE = 8
"""Letters of a syllable without brackets, at most."""
_BARE = re.compile(rf"(?<=[{_HAN}])[{LETTERS}]{{1,{_SIZE}}}(?![{LETTERS}])")
_PLAIN = re.compile(rf"[{_HAN}\d]|\s?[{LETTERS}]{{1,8}}[1-5]?\s?[)）](?![\s&(（\u200b-\u200f])")
"""What stands behind the bracket where it opens no token, or one in the form that needs no telling."""
_OPENINGS = "(（【［〔〖[&<"
_BEFORE = frozenset(" \t\u00a0\u3000\u00ad\u200b\u200c\u200d\u2060\ufeff")
"""What may stand between a character and its bracket."""
_TONE = re.compile(f"[{_TONED}]")
_MARKS = re.compile(r"[()（）【】［］〔〕〖〗\[\]]|</?rt>")
_SPACES = re.compile(r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")
_FIRST_TONED, _LAST_TONED = np.uint16(0xE0), np.uint16(0x30D)
"""Between these are all letters with a tone but the rarest."""
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz" + LETTERS[3:])
SYSTEM = 5
"""Different annotated characters from which on a page is a mirror's work."""


@dataclass(frozen=True, slots=True)
class Disguised:
    """A token in a form of its own: where it stands behind its character, and the syllable it says."""

    start: int
    end: int
    syllable: str


def find(text: str, *, bare: bool = True) -> list[Disguised]:
    """The tokens behind Han characters that they are readings of, in order; ``bare``: those without brackets too.

    One without a tone in a form that texts have too, 案 (an), or without brackets counts where many do the same.
    """
    bracketed = list(_bracketed(text))
    alone = list(_bare(text)) if bare and _has_bare(text) else []
    if not bracketed and not alone:
        return []
    telling = [*bracketed, *(one for one in alone if _is_toned(one))]
    changed = {text[one.start - 1] for one in telling if script.convert(text[one.start - 1]) != text[one.start - 1]}
    if len(changed) >= SYSTEM:
        return sorted(bracketed + alone, key=lambda one: one.start)
    return [one for one in bracketed if _is_toned(one)]


def _is_toned(one: Disguised) -> bool:
    return _TONE.search(unicodedata.normalize("NFC", one.syllable)) is not None or one.syllable[-1] in "12345"


def _bracketed(text: str) -> Iterator[Disguised]:
    behind = 1
    for hint in _places(text):
        start = hint
        while start > behind and text[start - 1] in _BEFORE:
            start -= 1
        if start < behind or not "\u3400" <= text[start - 1] <= "\u9fff":
            continue
        if (found := _TOKEN.match(text, start)) is None:
            continue
        syllables = _syllables(found[0])
        if len(syllables) != 1 or not readings.is_reading(syllables[0], text[start - 1]):
            continue
        end = found.end()
        if found["blank"] and (blank := _BEHIND.match(text, end)) is not None:
            end = blank.end()
        yield Disguised(start, end, syllables[0])
        behind = end


def _places(text: str) -> list[int]:
    """Where tokens may begin: at brackets that are not of the plain form behind a character."""
    return sorted(
        place for place in each(text, _OPENINGS) if text[place] not in "(（" or not (place and _is_plain(text, place))
    )


def _is_plain(text: str, place: int) -> bool:
    return "\u3400" <= text[place - 1] <= "\u9fff" and _PLAIN.match(text, place + 1) is not None


def each(text: str, characters: str) -> Iterator[int]:
    """The places of some characters, one character after the other.

    Most texts have few brackets, and ``find`` is several times faster than ``re``.
    """
    for character in characters:
        place = text.find(character)
        while place >= 0:
            yield place
            place = text.find(character, place + 1)


def _syllables(token: str) -> list[str]:
    """The different syllables in a token's brackets."""
    for _ in range(3):
        token = html.unescape(token)
    parts = _MARKS.split(_SPACES.sub("", token))
    return list(dict.fromkeys(unicodedata.normalize("NFKC", part).lower() for part in parts if part))


def _has_bare(text: str) -> bool:
    """Whether syllables with tones stand behind so many characters without brackets."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
    toned = int(np.count_nonzero((units - _FIRST_TONED) < _LAST_TONED - _FIRST_TONED))
    if toned - text.count("(") - text.count("（") < SYSTEM:  # the others stand in brackets
        return False
    characters: set[str] = set()
    for found in _TONE.finditer(text):
        start = found.start()
        least = max(start - _SIZE, 0)  # a run of letters may be endless, and each may have a tone
        while start > least and text[start - 1] in _LETTERS:
            start -= 1
        if start and "\u3400" <= text[start - 1] <= "\u9fff":
            characters.add(text[start - 1])
    return len(characters) >= SYSTEM


def _bare(text: str) -> Iterator[Disguised]:
    for found in _BARE.finditer(text):
        if readings.is_reading(found[0], text[found.start() - 1]):
            yield Disguised(found.start(), found.end(), found[0])
