"""The forms a corpus takes: one file of it each, written a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Protocol

import pyarrow as pa

from storage.corpus.fields import Field
from storage.corpus.options import Format, Options
from storage.corpus.plan import Partition
from storage.corpus.read import Rows
from storage.corpus.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles on their way into a file."""

    split: str
    partition: Partition
    rows: Rows
    fields: Sequence[Field]
    originals: pa.Array | None
    """The bodies as the pages have them, where ``rows`` was brought to another script."""
    snapshot: Snapshot


class Writer(Protocol):
    """One file being written, by another thread than the one that reads and encodes."""

    def write(self, encoded: Any) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Form:
    """How a format is made: a batch is encoded, and then written by the writer of its file."""

    encode: Callable[[Batch], Any]
    writer: Callable[[BinaryIO, Options], Writer]
    rows: Callable[[Batch, Any], int] = lambda batch, _encoded: len(batch.rows)
    """How many rows of a file come of a batch."""
    schema: pa.Schema | None = None
    """Of its rows, where they are not articles with fields and have one."""


ENDINGS: Final[dict[Format, str]] = {
    "jsonl": ".jsonl",
    "jsonl.gz": ".jsonl.gz",
    "jsonl.zst": ".jsonl.zst",
    "csv": ".csv",
    "parquet": ".parquet",
    "arrow": ".arrow",
    "text": ".txt",
    "warc": ".warc.gz",
    "edges": ".parquet",
    "edges.csv": ".csv",
    "graphml": ".graphml",
}
BY_ENDING: Final[dict[str, Format]] = {
    **{ending: name for name, ending in ENDINGS.items() if not name.startswith("edges")},
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".feather": "arrow",
}


def by_ending(name: str) -> Format | None:
    """The format that a file's name tells by its ending; the longest counts: .jsonl.gz before any .gz there may be."""
    fitting = [ending for ending in BY_ENDING if name.lower().endswith(ending)]
    return BY_ENDING[max(fitting, key=len)] if fitting else None


def form(name: Format) -> Form:
    """How files of this format are made (all but text, which has a file an article, and WARC)."""
    if name in {"jsonl", "jsonl.gz", "jsonl.zst"}:
        from storage.corpus.formats import jsonl

        return Form(jsonl.encode, jsonl.Jsonl)
    if name == "csv":
        from storage.corpus.formats import csv

        return Form(csv.encode, csv.Csv)
    if name in {"parquet", "arrow"}:
        from storage.corpus.formats import columnar

        return Form(columnar.encode, columnar.Parquet if name == "parquet" else columnar.Arrow)
    from storage.corpus.formats import graph

    if name == "graphml":
        return Form(graph.nodes_and_edges, graph.GraphMl)
    writer = graph.EdgesParquet if name == "edges" else graph.EdgesCsv
    return Form(graph.edges, writer, rows=lambda _batch, table: int(table.num_rows), schema=graph.EDGES)
