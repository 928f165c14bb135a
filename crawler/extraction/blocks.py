"""A page as the list of its text blocks, in reading order: what every other reader works on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.text.annotations import SYLLABLE


def _tag_ids(*names: str) -> frozenset[int]:
    """The parser's numbers of tags: comparing numbers is several times faster than comparing names."""
    parser = LexborHTMLParser("")
    return frozenset(parser.create_node(name).tag_id for name in names)


BLOCK = _tag_ids(
    *(
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
    ),
    *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
    *("hgroup", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td"),
    *("tfoot", "th", "thead", "tr", "ul"),
)
SKIPPED = _tag_ids(
    *("script", "style", "noscript", "template", "select", "option", "textarea", "button", "iframe", "svg", "object"),
    *("canvas", "audio", "head", "title"),
)
HEADINGS = _tag_ids(*["h1", "h2", "h3", "h4", "h5", "h6"])
_BOLD = _tag_ids("b", "strong")
(LINK,) = _tag_ids("a")
(_BREAK,) = _tag_ids("br")
(_ROW,) = _tag_ids("tr")
(_TABLE,) = _tag_ids("table")
(_PRE,) = _tag_ids("pre")
_CELLS = _tag_ids("td", "th")
_CELL = "\0"
"""Stands between cells while a row is gathered; the parser lets none through."""
_TEXT = 2
"""The parser's number of text nodes; fixed in its source."""

_AID = re.compile(rf"(?<=[\u4e00-\u9fff])[(（]\s?{SYLLABLE}\s?[)）]")
_HIDDEN = re.compile(r"(?i)display\s*:\s*none")
_INDENTED = re.compile(r"[\r\n][ \t]*(?=\u3000\u3000|\xa0\xa0\xa0\xa0)")
_CELL_LIMIT = 400
"""Characters; a table with a longer cell is a frame for text, not a table of data."""


class Box:
    """An element that has text somewhere inside, and what of it matters for its text."""

    __slots__ = ("_block", "_heading", "_row", "_size", "bold", "hidden", "is_row", "link", "node", "parent", "tag")
    # No box refers to itself: pages are freed as soon as they are read, not when the collector comes round.

    def __init__(self, node: LexborNode, parent: Box | None, *, hidden: bool = False, is_row: bool = False) -> None:
        self.node = node
        self.tag = tag = node.tag_id
        self.parent = parent
        self.is_row = is_row
        self._row: Box | None = None
        self._heading: Box | None = None
        self._block: Box | None = None
        self._size: int | None = None
        if parent is None:
            self.hidden = self.link = self.bold = False
            return
        self.hidden = hidden or parent.hidden
        self.link = parent.link or tag == LINK
        self.bold = parent.bold or tag in _BOLD
        self._heading = parent.heading
        self._row = parent.row
        self._block = self._row or (None if tag in BLOCK else parent.block)

    @property
    def block(self) -> Box:
        """The element whose text it is part of: the innermost block, or the row of a table of data."""
        return self._block or self

    @property
    def row(self) -> Box | None:
        """The row of a table of data that it is or stands in."""
        return self if self.is_row else self._row

    @property
    def heading(self) -> Box | None:
        """The h1 to h6 that it is or stands in."""
        return self if self.tag in HEADINGS else self._heading

    @property
    def size(self) -> int:
        """Characters of its text, white space aside; counted once, as a text that <br> divides asks at every line."""
        if self._size is None:
            self._size = len("".join(self.node.text().split()))
        return self._size

    def ancestors(self) -> Iterator[Box]:
        """The element itself and all around it, from the inside out."""
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent


class Block:
    """One paragraph, heading, list item or table row; a line where <br> divides."""

    __slots__ = ("bold", "box", "links", "said", "text")

    def __init__(self, box: Box, text: str, links: int, bold: int) -> None:
        self.box = box
        self.text = text
        """White space collapsed, never empty; cells of a table row are joined by a tab."""
        self.said = without_aids(text)
        """The text without a mirror's reading aids: what rules look at."""
        self.links = links
        """How many of its characters stand in links."""
        self.bold = bold
        """How many of its characters are bold."""

    @property
    def hidden(self) -> bool:
        """Whether the page hides it until a script shows it."""
        return self.box.hidden

    @property
    def heading(self) -> Box | None:
        """The h1 to h6 it stands in."""
        return self.box.heading

    def __repr__(self) -> str:
        return f"Block(<{self.box.node.tag}>, {self.text!r}, links={self.links})"


def without_aids(text: str) -> str:
    """The text without reading aids behind its characters, 閱(yuè)讀(dú): labels and headings have them too."""
    return _AID.sub("", text) if "(" in text or "（" in text else text


def flat(node: LexborNode) -> str:
    """The element's text on one line."""
    return " ".join(node.text().split())


def pieces(block: Block) -> list[str]:
    """The block's text as its inner elements divide it; whole where its element holds other blocks too."""
    box = block.box.block
    if box.size > 2 * len(block.text) + 20:
        return [block.said]
    texts = (part.text_content or "" for part in box.node.traverse(include_text=True) if part.is_text_node)
    return [without_aids(text) for part in texts if (text := " ".join(part.split()))]


def _last(node: LexborNode) -> int:
    """The ``mem_id`` of the last node inside the element, as a walk meets them; 0 where it is empty."""
    last = 0
    while (inner := node.last_child) is not None:
        node, last = inner, inner.mem_id
    return last


def _table_of(row: LexborNode) -> LexborNode | None:
    table = row.parent
    while table is not None and table.tag_id != _TABLE:
        table = table.parent
    return table


def _is_data(table: LexborNode) -> bool:
    """Whether the table is one of data: small cells, at least two a row, no table inside."""
    if len(table.css("table")) > 1 or table.css_first("h1, h2, h3, h4, ul, ol, form, hr") is not None:
        return False
    rows = table.css("tr")
    cells = table.css("td, th")
    several = sum(len(row.css("td, th")) >= 2 for row in rows)  # noqa: PLR2004 a head row may span
    if len(rows) < 2 or several < 0.6 * len(rows):  # noqa: PLR2004
        return False
    return all(len(cell.text_content or "") <= _CELL_LIMIT for cell in cells)


def blocks(root: LexborNode, *, skip: frozenset[int] = frozenset()) -> list[Block]:
    """The text blocks inside ``root`` in document order, without scripts and form fields.

    ``skip`` holds the ``mem_id`` of elements to leave out with all they hold.
    """
    return _Collector(root, skip).collect()


class _Collector:
    """Walks an element once and gathers its text; a block ends where its element does, or at a <br>."""

    def __init__(self, root: LexborNode, skip: frozenset[int]) -> None:
        self.root = root
        self.top = root.mem_id
        self.skip = skip
        styled = root.css('[style*="none" i]')
        self.hidden = {node.mem_id for node in styled if _HIDDEN.search(node.attrs.sget("style"))}
        self.hidden.update(node.mem_id for node in root.css("[hidden]"))
        self.boxes: dict[int, Box] = {}
        self.tables: dict[int, bool] = {}
        self.found: list[Block] = []
        self.parts: list[str] = []
        self.current: Box | None = None
        self.links = self.bold = 0

    def collect(self) -> list[Block]:
        skip, until = self.skip, 0
        for node in self.root.traverse(include_text=True):
            tag = node.tag_id
            if tag == _TEXT:
                if not until:
                    self.text(node)
            elif self.parts and tag in BLOCK:
                self.boundary(node, tag)
            elif self.parts and tag == _BREAK:
                if self.in_row():
                    self.parts.append(" ")
                else:
                    self.flush()
            if until:
                if node.mem_id == until:
                    until = 0
            elif tag in SKIPPED or (skip and node.mem_id in skip):
                until = _last(node)
        self.flush()
        return self.found

    def text(self, node: LexborNode) -> None:
        text = node.text_content
        if not text or (not self.parts and text.isspace()):
            return
        above = node.parent
        if above is None:
            return
        box = self.boxes.get(above.mem_id) or self.box_of(above)
        current = self.current
        if box is not current and (current is None or box.block is not current.block or box.hidden != current.hidden):
            self.flush()
            if text.isspace():
                return
            self.current = box
        self.parts.append(text)
        if box.link:
            self.links += len(text.strip())
        if box.bold:
            self.bold += len(text.strip())

    def boundary(self, node: LexborNode, tag: int) -> None:
        if self.in_row() and (row := self.box_of(node).row) is not None and row.node.mem_id != node.mem_id:
            self.parts.append(_CELL if tag in _CELLS else " ")
        else:
            self.flush()

    def in_row(self) -> bool:
        """Whether the text gathered stands in a row of a table of data: the row is its block, whatever it holds."""
        return self.current is not None and self.current.row is not None

    def flush(self) -> None:
        current = self.current
        if not self.parts or current is None:
            return
        raw = "".join(self.parts)
        self.parts.clear()
        if current.row is not None:
            self.found_text(current, "\t".join(" ".join(cell.split()) for cell in raw.split(_CELL)).strip())
        else:
            for piece in raw.split("\n") if current.block.tag == _PRE else _INDENTED.split(raw):
                self.found_text(current, " ".join(piece.split()))
        self.links = self.bold = 0

    def found_text(self, box: Box, text: str) -> None:
        if text:
            size = len(text)
            self.found.append(Block(box, text, min(self.links, size), min(self.bold, size)))

    def box_of(self, node: LexborNode) -> Box:
        key = node.mem_id
        chain: list[tuple[int, LexborNode]] = []
        while (box := self.boxes.get(key)) is None:
            chain.append((key, node))
            if key == self.top or (above := node.parent) is None:
                break
            node = above
            key = node.mem_id
        for key, node in reversed(chain):
            is_row = node.tag_id == _ROW and box is not None and box.row is None and self.is_data(node)
            box = self.boxes[key] = Box(node, box, hidden=key in self.hidden, is_row=is_row)
        assert box is not None
        return box

    def is_data(self, row: LexborNode) -> bool:
        table = _table_of(row)
        if table is None:
            return False
        key = table.mem_id
        if key not in self.tables:
            self.tables[key] = _is_data(table)
        return self.tables[key]
