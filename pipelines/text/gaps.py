"""Runs that a decoder without private-use characters has read: where one is missing, two characters are one.

In 超市 (B3AC CAD0), out of step, ACCA is U+E0E5. Without it the run is read 承 (B3D0), and stays in step. So a reading
in which two characters may hide behind one is no proof.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product

from pipelines.text import gbk, prose

_USER_DEFINED = (
    (range(0xAA, 0xB0), range(0xA1, 0xFF)),
    (range(0xF8, 0xFF), range(0xA1, 0xFF)),
    (range(0xA1, 0xA8), range(0x40, 0xA1)),
)
"""Lead and trail bytes of GBK's private use."""
_DEARER = 10.0
"""Bits up to which two characters are likely enough beside the one."""
_LETTER = re.compile("[Ａ-Ｚａ-ｚ]")
"""A mark and half a character behind it, out of step, are a mark's first byte and what makes it a letter."""


@cache
def _hidden(char: str) -> tuple[str, ...]:
    """Two characters that make a word, and of which the one is left without the private-use character between."""
    raw = gbk.pair(char)
    if raw is None:
        return ()
    grid = gbk.grid()
    pairs = (
        (grid[raw[0] << 8 | lead], grid[trail << 8 | raw[1]])
        for leads, trails in _USER_DEFINED
        for lead, trail in product(leads, trails)
    )
    return tuple(a + b for a, b in pairs if a and b and prose.stand_together(a, b))


def may_hide(text: str) -> bool:
    """Whether two characters may hide behind one of the text; its first and last are but what it stands in."""
    return _LETTER.search(text) is not None or any(
        prose.text_cost(text[at - 1] + two + text[at + 1]) - prose.text_cost(text[at - 1 : at + 2]) < _DEARER
        for at in range(1, len(text) - 1)
        for two in _hidden(text[at])
    )
