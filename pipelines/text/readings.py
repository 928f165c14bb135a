"""Which pinyin syllables are readings of which character."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache, lru_cache

LETTERS = "a-zɡɑāáǎàăēéěèĕêīíǐìĭōóǒòŏūúǔùŭüǖǘǚǜńňǹḿ\u0300\u0301\u0304\u0306\u0308\u030c"
"""What syllables are written with, as the inside of a class of characters."""
_CARON = "\N{COMBINING CARON}"
_ALIKE = str.maketrans({"ɡ": "g", "ɑ": "a", "\N{COMBINING BREVE}": _CARON})
_TONES = str.maketrans(dict.fromkeys("\u0300\u0301\u0304\u030c"))


@cache
def _dictionary() -> dict[int, str]:
    from pypinyin.constants import PINYIN_DICT  # 0.1 s to load, and few runs need it

    return dict(PINYIN_DICT)


def normal(syllable: str) -> str:
    """A syllable as written anywhere (ɡ for g, ă for ǎ, v for ü, combining or whole letters) in one form."""
    text = unicodedata.normalize("NFD", syllable.lower()).translate(_ALIKE)
    return unicodedata.normalize("NFC", text.replace("v", "u\N{COMBINING DIAERESIS}"))


def toneless(syllable: str) -> str:
    """The syllable without its tone; ü stays."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", syllable).translate(_TONES))


@cache
def readings(character: str) -> tuple[str, ...]:
    """All readings of one character with tones, the commonest first; none for what is not Han."""
    return tuple(normal(reading) for reading in _dictionary().get(ord(character), "").split(",") if reading)


@lru_cache(maxsize=65_536)
def is_reading(syllable: str, character: str) -> bool:
    """Whether the syllable, with its tone or without any, is a reading of the character."""
    return any(_says(syllable, reading) for reading in readings(character))


def is_usual(syllable: str, character: str) -> bool:
    """Whether it is the reading that a table with one reading a character would have: the dictionary's first."""
    return any(_says(syllable, reading) for reading in readings(character)[:1])


@cache
def _in_words() -> dict[str, str]:
    """The reading that each (simplified) character has in most words."""
    from pypinyin.phrases_dict import phrases_dict

    counts: dict[str, Counter[str]] = {}
    for word, syllables in phrases_dict.items():
        for character, (reading, *_) in zip(word, syllables, strict=False):
            counts.setdefault(character, Counter())[reading] += 1
    return {character: normal(count.most_common(1)[0][0]) for character, count in counts.items()}


def is_usual_in_words(syllable: str, character: str) -> bool:
    """Whether it is the reading that most words have with the (simplified) character: 兴 xīng, not xìng."""
    reading = _in_words().get(character)
    return reading is not None and _says(syllable, reading)


def _says(syllable: str, reading: str) -> bool:
    said, plain = normal(syllable), toneless(reading)
    return said in {reading, plain} or said.replace("ü", "u") == plain.replace("ü", "u")
