"""Articles in bulk: the archive's own values in Arrow columns, JSON still as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from typing import cast as cast_type

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from storage.corpus.bulk import absent_texts
from storage.corpus.fields import RELATED, Field
from storage.corpus.plan import Ids, Mask
from storage.corpus.reader import IDS
from storage.corpus.view import View
from storage.schema import article, related_link

MAYBE_TEXTS: Final = absent_texts(article)
MAYBE_LINK_TEXTS: Final = absent_texts(related_link)
LINK: Final = ("position", "title", "url", "summary", "date", "heading")


@dataclass(frozen=True, slots=True)
class Rows:
    """Some articles, each column as in the table; ``related`` are their links, as JSON text or as ``RELATED``."""

    columns: pa.RecordBatch

    def __len__(self) -> int:
        return int(self.columns.num_rows)

    def ids(self) -> Ids:
        """Their numbers."""
        return _numbers(self.columns["id"])

    def clusters(self) -> Ids:
        """The numbers of their clusters; -1 for those that are in none."""
        return _numbers(self.columns["cluster_id"].fill_null(-1))

    def published(self) -> Ids:
        """Their times of publication, in microseconds since 1970; of dated articles."""
        return _numbers(self.columns["published_at"])

    def originals(self) -> pa.Array | None:
        """The bodies as the pages have them; None where the body was not read."""
        if "body" not in self.columns.column_names:
            return None
        body, original = self.columns["body"], self.columns["body_original"]
        return body if original.null_count == len(original) else pc.coalesce(original, body)

    def keep(self, mask: Mask) -> Rows:
        """The articles where ``mask`` is true."""
        if mask.all():
            return self
        bits = pa.py_buffer(np.packbits(mask, bitorder="little"))
        return Rows(self.columns.filter(pa.Array.from_buffers(pa.bool_(), len(mask), [None, bits])))

    def part(self, begin: int, end: int) -> Rows:
        """Those from the place ``begin`` to before ``end``. They are not copied."""
        return Rows(self.columns.slice(begin, end - begin))


def scalar(value: str) -> pa.StringScalar:
    """A text for Arrow, made so that pandas is not loaded where it is installed (see ``_numbers``)."""
    data = value.encode()
    offsets = np.array([0, len(data)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])[0]


def indices(places: Ids) -> pa.Array:
    """Places for ``take``; see ``scalar``."""
    return pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)])


def needed(fields: Sequence[Field], *more: str) -> tuple[str, ...]:
    """The columns to read for these fields and ``more``: always what a digest and a card want too."""
    always = {"id", "source", "published_at", "cluster_id", "content_sha256", "rights", "damaged", "length"}
    wanted = always.union({"body_original"}, more, *(field.columns for field in fields))
    return tuple(name for name in (*article.columns.keys(), "related") if name in wanted)


def selected(view: View, names: Sequence[str], dialect: str) -> list[ColumnElement[Any]]:
    """The columns as the database has them."""
    columns = []
    for name in names:
        column = _related(view, dialect) if name == "related" else view.articles.c[name]
        columns.append(_typed(column, dialect) if name in MAYBE_TEXTS else column)
    return columns


def _typed(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """ADBC takes the type of a column of SQLite from its first rows, and so wants a text in each."""
    return func.coalesce(type_coerce(column, Text), "").label(column.name) if dialect == "sqlite" else column


def restored(batch: pa.RecordBatch, names: Sequence[str]) -> pa.RecordBatch:
    """A batch of such columns, an absent text null where it was read as an empty one."""
    columns = [_text(batch[name]) if name in MAYBE_TEXTS else batch[name] for name in names]
    return pa.RecordBatch.from_arrays(columns, names=[*names])


def links(view: View, dialect: str) -> Select[Any]:
    """The related links of the articles whose numbers take the place of ``reader.IDS``."""
    columns = view.links.c
    told = [_typed(columns[name], dialect) if name in MAYBE_LINK_TEXTS else columns[name] for name in LINK]
    return select(columns.article_id, *told).where(columns.article_id.in_([literal_column(IDS)]))


def with_links(rows: pa.RecordBatch, found: pa.Table) -> pa.RecordBatch:
    """The rows with their links, which come in any order, as a further column."""
    if not found.num_rows:
        return _listed(rows, np.zeros(len(rows) + 1, dtype=np.int32), pa.nulls(0, RELATED.value_type))
    links = found.combine_chunks().to_batches()[0]
    ids = _numbers(rows["id"])
    by_id = np.argsort(ids)
    places = by_id[np.searchsorted(ids, _numbers(links["article_id"]), sorter=by_id)]
    order = np.lexsort((_numbers(links["position"]), places))
    ordered = links.take(indices(order))
    members = [
        (_text(ordered[name]) if name in MAYBE_LINK_TEXTS else ordered[name]).cast(member.type)
        for name, member in zip(LINK, RELATED.value_type, strict=True)
    ]
    ends = np.searchsorted(places[order], np.arange(len(rows) + 1)).astype(np.int32)
    return _listed(rows, ends, pa.StructArray.from_arrays(members, fields=[*RELATED.value_type]))


def _listed(rows: pa.RecordBatch, ends: Any, links: pa.StructArray) -> pa.RecordBatch:
    offsets = pa.Array.from_buffers(pa.int32(), len(ends), [None, pa.py_buffer(ends)])
    return rows.append_column("related", pa.ListArray.from_arrays(offsets, links))


def _related(view: View, dialect: str) -> ColumnElement[Any]:
    """An article's links as one JSON text, in their order and without a space, as orjson writes it."""
    links = view.links.c
    # By its name: SQLAlchemy correlates no subquery that stands in a FROM.
    mine = links.article_id == literal_column(f"{_name(view.articles)}.id")
    columns = [type_coerce(links[name], Text).label(name) if name == "date" else links[name] for name in LINK]
    one = select(*columns).where(mine).order_by(links.position).subquery("link")
    if dialect == "sqlite":
        pairs = [part for name in LINK for part in (literal(name), one.c[name])]
        gathered: Any = func.json_group_array(func.json_object(*pairs))
    else:
        each = cast(func.row_to_json(literal_column("link")), Text)
        lines = func.string_agg(each, aggregate_order_by(literal(","), one.c.position))
        gathered = literal("[").concat(lines).concat("]")
    told = select(type_coerce(gathered, Text)).select_from(one).scalar_subquery()
    return func.coalesce(told, "[]").label("related")


def _numbers(column: pa.Array) -> Ids:
    # Arrow's to_numpy, array and scalar load pandas where it is installed: a fifth of a second and 40 MB.
    return cast_type("Ids", np.from_dlpack(column))


def _name(articles: FromClause) -> str:
    """The name under which a query knows the relation."""
    return str(getattr(articles, "name", "article"))


def _text(column: pa.Array) -> pa.Array:
    """The texts with null in place of empty ones. The texts themselves are not copied."""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    present = np.packbits(np.diff(offsets) > 0, bitorder="little")
    buffers = [pa.py_buffer(present), pa.py_buffer(np.ascontiguousarray(offsets)), column.buffers()[2]]
    return pa.Array.from_buffers(pa.string(), len(column), buffers)
