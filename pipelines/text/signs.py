"""Which kinds of character stand in a text: one look at all of it, where a search for each kind takes longer."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from pipelines.text.by_table import codes

_PLANE = 0x10000
_ONCE = 0xFF


class Signs:
    """Up to 8 kinds of character of the basic plane; up to 8 characters are of the last kind where they stand twice."""

    def __init__(self, kinds: Sequence[re.Pattern[str]], twice: str) -> None:
        characters = "".join(map(chr, range(_PLANE)))
        self._last = 1 << len(kinds) - 1
        self._table = np.zeros(_PLANE + 1, np.uint16)
        for bit, kind in enumerate(kinds):
            self._table[codes("".join(kind.findall(characters)))] |= np.uint16(1 << bit)
        self._table[codes(twice)] |= np.uint16(_ONCE + 1) << np.arange(len(twice), dtype=np.uint16)

    def of(self, text: str) -> int:
        """A bit for each kind that stands in the text, in their order."""
        found = self._table.take(codes(text), mode="clip")
        once = int(np.bitwise_or.reduce(found, initial=0)) & _ONCE
        twice = np.bitwise_or.reduce(found[1:] & found[:-1], initial=0) > _ONCE
        return once | self._last if twice else once
