"""How likely a character is in Chinese prose, in bits, by how often it stands alone and behind another in words."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import pairwise
from math import log2
from pathlib import Path
from string import ascii_letters

from pipelines.text import script

NEVER = 100.0
"""The cost of what is no text."""
_COUNTS = Path(__file__).with_name("prose.txt")
"""Made by ``count_prose.py``."""
_MARKS = {"，": 4.5, "。": 5.5, "、": 5.5, "“": 7.0, "”": 7.0}
_MARK = 9.0
_RARER = frozenset("\u3000·…—‘’〈〉《》「」『』【】〔〕：；！？（）％－／～．＋＝０１２３４５６７８９")
_SYMBOL = 14.0
"""The cost of what GB 2312 has besides: ⑦, ℃, Ⅲ."""
_RARE = 40.0
"""The cost of a Han character that the counts do not have: it is as good as never in a run of few."""
_ODD = 4.0
"""What a form costs that conversion to traditional would not choose: 叄 beside 參."""
_EXPECTED = 0.5
"""How much of what stands behind a character is told by the words it begins; the rest, by how often it stands alone."""


@cache
def _counts() -> tuple[dict[str, float], dict[str, float], frozenset[str]]:
    """Log2 of how often a character, and two together, are to be expected; which two make a word that is no name."""
    alone: dict[str, float] = {}
    together: dict[str, float] = {}
    everyday: set[str] = set()
    for line in _COUNTS.read_text(encoding="utf-8").splitlines():
        words, _, names = line.partition("\t")
        first, words = words[0], words[2:]
        alone[first] = ascii_letters.index(line[1]) / 2
        pairs = words + names
        together.update((first + c, ascii_letters.index(n) / 2) for c, n in zip(pairs[::2], pairs[1::2], strict=True))
        everyday.update(first + c for c in words[::2])
    return alone, together, frozenset(everyday)


@cache
def _total() -> float:
    return log2(sum(2**bits for bits in _counts()[0].values()))


@cache
def simplified(char: str) -> str:
    """The character as simplified text has it."""
    return script.convert(char) if "\u3400" <= char <= "\u9fff" else char


def is_symbol(char: str) -> bool:
    """Whether it is a sign of GB 2312 that is neither Han nor ASCII."""
    return char > "\x7f" and len(char.encode("gb2312", "ignore")) > 1


@cache
def alone(char: str) -> float:
    """How unlikely the character is by itself."""
    if char in _MARKS:
        return _MARKS[char]
    if char in _RARER:
        return _MARK
    if not "\u3400" <= char <= "\u9fff":
        return _SYMBOL if is_symbol(char) else NEVER
    known = _counts()[0].get(simplified(char))
    return (_RARE if known is None else _total() - known) + _ODD * is_odd(char)


@cache
def is_odd(char: str) -> bool:
    """Whether conversion to traditional would not choose that form of the character by itself."""
    simple = simplified(char)
    return simple != char and script.to_traditional(simple) != char


def chosen(text: str) -> float:
    """The bits to take back for odd forms that conversion chooses in this text: 儘 in 儘快."""
    if not any(map(is_odd, text)):
        return 0.0
    forward = script.to_traditional("".join(map(simplified, text)))
    return _ODD * sum(a == b and is_odd(a) for a, b in zip(text, forward, strict=False))


@lru_cache(maxsize=65_536)
def bond(before: str, char: str) -> float:
    """What standing together changes in the cost of the second: less than 0 where they stand in a word."""
    counts, together, _ = _counts()
    pair = simplified(before) + simplified(char)
    if (known := together.get(pair)) is None:
        return -log2(1 - _EXPECTED)
    behind = 2 ** (known - counts[pair[0]])
    by_chance = 2 ** -alone(pair[1])
    return log2(by_chance / (_EXPECTED * behind + (1 - _EXPECTED) * by_chance))


def cost(before: str, char: str) -> float:
    """How unlikely the character is behind another: about 8 in prose, 15 and more in misread text."""
    return alone(char) + bond(before, char)


def stand_together(before: str, char: str) -> bool:
    """Whether the two stand together in words."""
    return simplified(before) + simplified(char) in _counts()[1]


def is_everyday(before: str, char: str) -> bool:
    """Whether the two stand together in words of everyday use that are no names."""
    return simplified(before) + simplified(char) in _counts()[2]


def text_cost(text: str) -> float:
    """The cost of a whole text."""
    return sum(cost(before, char) for before, char in pairwise(f"。{text}"))
