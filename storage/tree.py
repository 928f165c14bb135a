"""A cluster as a tree: from the first text to its reprints, each with when it was seen and what says whence it came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.schema import article, kinship

Row = Any
"""A row of ``article``; its columns are named below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """An article of a cluster with those that came from it."""

    article_id: int
    url: str
    title: str
    source: str | None
    origin: str | None
    reprinted_from: str | None
    published_at: datetime | None
    first_seen_at: datetime
    relation: str | None
    """To the cluster's canonical article; None for that itself."""
    named: str | None
    """The medium after 转自 or 来源 that says it came from the article above it."""
    similarity: float | None
    """To the article above it, where both were compared."""
    branches: tuple[Branch, ...]
    """By the day of their publication."""


def tree(conn: Connection, cluster_id: int) -> Branch:
    """The cluster from its canonical article on; raises LookupError where there is no such cluster.

    An article hangs below the earliest one of the medium it names, else below the earlier one that it is most like.
    """
    c = article.c
    rows: Sequence[Row] = conn.execute(
        select(
            c.id, c.url, c.title, c.source, c.origin, c.reprinted_from,
            c.published_at, c.first_seen_at, c.relation, c.canonical,
        )
        .where(c.cluster_id == cluster_id)
        .order_by(c.canonical.desc(), c.published_at.is_(None), c.published_at, c.url)
    ).all()  # fmt: skip
    if not rows:
        raise LookupError(f"No cluster {cluster_id}")
    alike = _similarities(conn, [row.id for row in rows])
    above: dict[int, tuple[Row, str | None]] = {}
    below: defaultdict[int, list[Row]] = defaultdict(list)
    for place, row in enumerate(rows[1:], 1):
        above[row.id] = _source(row, rows[:place], alike)
        below[above[row.id][0].id].append(row)

    def branch(row: Row) -> Branch:
        parent, named = above.get(row.id, (None, None))
        return Branch(
            article_id=row.id,
            url=row.url,
            title=row.title,
            source=row.source,
            origin=row.origin,
            reprinted_from=row.reprinted_from,
            published_at=row.published_at,
            first_seen_at=row.first_seen_at,
            relation=row.relation,
            named=named,
            similarity=None if parent is None else alike.get(_pair(row.id, parent.id)),
            branches=tuple(branch(child) for child in below[row.id]),
        )

    return branch(rows[0])


def _source(row: Row, earlier: Sequence[Row], alike: dict[tuple[int, int], float]) -> tuple[Row, str | None]:
    """The article that this one came from, and the name that says so."""
    named = row.reprinted_from or row.origin
    for other in earlier:
        if named is not None and other.origin == named:
            return other, named
    return max(earlier, key=lambda other: alike.get(_pair(row.id, other.id), 0.0)), None  # the first of equals


def _similarities(conn: Connection, ids: list[int]) -> dict[tuple[int, int], float]:
    c = kinship.c
    pairs = select(c.article_id, c.other_id, c.similarity).where(c.article_id.in_(ids), c.other_id.in_(ids))
    return {(one, other): similarity for one, other, similarity in conn.execute(pairs)}


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)
