"""One view of the archive for a whole export: a connection for questions and one for rows in bulk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from storage.corpus.bulk import Bulk, PostgresBulk, SqliteBulk
from storage.db import BUSY_SECONDS, writing

BATCH: Final = 4096
"""Articles in a Parquet row group."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Two connections that see the archive at the same moment, however it is written meanwhile."""

    conn: Connection
    bulk: Bulk


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Both connections in read transactions that see the same archive; ended at the exit."""
    opened = _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine)
    with opened as both:
        yield both


@contextmanager
def _sqlite(engine: Engine) -> Iterator[Snapshot]:
    assert engine.url.database is not None
    uri = f"{Path(engine.url.database).resolve().as_uri()}?mode=ro"
    opened = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    with closing(opened) as bulk, engine.connect() as conn:
        bulk.text_factory = bytes
        bulk.execute("PRAGMA cache_size=-16384")
        bulk.execute("BEGIN")
        with _no_writer(engine):
            # The first read of a transaction fixes what it sees.
            conn.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
            bulk.execute("SELECT count(*) FROM sqlite_master").fetchall()
        yield Snapshot(conn, SqliteBulk(bulk))


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
    from adbc_driver_manager import AdbcConnection

    uri = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn,
        adbc_driver_postgresql.connect(uri) as database,
        AdbcConnection(database) as connection,
    ):
        name = conn.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        connection.set_autocommit(False)
        bulk = PostgresBulk(connection)
        bulk.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        bulk.run(f"SET TRANSACTION SNAPSHOT '{name}'")
        bulk.run("SET LOCAL standard_conforming_strings = on")
        yield Snapshot(conn, bulk)
