"""A conversion of OpenCC for whole pages: characters by a table, and OpenCC for the words that it reads otherwise.

OpenCC takes the longest word of its dictionaries at each place, else the character. So where no word begins, a table
of what it makes of each character says the same, many times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

HAN = (range(0x2E80, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x323B0))
"""The blocks of code points that a conversion may change."""
_CODES = 0x110000
_BEGINS = 1 << 31
"""Beside a code point: words begin with the character."""
_SLOTS = 1 << 16
_FACTOR = np.uint32(0x9E3779B1)
_SHIFT = np.uint32(16)

_Codes: TypeAlias = npt.NDArray[np.uint32]


def codes(text: str) -> _Codes:
    """The text's code points."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _slots(first: _Codes, second: _Codes) -> _Codes:
    slots: _Codes = (first * _FACTOR + second) * _FACTOR >> _SHIFT
    return slots


class ByTable:
    """The same as ``convert`` with these ``words``, which must keep their length (ValueError)."""

    def __init__(self, convert: Callable[[str], str], words: Sequence[str]) -> None:
        for word, made in zip(words, convert("\n".join(words)).split("\n"), strict=True):
            if len(word) != len(made):
                raise ValueError(f"{word!r} becomes {made!r}, of another length")
        self._convert = convert
        self._longest = max(map(len, words))
        characters = "".join(map(chr, chain.from_iterable(HAN)))
        self._table = np.arange(_CODES, dtype=np.uint32)
        self._table[codes(characters)] = codes(convert("\n".join(characters)))[::2]
        pairs = codes("".join(word[:2] for word in words if len(word) > 1)).reshape(-1, 2)
        self._table[pairs[:, 0]] |= np.uint32(_BEGINS)
        self._begins = np.zeros(_SLOTS, np.bool_)
        self._begins[_slots(pairs[:, 0], pairs[:, 1])] = True

    def __call__(self, text: str) -> str:
        """The text converted."""
        given = codes(text)
        made = self._table.take(given)
        places = (made >= _BEGINS).nonzero()[0]
        if not places.size:
            return made.tobytes().decode("utf-32-le", "surrogatepass")
        made[places] ^= np.uint32(_BEGINS)
        places = places[self._begins.take(_slots(given.take(places), given.take(places + 1, mode="clip")))]
        if places.size:
            windows = self._windows(places.tolist(), len(text))
            words = codes(self._convert("\n".join([text[start:end] for start, end in windows])))
            done = 0
            for start, end in windows:
                made[start:end] = words[done : done + end - start]
                done += end - start + 1
        return made.tobytes().decode("utf-32-le", "surrogatepass")

    def _windows(self, places: list[int], size: int) -> list[tuple[int, int]]:
        """Pieces of text of which no word reaches out: where words may begin, joined where they may overlap."""
        windows: list[tuple[int, int]] = []
        start, end = places[0], places[0] + self._longest
        for place in places:
            if place >= end:
                windows.append((start, end))
                start = place
            end = place + self._longest
        return [*windows, (start, min(end, size))]
