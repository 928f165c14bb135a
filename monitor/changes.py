"""Which sentences of a text changed."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

_SENTENCE: Final = re.compile(r"[^。！？；\n]+[。！？；]?")
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Changed:
    """A place of a text that reads otherwise; ``before`` is empty where words came in, ``after`` where they went."""

    before: str
    after: str


def changed_sentences(before: str, after: str) -> tuple[Changed, ...]:
    """The sentences that differ, in order, at most 20; spaces alone are no difference."""
    old, new = _sentences(before), _sentences(after)
    matcher = difflib.SequenceMatcher(None, [_bare(one) for one in old], [_bare(one) for one in new], autojunk=False)
    found = [
        Changed("".join(old[first:last]), "".join(new[start:end]))
        for what, first, last, start, end in matcher.get_opcodes()
        if what != "equal"
    ]
    return tuple(found[:MOST])


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in _SENTENCE.findall(text) if one.strip()]


def _bare(sentence: str) -> str:
    return re.sub(r"\s+", "", sentence)
