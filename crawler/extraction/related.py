"""Lists of further reading, found by their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.extraction import words
from crawler.extraction.blocks import Block, Box, flat, pieces
from crawler.extraction.cut import leads_away
from crawler.extraction.dateline import DATE, day
from crawler.extraction.document import Document
from crawler.items import RelatedLink
from pipelines.text import headings

_LONGEST_LIST = 60
"""Blocks; a list of further reading is shorter."""
_SHORTEST = 4
"""Characters of a title."""
_LEVELS = 4
"""How far out from its heading the element of a list may be."""
_HEADING = 40
"""Characters of a heading, at most."""
_ADDRESSES = ("href", "data-href", "data-url")
_GOES = re.compile(r"(?:location(?:\.href)?\s*=|open\()\s*[\"']([^\"']+)[\"']")
_SHORT = re.compile(r"(?:…|\.{2,})$")
_NUMBER = re.compile(r"^\s*(?:[·•▪■◆●>»]|\d{1,2}[.、．])\s*")


@dataclass(slots=True)
class _Entry:
    title: str
    url: str | None
    summary: str | None = None
    on: date | None = None


@dataclass(slots=True)
class _List:
    heading: str
    entries: list[_Entry] = field(default_factory=list)


def find(document: Document, after: Block | None = None) -> tuple[RelatedLink, ...]:
    """The entries of all lists headed 延伸阅读, 相关阅读 and the like, in reading order.

    Lists count from the block ``after`` on: menus over the article have such names too. Hidden lists count: scripts
    show them later.
    """
    blocks = document.all_blocks
    start = blocks.index(after) if after is not None else 0
    lists = [_read(document, index, named) for index, named in _headings(blocks, start)]
    lists.extend(_line(document, block) for block in blocks[start:] if leads_away(block))
    found: list[RelatedLink] = []
    seen: set[str] = {document.link(document.url) or document.url}
    for one in lists:
        for entry in one.entries:
            key = entry.url or entry.title
            if key in seen:
                continue
            seen.add(key)
            found.append(
                RelatedLink(
                    position=len(found) + 1,
                    title=entry.title,
                    url=entry.url,
                    summary=entry.summary,
                    date=entry.on,
                    heading=one.heading,
                )
            )
    return tuple(found)


def _line(document: Document, block: Block) -> _List:
    """延伸閱讀：… as a line of its own."""
    entries = [entry for anchor in _anchors(block) if (entry := _entry(document, anchor, block, alone=False))]
    return _List(block.said[: re.search(r"[:：|｜>]", block.said).start()].strip(), entries)  # type: ignore[union-attr]


def _headings(blocks: list[Block], start: int) -> Iterator[tuple[int, str]]:
    """The blocks from ``start`` on that head an article's own further reading; the first of several tabs may."""
    for index, block in enumerate(blocks[start:], start):
        if len(block.said) > _HEADING or not headings.may_be_own(block.said):
            continue
        named = headings.named(block.said)
        if named is None and len(parts := pieces(block)) > 1 and all(map(_is_tab, parts)):
            named = headings.named(parts[0])
        if named is not None and headings.is_own(named):
            yield index, named


def _is_tab(text: str) -> bool:
    return headings.named(text) is not None or words.END.match(text) is not None


def _read(document: Document, index: int, named: str) -> _List:
    blocks = document.all_blocks
    heading = blocks[index]
    result = _List(named)
    tabs = 0
    while tabs < _TABS and _is_tab_of(heading, blocks[index + 1 + tabs : index + 2 + tabs]):
        tabs += 1
    behind = index + 1 + tabs
    following = blocks[behind : behind + _LONGEST_LIST]
    tabbed = tabs or headings.named(heading.said) is None
    scope = _first_list(following) if tabbed else _scope(heading, following)
    if scope is None:
        return result
    linked = any(_anchors(block) for block in following if scope in block.box.ancestors())
    if linked or not headings.is_soft(named):
        for block in following:
            if scope not in block.box.ancestors() or _ends(block, heading):
                break
            _take(document, block, result, linked=linked)
    return result


