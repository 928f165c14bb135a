"""The forms a corpus takes: one file of it each, written a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

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
    originals: pa.ChunkedArray | None
    """The bodies as the pages have them, where ``rows`` was brought to another script."""
    snapshot: Snapshot


class Writer(Protocol):
    """One file being written."""

    def write(self, batch: Batch) -> None: ...

    def close(self) -> None: ...


Make = Callable[[BinaryIO, Options], Writer]

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
OF_ARTICLES: Final[frozenset[Format]] = frozenset({"jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "arrow"})
"""Formats whose rows are articles with fields; deltas exist for these."""


def maker(name: Format) -> Make:
    """What makes the writer of a file of this format (all but text, which has a file an article)."""
    from storage.corpus.formats import columnar, csv, graph, jsonl

    makers: dict[Format, Make] = {
        "jsonl": jsonl.Jsonl,
        "jsonl.gz": jsonl.Jsonl,
        "jsonl.zst": jsonl.Jsonl,
        "csv": csv.Csv,
        "parquet": columnar.Parquet,
        "arrow": columnar.Arrow,
        "edges": graph.EdgesParquet,
        "edges.csv": graph.EdgesCsv,
        "graphml": graph.GraphMl,
    }
    return makers[name]
