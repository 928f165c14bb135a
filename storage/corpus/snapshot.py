"""One view of the archive for a whole export, through SQLAlchemy for questions and ADBC for rows in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import adbc_driver_manager.dbapi
import pyarrow as pa
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from storage.db import writing

BATCH = 8192
"""Articles read, encoded and written at once; also the rows of a Parquet row group."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Two connections that see the archive at the same moment, however it is written meanwhile."""

    conn: Connection
    bulk: adbc_driver_manager.dbapi.Connection

    def fetch(self, query: str) -> pa.Table:
        """The rows of a query, by ADBC. On SQLite a column that may be NULL must be wrapped in COALESCE: the
        driver takes a column's type from its first rows.
        """
        with self.bulk.cursor() as cursor:
            if self.conn.dialect.name == "sqlite":
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BATCH)})
            cursor.execute(query)
            return cursor.fetch_arrow_table()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Both connections in read transactions that see the same archive; ended at the exit."""
    opened = _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine)
    with opened as both:
        yield both


@contextmanager
def _sqlite(engine: Engine) -> Iterator[Snapshot]:
    import adbc_driver_sqlite.dbapi

    assert engine.url.database is not None
    with engine.connect() as conn, adbc_driver_sqlite.dbapi.connect(engine.url.database) as bulk:
        with _no_writer(engine), bulk.cursor() as cursor:
            # The first read of a transaction fixes what it sees.
            conn.execute(text("SELECT count(*) FROM sqlite_schema")).scalar_one()
            cursor.execute("SELECT count(*) FROM sqlite_schema")
            cursor.fetchall()
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
    import adbc_driver_postgresql.dbapi

    uri = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn,
        adbc_driver_postgresql.dbapi.connect(uri, autocommit=False) as bulk,
    ):
        name = conn.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        with bulk.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{name}'")
        yield Snapshot(conn, bulk)
