"""Looking an archive over: what may go wrong, before it does."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import Engine, func, select, text

from storage import captures
from storage.db import DatabaseError, check
from storage.owner import is_dead
from storage.raw import OPEN, is_there
from storage.schema import frontier

SPACE: Final = 2 * 1024**3
"""Bytes free that an archive should have."""
FIND: Final = "put it back, or name the folder with --warc-dir or PANXI_WARC_DIR"
RETURNING: Final = (3, 35, 0)
WAL_RESET: Final = ((3, 7, 0), (3, 51, 2))
"""First and last SQLite that may corrupt a database when two processes reset its WAL at once …"""
MENDED: Final = frozenset({(3, 44, 6), (3, 50, 7)})
"""… but for these."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    level: Literal["ok", "warning", "error"]
    message: str
    """What was found and, if it is not well, what to do."""


def doctor(engine: Engine, folder: Path, *, sqlite: tuple[int, ...] = sqlite3.sqlite_version_info) -> list[Check]:
    """Look at the database, the folder of raw pages and the machine. ``sqlite`` is the library's version."""
    checks = []
    if engine.dialect.name == "sqlite":
        checks.append(sqlite_version(sqlite))
        checks += _sqlite(engine)
    try:
        checks.append(Check("schema", "ok", f"at revision {check(engine)}"))
    except DatabaseError as error:
        checks.append(Check("schema", "error", str(error)))
        return [*checks, *_folder(folder, {})]
    checks.append(_leases(engine))
    with engine.connect() as conn:
        held = captures.held(conn)
    return [*checks, *_folder(folder, held)]


def sqlite_version(version: tuple[int, ...]) -> Check:
    """Whether this SQLite is new enough, and free of the WAL-reset bug."""
    name = ".".join(map(str, version))
    if version < RETURNING:
        return Check("sqlite", "error", f"SQLite {name} is too old: 3.35 or newer is needed")
    if WAL_RESET[0] <= version <= WAL_RESET[1] and version not in MENDED:
        return Check(
            "sqlite",
            "warning",
            f"SQLite {name} has the WAL-reset bug (3.7.0 to 3.51.2): with several processes on one file it may, "
            "rarely, corrupt it. Use 3.51.3, 3.50.7 or 3.44.6, keep backups, or take PostgreSQL",
        )
    return Check("sqlite", "ok", f"SQLite {name}")


def _sqlite(engine: Engine) -> list[Check]:
    try:
        with engine.connect() as conn:
            mode = conn.execute(text("PRAGMA journal_mode")).scalar_one()
            options = {row[0] for row in conn.execute(text("PRAGMA compile_options"))}
    except Exception as error:  # noqa: BLE001 - the check of the schema tells what it is
        return [Check("database", "error", f"can't be read: {error}")]
    wal = (
        Check("journal", "ok", "write-ahead log")
        if mode == "wal"
        else Check("journal", "warning", f"journal mode is {mode!r}, not WAL: on a network disk, use PostgreSQL")
    )
    fts = (
        Check("full text", "ok", "FTS5 is there")
        if "ENABLE_FTS5" in options
        else Check("full text", "error", "this SQLite has no FTS5: use a Python with a complete SQLite")
    )
    size = Path(engine.url.database or "").with_name(Path(engine.url.database or "").name + "-wal")
    grown = size.stat().st_size if size.exists() else 0
    if grown > 512 * 1024**2:
        return [wal, fts, Check("log", "warning", f"the log has grown to {grown >> 20} MB: a reader never ends")]
    return [wal, fts]


def _leases(engine: Engine) -> Check:
    c = frontier.c
    with engine.connect() as conn:
        owners = conn.execute(
            select(c.lease_owner, func.count()).where(c.state == "leased").group_by(c.lease_owner)
        ).all()
    dead = sum(count for owner, count in owners if is_dead(owner))
    if dead:
        return Check("leases", "warning", f"{dead} addresses are leased to crawls that ended: the next one takes them")
    return Check("leases", "ok", f"{sum(count for _, count in owners)} addresses in living hands")


def _folder(folder: Path, held: Mapping[str, int]) -> list[Check]:
    """``held``: how many captures the archive has in each raw file."""
    if not folder.is_dir() and held:
        lost = f"no folder {str(folder)!r}, and the archive has {sum(held.values())} captures in it"
        return [Check("raw pages", "error", f"{lost}: {FIND}")]
    if not folder.is_dir():
        return [Check("raw pages", "warning", f"no folder {str(folder)!r} yet: the first crawl makes it")]
    checks = [
        Check("raw pages", "ok", f"{sum(1 for _ in folder.glob('*.warc.gz*'))} files")
        if os.access(folder, os.W_OK)
        else Check("raw pages", "error", f"{str(folder)!r} can't be written")
    ]
    if lacking := [name for name in held if not is_there(folder, name)]:
        captured = sum(held[name] for name in lacking)
        lost = f"{len(lacking)} of {len(held)} are not in {str(folder)!r}, with {captured} captures"
        checks.append(Check("raw files", "error", f"{lost}: {FIND}, or panxi restore makes an archive of a backup"))
    if torn := [path.name for path in folder.glob("*.torn")]:
        checks.append(Check("torn tails", "warning", f"set aside after a kill, safe to delete: {', '.join(torn)}"))
    if growing := sum(1 for _ in folder.glob(f"*{OPEN}")):
        checks.append(Check("growing files", "ok", f"{growing}, of a running crawl or one that was killed"))
    free = shutil.disk_usage(folder).free
    level: Literal["ok", "warning"] = "ok" if free >= SPACE else "warning"
    checks.append(Check("disk", level, f"{free >> 20} MB free"))
    return checks
