"""The words that the rules of this package are built from, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

HAN: Final = r"\u3400-\u4dbf\u4e00-\u9fff"


@cache
def terms() -> dict[str, Any]:
    """``policy_terms.toml`` as it stands."""
    return tomllib.loads((files("pipelines") / "data" / "policy_terms.toml").read_text("utf-8"))


def any_of(words: Iterable[str]) -> str:
    """A non-capturing alternation of literal words, the longest first.

    Words that begin alike share their beginning, so that a place that none of them fits costs one look and not one
    for each word.
    """
    tails: dict[str, set[str]] = {}
    ends = False
    for word in words:
        if word:
            tails.setdefault(word[0], set()).add(word[1:])
        else:
            ends = True
    if not tails:
        return ""
    branches = "|".join(re.escape(first) + any_of(rest) for first, rest in sorted(tails.items()))
    return f"(?:{branches}){'?' if ends else ''}"
