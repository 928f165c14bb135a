"""Rows of a query as Arrow batches, read by ADBC: PostgreSQL in this process, SQLite in one of its own.

Not SQLite in this one: ADBC's driver brings a second SQLite into the process, and two of them undo each other's locks
on a file (https://www.sqlite.org/howtocorrupt.html, 2.2.1). Writers of this process would lose what they commit.
"""

from __future__ import annotations

import json
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, cast

import pyarrow as pa
from sqlalchemy import Boolean, Select, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from storage.corpus import reader
from storage.db import DatabaseError
from storage.types import Day, Json

ENDING: Final = 2.0
"""Seconds that a reader which has failed gets to say why."""
ROWS: Final = 2048
"""Rows of a batch from SQLite: half as many cost a twentieth more time, twice as many take 40 MB more."""
BYTES: Final = 4 * 1024 * 1024
"""About what a batch from PostgreSQL weighs."""


class Bulk(ABC):
    """A connection in a read transaction of its own."""

    @abstractmethod
    def stream(self, query: Select[Any]) -> Iterator[pa.RecordBatch]:
        """The rows of a query, a batch at a time; texts, whole numbers and truth values, as the database has them."""

    @abstractmethod
    def pairs(self, query: Select[Any], beside: Select[Any]) -> Iterator[tuple[pa.RecordBatch, pa.Table]]:
        """As ``stream``, each batch with all rows of another query, which has ``IDS`` for the ids of the batch.

        The ids are the first column of ``query``, ``id``.
        """

    @abstractmethod
    def ingest(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Appends rows (the database's own values) to a temporary table, which is made where it is not there yet."""

    def fetch(self, query: Select[Any]) -> pa.Table:
        """As ``stream``, all at once."""
        return pa.Table.from_batches(self.stream(query), schema=_schema(query.selected_columns))


def is_text(kind: TypeEngine[Any]) -> bool:
    """Whether the database has it as text: words, JSON, days."""
    return isinstance(kind, Text | Json | Day)


def absent_texts(table: Table) -> frozenset[str]:
    """The columns of a table whose texts may be absent."""
    return frozenset(column.name for column in table.columns if column.nullable and is_text(column.type))


def _schema(columns: Any) -> pa.Schema:
    """What columns of a table or a query are in Arrow."""
    return pa.schema([(column.name, _arrow_type(column.type)) for column in columns])


def _arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    if is_text(kind):
        return pa.string()
    return pa.bool_() if isinstance(kind, Boolean) else pa.int64()


def _table(table: Table, rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=_schema(table.columns))


def _written_out(query: Select[Any], dialect: Any) -> str:
    """The query with its values in it: PostgreSQL streams no rows of a query with parameters.

    ``dialect``: SQLAlchemy's class.
    """
    # The default style would double percent signs, and backslashes are plain under standard_conforming_strings.
    form = dialect(paramstyle="named")
    form._backslash_escapes = False  # noqa: SLF001 - else only read from a live connection
    return str(query.compile(dialect=form, compile_kwargs={"literal_binds": True}))


class SqliteBulk(Bulk):
    """A file, read by a process of its own (``storage.corpus.reader``) until the exit."""

    def __init__(self, file: Path) -> None:
        """Starts the process, and does not wait for it."""
        # -P: the folder that the program is in holds names like those of the standard library.
        command = [sys.executable, "-P", reader.__file__, f"{file.resolve().as_uri()}?mode=ro", str(ROWS)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self._process = subprocess.Popen(command, **pipes, bufsize=reader.BUFFER, pipesize=reader.BUFFER)  # type: ignore[call-overload]  # noqa: S603
        self._questions = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)
        self._unread: Iterator[pa.RecordBatch] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()  # it only reads
        self._process.communicate()

    def stream(self, query: Select[Any]) -> Iterator[pa.RecordBatch]:
        for (rows,) in self._read(query):
            yield from rows.to_batches()

    def pairs(self, query: Select[Any], beside: Select[Any]) -> Iterator[tuple[pa.RecordBatch, pa.Table]]:
        for rows, more in self._read(query, beside):
            for batch in rows.to_batches():
                yield batch, more

    def _read(self, *queries: Select[Any]) -> Iterator[list[pa.Table]]:
        texts = [_written_out(query, sqlite.dialect) for query in queries]
        with self._asking():
            self._ask({"query": texts[0], "beside": texts[1] if len(texts) > 1 else None})
        self._unread = self._answer([_schema(query.selected_columns) for query in queries])
        return self._unread

    def ingest(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        found = _table(table, rows)
        with self._asking():
            self._ask({"ingest": table.name})
            with pa.ipc.new_stream(self._questions, found.schema) as stream:
                stream.write_table(found)
            self._questions.flush()
            self._end()

    def _ask(self, request: object) -> None:
        for _ in self._unread:
            """What nobody wanted of the answer before."""
        self._questions.write(json.dumps(request).encode() + b"\n")
        self._questions.flush()

    def _answer(self, schemas: Sequence[pa.Schema]) -> Iterator[list[pa.Table]]:
        with self._asking():
            while (line := self._answers.readline()) == reader.MORE:
                # SQLite types values, not columns: ADBC goes by the first ones, and knows no truth values.
                yield [self._table().cast(schema) for schema in schemas]
            if line != reader.DONE:
                raise EOFError

    def _table(self) -> pa.Table:
        with pa.ipc.open_stream(self._answers) as rows:
            return rows.read_all()

    def _end(self) -> None:
        if self._answers.readline() != reader.DONE:
            raise EOFError

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Says why the process ended, where it did."""
        try:
            yield
        except (pa.ArrowException, EOFError, OSError) as error:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(ENDING)  # it may be about to say why
            self._process.kill()
            _, told = self._process.communicate()
            reason = told.decode(errors="replace").strip().splitlines()[-1:]
            raise DatabaseError(f"The archive can't be read: {''.join(reason) or error}") from error


class PostgresBulk(Bulk):
    """Connections of the ADBC driver, below its DB-API, which imports every data frame library there is."""

    def __init__(self, connection: Any, second: Any) -> None:
        """``second``: a connection that sees the same, for what is asked while an answer still comes."""
        self._connection = connection
        self._second = second

    def run(self, command: str) -> None:
        """Runs a command that gives no rows, on both connections."""
        for connection in (self._connection, self._second):
            with _statement(connection) as statement:
                statement.set_sql_query(command)
                statement.execute_update()

    def stream(self, query: Select[Any]) -> Iterator[pa.RecordBatch]:
        with _copied(self._connection, _written_out(query, postgresql.dialect)) as rows:
            yield from rows

    def pairs(self, query: Select[Any], beside: Select[Any]) -> Iterator[tuple[pa.RecordBatch, pa.Table]]:
        text = _written_out(beside, postgresql.dialect)
        for batch in self.stream(query):
            with _copied(self._second, reader.within(text, batch["id"].to_pylist())) as rows:
                yield batch, rows.read_all()

    def ingest(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        found = _table(table, rows)
        for connection in (self._connection, self._second):
            with _statement(connection) as statement:
                reader.append(statement, table.name, found)


@contextmanager
def _copied(connection: Any, query: str) -> Iterator[pa.RecordBatchReader]:
    with _statement(connection) as statement:
        statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BYTES)})
        statement.set_sql_query(query)
        handle, _ = statement.execute_query()
        with pa.RecordBatchReader.from_stream(handle) as rows:
            yield rows


def _statement(connection: Any) -> Any:
    from adbc_driver_manager import AdbcStatement

    return AdbcStatement(connection)
