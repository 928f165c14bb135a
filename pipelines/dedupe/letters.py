"""The words of a text in one form, looked up character by character: for nearly every text, all that is needed."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

ENDS = "。！？；\n"
"""What ends a sentence; each becomes a line break."""
_ODD = 1
"""Stands for characters that the text around them decides on, and those that become several."""
_JOINING = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ffΣ]")
"""Parts of Hangul syllables, which NFKC joins, and the letter whose small form is another at the end of a word."""


def letters(text: str) -> str | None:
    """The letters and digits of the text in NFKC and lower case, a line break for each end of a sentence.

    None where that can't be told character by character.
    """
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
    found = _table().take(units)
    kept = found[found != 0]
    return None if (kept == _ODD).any() else kept.tobytes().decode("utf-16-le")


@cache
def _table() -> NDArray[np.uint16]:
    """For each UTF-16 unit the one that stands for it; 0 for what is no word."""
    table = np.zeros(0x10000, "<u2")
    for code, character in enumerate(map(chr, range(0x10000))):
        if character in ENDS:
            table[code] = ord("\n")
        elif "\ud800" <= character <= "\udfff":
            table[code] = _ODD
        elif character.isalnum():
            form = unicodedata.normalize("NFKC", character)
            low = form.lower()
            alone = len(low) == 1 and low <= "\uffff" and not unicodedata.combining(form) and not _JOINING.match(form)
            table[code] = ord(low) if alone else _ODD
    return table
