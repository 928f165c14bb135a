"""Parquet and Arrow IPC."""

from __future__ import annotations

from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from storage.corpus.encode import typed
from storage.corpus.fields import choose, schema
from storage.corpus.formats import Batch
from storage.corpus.options import Options

REPEATED: Final = ("source", "date_precision", "origin", "reprinted_from", "script", "rights", "language", "relation")
"""Columns whose values come again and again: a dictionary is worth its time for these alone."""


def parquet_writer(file: BinaryIO, columns: pa.Schema) -> pq.ParquetWriter:
    """A Parquet file with zstd, dictionaries where they pay, and statistics that let readers skip row groups."""
    return pq.ParquetWriter(
        file,
        columns,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in REPEATED if name in columns.names],
        write_statistics=[name for name in columns.names if name not in {"body", "body_original"}],
    )


class Parquet:
    """Typed, a batch a row group."""

    def __init__(self, file: BinaryIO, options: Options) -> None:
        self._writer = parquet_writer(file, schema(choose(options.fields)))

    def write(self, batch: Batch) -> None:
        self.write_table(typed(batch.rows, batch.fields, batch.originals))

    def write_table(self, table: pa.Table) -> None:
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()


class Arrow:
    """Arrow IPC, a record batch a batch: a file where readers can seek, else a stream."""

    def __init__(self, file: BinaryIO, options: Options) -> None:
        make: Any = pa.ipc.new_file if file.seekable() else pa.ipc.new_stream
        self._writer = make(file, schema(choose(options.fields)))

    def write(self, batch: Batch) -> None:
        self.write_table(typed(batch.rows, batch.fields, batch.originals))

    def write_table(self, table: pa.Table) -> None:
        for batch in table.combine_chunks().to_batches():
            self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()
