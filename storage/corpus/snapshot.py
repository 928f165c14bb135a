"""One view of the archive for a whole export, through SQLAlchemy for questions and ADBC for rows in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement
from sqlalchemy import Connection, Engine, SelectBase, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from storage.db import writing

BATCH: Final = 8192
"""Articles in a Parquet row group."""
BATCHES: Final = {
    "sqlite": {"adbc.sqlite.query.batch_rows": "2048"},
    "postgresql": {"adbc.postgresql.batch_size_hint_bytes": str(4 * 1024 * 1024)},
}
"""How much the drivers read at once: small batches, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Two connections that see the archive at the same moment, however it is written meanwhile."""

    conn: Connection
    bulk: AdbcConnection
    """The driver's own connection: its DB-API imports every data frame library that is installed."""

    def fetch(self, query: SelectBase) -> pa.Table:
        """The rows of a query, by ADBC."""
        with self._executed(query) as rows:
            return rows.read_all()

    def stream(self, query: SelectBase) -> Iterator[pa.RecordBatch]:
        """As ``fetch``, a batch at a time.

        On SQLite a column that may be NULL must be wrapped in COALESCE: a column's type is that of its first rows.
        """
        with self._executed(query) as rows:
            yield from rows

    def ingest(self, name: str, rows: pa.Table) -> None:
        """Appends rows to a temporary table, which is made where it is not there yet."""
        with AdbcStatement(self.bulk) as statement:
            statement.set_options(
                **{
                    "adbc.ingest.target_table": name,
                    "adbc.ingest.mode": "adbc.ingest.mode.create_append",
                    "adbc.ingest.temporary": "true",
                }
            )
            statement.bind_stream(rows)
            statement.execute_update()

    @contextmanager
    def _executed(self, query: SelectBase) -> Iterator[pa.RecordBatchReader]:
        dialect = self.conn.dialect.name
        with AdbcStatement(self.bulk) as statement:
            statement.set_options(**BATCHES[dialect])
            statement.set_sql_query(written_out(query, dialect))
            handle, _ = statement.execute_query()
            with pa.RecordBatchReader.from_stream(handle) as rows:
                yield rows


def _run(bulk: AdbcConnection, command: str) -> None:
    with AdbcStatement(bulk) as statement:
        statement.set_sql_query(command)
        statement.execute_update()


def written_out(query: SelectBase, dialect: str) -> str:
    """The query with its values in it: PostgreSQL streams no rows of a query with parameters."""
    if dialect == "sqlite":
        return str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    # The default style would double percent signs, and backslashes are plain under standard_conforming_strings.
    form: Any = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    form._backslash_escapes = False  # noqa: SLF001 - else only read from a live connection
    return str(query.compile(dialect=form, compile_kwargs={"literal_binds": True}))


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Both connections in read transactions that see the same archive; ended at the exit."""
    opened = _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine)
    with opened as both:
        yield both


@contextmanager
def _sqlite(engine: Engine) -> Iterator[Snapshot]:
    import adbc_driver_sqlite

    assert engine.url.database is not None
    with (
        engine.connect() as conn,
        adbc_driver_sqlite.connect(engine.url.database) as database,
        AdbcConnection(database) as bulk,
    ):
        bulk.set_autocommit(False)
        with _no_writer(engine):
            # The first read of a transaction fixes what it sees.
            conn.execute(text("SELECT count(*) FROM sqlite_schema")).scalar_one()
            _run(bulk, "SELECT count(*) FROM sqlite_schema")
        yield Snapshot(conn, bulk)


@contextmanager
def _no_writer(engine: Engine) -> Iterator[None]:
    """Nobody commits meanwhile: a few milliseconds of the write lock. What can't be written has no writer."""
    with writing(engine).connect() as lock:
        try:
            lock.execute(text("SELECT 1"))
        except OperationalError as error:
            if "readonly" not in str(error):
                raise
        yield


@contextmanager
def _postgresql(engine: Engine) -> Iterator[Snapshot]:
    import adbc_driver_postgresql

    uri = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn,
        adbc_driver_postgresql.connect(uri) as database,
        AdbcConnection(database) as bulk,
    ):
        name = conn.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        bulk.set_autocommit(False)
        _run(bulk, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _run(bulk, f"SET TRANSACTION SNAPSHOT '{name}'")
        _run(bulk, "SET LOCAL standard_conforming_strings = on")
        yield Snapshot(conn, bulk)
