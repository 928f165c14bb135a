"""Backups: a copy of the archive at one moment, taken while a crawl goes on.

A backup is a folder: ``panxi.db``, always SQLite, and ``panxi-warc/``. It is an archive that can be used where it
stands, and restored into an empty one on either database.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, insert, select, text
from sqlalchemy.exc import OperationalError

from storage import captures, raw, search
from storage.db import DatabaseError, check, open_engine, upgrade, writing
from storage.grams import index_terms
from storage.moves import settle
from storage.progress import Progress, untold
from storage.schema import article, metadata

DATABASE: Final = "panxi.db"
RAW: Final = "panxi-warc"
"""Where every command looks for the pages of a ``panxi.db``."""
STEP: Final = 1000
"""SQLite's pages copied at a time; the crawl goes on between."""
LOT: Final = 500
"""Rows copied at a time."""
ROWS, PAGES = "database", "raw pages"
"""What is being copied, for who waits."""


def backup(engine: Engine, folder: Path, target: Path, progress: Progress = untold) -> Path:
    """Copy the archive and its raw pages into the folder ``target``, which must not exist; returns it.

    The database is copied first, as it stands at one moment; every record that it points to is in the raw files
    by then. The folder gets its name when it is complete and on the disk. Raises FileExistsError, OSError,
    DatabaseError, and RawError where a raw file is missing, before anything is copied.
    """
    if target.exists():
        raise FileExistsError(f"There is something at {str(target)!r}")
    check(engine)
    with engine.connect() as conn:
        for name in captures.files(conn):
            raw.locate(folder, name)
    growing = target.with_name(target.name + ".part")
    if growing.exists():
        shutil.rmtree(growing)
    try:
        (growing / RAW).mkdir(parents=True)
        with _naming(target):
            ends = _copy_database(engine, growing / DATABASE, progress)
        done, whole = 0, sum(ends.values())
        for name, end in ends.items():
            _copy_records(raw.locate(folder, name), growing / RAW / name, end)
            done += end
            progress(PAGES, done, whole)
        settle(growing, target)
    except BaseException:
        shutil.rmtree(growing, ignore_errors=True)
        raise
    return target


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """Says that it is the target's disk that is full, and not the archive's, which is but read."""
    try:
        yield
    except (sqlite3.OperationalError, OperationalError) as error:
        code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
        if code != sqlite3.SQLITE_FULL:
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from error


def restore(source: Path, engine: Engine, folder: Path, progress: Progress = untold) -> None:
    """Copy a backup into an empty database and an empty or missing folder of raw pages.

    Raises DatabaseError where the database is not empty or the backup can't be read, FileExistsError for a folder
    that holds something, and what a full disk raises. Then nothing is left that could be taken for an archive.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"The folder of raw pages is not empty: {str(folder)!r}")
    origin = open_engine(f"sqlite:///{source / DATABASE}")
    check(origin)
    pages = sorted((source / RAW).iterdir())
    made = [folder / path.name for path in pages] + _files_to_be(engine)
    try:
        _make_empty(engine)
        folder.mkdir(parents=True, exist_ok=True)
        done, whole = 0, sum(path.stat().st_size for path in pages)
        for path in pages:
            shutil.copyfile(path, folder / path.name)
            done += path.stat().st_size
            progress(PAGES, done, whole)
        with origin.connect() as old:
            if engine.dialect.name == "postgresql":
                with writing(engine).begin() as new:
                    _copy_rows(old, new, progress)
            else:
                with engine.connect() as conn:
                    _copy_file(old, _driver(conn), progress)
    except BaseException:
        engine.dispose()
        for path in made:
            path.unlink(missing_ok=True)
        raise
    finally:
        origin.dispose()


def _make_empty(engine: Engine) -> None:
    """An archive without a row. Raises DatabaseError where there is one with some."""
    upgrade(engine)
    with engine.connect() as conn:
        if any(conn.execute(select(table).limit(1)).first() is not None for table in metadata.sorted_tables):
            where = engine.url.render_as_string()
            raise DatabaseError(f"{where} is not empty: restore makes an archive, name a database that holds none")


def _files_to_be(engine: Engine) -> list[Path]:
    """Those of an SQLite database that is not there yet; none of one that is, and of PostgreSQL."""
    file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    if file is None or (file.exists() and file.stat().st_size):
        return []
    return [file, *(file.with_name(f"{file.name}-{kind}") for kind in ("wal", "shm"))]


def _copy_database(engine: Engine, target: Path, progress: Progress) -> dict[str, int]:
    """Copies it as it stands at one moment; returns how far the raw files belong to it."""
    moment = engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")
    with moment.connect() as conn:
        # The first read fixes what all that follow see. Without it SQLite would begin a copy anew at each write.
        ends = captures.committed(conn, captures.files(conn))
        if engine.dialect.name == "sqlite":
            with closing(sqlite3.connect(target)) as copy:
                _copy_file(conn, copy, progress)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, and none beside it
        else:
            _copy_tables(conn, target, progress)
    return ends


def _copy_file(old: Connection, new: sqlite3.Connection, progress: Progress) -> None:
    _driver(old).backup(new, pages=STEP, progress=lambda _status, left, whole: progress(ROWS, whole - left, whole))


def _driver(conn: Connection) -> sqlite3.Connection:
    connection: Any = conn.connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection


def _copy_tables(old: Connection, target: Path, progress: Progress) -> None:
    copy = open_engine(f"sqlite:///{target}")
    upgrade(copy)
    with writing(copy).begin() as new:
        _copy_rows(old, new, progress)
    copy.dispose()


def _copy_rows(old: Connection, new: Connection, progress: Progress) -> None:
    """All rows into an empty archive, in an order that keeps references whole, and its full-text index."""
    sizes = [old.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables]
    done, whole = 0, sum(sizes)
    for table in metadata.sorted_tables:
        rows = old.execution_options(yield_per=LOT).execute(select(table).order_by(*table.primary_key))
        for part in rows.mappings().partitions(LOT):
            new.execute(insert(table), [dict(row) for row in part])
            done += len(part)
            progress(ROWS, done, whole)
        if new.dialect.name == "postgresql" and "id" in table.c:
            top = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
            new.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), top, text("false"))))
    texts = old.execution_options(yield_per=LOT).execute(select(article.c.id, article.c.title, article.c.body))
    done, whole = 0, sizes[metadata.sorted_tables.index(article)]
    for found in texts.partitions(LOT):
        search.index(new, [(row.id, index_terms(row.title, row.body)) for row in found])
        done += len(found)
        progress("full text", done, whole)


def _copy_records(path: Path, target: Path, end: int) -> None:
    """The file up to the first whole record behind ``end``: a request stands behind its response."""
    shutil.copyfile(path, target)
    whole = raw.whole_until(target, end)
    with target.open("r+b") as file:
        file.truncate(whole)
