"""Which blocks of a page are the article's text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.extraction import words
from crawler.extraction.blocks import Block, Box

_SENTENCE = 10
"""The least weight of a sentence that a text may begin with."""
_NEAR = 10
"""Blocks; byline and tools between title and text are fewer."""
_LIST = 3
"""Titles that make a list of articles with their summaries."""
_SHARES = (1.0, 0.6, 0.3, 0.15)
"""How much of a paragraph's weight goes to the element around it, the next one out, and so on."""


@dataclass(slots=True)
class Body:
    """The part of a page that holds the text: blocks ``start`` to ``stop`` (exclusive) of the page."""

    node: LexborNode
    start: int
    stop: int


def weight(block: Block) -> float:
    """How much the block looks like running text: its characters outside links, less where it has no punctuation."""
    text = block.text
    plain = len(text) - block.links
    if plain < 6 or block.links * 2 > len(text):  # noqa: PLR2004 too short, or mostly links
        return 0.0
    if plain < 300 and words.FOOT.search(text) is not None:  # noqa: PLR2004 a site's foot is short
        return 0.0
    if words.PUNCTUATION.search(text) is None:
        return plain * 0.2
    return plain if plain >= 20 else plain * 0.5  # noqa: PLR2004


def _name(box: Box) -> str:
    attributes = box.node.attributes
    return f"{attributes.get('id') or ''} {attributes.get('class') or ''}"


@lru_cache(4096)
def _speaks(name: str) -> tuple[bool, bool]:
    """Whether an element's name speaks for it, and whether against it; a site has few names."""
    return words.GOOD_NAME.search(name) is not None, words.BAD_NAME.search(name) is not None


def _prior(box: Box, priors: dict[Box, float]) -> float:
    """How likely names of this element and of those around it make it the body's element."""
    unknown: list[Box] = []
    prior = 1.0
    for one in box.ancestors():
        if one in priors:
            prior = priors[one]
            break
        unknown.append(one)
    for one in reversed(unknown):
        _, bad = _speaks(_name(one))
        prior = priors[one] = max(prior * (0.3 if bad else 1.0), 0.01)
    return prior


def find(blocks: list[Block], anchor: int | None = None) -> Body | None:
    """The element with the article's text and its range of blocks, or None where nothing reads like text.

    Each paragraph lends its weight to the elements around it, less the further out. Names of elements speak for or
    against them. ``anchor`` is the block of title or byline, where one is sure: what begins close behind it is believed
    more, what stands before it less.
    """
    seen: dict[Box, _Candidate] = {}
    priors: dict[Box, float] = {}
    for index, block in enumerate(blocks):
        value = weight(block) * _prior(block.box, priors)
        title = block.links >= 0.8 * len(block.text) and len(block.text) >= 6  # noqa: PLR2004 of another article
        if anchor is not None and index < anchor:
            value *= 0.5
        for box, share in zip(_around(block), _SHARES, strict=False):
            candidate = seen.setdefault(box, _Candidate())
            candidate.score += value * share
            candidate.titles += title
            candidate.others += not title
            if anchor is not None and index > anchor and value >= _SENTENCE:
                candidate.begins = index if candidate.begins is None else candidate.begins
    lists = {box for box, one in seen.items() if one.titles >= max(_LIST, 0.8 * one.others)}
    best = max(seen, key=lambda box: _value(box, seen[box], anchor, lists), default=None)
    return within(blocks, best.node) if best is not None and seen[best].score > 0 else None


@dataclass(slots=True)
class _Candidate:
    """An element that may be the body's, and what speaks for it."""

    score: float = 0.0
    titles: int = 0
    """Lines that are links to other articles."""
    others: int = 0
    begins: int | None = None
    """The first block in it, behind the anchor, that is a sentence."""


def _value(box: Box, one: _Candidate, anchor: int | None, lists: set[Box]) -> float:
    good, _ = _speaks(_name(box))
    value = one.score * (1.3 if good else 1.0)
    if anchor is not None and one.begins is not None:
        value *= 1 + 2 / (1 + (one.begins - anchor) // _NEAR)
    return value * 0.1 if any(outer in lists for outer in islice(box.ancestors(), 2)) else value


def _around(block: Block) -> Iterator[Box]:
    """The elements around a paragraph, from the inside out; its own where no tag makes it a paragraph."""
    box: Box | None = block.box.block
    if box is not None and _is_paragraph(box):
        box = box.parent
    while box is not None:
        if box.block is box:
            yield box
        box = box.parent


def within(blocks: list[Block], node: LexborNode) -> Body | None:
    """The range of blocks inside an element; None where it has none."""
    wanted = node.mem_id
    known: dict[Box, bool] = {}
    inside = [index for index, block in enumerate(blocks) if _is_within(block.box, wanted, known)]
    return Body(node, inside[0], inside[-1] + 1) if inside else None


def _is_within(box: Box, wanted: int, known: dict[Box, bool]) -> bool:
    """Whether the box is the wanted element's or stands in it; ``known`` says it of those met before."""
    met: list[Box] = []
    answer = False
    for one in box.ancestors():
        if (before := known.get(one)) is not None:
            answer = before
            break
        met.append(one)
        if one.node.mem_id == wanted:
            answer = True
            break
    known.update(dict.fromkeys(met, answer))
    return answer


_PARAGRAPHS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "tr",
        "dd",
        "dt",
        "blockquote",
        "figcaption",
        "figure",
        "pre",
        "ul",
        "ol",
        "tbody",
        "table",
    ]
)


def _is_paragraph(box: Box) -> bool:
    return (box.node.tag or "") in _PARAGRAPHS
