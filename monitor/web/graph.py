"""The small graph of an article's related links, laid out as plain SVG coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, BOX, ROW, TOP = 760, 236, 34, 8
MOST = 8
"""Boxes on each side; the lists below the graph are whole."""
LETTERS = 15
"""Characters of a title that fit into a box."""


@dataclass(frozen=True, slots=True)
class Node:
    """A box: an article, known (with its page) or only named."""

    x: int
    y: int
    label: str
    title: str
    href: str | None
    centre: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow, as the path of an SVG curve."""

    path: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Boxes and arrows, in a picture of ``width`` × ``height``."""

    width: int
    height: int
    box: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


Named = tuple[str, str | None]
"""A title and the path of its page, if it has one."""


def graph(centre: str, incoming: Sequence[Named], outgoing: Sequence[Named]) -> Graph:
    """What links to the article on the left, the article, what it links to on the right."""
    rows = max(min(len(incoming), MOST), min(len(outgoing), MOST), 1)
    height = rows * ROW + 2 * TOP
    middle = height // 2
    hub = Node((WIDTH - BOX) // 2, middle, _short(centre), centre, None, centre=True)
    left = [_node(0, place, min(len(incoming), MOST), height, named) for place, named in enumerate(incoming[:MOST])]
    right = [
        _node(WIDTH - BOX, place, min(len(outgoing), MOST), height, named)
        for place, named in enumerate(outgoing[:MOST])
    ]
    edges = [Edge(_curve(BOX, node.y, hub.x, middle)) for node in left]
    edges += [Edge(_curve(hub.x + BOX, middle, node.x, node.y)) for node in right]
    return Graph(WIDTH, height, BOX, (*left, hub, *right), tuple(edges))


def _node(x: int, place: int, count: int, height: int, named: Named) -> Node:
    title, href = named
    return Node(x, height // 2 + round((place - (count - 1) / 2) * ROW), _short(title), title, href)


def _short(title: str) -> str:
    return title if len(title) <= LETTERS else title[: LETTERS - 1] + "…"


def _curve(x1: int, y1: int, x2: int, y2: int) -> str:
    bend = (x1 + x2) // 2
    return f"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2 - 4} {y2}"
