"""Reads an SQLite archive by ADBC, in a process of its own (decision 0006): ``storage.corpus.bulk`` starts it.

Requests are lines of JSON on standard input: a query as text, or ``{"ingest": NAME}`` with an Arrow stream of rows
behind it. The answer is an Arrow stream and the line ``DONE``, so that one that was cut off is told from one that
ended. All is in one read transaction; the end of standard input ends the process. Imports nothing of the project,
which would take longer to load than to read a small archive.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any, BinaryIO, Final

import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement

DONE: Final = b"done\n"
BUFFER: Final = 1 << 20


def serve(uri: str, rows: str, asked: BinaryIO, told: BinaryIO) -> None:
    """Answers requests until there are no more. ``rows``: the most of a batch."""
    import adbc_driver_sqlite

    with adbc_driver_sqlite.connect(uri) as database, AdbcConnection(database) as connection:
        connection.set_autocommit(False)
        while line := asked.readline():
            request = json.loads(line)
            with AdbcStatement(connection) as statement:
                if isinstance(request, str):
                    statement.set_options(**{"adbc.sqlite.query.batch_rows": rows})
                    _answer(statement, request, told)
                else:
                    ingest(statement, request["ingest"], pa.ipc.open_stream(asked))
            told.write(DONE)
            told.flush()


def ingest(statement: Any, table: str, rows: Any) -> None:
    """Appends rows to a temporary table, which is made where it is not there yet."""
    statement.set_options(
        **{
            "adbc.ingest.target_table": table,
            "adbc.ingest.mode": "adbc.ingest.mode.create_append",
            "adbc.ingest.temporary": "true",
        }
    )
    statement.bind_stream(rows)
    statement.execute_update()


def _answer(statement: Any, query: str, told: BinaryIO) -> None:
    statement.set_sql_query(query)
    handle, _ = statement.execute_query()
    with pa.RecordBatchReader.from_stream(handle) as rows, pa.ipc.new_stream(told, rows.schema) as stream:
        for batch in rows:
            stream.write_batch(batch)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides when it ends
    with os.fdopen(0, "rb", BUFFER) as questions, os.fdopen(1, "wb", BUFFER) as answers:
        serve(sys.argv[1], sys.argv[2], questions, answers)
