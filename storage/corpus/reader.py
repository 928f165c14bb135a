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

DONE: Final = b"done\n"
BUFFER: Final = 1 << 20


def serve(uri: str, rows: str, asked: BinaryIO, told: BinaryIO) -> None:
    """Answers requests until there are no more. ``rows``: the most of a batch."""
    import adbc_driver_sqlite
    import pyarrow as pa
    from adbc_driver_manager import AdbcConnection, AdbcStatement

    with adbc_driver_sqlite.connect(uri) as database, AdbcConnection(database) as connection:
        connection.set_autocommit(False)
        while line := asked.readline():
            request = json.loads(line)
            with AdbcStatement(connection) as statement:
                if isinstance(request, str):
                    statement.set_options(**{"adbc.sqlite.query.batch_rows": rows})
                    statement.set_sql_query(request)
                    handle, _ = statement.execute_query()
                    with pa.RecordBatchReader.from_stream(handle) as found, pa.ipc.new_stream(told, found.schema) as to:
                        for batch in found:
                            to.write_batch(batch)
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


def main() -> None:
    """The process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides when it ends
    without_numpy: Any = None
    sys.modules["numpy"] = without_numpy  # nothing here needs it, and it is most of what Arrow would load
    with os.fdopen(0, "rb", BUFFER) as questions, os.fdopen(1, "wb", BUFFER) as answers:
        from adbc_driver_manager import Error

        try:
            serve(sys.argv[1], sys.argv[2], questions, answers)
        except Error as error:
            # The last line is what is told. It must stand there before the answers are closed, which is the end.
            print(" ".join(str(error).split()), file=sys.stderr, flush=True)  # noqa: T201
            sys.exit(1)


if __name__ == "__main__":
    main()
