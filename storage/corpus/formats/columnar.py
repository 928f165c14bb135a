"""Parquet and Arrow IPC."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from storage.corpus.encode import typed
from storage.corpus.fields import choose, schema
from storage.corpus.formats import Batch
from storage.corpus.options import Options
from storage.corpus.read import indices
from storage.corpus.snapshot import BATCH

REPEATED: Final = ("source", "date_precision", "origin", "reprinted_from", "script", "rights", "language", "relation")
"""Columns whose values come again and again: a dictionary is worth its time for these alone."""
PAGE: Final = 2048
NO_LIMIT: Final = 2**30
"""A page of a column ends by rows and a dictionary holds all values, whatever their bytes: these would be counted by
the pieces that the rows came in, and the same corpus could be other bytes."""
GATHERED: Final = 1 << 20
"""Bytes that a Parquet file is written in: for each piece it waits until Python code elsewhere lets it in."""


def parquet_writer(file: BinaryIO, columns: pa.Schema) -> pq.ParquetWriter:
    """A Parquet file with zstd, dictionaries where they pay, and statistics that let readers skip row groups."""
    return pq.ParquetWriter(
        file,
        columns,
        max_rows_per_page=PAGE,
        data_page_size=NO_LIMIT,
        dictionary_pagesize_limit=NO_LIMIT,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in REPEATED if name in columns.names],
        write_statistics=[name for name in columns.names if name not in {"body", "body_original"}],
    )


def encode(batch: Batch) -> pa.Table:
    """The fields as typed columns."""
    return typed(batch.rows, batch.fields, batch.originals)


class _Columnar(ABC):
    """Rows gathered to groups of ``BATCH``, however they come."""

    def __init__(self, file: BinaryIO, options: Options, columns: pa.Schema | None = None) -> None:
        """``columns``: of rows that are no articles."""
        self._file = file
        self._schema = schema(choose(options.fields)) if columns is None else columns
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, encoded: pa.Table) -> None:
        """Rows of the corpus's schema."""
        self._waiting.append(encoded)
        self._rows += encoded.num_rows
        while self._rows >= BATCH:
            whole = self._waiting[0] if len(self._waiting) == 1 else pa.concat_tables(self._waiting)
            self._group(whole.slice(0, BATCH))
            self._rows -= BATCH
            self._waiting = [whole.slice(BATCH)] if self._rows else []

    def close(self) -> None:
        if self._rows:
            self._group(pa.concat_tables(self._waiting))
            self._waiting, self._rows = [], 0
        self._end()

    @abstractmethod
    def _group(self, table: pa.Table) -> None:
        """Writes one group of rows."""

    @abstractmethod
    def _end(self) -> None:
        """Closes what was begun."""


class Parquet(_Columnar):
    """Typed, with row groups of ``BATCH`` rows."""

    def __init__(self, file: BinaryIO, options: Options, columns: pa.Schema | None = None) -> None:
        super().__init__(file, options, columns)
        self._gathered = pa.BufferedOutputStream(pa.PythonFile(file), GATHERED)
        self._writer = parquet_writer(self._gathered, self._schema)

    def _group(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=BATCH)

    def _end(self) -> None:
        self._writer.close()
        self._gathered.flush()


class Arrow(_Columnar):
    """Arrow IPC: a file where it can be sought in, else a stream."""

    def __init__(self, file: BinaryIO, options: Options) -> None:
        super().__init__(file, options)
        make: Any = pa.ipc.new_file if file.seekable() else pa.ipc.new_stream
        self._writer = make(file, self._schema)

    def _group(self, table: pa.Table) -> None:
        # Taken, for a slice has the rest of its buffers behind it, and their bytes would come along.
        rows = table.combine_chunks().take(indices(np.arange(table.num_rows)))
        for batch in rows.combine_chunks().to_batches():
            self._writer.write_batch(batch)

    def _end(self) -> None:
        self._writer.close()
