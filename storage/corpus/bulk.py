"""Rows of a query as Arrow batches: by ADBC from PostgreSQL, by Python's own driver from SQLite.

Not by ADBC from SQLite: its driver brings a second SQLite into the process, and two of them undo each other's locks
on a file (https://www.sqlite.org/howtocorrupt.html, 2.2.1). Writers of this process would lose what they commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final, Protocol

import pyarrow as pa
from sqlalchemy import Boolean, Select, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from storage.types import Day, Json

ROWS: Final = 1024
"""Rows of a batch from SQLite: small, so that memory stays flat."""
BYTES: Final = 4 * 1024 * 1024
"""About what a batch from PostgreSQL weighs."""


class Bulk(Protocol):
    """A connection in a read transaction of its own."""

    def stream(self, query: Select[Any]) -> Iterator[pa.RecordBatch]:
        """The rows of a query, a batch at a time; texts, whole numbers and truth values, as the database has them."""

    def fetch(self, query: Select[Any]) -> pa.Table:
        """As ``stream``, all at once."""

    def ingest(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Appends rows (the database's own values) to a temporary table, which is made where it is not there yet."""


def is_text(kind: TypeEngine[Any]) -> bool:
    """Whether the database has it as text: words, JSON, days."""
    return isinstance(kind, Text | Json | Day)


def arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    """What a column of this type is in Arrow."""
    if is_text(kind):
        return pa.string()
    return pa.bool_() if isinstance(kind, Boolean) else pa.int64()


class SqliteBulk:
    """A file, opened to be read only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """``connection`` must give text as bytes (``text_factory``) and be in a transaction."""
        self._connection = connection

    def stream(self, query: Select[Any]) -> Iterator[pa.RecordBatch]:
        form = query.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
        values = form.construct_params()
        bound = [_native(form, name, values[name]) for name in form.positiontup or ()]
        schema = pa.schema([(column.name, arrow_type(column.type)) for column in query.selected_columns])
        with closing(self._connection.execute(str(form), bound)) as cursor:
            while rows := cursor.fetchmany(ROWS):
                columns = zip(*rows, strict=True)
                arrays = [_array(values, field.type) for values, field in zip(columns, schema, strict=True)]
                yield pa.record_batch(arrays, schema=schema)

    def fetch(self, query: Select[Any]) -> pa.Table:
        schema = pa.schema([(column.name, arrow_type(column.type)) for column in query.selected_columns])
        return pa.Table.from_batches(self.stream(query), schema=schema)

    def ingest(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        names = list(table.columns.keys())
        columns = ", ".join(f'"{name}"' for name in names)
        self._connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table.name} ({columns})")
        marks = ", ".join("?" * len(names))
        self._connection.executemany(
            f"INSERT INTO {table.name} VALUES ({marks})",  # noqa: S608 - a name of ours
            ([row.get(name) for name in names] for row in rows),
        )


def _native(form: Any, name: str, value: Any) -> Any:
    process = form._bind_processors.get(name)  # noqa: SLF001
    return value if process is None else process(value)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array(values, pa.binary()).view(kind)
    array = pa.array(values, pa.int64())
    return array.cast(kind)


class PostgresBulk:
    """A connection of the ADBC driver, below its DB-API, which imports every data frame library there is."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, command: str) -> None:
        """Runs a command that gives no rows."""
        with self._statement() as statement:
            statement.set_sql_query(command)
            statement.execute_update()

    def stream(self, query: Select[Any]) -> Iterator[pa.RecordBatch]:
        with self._statement() as statement:
            statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BYTES)})
            statement.set_sql_query(written_out(query))
            handle, _ = statement.execute_query()
            with pa.RecordBatchReader.from_stream(handle) as rows:
                yield from rows

    def fetch(self, query: Select[Any]) -> pa.Table:
        batches = list(self.stream(query))
        if batches:
            return pa.Table.from_batches(batches)
        schema = pa.schema([(column.name, arrow_type(column.type)) for column in query.selected_columns])
        return schema.empty_table()

    def ingest(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        schema = pa.schema([(column.name, arrow_type(column.type)) for column in table.columns])
        with self._statement() as statement:
            statement.set_options(
                **{
                    "adbc.ingest.target_table": table.name,
                    "adbc.ingest.mode": "adbc.ingest.mode.create_append",
                    "adbc.ingest.temporary": "true",
                }
            )
            statement.bind_stream(pa.Table.from_pylist(list(rows), schema=schema))
            statement.execute_update()

    def _statement(self) -> Any:
        from adbc_driver_manager import AdbcStatement

        return AdbcStatement(self._connection)


def written_out(query: Select[Any]) -> str:
    """The query with its values in it: PostgreSQL streams no rows of a query with parameters."""
    # The default style would double percent signs, and backslashes are plain under standard_conforming_strings.
    form: Any = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    form._backslash_escapes = False  # noqa: SLF001 - else only read from a live connection
    return str(query.compile(dialect=form, compile_kwargs={"literal_binds": True}))
