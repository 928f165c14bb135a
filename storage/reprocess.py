"""Reading the kept pages again, without the network: a better rule improves the whole past."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, exists, select, update

from crawler.items import Article, Exchange
from storage import captures, raw
from storage.db import writing
from storage.raw import MissingError, RawError
from storage.recording import Hook, discover, reread
from storage.schema import article, capture, frontier, revision

PageAt = Callable[[str], Exchange | None]
"""The page that was kept of an address at about the same time; None where there is none."""
Reading = Callable[[Exchange, str | None, PageAt], Article | str]
"""Reads a page of the named source: the article, or why there is none. The last says what an article goes on on."""

BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What reading one kept page again gave."""

    article_id: int | None
    """None: a page that has none yet, of a reading that changes nothing."""
    url: str
    kind: Literal["same", "changed", "found", "unread", "no-page", "left"]
    """found: a kept page that had given no article gives one now; unread: the reader finds no article now, the stored
    one stays; no-page: no raw page is kept, or it is damaged; left: its source is not among those that are known, and
    nobody else reads its pages as well."""
    fields: tuple[str, ...] = ()
    """Names of the fields that changed."""
    reason: str | None = None
    revision: int | None = None
    """Number of an earlier text, where it was that one's page."""
    source: str | None = None
    """Of a page that is left, its own."""
    lost: str | None = None
    """The file or folder whose loss took the page along with others."""


@dataclass(frozen=True, slots=True)
class _Unread:
    """Why a page gave no article."""

    kind: Literal["unread", "no-page"]
    reason: str
    lost: str | None = None


def reprocess(
    engine: Engine,
    folder: Path,
    reading: Reading,
    *,
    now: datetime,
    anew: Reading | None = None,
    sources: Sequence[str] | None = None,
    known: Collection[str] | None = None,
    after: Sequence[Hook] = (),
    write: bool = True,
) -> Iterator[Again]:
    """Read the kept pages of articles (of these sources) again, oldest id first, and yield what each gave.

    Earlier texts are read again too, from their own pages. ``anew`` reads a page of which nothing is known: then the
    kept pages that gave no article are looked at as well, and those yielded that do now. ``write=False`` changes
    nothing and tells what would. An exception of the reader is that page's ``unread``. ``known`` are the sources that
    the reader knows: pages of others are left alone (None: it needs to know none).
    """
    job = _Job(
        engine=engine,
        folder=folder,
        now=now,
        sources=sources,
        known=known,
        after=after if write else (),
        write=write,
    )
    yield from _articles(job, reading)
    if anew is not None:
        yield from _refused(job, anew)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """Where pages are, which are read, and what becomes of it; see ``reprocess``."""

    engine: Engine
    folder: Path
    now: datetime
    sources: Sequence[str] | None
    known: Collection[str] | None
    after: Sequence[Hook]
    write: bool

    def leaves(self, source: str | None) -> bool:
        """Whether the pages of a source are left alone."""
        return self.known is not None and source is not None and source not in self.known

    def read(self, reading: Reading, row: Any) -> Article | _Unread:
        """What a reading makes of the page of a row."""
        return _read(self.engine, self.folder, reading, row.capture_id, row.source)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept where anything is to be written."""
        with writing(self.engine).connect() as conn, conn.begin() as transaction:
            yield conn
            if not self.write:
                transaction.rollback()


def _articles(job: _Job, reading: Reading) -> Iterator[Again]:
    chosen = [] if job.sources is None else [article.c.source.in_(job.sources)]
    last = 0
    while True:
        with job.engine.connect() as conn:
            rows = conn.execute(
                select(article.c.id, article.c.url, article.c.source, article.c.capture_id)
                .where(article.c.id > last, *chosen)
                .order_by(article.c.id)
                .limit(BATCH)
            ).all()
        for row in rows:
            if job.leaves(row.source):
                yield Again(article_id=row.id, url=row.url, kind="left", source=row.source)
                continue
            yield from _earlier(job.engine, job.folder, reading, row, write=job.write)
            read = job.read(reading, row)
            if not isinstance(read, Article):
                yield Again(article_id=row.id, url=row.url, kind=read.kind, reason=read.reason, lost=read.lost)
                continue
            with job.writing() as conn:
                fields = reread(conn, row.id, read, now=job.now, after=job.after)
            yield Again(article_id=row.id, url=row.url, kind="changed" if fields else "same", fields=fields)
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def _refused(job: _Job, reading: Reading) -> Iterator[Again]:
    """The last page of each address that has no article."""
    later, of_article = capture.alias(), capture.alias()
    lone = [
        capture.c.status == captures.OK,
        ~exists().where(later.c.url == capture.c.url, later.c.id > capture.c.id),
        ~exists().where(article.c.url == capture.c.url),
        # A page may call itself by another address than the one that it was fetched from.
        ~exists().where(of_article.c.url == capture.c.url, article.c.capture_id == of_article.c.id),
    ]
    if job.sources is not None:
        lone.append(frontier.c.source.in_(job.sources))
    columns = (capture.c.id, capture.c.id.label("capture_id"), capture.c.fetched_at, frontier.c.source)
    # What was never visited by itself is a further page of an article that has several.
    pages = select(*columns).where(*lone).join_from(capture, frontier, frontier.c.url == capture.c.url)
    last = 0
    while True:
        with job.engine.connect() as conn:
            rows = conn.execute(pages.where(capture.c.id > last).order_by(capture.c.id).limit(BATCH)).all()
        for row in rows:
            if job.leaves(row.source):
                continue
            read = job.read(reading, row)
            if not isinstance(read, Article):
                continue  # it is as it was
            with job.writing() as conn:
                there = discover(conn, read, capture_id=row.id, at=row.fetched_at, now=job.now, after=job.after)
            if there is not None:
                yield Again(article_id=there.article_id if job.write else None, url=read.url, kind="found")
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
            yield Again(
                article_id=number,
                url=url,
                kind=read.kind,
                reason=read.reason,
                revision=row.number,
                lost=read.lost,
            )
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
) -> Article | _Unread:
    if capture_id is None:
        return _Unread("no-page", "no raw page was kept")
    try:
        exchange = _page(engine, folder, capture_id)
    except MissingError as error:
        return _Unread("no-page", str(error), lost=str(error))
    except RawError as error:
        return _Unread("no-page", str(error))

    def at(url: str) -> Exchange | None:
        with engine.connect() as conn:
            number = captures.nearest(conn, url, exchange.fetched_at)
        return None if number is None else _page(engine, folder, number)

    try:
        read = reading(exchange, source, at)
    except Exception as error:  # noqa: BLE001 - one page's fault must not end the others' reading; it is told
        return _Unread("unread", f"{type(error).__name__}: {error}")
    return _Unread("unread", read) if isinstance(read, str) else read


def _page(engine: Engine, folder: Path, capture_id: int) -> Exchange:
    with engine.connect() as conn:
        pointer, payload = captures.pointers(conn, capture_id)
    return raw.read(folder, pointer, payload)
