"""Reads an SQLite archive by ADBC, in a process of its own (decision 0006): ``storage.corpus.bulk`` starts it.

Requests are lines of JSON on standard input: ``{"query": SQL, "beside": SQL or null}``, or ``{"ingest": NAME}`` with an
Arrow stream of rows behind it. For each batch of rows the answer has the line ``MORE``, an Arrow stream of them, and
one of what stands ``beside`` them, which is asked with their ids in place of ``IDS``. It ends with the line ``DONE``,
so that one that was cut off is told from one that ended. All is in one read transaction; the end of standard input ends
the process. Imports nothing of the project and no pyarrow, which would take longer to load than to read a small
archive, and three times the memory.
"""

from __future__ import annotations

import itertools
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
BEHIND: Final = 10
"""How far this process stands behind others (``nice``): on two cores it would take time from the thread that
compresses, which all else waits for: a million articles took 20.0 s instead of 18.9."""


def serve(uri: str, rows: str, asked: BinaryIO, told: BinaryIO) -> None:
    """Answers requests until there are no more. ``rows``: the most of a batch."""
    import adbc_driver_sqlite
    from adbc_driver_manager import AdbcConnection

    with adbc_driver_sqlite.connect(uri) as database, AdbcConnection(database) as connection:
        connection.set_autocommit(False)
        while line := asked.readline():
            request = json.loads(line)
            if "query" in request:
                with answer(connection, request["query"], rows) as found:
                    for batch in found:
                        told.write(MORE)
                        send(told, batch)
                        if request["beside"] is not None:
                            with answer(connection, within(request["beside"], ids(batch)), rows) as more:
                                send(told, more)
            else:
                ingest(connection, request["ingest"], asked)
            told.write(DONE)
            told.flush()


@contextmanager
def answer(connection: Any, query: str, rows: str) -> Iterator[Any]:
    """The batches that a query gives."""
    from adbc_driver_manager import AdbcStatement
    from nanoarrow import c_array_stream

    with AdbcStatement(connection) as statement:
        statement.set_options(**{"adbc.sqlite.query.batch_rows": rows})
        statement.set_sql_query(query)
        handle, _ = statement.execute_query()
        yield c_array_stream(handle)


def send(told: BinaryIO, batches: Any) -> None:
    """Writes a batch, or all that are left of an answer, as a whole Arrow stream."""
    from nanoarrow.ipc import StreamWriter

    with StreamWriter.from_writable(told) as stream:
        stream.serialize_stream(batches)


def ids(batch: Any) -> Iterable[int]:
    """The ids of a batch, which are its first column."""
    _validity, values = batch.view().child(0).buffers
    return itertools.islice(values, batch.offset, batch.offset + batch.length)


def within(query: str, numbers: Iterable[int]) -> str:
    """A query of what stands beside some rows: with their ids in it."""
    return query.replace(IDS, ",".join(map(str, numbers)) or "NULL")


def ingest(connection: Any, table: str, asked: BinaryIO) -> None:
    """Appends the rows of an Arrow stream to a temporary table, which is made where it is not there yet."""
    from adbc_driver_manager import AdbcStatement
    from nanoarrow import c_array_stream
    from nanoarrow.ipc import InputStream

    with AdbcStatement(connection) as statement, InputStream.from_readable(asked) as rows:
        append(statement, table, c_array_stream(rows))


def append(statement: Any, table: str, rows: Any) -> None:
    """As ``ingest``, of rows that are there."""
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
    os.nice(BEHIND)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides when it ends
    with os.fdopen(0, "rb", BUFFER) as questions, os.fdopen(1, "wb", BUFFER) as answers:
        from adbc_driver_manager import Error

        try:
            serve(sys.argv[1], sys.argv[2], questions, answers)
        except (Error, RuntimeError) as error:  # nanoarrow's errors are of the second kind
            # The last line is what is told. It must stand there before the answers are closed, which is the end.
            words = " ".join(str(error).split())
            print(words.rpartition("failed (")[2].partition("): ")[2] or words, file=sys.stderr, flush=True)  # noqa: T201
            sys.exit(1)


if __name__ == "__main__":
    main()
