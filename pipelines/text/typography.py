"""Spaces, zero-width and private-use characters, widths."""

from __future__ import annotations

import re

_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_NOTHING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")


def tidy(text: str) -> str:
    """Spaces become plain, invisible characters go."""
    return _NOTHING.sub("", _SPACES.sub(" ", text))
