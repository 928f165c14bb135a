"""Opening the archive: one function for SQLite and PostgreSQL, and the state of its schema."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.pool import QueuePool

from storage.types import UnreadableError

HEAD = "0001"
"""The schema's newest revision (``storage/migrations``)."""
MAPPED = 0x7FFF0000
"""Bytes of a file that SQLite can map."""
PRIMARY = 0xFF
"""The bits of SQLite's error code that name the kind of the error."""
UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
"""The kinds of error of a file, or of the folder around it, that can't be written."""
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""The kinds of error of a file that is no longer what was written."""
UNDECODED = "Could not decode to UTF-8"
"""How Python's driver, which gives no code for it, tells of a text that is none."""
MEND = "panxi verify names what does not hold, panxi restore makes an archive of a backup"
"""What to do where a database is damaged."""
Broken = DBAPIError | sqlite3.Error | UnreadableError
"""What a database raises: through SQLAlchemy, by the driver itself, or by a value that can't be read."""
BROKEN = (DBAPIError, sqlite3.Error, UnreadableError)
OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""Of these those that tell of a wrong question: a fault of the program, and not of the database."""
BUSY_SECONDS = 30.0
"""How long a writer waits for another one on SQLite before it is told that the database is locked."""


class DatabaseError(Exception):
    """The archive can't be used: not opened, read-only, not a panxi database, too new or too old."""


def open_engine(url: str) -> Engine:
    """The engine for a database URL, e.g. ``sqlite:///panxi.db`` or ``postgresql://user@host/name``.

    Nothing is connected to or created yet but the checks that need no connection. Raises DatabaseError for a
    URL that names no supported database or a SQLite file in a folder that does not exist.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(f"Not a database URL: {url!r}") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed.database, url)
    if backend == "postgresql":
        try:
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,
                isolation_level="READ COMMITTED",
            )
        except (ImportError, NoSuchModuleError) as error:
            raise DatabaseError("PostgreSQL needs psycopg: pip install 'panxi[postgres]'") from error
    raise DatabaseError(f"Neither SQLite nor PostgreSQL: {backend!r}")


def _sqlite(database: str | None, url: str) -> Engine:
    if not database or database == ":memory:":
        raise DatabaseError(f"An archive is a file, not memory: {url!r}")
    folder = Path(database.removeprefix("file:")).resolve().parent
    if not folder.is_dir():
        raise DatabaseError(f"No such folder: {str(folder)!r}")
    engine = create_engine(url, poolclass=QueuePool, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            "foreign_keys=ON",
            "synchronous=NORMAL",
            "temp_store=MEMORY",
            "cache_size=-16384",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if _is_current(connection):
            _write_ahead(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes is "locked" at once, whatever the timeout.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _is_current(connection: sqlite3.Connection) -> bool:
    """Whether the file holds an archive of this schema: no other file is written to before it is judged."""
    ours = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('alembic_version', 'frontier')"
    ).fetchone()
    return ours == (2,) and connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Lets readers go on beside a writer. The file remembers it: only a new one or a backup is written to for it.

    Where it can't be written it is read as it is; who wants to write is told then.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            kind = error.sqlite_errorcode & PRIMARY
            if kind in UNWRITABLE:
                return
            if kind != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)  # SQLite itself does not wait for another writer here
        else:
            return


def mapped(engine: Engine) -> Engine:
    """The engine, with its SQLite file mapped into memory: for a process that answers many readers at once.

    Its connections then share the system's pages instead of each reading them into a cache of its own.
    """
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def map_file(connection: sqlite3.Connection, _record: Any) -> None:
            connection.execute(f"PRAGMA mmap_size={MAPPED}")

    return engine


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: on SQLite they take the write lock when they begin."""
    return engine.execution_options(writes=True)


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; makes it where it is empty. Idempotent.

    Raises DatabaseError where it can't be opened or written, belongs to something else or is too new.
    """
    try:
        with writing(engine).begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(7406)"))  # two starts at once: one migrates
            state = _state(connection)
            if state != HEAD:
                from storage.migrate import migrate

                migrate(connection)
            else:  # a read-only database is told now, not when the first page is to be kept
                connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        if engine.dialect.name == "sqlite":
            _write_ahead_of(engine)
    except DBAPIError as error:
        raise DatabaseError(explain(engine, error)) from error


def _write_ahead_of(engine: Engine) -> None:
    """As ``_write_ahead``, for a file that was no archive of this schema when its connections were made."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        _write_ahead(driver)


def check(engine: Engine) -> str:
    """The revision of the database's schema; raises DatabaseError where it is not the newest, or not there."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is not None and not Path(file.removeprefix("file:")).exists():
        raise DatabaseError(f"There is no archive at {file!r}")
    try:
        with engine.connect() as connection:
            state = _state(connection)
    except DBAPIError as error:
        raise DatabaseError(explain(engine, error)) from error
    if state is None:
        raise DatabaseError("The database is empty: panxi db upgrade makes the archive in it")
    if state != HEAD:
        raise DatabaseError(f"The archive's schema is {state}, this version wants {HEAD}: panxi db upgrade")
    return state


def _state(connection: Connection) -> str | None:
    """The database's revision; None where it is empty."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if "alembic_version" not in tables or "frontier" not in tables:
        raise DatabaseError(f"Not a panxi database: it holds {', '.join(sorted(tables)[:5])}")
    revisions = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(revisions) != 1:
        raise DatabaseError(f"Its schema has {len(revisions)} revisions instead of one: restore a backup")
    revision: str = revisions[0]
    if revision != HEAD:
        from storage.migrate import known

        if revision not in known():
            raise DatabaseError(f"The archive was made by a newer panxi (schema {revision!r}): upgrade the program")
    return revision


def is_fault(error: Broken) -> bool:
    """Whether the error tells of the database (damaged, locked, lost) rather than of what it was asked."""
    return not isinstance(error, OURS)


def explain(engine: Engine, error: Broken) -> str:
    """The error in one line that a person can act on: where, why, and what to do."""
    where = engine.url.render_as_string(hide_password=True)
    reason = reason_of(error)
    if is_damage(error):
        return f"{where}: the database is damaged ({reason}): {MEND}"
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return f"{where}: the connection to the database was lost ({reason}): nothing half done is kept, run it again"
    return f"{where}: {reason}{_what_to_do(engine, error)}"


def reason_of(error: Broken) -> str:
    """What the driver says, in one line."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return next(iter(str(original).strip().splitlines()), "") or type(original).__name__


def is_damage(error: Broken) -> bool:
    """Whether the error tells of a file that is no longer what was written."""
    if isinstance(error, UnreadableError):
        return True
    return _code(error) in DAMAGED or UNDECODED in reason_of(error)


def _code(error: Broken) -> int:
    """The kind of SQLite's error; 0 where it has none."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlite_errorcode", 0) & PRIMARY


def _what_to_do(engine: Engine, error: Broken) -> str:
    """What SQLite does not say of a file that is there: why it can't be used, and what to do."""
    if engine.dialect.name != "sqlite":
        return ""
    if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f" (another program has held it for {BUSY_SECONDS:.0f} s: run it again when that has ended)"
    file = Path((engine.url.database or "").removeprefix("file:"))
    if _code(error) not in UNWRITABLE or not os.access(file, os.R_OK) or os.access(file.resolve().parent, os.W_OK):
        return ""
    return (
        f" (the folder {str(file.resolve().parent)!r} can't be written, and SQLite keeps files beside the "
        "archive while it is used: copy the archive to a place that can be written)"
    )