def _take(document: Document, block: Block, result: _List, *, linked: bool) -> None:
    """Adds what the block says to the list: entries, or date and summary of the last one."""
    text = block.text
    anchors = _anchors(block)
    node = (block.heading or block.box.block).node
    if anchors:
        result.entries.extend(
            entry for anchor in anchors if (entry := _entry(document, anchor, block, alone=len(anchors) == 1))
        )
        if result.entries and len(anchors) == 1 and block.links < len(text):
            _add_date(result.entries[-1], text)
    elif node.tag in _TITLES and len(text) >= 6 and (not linked or _address(document, node)):  # noqa: PLR2004
        result.entries.append(_Entry(_NUMBER.sub("", text), _address(document, node)))
    elif result.entries:
        last = result.entries[-1]
        _add_date(last, text)
        rest = DATE.sub("", text).strip(" []()【】（）")
        if last.summary is None and len(rest) >= 8:  # noqa: PLR2004 shorter is a counter or a name
            last.summary = text if DATE.match(text) is None else rest


_TABS = 6
"""Tabs in a row, at most."""


def _is_tab_of(heading: Block, following: list[Block]) -> bool:
    """Whether the block behind a heading is another tab in the same bar."""
    return bool(following) and _beside(heading, following[0]) and _is_tab(following[0].said)


def _beside(one: Block, other: Block) -> bool:
    """Whether two blocks stand in one element, as tabs do."""
    return one.box.block.parent is not None and one.box.block.parent is other.box.block.parent


def _first_list(following: list[Block]) -> Box | None:
    """The list that begins right behind the tabs: the first tab's pane."""
    around = following[0].box.ancestors() if following else ()
    return next((box for box in around if box.node.tag in {"ul", "ol", "dl", "table"}), None)


_TITLES = frozenset({"h3", "h4", "h5", "h6", "li", "dt"})


def _scope(heading: Block, following: list[Block]) -> Box | None:
    """The smallest element around the heading that holds something to read behind it."""
    if not following:
        return None
    for box in islice(heading.box.block.ancestors(), _LEVELS):
        if box.node.tag in {"body", "html"}:
            return None
        if any(box in block.box.ancestors() and len(block.text) >= 6 for block in following[:4]):  # noqa: PLR2004
            return box
    return None


def _ends(block: Block, heading: Block) -> bool:
    """Whether another part of the page begins: a heading of another list, a closing mark, a heading of equal rank."""
    text = block.said
    if len(text) <= 40 and (headings.named(text) or words.END.match(text)):  # noqa: PLR2004
        return True
    own, other = heading.heading, block.heading
    return own is not None and other is not None and own.tag == other.tag


def _anchors(block: Block) -> list[LexborNode]:
    """The links of the block that are titles."""
    if block.links < _SHORTEST or block.links < 0.4 * len(block.text):
        return []
    box: Box | None = block.box
    while box is not None and box is not box.block:
        if box.node.tag == "a":
            break
        box = box.parent
    node = block.box.block.node
    anchors = [
        anchor for anchor in node.css("a[href], a[data-href], a[data-url]") if len(anchor.text(strip=True)) >= _SHORTEST
    ]
    if not anchors:
        above: Box | None = block.box
        while above is not None:
            if above.node.tag == "a":
                return [above.node]
            above = above.parent
    return anchors


def _address(document: Document, node: LexborNode) -> str | None:
    """Where an entry leads: by its href, or by what a script goes by."""
    for key in _ADDRESSES:
        if (url := document.link(node.attrs.get(key))) is not None:
            return url
    found = _GOES.search(node.attrs.sget("onclick"))
    return document.link(found[1]) if found is not None else None


def _entry(document: Document, anchor: LexborNode, block: Block, *, alone: bool) -> _Entry | None:
    url = _address(document, anchor)
    text = flat(anchor)
    if alone and len(text) > len(block.text):
        text = block.text  # a card: the link holds title, summary and date
    full = " ".join((anchor.attrs.get("title") or "").split())
    if full and (_SHORT.search(text) or not text) and len(full) >= len(text) - 3:
        text = full
    text = _NUMBER.sub("", text)
    return _Entry(text, url) if text else None


def as_date(text: str) -> date | None:
    """The day named in a short text; None where there is none, or none of the calendar."""
    match = DATE.search(text)
    return day(match[0]) if match else None


def _add_date(entry: _Entry, text: str) -> None:
    if entry.on is None:
        entry.on = as_date(text)
