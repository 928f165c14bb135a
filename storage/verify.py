"""Checking database, raw pages and digests against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, func, select, text

from storage import captures, raw, search
from storage.db import BROKEN, is_damage, reason_of
from storage.grams import index_terms
from storage.progress import Progress, untold
from storage.raw import MissingError, RawError
from storage.schema import article, capture, cluster, frontier, revision

BATCH = 500

Kind = Literal["database", "record", "file", "digest", "orphan", "search", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold."""

    kind: Kind
    """note: worth knowing and harmless; all others are faults."""
    what: str
    """The row, or the file and the offset."""
    detail: str


def verify(engine: Engine, folder: Path, progress: Progress = untold) -> Iterator[Finding]:
    """Yield all that does not hold; nothing is changed.

    Each capture's record is read back, its checksum, digest and body compared; each raw file is read to its end;
    each text is hashed again; references are followed; the full-text index is asked for a term of each article.
    Where a part of the database can't be read it is named, and the others are read all the same.
    """
    progress("database", 0, 1)
    for check, what in CHECKS:
        yield from _as_far_as_it_goes(engine, check, "database", what)
    progress("database", 1, 1)
    yield from _texts(engine, progress)
    yield from _records(engine, folder, progress)
    yield from _files(folder, progress)


def _as_far_as_it_goes(
    engine: Engine, check: Callable[[Connection], Iterator[Finding]], kind: Kind, what: str
) -> Iterator[Finding]:
    """What the check finds; that it can't be made is a finding too."""
    try:
        with engine.connect() as conn:
            yield from check(conn)
    except BROKEN as error:
        if not is_damage(error):
            raise
        yield Finding(kind, what, f"can't be read: {reason_of(error)}")


def _integrity(conn: Connection) -> Iterator[Finding]:
    if conn.dialect.name == "sqlite":
        for (message,) in conn.execute(text("PRAGMA integrity_check(20)")):
            told = [line for line in message.splitlines() if line != "ok" and not line.startswith("***")]
            yield from (Finding("database", "integrity_check", line) for line in told)


def _references(conn: Connection) -> Iterator[Finding]:
    if conn.dialect.name == "sqlite":
        for row in conn.execute(text("PRAGMA foreign_key_check")):
            yield Finding("orphan", f"{row[0]} row {row[1]}", f"refers to a missing row of {row[2]}")


def _lone(conn: Connection) -> Iterator[Finding]:
    lone = (
        select(article.c.id, article.c.url)
        .outerjoin(frontier, frontier.c.url == article.c.url)
        .where(frontier.c.id.is_(None))
        .limit(100)
    )
    for row in conn.execute(lone):
        yield Finding("note", f"article {row.id}", f"is not on the frontier: {row.url}")


def _headless(conn: Connection) -> Iterator[Finding]:
    headless = (
        select(cluster.c.id)
        .outerjoin(article, (article.c.id == cluster.c.canonical_article_id) & (article.c.cluster_id == cluster.c.id))
        .where(article.c.id.is_(None))
        .limit(100)
    )
    for (number,) in conn.execute(headless):
        yield Finding("orphan", f"cluster {number}", "its canonical article is not one of its articles")


def _numbers(conn: Connection) -> Iterator[Finding]:
    numbers = select(revision.c.article_id).join(article).where(revision.c.number >= article.c.revision).limit(100)
    for (number,) in conn.execute(numbers):
        yield Finding("orphan", f"article {number}", "an earlier text has a number as high as the present one")


CHECKS: Final[tuple[tuple[Callable[[Connection], Iterator[Finding]], str], ...]] = (
    (_integrity, "integrity"),
    (_references, "references between rows"),
    (_lone, "the frontier's addresses"),
    (_headless, "clusters"),
    (_numbers, "earlier texts"),
)
"""Questions to the whole database, each with what it looks at."""


@dataclass(frozen=True, slots=True)
class _Unread:
    """Rows that can't be read, by number."""

    first: int
    last: int | None
    """None: to the end, which can't be read either."""
    reason: str

    def finding(self, noun: str) -> Finding:
        """What is told of them."""
        until = "on" if self.last is None else f"to {self.last}"
        rows = f"{noun} {self.first}" if self.first == self.last else f"{noun}s from {self.first} {until}"
        return Finding("database", rows, f"can't be read: {self.reason}")


def _rows(
    engine: Engine, statement: Select[Any], number: ColumnElement[int], end: int | None
) -> Iterator[tuple[Sequence[Any], list[_Unread]]]:
    """The rows by number up to ``end``, some at a time, and those that can't be read.

    A page of the database that is damaged takes the rows beside it along where they are read at once: then each half
    is read by itself, down to the row.
    """
    last = 0
    while end is None or last < end:
        try:
            with engine.connect() as conn:
                rows: Sequence[Any] = conn.execute(statement.where(number > last).order_by(number).limit(BATCH)).all()
        except BROKEN as error:
            if not is_damage(error):
                raise
            until = last + BATCH if end is None else min(last + BATCH, end)
            parts = list(_halved(engine, statement, number, last + 1, until))
            rows = [part for part in parts if not isinstance(part, _Unread)]
            unread = _joined(part for part in parts if isinstance(part, _Unread))
            if end is None and not rows:
                yield [], [_Unread(last + 1, None, reason_of(error))]
                return
            yield rows, unread
            last = until
            continue
        yield rows, []
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def _halved(engine: Engine, statement: Select[Any], number: ColumnElement[int], first: int, last: int) -> Iterator[Any]:
    try:
        with engine.connect() as conn:
            rows = conn.execute(statement.where(number.between(first, last)).order_by(number)).all()
    except BROKEN as error:
        if first == last:
            yield _Unread(first, last, reason_of(error))
            return
        middle = (first + last) // 2
        yield from _halved(engine, statement, number, first, middle)
        yield from _halved(engine, statement, number, middle + 1, last)
    else:
        yield from rows


