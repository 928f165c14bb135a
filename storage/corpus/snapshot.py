"""One view of the archive for a whole export: a connection for questions and others for rows in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, func, literal, select, text
from sqlalchemy.exc import OperationalError

from storage.corpus.bulk import Bulk, PostgresBulk, SqliteBulk
from storage.db import writing

BATCH: Final = 4096
"""Articles in a Parquet row group."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Connections that see the archive at the same moment, however it is written meanwhile."""

    conn: Connection
    bulk: Bulk


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Its connections in read transactions that see the same archive; ended at the exit."""
    opened = _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine)
    with opened as both:
        yield both


@contextmanager
def _sqlite(engine: Engine) -> Iterator[Snapshot]:
    assert engine.url.database is not None
    with SqliteBulk(Path(engine.url.database)) as bulk, engine.connect() as conn:
        first = select(func.count().label("count")).select_from(text("sqlite_master"))
        bulk.fetch(select(literal(1).label("ready")))  # its start is not to be waited for under the lock
        with _no_writer(engine):
            # The first read of a transaction fixes what it sees.
            conn.execute(first).scalar_one()
            bulk.fetch(first)
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
    from adbc_driver_manager import AdbcConnection

    uri = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn,
        adbc_driver_postgresql.connect(uri) as database,
        AdbcConnection(database) as first,
        AdbcConnection(database) as second,
    ):
        name = conn.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        first.set_autocommit(False)
        second.set_autocommit(False)
        bulk = PostgresBulk(first, second)
        bulk.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        bulk.run(f"SET TRANSACTION SNAPSHOT '{name}'")
        bulk.run("SET LOCAL standard_conforming_strings = on")
        yield Snapshot(conn, bulk)
