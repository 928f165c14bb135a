"""Backups: a copy of the archive at one moment, taken while a crawl goes on.

A backup is a folder: ``panxi.db``, always SQLite, and ``panxi-warc/``. It is an archive that can be used where it
stands, and restored into an empty one on either database.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, insert, select, text

from storage import captures, raw, search
from storage.db import DatabaseError, check, open_engine, upgrade, writing
from storage.grams import index_terms
from storage.schema import article, metadata

DATABASE: Final = "panxi.db"
RAW: Final = "panxi-warc"
"""Where every command looks for the pages of a ``panxi.db``."""
PAGES: Final = 1000
"""Of SQLite copied at a time; the crawl goes on between."""
ROWS: Final = 500


def backup(engine: Engine, folder: Path, target: Path) -> Path:
    """Copy the archive and its raw pages into the folder ``target``, which must not exist; returns it.

    The database is copied first, as it stands at one moment; every record that it points to is in the raw files
    by then. The folder gets its name when it is complete. Raises FileExistsError, OSError, DatabaseError.
    """
    if target.exists():
        raise FileExistsError(f"There is something at {str(target)!r}")
    check(engine)
    growing = target.with_name(target.name + ".part")
    if growing.exists():
        shutil.rmtree(growing)
    (growing / RAW).mkdir(parents=True)
    if engine.dialect.name == "sqlite":
        _copy_file(engine, growing / DATABASE)
    else:
        _copy_tables(engine, growing / DATABASE)
    copy = open_engine(f"sqlite:///{growing / DATABASE}")
    with copy.connect() as conn:
        ends = captures.committed(conn, captures.files(conn))
    copy.dispose()
    for name, end in ends.items():
        _copy_records(raw.locate(folder, name), growing / RAW / name, end)
    growing.rename(target)
    return target


def restore(source: Path, engine: Engine, folder: Path) -> None:
    """Copy a backup into an empty database and an empty or missing folder of raw pages.

    Raises DatabaseError where the database is not empty or the backup can't be read, FileExistsError for a folder
    that holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"The folder of raw pages is not empty: {str(folder)!r}")
    origin = open_engine(f"sqlite:///{source / DATABASE}")
    check(origin)
    upgrade(engine)
    with origin.connect() as old, writing(engine).begin() as new:
        if any(new.execute(select(table).limit(1)).first() is not None for table in metadata.sorted_tables):
            raise DatabaseError("The database to restore into is not empty")
        _copy_rows(old, new)
    origin.dispose()
    shutil.copytree(source / RAW, folder, dirs_exist_ok=True)


def _copy_file(engine: Engine, target: Path) -> None:
    with engine.connect() as conn:
        connection: Any = conn.connection.driver_connection
        copy = sqlite3.connect(target)
        try:
            connection.backup(copy, pages=PAGES)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, and none beside it
        finally:
            copy.close()


def _copy_tables(engine: Engine, target: Path) -> None:
    copy = open_engine(f"sqlite:///{target}")
    upgrade(copy)
    moment = engine.execution_options(isolation_level="REPEATABLE READ")
    with moment.connect() as old, writing(copy).begin() as new:
        _copy_rows(old, new)
    copy.dispose()


def _copy_rows(old: Connection, new: Connection) -> None:
    """All rows into an empty archive, in an order that keeps references whole, and its full-text index."""
    for table in metadata.sorted_tables:
        rows = old.execution_options(yield_per=ROWS).execute(select(table).order_by(*table.primary_key))
        for part in rows.mappings().partitions(ROWS):
            new.execute(insert(table), [dict(row) for row in part])
        if new.dialect.name == "postgresql" and "id" in table.c:
            top = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
            new.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), top, text("false"))))
    texts = old.execution_options(yield_per=ROWS).execute(select(article.c.id, article.c.title, article.c.body))
    for found in texts.partitions(ROWS):
        search.index(new, [(row.id, index_terms(row.title, row.body)) for row in found])


def _copy_records(path: Path, target: Path, end: int) -> None:
    """The file up to the first whole record behind ``end``: a request stands behind its response."""
    shutil.copyfile(path, target)
    whole = raw.whole_until(target, end)
    with target.open("r+b") as file:
        file.truncate(whole)
