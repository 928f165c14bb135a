"""Reads an SQLite archive by ADBC, in a process of its own (decision 0006): ``storage.corpus.bulk`` starts it.

Requests are lines of JSON on standard input: ``{"query": SQL, "beside": SQL or null}``, or ``{"ingest": NAME}`` with an
Arrow stream of rows behind it. For each batch of rows the answer has the line ``MORE``, an Arrow stream of them, and
one of what stands ``beside`` them, which is asked with their ids in place of ``IDS``. It ends with the line ``DONE``,
so that one that was cut off is told from one that ended. All is in one read transaction; the end of standard input ends
the process. Imports nothing of the project, which would take longer to load than to read a small archive.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

MORE: Final = b"more\n"
DONE: Final = b"done\n"
IDS: Final = "@ids"
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
            if "query" in request:
                with answer(connection, request["query"], rows) as found:
                    for batch in found:
                        told.write(MORE)
                        send(told, batch.schema, [batch])
                        if request["beside"] is not None:
                            with answer(connection, within(request["beside"], batch), rows) as more:
                                send(told, more.schema, more)
            else:
                with AdbcStatement(connection) as statement:
                    ingest(statement, request["ingest"], pa.ipc.open_stream(asked))
            told.write(DONE)
            told.flush()


@contextmanager
def answer(connection: Any, query: str, rows: str) -> Iterator[Any]:
    """A reader of the batches that a query gives."""
    import pyarrow as pa
    from adbc_driver_manager import AdbcStatement

    with AdbcStatement(connection) as statement:
        statement.set_options(**{"adbc.sqlite.query.batch_rows": rows})
        statement.set_sql_query(query)
        handle, _ = statement.execute_query()
        with pa.RecordBatchReader.from_stream(handle) as found:
            yield found


def send(told: BinaryIO, schema: Any, batches: Iterable[Any]) -> None:
    """Writes a whole Arrow stream."""
    import pyarrow as pa

    with pa.ipc.new_stream(told, schema) as stream:
        for batch in batches:
            stream.write_batch(batch)


def within(query: str, batch: Any) -> str:
    """A query of what stands beside a batch of rows: with the rows' ids in it."""
    return query.replace(IDS, ",".join(map(str, batch["id"].to_pylist())) or "NULL")


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
