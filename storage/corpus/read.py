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
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Text,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

from storage.corpus.fields import Field
from storage.corpus.plan import NEVER, Ids, Mask
from storage.corpus.snapshot import Snapshot
from storage.corpus.view import View
from storage.schema import article
from storage.types import Day, Json

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


def needed(fields: Sequence[Field]) -> tuple[str, ...]:
    """The columns of ``article`` to read for these fields: always what a digest and a card want as well."""
    always = {"id", "source", "published_at", "cluster_id", "content_sha256", "rights", "damaged", "length"}
    wanted = always.union({"body_original"}, *(field.columns for field in fields))
    return tuple(column.name for column in article.columns if column.name in wanted)


def selected(articles: FromClause, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """The columns as they are read: no NULL in them, so that each has its type from the first row on."""
    return [_selected(articles.c[name], name).label(name) for name in names]


def restored(batch: pa.RecordBatch, names: Sequence[str]) -> pa.Table:
    """A batch of such columns with its NULLs again."""
    return pa.table({name: pa.chunked_array([_restored(batch.column(name), name)]) for name in names})


def with_links(snapshot: Snapshot, view: View, columns: pa.Table) -> Rows:
    """The articles with their related links."""
    ids = columns["id"].to_numpy()
    links = view.links.c
    texts = [func.coalesce(type_coerce(links[name], Text), "").label(name) for name in LINK if name != "position"]
    among = among_numbers(ids, snapshot.conn.dialect.name)
    found = snapshot.fetch(
        select(links.article_id, links.position, *texts)
        .where(links.article_id.in_(among))
        .order_by(links.article_id, links.position)
    )
    return Rows(columns, *linked(ids, found))


def among_numbers(ids: Ids, dialect: str) -> Select[Any]:
    """The numbers as a subquery: a list of thousands is slow to parse as SQL."""
    numbers = ",".join(map(str, ids.tolist()))
    if dialect == "sqlite":
        return select(literal_column("value", BigInteger)).select_from(func.json_each(f"[{numbers}]"))
    return select(func.unnest(cast(f"{{{numbers}}}", ARRAY(BigInteger))))


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


def _selected(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    plain = type_coerce(column, Text if is_text(article.columns[name]) else BigInteger)
    if not article.columns[name].nullable:
        return column if isinstance(article.columns[name].type, Boolean) else plain
    return func.coalesce(plain, "" if is_text(article.columns[name]) else NEVER)


def is_text(column: ColumnElement[Any]) -> bool:
    """Whether the database has it as text: words, JSON, days."""
    return isinstance(column.type, Text | Json | Day)


def _restored(column: pa.Array, name: str) -> pa.Array:
    if isinstance(article.columns[name].type, Boolean):
        return column.cast(pa.bool_())
    if not article.columns[name].nullable:
        return column
    if is_text(article.columns[name]):
        return _text(column)
    return pc.if_else(pc.equal(column, NEVER), pa.scalar(None, column.type), column)


def _text(column: pa.Array) -> pa.Array:
    """An absent text is null, never empty. The texts themselves are not copied."""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    present = np.packbits(np.diff(offsets) > 0, bitorder="little")
    buffers = [pa.py_buffer(present), pa.py_buffer(np.ascontiguousarray(offsets)), column.buffers()[2]]
    return pa.Array.from_buffers(pa.string(), len(column), buffers)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
