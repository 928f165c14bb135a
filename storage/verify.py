"""Checking database, raw pages and digests against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, Table, func, select, text

from storage import captures, raw, search
from storage.grams import index_terms
from storage.progress import Progress, untold
from storage.raw import RawError
from storage.schema import article, capture, cluster, frontier, revision

BATCH = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold."""

    kind: Literal["database", "record", "file", "digest", "orphan", "search", "note"]
    """note: worth knowing and harmless; all others are faults."""
    what: str
    """The row, or the file and the offset."""
    detail: str


def verify(engine: Engine, folder: Path, progress: Progress = untold) -> Iterator[Finding]:
    """Yield all that does not hold; nothing is changed.

    Each capture's record is read back, its checksum, digest and body compared; each raw file is read to its end;
    each text is hashed again; references are followed; the full-text index is asked for a term of each article.
    """
    progress("database", 0, 1)
    with engine.connect() as conn:
        yield from _database(conn)
        yield from _orphans(conn)
    progress("database", 1, 1)
    yield from _texts(engine, progress)
    yield from _records(engine, folder, progress)
    with engine.connect() as conn:
        names = captures.files(conn)
    yield from _files(folder, names, progress)


def _database(conn: Connection) -> Iterator[Finding]:
    if conn.dialect.name != "sqlite":
        return
    for (message,) in conn.execute(text("PRAGMA integrity_check(20)")):
        if message != "ok":
            yield Finding("database", "integrity_check", message)
    for row in conn.execute(text("PRAGMA foreign_key_check")):
        yield Finding("orphan", f"{row[0]} row {row[1]}", f"refers to a missing row of {row[2]}")


def _orphans(conn: Connection) -> Iterator[Finding]:
    lone = (
        select(article.c.id, article.c.url)
        .outerjoin(frontier, frontier.c.url == article.c.url)
        .where(frontier.c.id.is_(None))
        .limit(100)
    )
    for row in conn.execute(lone):
        yield Finding("note", f"article {row.id}", f"is not on the frontier: {row.url}")
    headless = (
        select(cluster.c.id)
        .outerjoin(article, (article.c.id == cluster.c.canonical_article_id) & (article.c.cluster_id == cluster.c.id))
        .where(article.c.id.is_(None))
        .limit(100)
    )
    for (number,) in conn.execute(headless):
        yield Finding("orphan", f"cluster {number}", "its canonical article is not one of its articles")
    numbers = select(revision.c.article_id).join(article).where(revision.c.number >= article.c.revision).limit(100)
    for (number,) in conn.execute(numbers):
        yield Finding("orphan", f"article {number}", "an earlier text has a number as high as the present one")


def _texts(engine: Engine, progress: Progress) -> Iterator[Finding]:
    last, end = 0, _last(engine, article)
    while True:
        with engine.connect() as conn:
            rows = conn.execute(
                select(article.c.id, article.c.title, article.c.body, article.c.content_sha256)
                .where(article.c.id > last)
                .order_by(article.c.id)
                .limit(BATCH)
            ).all()
            indexed = search.holds(conn, [(row.id, index_terms(row.title, row.body)) for row in rows])
        for row in rows:
            if sha256(f"{row.title}\n{row.body}".encode()).hexdigest() != row.content_sha256:
                yield Finding("digest", f"article {row.id}", "its text is not the one that was hashed")
            if row.id not in indexed:
                yield Finding("search", f"article {row.id}", "is not in the full-text index")
        if len(rows) < BATCH:
            progress("texts", end, end)
            return
        last = rows[-1].id
        progress("texts", last, end)


def _last(engine: Engine, table: Table) -> int:
    """The highest number of a row."""
    with engine.connect() as conn:
        last: int = conn.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    return last


def _records(engine: Engine, folder: Path, progress: Progress) -> Iterator[Finding]:
    last, end = 0, _last(engine, capture)
    while True:
        with engine.connect() as conn:
            rows = conn.execute(select(capture).where(capture.c.id > last).order_by(capture.c.id).limit(BATCH)).all()
            places = {row.id: captures.pointers(conn, row.id) for row in rows}
        for row in rows:
            pointer, payload = places[row.id]
            where = f"{pointer.file} at {pointer.offset} (capture {row.id})"
            try:
                exchange = raw.read(folder, pointer, payload)
            except RawError as error:
                yield Finding("record", where, str(error))
                continue
            if sha256(exchange.body).hexdigest() != row.sha256:
                yield Finding("digest", where, "its body is not the one that was hashed")
            if exchange.url != row.url:
                yield Finding("record", where, f"holds {exchange.url!r}, not {row.url!r}")
        if len(rows) < BATCH:
            progress("raw pages", end, end)
            return
        last = rows[-1].id
        progress("raw pages", last, end)


def _files(folder: Path, names: list[str], progress: Progress) -> Iterator[Finding]:
    paths = sorted(folder.glob("*.warc.gz"))
    for number, path in enumerate(paths, start=1):
        whole = raw.whole_until(path)
        size = path.stat().st_size
        if whole != size:
            yield Finding("file", path.name, f"unreadable from byte {whole} of {size}")
        progress("raw files", number, len(paths))
    for path in sorted(folder.glob("*.torn")):
        yield Finding("note", path.name, "a torn tail that was set aside; nothing points to it")
    for name in names:
        try:
            raw.locate(folder, name)
        except RawError as error:
            yield Finding("file", name, str(error))
