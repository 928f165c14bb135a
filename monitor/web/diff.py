"""What differs between two texts, as a reader wants to see it: paragraph beside paragraph, changes marked inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rapidfuzz.distance import LCSseq, Opcode
from rapidfuzz.fuzz import ratio

Mark = Literal["same", "gone", "new"]
ALIKE = 45.0
"""Paragraphs less alike than this (0–100) are not compared character by character."""
TOKEN = re.compile(r"[0-9A-Za-z]+(?:[.,][0-9]+)*|.", re.DOTALL)
"""What is compared: a number or a Latin word as a whole, else one character."""
SHORTEST = 2
"""A run of equal tokens shorter than this, between two changes, is chance: 的 equals 的 everywhere."""
LONGEST = 20_000
"""Characters of a paragraph beyond which it is only compared as a whole."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters and what became of it."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A paragraph of the earlier text beside the one of the later; an empty side has none."""

    left: tuple[Span, ...]
    right: tuple[Span, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return all(span.mark == "same" for span in (*self.left, *self.right))


@dataclass(frozen=True, slots=True)
class Folded:
    """Paragraphs left out because they are equal."""

    count: int


def compare(left: str, right: str) -> list[Pair]:
    """The two texts' paragraphs (lines), paired in order."""
    before, after = left.split("\n") if left else [], right.split("\n") if right else []
    pairs: list[Pair] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs.extend(Pair((Span("same", text),), (Span("same", text),)) for text in before[i1:i2])
        else:
            pairs.extend(_pair(before[i1:i2], after[j1:j2]))
    return pairs


def folded(pairs: Sequence[Pair], *, context: int = 1) -> list[Pair | Folded]:
    """The pairs that differ with ``context`` equal ones around each; longer runs of equal ones become one fold."""
    changed = [index for index, pair in enumerate(pairs) if not pair.same]
    shown = {near for index in changed for near in range(index - context, index + context + 1)}
    result: list[Pair | Folded] = []
    for index, pair in enumerate(pairs):
        if index in shown:
            result.append(pair)
        elif result and isinstance(result[-1], Folded):
            result[-1] = Folded(result[-1].count + 1)
        else:
            result.append(Folded(1))
    return result


def _pair(before: Sequence[str], after: Sequence[str]) -> Iterator[Pair]:
    """Changed paragraphs side by side: those alike by turns, what has no partner alone."""
    position = 0
    for text in before:
        likeness = [ratio(text, other) for other in after[position:]]
        best = max(likeness, default=0.0)
        if best < ALIKE:
            yield Pair((Span("gone", text),), ())
            continue
        partner = position + likeness.index(best)
        yield from (Pair((), (Span("new", added),)) for added in after[position:partner])
        yield _inside(text, after[partner])
        position = partner + 1
    yield from (Pair((), (Span("new", added),)) for added in after[position:])


def _inside(left: str, right: str) -> Pair:
    if max(len(left), len(right)) > LONGEST:
        return Pair((Span("gone", left),), (Span("new", right),))
    before, after = TOKEN.findall(left), TOKEN.findall(right)
    lefts: list[Span] = []
    rights: list[Span] = []
    i = j = 0
    for block in LCSseq.opcodes(before, after):
        if block.tag != "equal" or not _tells(block, before, after):
            continue
        _add(lefts, "gone", before[i : block.src_start])
        _add(rights, "new", after[j : block.dest_start])
        _add(lefts, "same", before[block.src_start : block.src_end])
        _add(rights, "same", after[block.dest_start : block.dest_end])
        i, j = block.src_end, block.dest_end
    _add(lefts, "gone", before[i:])
    _add(rights, "new", after[j:])
    return Pair(tuple(lefts), tuple(rights))


def _tells(block: Opcode, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the equal run is more than chance: long enough, or at both ends' beginning or end."""
    return (
        block.src_end - block.src_start >= SHORTEST
        or block.src_start == block.dest_start == 0
        or (block.src_end == len(before) and block.dest_end == len(after))
    )


def _add(spans: list[Span], mark: Mark, tokens: Sequence[str]) -> None:
    if not tokens:
        return
    text = "".join(tokens)
    if spans and spans[-1].mark == mark:
        spans[-1] = Span(mark, spans[-1].text + text)
    else:
        spans.append(Span(mark, text))
