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
    """A non-capturing alternation of literal words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w))) + ")"
