"""Articles in bulk: the archive's own values in Arrow columns, JSON still as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from storage.corpus.bulk import is_text
from storage.corpus.fields import Field
from storage.corpus.plan import Ids, Mask
from storage.corpus.snapshot import Snapshot
from storage.corpus.view import View
from storage.schema import article

LINK: Final = ("position", "title", "url", "summary", "date", "heading")


@dataclass(frozen=True, slots=True)
class Rows:
    """Some articles: their columns as in the table, and their related links."""

    columns: pa.Table
    links: pa.Table | None
    """article_id and the members of a related link, by article in the order of ``columns`` and position."""
    counts: Ids | None
    """How many links each article has."""

    def __len__(self) -> int:
        return int(self.columns.num_rows)

    def originals(self) -> pa.ChunkedArray | None:
        """The bodies as the pages have them; None where the body was not read."""
        if "body" not in self.columns.column_names:
            return None
        body, original = self.columns["body"], self.columns["body_original"]
        return body if original.null_count == len(original) else pc.coalesce(original, body)

    def keep(self, mask: Mask) -> Rows:
        """The articles where ``mask`` is true."""
        columns = self.columns.filter(pa.array(mask))
        if self.links is None or self.counts is None:
            return Rows(columns, None, None)
        return Rows(columns, self.links.filter(pa.array(np.repeat(mask, self.counts))), self.counts[mask])


def needed(fields: Sequence[Field], *more: str) -> tuple[str, ...]:
    """The columns of ``article`` to read for these fields and ``more``: always what a digest and a card want too."""
    always = {"id", "source", "published_at", "cluster_id", "content_sha256", "rights", "damaged", "length"}
    wanted = always.union({"body_original"}, more, *(field.columns for field in fields))
    return tuple(column.name for column in article.columns if column.name in wanted)


def selected(articles: FromClause, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """The columns as the database has them."""
    return [articles.c[name] for name in names]


def restored(batch: pa.RecordBatch, names: Sequence[str]) -> pa.Table:
    """A batch of such columns, an absent text null where it was stored as an empty one."""
    columns = {name: batch.column(name) for name in names}
    maybe = {name for name in names if article.columns[name].nullable and is_text(article.columns[name].type)}
    return pa.table({name: _text(column) if name in maybe else column for name, column in columns.items()})


def with_links(snapshot: Snapshot, view: View, columns: pa.Table) -> Rows:
    """The articles with their related links."""
    ids = columns["id"].to_numpy()
    links = view.links.c
    found = snapshot.bulk.fetch(
        select(links.article_id, *(links[name] for name in LINK))
        .where(links.article_id.in_(among_numbers(ids, snapshot.conn.dialect.name)))
        .order_by(links.article_id, links.position)
    )
    return Rows(columns, *linked(ids, found))


def among_numbers(ids: Ids, dialect: str) -> Select[Any]:
    """The numbers as a subquery: a list of thousands is slow to parse as SQL."""
    numbers = ",".join(map(str, ids.tolist()))
    if dialect == "sqlite":
        return select(literal_column("value", BigInteger)).select_from(func.json_each(f"[{numbers}]"))
    return select(func.unnest(cast(literal(f"{{{numbers}}}", Text), ARRAY(BigInteger))))


def linked(ids: Ids, found: pa.Table) -> tuple[pa.Table, Ids]:
    """The links by article in the order of ``ids``, their NULLs restored, and how many each article has."""
    if not found.num_rows:
        empty = {name: pa.array([], pa.int64() if name == "position" else pa.string()) for name in LINK}
        return pa.table(empty), np.zeros(len(ids), dtype=np.int64)
    owners = found["article_id"].to_numpy()
    begins, ends = (np.searchsorted(owners, ids, side=side) for side in ("left", "right"))
    counts = ends - begins
    # The place of each link: its article's first, and on from there.
    place = np.repeat(begins - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    if not np.array_equal(place, np.arange(len(place))):
        found = found.take(pa.array(place))
    whole = {name: _whole(found[name]) for name in LINK}
    return pa.table({name: one if name == "position" else _text(one) for name, one in whole.items()}), counts


def _text(column: pa.Array) -> pa.Array:
    """The texts with null in place of empty ones. The texts themselves are not copied."""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    present = np.packbits(np.diff(offsets) > 0, bitorder="little")
    buffers = [pa.py_buffer(present), pa.py_buffer(np.ascontiguousarray(offsets)), column.buffers()[2]]
    return pa.Array.from_buffers(pa.string(), len(column), buffers)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
