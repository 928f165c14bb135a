"""GBK as a grid of lead and trail bytes: what characters stand there, and how likely they are in Chinese prose."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from math import log2

from pipelines.text import script

_TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
_PUNCTUATION = frozenset("\u3000、。·…—“”‘’〈〉《》「」『』【】〔〕，：；！？（）％－／～．＋＝")

_PAIR = 2

NEVER = 100.0
"""The cost of what is no text."""
_MARK = 8.0
_ODD = 4.0
"""What a form costs that conversion to traditional would not choose: 叄 beside 參."""
_WORD = 6.0
"""What two characters that make a word together are cheaper than apart."""


def pair(character: str) -> bytes | None:
    """The character's two bytes, private use included; None where GBK writes it otherwise."""
    try:
        raw = character.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return raw if len(raw) == _PAIR else None


@cache
def character(raw: bytes) -> str | None:
    """The character of two bytes; None where there is none."""
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if len(text) == 1 else None


def row(lead: int) -> list[str]:
    """The characters of one lead byte."""
    return [c for trail in _TRAILS if (c := character(bytes((lead, trail)))) is not None]


@cache
def changed(lead: int) -> tuple[str, ...]:
    """The characters of one lead byte that conversion to simplified changes."""
    return tuple(c for c in row(lead) if script.convert(c) != c)


@cache
def _words() -> tuple[Counter[str], frozenset[str], int]:
    """How many words of a dictionary each character stands in, and which two stand together in one."""
    from pypinyin.phrases_dict import phrases_dict  # slow to load, and few pages need it

    characters: Counter[str] = Counter(c for word in phrases_dict for c in word)
    together = frozenset(a + b for word in phrases_dict for a, b in pairwise(word))
    return characters, together, characters.total()


@cache
def _simplified(char: str) -> str:
    return script.convert(char)


@cache
def _alone(char: str) -> float:
    if char in _PUNCTUATION or "０" <= char <= "９":
        return _MARK
    if not "\u3400" <= char <= "\u9fff":
        return NEVER
    characters, _, total = _words()
    simple = _simplified(char)
    odd = simple != char and script.to_traditional(simple) != char
    return log2(total / (characters[simple] + 0.1)) + _ODD * odd


def bond(before: str, char: str) -> float:
    """What standing together changes in the cost of two characters: less than 0 where they make a word."""
    return -_WORD if _simplified(before) + _simplified(char) in _words()[1] else 0.0


def cost(before: str, char: str) -> float:
    """How unlikely the character is behind another, in bits: about 9 in prose, 12 and more in misread text."""
    return _alone(char) + bond(before, char)


@cache
def lead_cost(lead: int) -> float:
    """How unlikely any character of one lead byte is, in bits."""
    return -log2(sum(2 ** -_alone(c) for c in row(lead)) + 2**-NEVER)


def text_cost(text: str) -> float:
    """The cost of a whole text."""
    return sum(cost(before, char) for before, char in pairwise(f"。{text}"))
