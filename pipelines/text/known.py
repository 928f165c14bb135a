"""Takes known bracketed tokens out of a text at once: numpy looks at all brackets together, where ``re`` takes each.

A token is a character and the bracket behind it, 發(fā). As UTF-16 it fits into a row of three 64-bit words, which
are hashed into one; two of 2^47 rows would be taken for each other.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

_WORDS = 3
_LENGTH = 4 * _WORDS
"""Characters a token may have."""
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_SLOTS = 1 << 15
"""So many that few of some thousand tokens find both their places taken, and a cache holds them."""
_OPEN, _CLOSE, _WIDE_OPEN = ord("("), ord(")"), ord("（")
_PADDING = "\0" * _LENGTH
_FIRST = np.array(
    [np.frombuffer(b"\xff\xff" * n + b"\0\0" * (_LENGTH - n), np.uint64) for n in range(_LENGTH + 1)], np.uint64
)
"""By length: what of a row belongs to a token."""

Tokens: TypeAlias = npt.NDArray[np.uint64]
"""Tokens, each as its hash."""
_Checks: TypeAlias = npt.NDArray[np.uint32]


def _places(hashes: Tokens) -> tuple[Tokens, Tokens, _Checks]:
    """The two slots that a hash may stand in, and what stands there."""
    check = (hashes & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return hashes >> np.uint64(49), hashes >> np.uint64(32) & np.uint64(_SLOTS - 1), check


class Known:
    """A set of tokens that grows, with ASCII brackets."""

    def __init__(self) -> None:
        self._checks = np.zeros(_SLOTS, np.uint32)

    def add(self, token: str) -> None:
        """Learns a token; what is too long, or not in the basic plane, isn't. One may push another out."""
        raw = token.encode("utf-16-le", "surrogatepass")
        if len(raw) > 2 * _LENGTH or len(raw) != 2 * len(token) or token[1] != "(" or token[-1] != ")":
            return
        one, other, check = _places(np.frombuffer(raw.ljust(2 * _LENGTH, b"\0"), np.uint64)[None] @ _FACTORS)
        self._checks[other if self._checks[one] else one] = check

    def remove(self, text: str) -> tuple[str, Tokens]:
        """The text with known tokens cut down to their character, and these, in order.

        A token that another bracket follows, 樂(lè)(yuè)清, stays: the second must not seem to belong to the character.
        """
        raw = (text + _PADDING).encode("utf-16-le", "surrogatepass")
        units = np.frombuffer(raw, np.uint16)
        before = ((units[1:] | 1) == _CLOSE).nonzero()[0]  # a bracket
        kinds = units.take(before + 1)
        pairs = (kinds[:-1] < kinds[1:]).nonzero()[0]  # ( and then )
        start = before.take(pairs)
        size = before.take(pairs + 1) - start + 1
        windows = np.ndarray((len(units) - _LENGTH + 1, _WORDS), np.uint64, raw, strides=(2, 8))
        rows = windows[start]
        rows &= _FIRST.take(size + 1, axis=0, mode="clip")
        hashes = rows @ _FACTORS
        one, other, check = _places(hashes)
        hits = ((self._checks.take(one) == check) | (self._checks.take(other) == check)).nonzero()[0]
        after = units.take(start.take(hits) + size.take(hits) + 1)
        alone = (after != _OPEN) & (after != _WIDE_OPEN)
        if not alone.all():
            hits = hits[alone]
        if not hits.size:
            return text, hashes[:0]
        return _without(units[:-_LENGTH], start.take(hits) + 1, size.take(hits)), hashes.take(hits)


def _without(units: npt.NDArray[np.uint16], starts: npt.NDArray[np.intp], sizes: npt.NDArray[np.intp]) -> str:
    """The text of the units without the pieces that begin at ``starts``."""
    ends = starts + sizes
    lengths = np.empty(2 * len(starts) + 1, np.intp)  # of what is kept, goes, is kept …
    lengths[0] = starts[0]
    lengths[1::2] = sizes
    lengths[2:-1:2] = starts[1:] - ends[:-1]
    lengths[-1] = len(units) - ends[-1]
    kept = (np.arange(len(lengths)) & 1 == 0).repeat(lengths)
    return units.compress(kept).tobytes().decode("utf-16-le", "surrogatepass")
