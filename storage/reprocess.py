"""Reading the kept pages again, without the network: a better rule improves the whole past."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, select, update

from crawler.items import Article, Exchange
from storage import captures, raw
from storage.db import writing
from storage.raw import RawError
from storage.recording import Hook, reread
from storage.schema import article, revision

Reading = Callable[[Exchange, str | None], Article | str]
"""Reads a page of the named source: the article, or why there is none."""

BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What reading one kept page again gave."""

    article_id: int
    url: str
    kind: Literal["same", "changed", "unread", "no-page"]
    """unread: the reader finds no article now, the stored one stays; no-page: no raw page is kept, or it is damaged."""
    fields: tuple[str, ...] = ()
    """Names of the fields that changed."""
    reason: str | None = None
    revision: int | None = None
    """Number of an earlier text, where it was that one's page."""


def reprocess(
    engine: Engine,
    folder: Path,
    reading: Reading,
    *,
    now: datetime,
    where: Sequence[ColumnElement[bool]] = (),
    after: Sequence[Hook] = (),
    write: bool = True,
) -> Iterator[Again]:
    """Read the kept pages of articles that meet the conditions again, oldest id first, and yield what each gave.

    Earlier texts are read again too, from their own pages. ``write=False`` changes nothing and tells what would.
    An exception of the reader is that page's ``unread``.
    """
    last = 0
    while True:
        with engine.connect() as conn:
            rows = conn.execute(
                select(article.c.id, article.c.url, article.c.source, article.c.capture_id)
                .where(article.c.id > last, *where)
                .order_by(article.c.id)
                .limit(BATCH)
            ).all()
        for row in rows:
            yield from _earlier(engine, folder, reading, row, write=write)
            read = _read(engine, folder, reading, row.capture_id, row.source)
            if not isinstance(read, Article):
                yield Again(article_id=row.id, url=row.url, kind=read[0], reason=read[1])
                continue
            with writing(engine).connect() as conn, conn.begin() as transaction:
                fields = reread(conn, row.id, read, now=now, after=after if write else ())
                if not write:
                    transaction.rollback()
            yield Again(article_id=row.id, url=row.url, kind="changed" if fields else "same", fields=fields)
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def _earlier(engine: Engine, folder: Path, reading: Reading, current: Any, *, write: bool) -> Iterator[Again]:
    number, url, source = current.id, current.url, current.source
    with engine.connect() as conn:
        rows = conn.execute(select(revision).where(revision.c.article_id == number).order_by(revision.c.number)).all()
    for row in rows:
        read = _read(engine, folder, reading, row.capture_id, source)
        if not isinstance(read, Article):
            yield Again(article_id=number, url=url, kind=read[0], reason=read[1], revision=row.number)
            continue
        values = {
            "title": read.title,
            "title_original": read.title_original,
            "body": read.body,
            "body_original": None if read.body_original == read.body else read.body_original,
            "content_sha256": read.content_sha256,
        }
        fields = tuple(name for name, value in values.items() if getattr(row, name) != value)
        if fields and write:
            with writing(engine).begin() as conn:
                conn.execute(
                    update(revision)
                    .where(revision.c.article_id == number, revision.c.number == row.number)
                    .values(values)
                )
        yield Again(
            article_id=number, url=url, kind="changed" if fields else "same", fields=fields, revision=row.number
        )


def _read(
    engine: Engine, folder: Path, reading: Reading, capture_id: int | None, source: str | None
) -> Article | tuple[Literal["unread", "no-page"], str]:
    if capture_id is None:
        return "no-page", "no raw page was kept"
    try:
        with engine.connect() as conn:
            pointer, payload = captures.pointers(conn, capture_id)
        exchange = raw.read(folder, pointer, payload)
    except RawError as error:
        return "no-page", str(error)
    try:
        read = reading(exchange, source)
    except Exception as error:  # noqa: BLE001 - one page's fault must not end the others' reading; it is told
        return "unread", f"{type(error).__name__}: {error}"
    return ("unread", read) if isinstance(read, str) else read