def _joined(found: Iterable[_Unread]) -> list[_Unread]:
    """The same, neighbours as one."""
    joined: list[_Unread] = []
    for one in found:
        before = joined[-1] if joined else None
        if before is not None and before.last == one.first - 1 and before.reason == one.reason:
            joined[-1] = replace(before, last=one.last)
        else:
            joined.append(one)
    return joined


def _last(engine: Engine, table: Table) -> int | None:
    """The highest number of a row; None where it can't be read."""
    try:
        with engine.connect() as conn:
            last: int = conn.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    except BROKEN as error:
        if not is_damage(error):
            raise
        return None
    return last


def _texts(engine: Engine, progress: Progress) -> Iterator[Finding]:
    end, index_holds = _last(engine, article), True
    columns = select(article.c.id, article.c.title, article.c.body, article.c.content_sha256)
    for rows, unread in _rows(engine, columns, article.c.id, end):
        yield from (some.finding("article") for some in unread)
        for row in rows:
            if sha256(f"{row.title}\n{row.body}".encode()).hexdigest() != row.content_sha256:
                yield Finding("digest", f"article {row.id}", "its text is not the one that was hashed")
        if index_holds:  # it is one tree: where it can't be read it is told once
            missing = list(_as_far_as_it_goes(engine, partial(_unindexed, rows), "search", "the full-text index"))
            index_holds = not any(finding.what == "the full-text index" for finding in missing)
            yield from missing
        if rows and end is not None:
            progress("texts", rows[-1].id, end)
    progress("texts", end or 0, end or 0)


def _unindexed(rows: Sequence[Any], conn: Connection) -> Iterator[Finding]:
    indexed = search.holds(conn, [(row.id, index_terms(row.title, row.body)) for row in rows])
    for row in rows:
        if row.id not in indexed:
            yield Finding("search", f"article {row.id}", "is not in the full-text index")


def _records(engine: Engine, folder: Path, progress: Progress) -> Iterator[Finding]:
    end = _last(engine, capture)
    lost: dict[str, _Lost] = {}
    for rows, unread in _rows(engine, select(capture), capture.c.id, end):
        yield from (some.finding("capture") for some in unread)
        for row in rows:
            yield from _as_far_as_it_goes(
                engine, partial(_record, folder, row, lost), "database", f"where capture {row.id} stands"
            )
        if rows and end is not None:
            progress("raw pages", rows[-1].id, end)
    progress("raw pages", end or 0, end or 0)
    held = {name: one for name, one in lost.items() if one.captures}
    if held and not folder.is_dir():
        captured = sum(one.captures for one in held.values())
        yield Finding(
            "file",
            str(folder),
            f"no such folder; it held {_number(captured, 'capture')} in {_number(len(held), 'file')}",
        )
        return
    for name, one in sorted(held.items()):
        yield Finding("file", name, f"{one.reason}; it held {_number(one.captures, 'capture')}")


@dataclass(slots=True)
class _Lost:
    """A file of raw pages: why it can't be read as a whole, and how many captures need it."""

    reason: str | None
    captures: int = 0


def _record(folder: Path, row: Any, lost: dict[str, _Lost], conn: Connection) -> Iterator[Finding]:
    pointer, payload = captures.pointers(conn, row.id)
    for file in (pointer.file,) if payload is None else (pointer.file, payload.file):
        if file not in lost:
            lost[file] = _Lost(_why_not_there(folder, file))
        if lost[file].reason is not None:
            lost[file].captures += 1
            return
    where = f"{pointer.file} at {pointer.offset} (capture {row.id})"
    try:
        exchange = raw.read(folder, pointer, payload)
    except RawError as error:
        yield Finding("record", where, str(error))
        return
    if sha256(exchange.body).hexdigest() != row.sha256:
        yield Finding("digest", where, "its body is not the one that was hashed")
    if exchange.url != row.url:
        yield Finding("record", where, f"holds {exchange.url!r}, not {row.url!r}")


def _why_not_there(folder: Path, name: str) -> str | None:
    try:
        raw.locate(folder, name)
    except MissingError as error:
        return error.reason
    return None


def _files(folder: Path, progress: Progress) -> Iterator[Finding]:
    paths = sorted(folder.glob("*.warc.gz"))
    for number, path in enumerate(paths, start=1):
        whole = raw.whole_until(path)
        size = path.stat().st_size
        if whole != size:
            yield Finding("file", path.name, f"unreadable from byte {whole} of {size}")
        progress("raw files", number, len(paths))
    for path in sorted(folder.glob("*.torn")):
        yield Finding("note", path.name, "a torn tail that was set aside; nothing points to it")


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
