"""Articles in bulk: the archive's own values in Arrow columns, JSON still as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.corpus.fields import Field
from storage.corpus.plan import Ids
from storage.corpus.snapshot import Snapshot
from storage.schema import article

NEVER: Final = -(2**63)
"""Stands for NULL among numbers on the way out of the database."""
LINK: Final = ("position", "title", "url", "summary", "date", "heading")


@dataclass(frozen=True, slots=True)
class Rows:
    """Some articles: their columns as in the table, and their related links."""

    columns: pa.Table
    links: pa.Table | None
    """article_id and the members of a related link, by article in the order of ``columns`` and position."""
    counts: np.ndarray[tuple[int], np.dtype[np.int64]] | None
    """How many links each article has."""

    def __len__(self) -> int:
        return int(self.columns.num_rows)

    def originals(self) -> pa.ChunkedArray | None:
        """The bodies as the pages have them; None where the body was not read."""
        if "body" not in self.columns.column_names:
            return None
        body, original = self.columns["body"], self.columns["body_original"]
        return body if original.null_count == len(original) else pc.coalesce(original, body)

    def keep(self, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Rows:
        """The articles where ``mask`` is true."""
        columns = self.columns.filter(pa.array(mask))
        if self.links is None or self.counts is None:
            return Rows(columns, None, None)
        return Rows(columns, self.links.filter(pa.array(np.repeat(mask, self.counts))), self.counts[mask])


def needed(fields: Sequence[Field]) -> tuple[str, ...]:
    """The columns of ``article`` to read for these fields: always what a digest and a card want as well."""
    always = {"id", "source", "published_at", "content_sha256", "rights", "damaged", "length", "body_original"}
    wanted = always.union(*(field.columns for field in fields))
    return tuple(column.name for column in article.columns if column.name in wanted)


def read(snapshot: Snapshot, ids: Ids, columns: Sequence[str], *, links: bool) -> Rows:
    """The articles of these ascending ids, in their order."""
    among = ",".join(map(str, ids.tolist()))
    names = ", ".join(_expression(name) for name in columns)
    table = snapshot.fetch(f"SELECT {names} FROM article WHERE id IN ({among}) ORDER BY id")  # noqa: S608 - numbers
    table = pa.table({name: _restored(table.column(name), name) for name in columns}).combine_chunks()
    if not links:
        return Rows(table, None, None)
    found = snapshot.fetch(
        "SELECT article_id, position, title, COALESCE(url, '') AS url, COALESCE(summary, '') AS summary, "  # noqa: S608
        "COALESCE(date, '') AS date, COALESCE(heading, '') AS heading "
        f"FROM related_link WHERE article_id IN ({among}) ORDER BY article_id, position"
    )
    return Rows(table, *linked(ids, found))


def linked(ids: Ids, found: pa.Table) -> tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The links with their NULLs restored, and how many each article has."""
    if not found.num_rows:
        empty = {name: pa.array([], pa.int64() if name == "position" else pa.string()) for name in LINK}
        return pa.table(empty), np.zeros(len(ids), dtype=np.int64)
    owners = found.column("article_id").to_numpy()
    edges = np.searchsorted(owners, np.append(ids, ids[-1] + 1))
    plain = {name: found.column(name) if name == "position" else _text(found.column(name)) for name in LINK}
    return pa.table(plain).combine_chunks(), np.diff(edges)


def _expression(name: str) -> str:
    column = article.columns[name]
    if not column.nullable:
        return f'"{name}"'
    missing = "''" if _is_text(name) else str(NEVER)
    return f'COALESCE("{name}", {missing}) AS "{name}"'


def _is_text(name: str) -> bool:
    from sqlalchemy import Text

    from storage.types import Json

    return isinstance(article.columns[name].type, Text | Json)


def _restored(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    if name in {"canonical", "damaged"}:
        return column.cast(pa.bool_())
    if not article.columns[name].nullable:
        return column
    if _is_text(name):
        return _text(column)
    return pc.if_else(pc.equal(column, NEVER), pa.scalar(None, column.type), column)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """An absent text is null, never empty."""
    column = column.cast(pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
