"""The writer: the one thread that writes, in batches, so that the crawl never waits for the disk."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from crawler.items import Exchange, Link, Outcome, PackedExchange, Visit
from storage import captures, frontier
from storage.captures import Kept
from storage.db import writing
from storage.owner import is_dead
from storage.raw import Raw
from storage.recording import Hook, Recorded, record_all

logger = logging.getLogger(__name__)

T = TypeVar("T")

BATCH: Final = 200
"""Outcomes in one transaction, at most. In batches of 200 an outcome costs a quarter less than in batches of 40."""
GATHER: Final = 0.5
"""Seconds that an outcome waits for others, at most."""
CAPACITY: Final = 600
"""Outcomes that wait before the writer calls itself full …"""
HEAVY: Final = 64 * 1024 * 1024
"""… or bytes of their pages."""
PATIENCE: Final = 120.0
"""Seconds that a database or disk may be away before the writer gives up."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
TRY_AGAIN: Final = timedelta(days=1)
"""When an address is visited again whose article could not be stored: what hinders it may be mended by then …"""
TRIES: Final = 9
"""… and how often."""

AWAY: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)
"""What SQLite says of its surroundings rather than of what it was asked."""


class WriterError(Exception):
    """The archive can't be written; what was not confirmed is not stored, and comes again with the next crawl."""


@dataclass(frozen=True, slots=True)
class _Submitted:
    outcome: Outcome
    future: Future[Recorded]


@dataclass(frozen=True, slots=True)
class _Asked:
    do: Callable[[Connection], Any]
    future: Future[Any]


class Writer:
    """Writes outcomes and claims visits on a thread of its own.

    Each batch's raw pages are on the disk before its transaction commits. An outcome that can't be written is set
    aside with its reason and takes no other with it. Where the database or the disk is away, the writer waits and
    tries again; after ``patience`` seconds it gives up: ``error`` says why, and every future gets a WriterError.
    """

    def __init__(self, engine: Engine, raw: Raw, *, after: Sequence[Hook] = (), patience: float = PATIENCE) -> None:
        self.error: WriterError | None = None
        """Why the writer gave up."""
        self._engine = writing(engine)
        self._raw = raw
        self._after = tuple(after)
        self._patience = patience
        self._line: deque[_Submitted | _Asked] = deque()
        self._ahead: deque[_Asked] = deque()
        self._hurried = False
        self._since = 0.0
        self._durable: dict[int, Kept] = {}
        """Raw records, by the exchange they are of, that are on the disk while their transaction is not."""
        self._waiting = 0
        self._bytes = 0
        self._wake = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="archive writer", daemon=True)
        self._thread.start()

    @property
    def full(self) -> bool:
        """Whether so much waits that the crawl should fetch nothing more for a while."""
        return self._waiting >= CAPACITY or self._bytes >= HEAVY

    def submit(self, outcome: Outcome) -> Future[Recorded]:
        """Have the outcome written; the future ends when it is committed, or with why it could not be stored."""
        future: Future[Recorded] = Future()
        self._enter(_Submitted(outcome, future))
        return future

    def call(self, do: Callable[[Connection], T]) -> Future[T]:
        """Run ``do`` in a transaction of its own, behind what was submitted before."""
        future: Future[T] = Future()
        self._enter(_Asked(do, future))
        return future

    def ask(self, do: Callable[[Connection], T]) -> Future[T]:
        """Run ``do`` in a transaction of its own as soon as may be, before what waits to be written."""
        future: Future[T] = Future()
        self._enter(_Asked(do, future), ahead=True)
        return future

    def hurry(self) -> None:
        """Write what waits now: nothing more is coming until it is written."""
        with self._wake:
            if self._line:
                self._hurried = True
                self._wake.notify()

    def put(self, links: Sequence[Link], *, now: datetime) -> Future[int]:
        """``storage.frontier.put`` on the writer's thread."""
        return self.call(lambda conn: frontier.put(conn, links, now))

    def claim(
        self,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        sources: Sequence[str] | None = None,
        urls: Sequence[str] | None = None,
    ) -> Future[list[Visit]]:
        """``storage.frontier.claim`` on the writer's thread, before what waits: what that finds is claimed later."""
        return self.ask(
            lambda conn: frontier.claim(
                conn, owner=owner, now=now, lease=lease, limit=limit, sources=sources, urls=urls
            )
        )

    def next_due(
        self, *, sources: Sequence[str] | None = None, urls: Sequence[str] | None = None
    ) -> Future[datetime | None]:
        """``storage.frontier.next_due`` on the writer's thread."""
        return self.call(lambda conn: frontier.next_due(conn, sources=sources, urls=urls))

    def release_dead(self) -> Future[int]:
        """Give back what processes of this machine had claimed that have ended."""
        return self.call(
            lambda conn: sum(frontier.release(conn, owner) for owner in frontier.owners(conn) if is_dead(owner))
        )

    def close(self, *, release: str | None = None) -> None:
        """Write what waits, give back what ``release`` had claimed, end the thread and close the raw file.

        Idempotent. Raises nothing: what could not be written is told by its future and by ``error``.
        """
        with self._wake:
            if not self._closed and release is not None:
                self._line.append(_Asked(lambda conn: frontier.release(conn, release), Future()))
            self._closed = True
            self._wake.notify()
        self._thread.join()

    def _enter(self, item: _Submitted | _Asked, *, ahead: bool = False) -> None:
        with self._wake:
            if self._closed or self.error is not None:
                item.future.set_exception(self.error or WriterError("The writer is closed"))
            elif isinstance(item, _Submitted):
                self._waiting += 1
                self._bytes += _weight(item)
                if not self._line:
                    self._since = time.monotonic()
                self._line.append(item)
                if len(self._line) in (1, BATCH):  # to wake up for each outcome costs the crawl more than to write it
                    self._wake.notify()
            else:
                (self._ahead if ahead else self._line).append(item)
                self._hurried = self._hurried or not ahead
                self._wake.notify()

    # --- on the thread -----------------------------------------------------------------------------------

    def _run(self) -> None:
        while (taken := self._take()) is not None:
            batch, call = taken
            if batch:
                self._write(batch)
                self._durable.clear()
            if call is not None:
                self._answer(call)
        try:
            self._raw.close()
        except OSError as error:
            logger.error("The file of raw pages could not be closed, the next start closes it: %s", error)  # noqa: TRY400 - a line says it

    def _take(self) -> tuple[list[_Submitted], _Asked | None] | None:
        """The outcomes to write next and the call that stands behind them; None at the end."""
        with self._wake:
            while not self._ahead and (wait := self._time_left()) != 0:
                self._wake.wait(wait)
            if self._ahead:
                return [], self._ahead.popleft()
            if not self._line:
                return None
            batch: list[_Submitted] = []
            call = None
            while call is None and self._line and len(batch) < BATCH:
                item = self._line.popleft()
                if isinstance(item, _Asked):
                    call = item
                else:
                    batch.append(item)
            self._since = time.monotonic()
            self._hurried = any(isinstance(item, _Asked) for item in self._line)
            return batch, call

    def _time_left(self) -> float | None:
        """Seconds until what waits is to be written; None where nothing waits."""
        if self._hurried or self._closed or len(self._line) >= BATCH:
            return 0
        return max(self._since + GATHER - time.monotonic(), 0) if self._line else None

    def _write(self, batch: list[_Submitted]) -> None:
        try:
            results = self._patiently(lambda: self._commit([item.outcome for item in batch]))
        except WriterError as error:
            self._written(batch)
            for item in batch:
                item.future.set_exception(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not take the batch with it
            if len(batch) == 1:
                self._written(batch)
                self._set_aside(batch[0], error)
            else:
                for item in batch:
                    self._write([item])
        else:
            self._written(batch)
            for item, result in zip(batch, results, strict=True):
                item.future.set_result(result)

    def _written(self, batch: list[_Submitted]) -> None:
        """They wait no longer. Said before they are answered: who hears the answer may ask whether there is room."""
        with self._wake:
            self._waiting -= len(batch)
            self._bytes -= sum(map(_weight, batch))

    def _commit(self, outcomes: Sequence[Outcome]) -> list[Recorded]:
        parts = [part for outcome in outcomes for part in outcome.parts]
        kept = self._keep([*(outcome.exchange for outcome in outcomes), *parts])
        with self._engine.begin() as conn:
            recorded = record_all(conn, outcomes, kept=kept[: len(outcomes)], after=self._after)
            captures.add(conn, kept[len(outcomes) :])
            return recorded

    def _keep(self, pages: Sequence[Exchange | PackedExchange | None]) -> list[Kept | None]:
        """Brings pages to the disk, but for those that are there already, by a transaction that failed."""
        there = [self._durable.get(id(page)) for page in pages]
        wanted = [None if known else page for page, known in zip(pages, there, strict=True)]
        with self._engine.connect() as conn:
            kept = [new or known for new, known in zip(captures.keep(self._raw, wanted, conn), there, strict=True)]
        for page, one in zip(pages, kept, strict=True):
            if one is not None and not one.revisit:  # what a revisit refers to may be rolled back
                self._durable[id(page)] = one
        return kept

    def _set_aside(self, item: _Submitted, error: Exception) -> None:
        """Keep the reason with the address, so that a person sees it; the article itself can't be stored today."""
        outcome = item.outcome
        logger.error("Not stored: %r: %r", outcome.url, error, exc_info=error)
        reason = f"not stored: {type(error).__name__}: {' '.join(str(error).split())[:500]}"
        again = outcome.fetched_at + TRY_AGAIN if outcome.visit.attempts < TRIES else None
        failed = replace(outcome, state="failed", reason=reason, due_at=again, article=None, links=(), onward=None)
        # The raw page too, unless it is what can't be stored.
        for kept in (failed, replace(failed, exchange=None, parts=())):
            try:
                self._patiently(lambda kept=kept: self._commit([kept]))  # type: ignore[misc]
                break
            except Exception:
                logger.exception("Nor could the reason be stored: %r", outcome.url)
        item.future.set_exception(error)

    def _answer(self, call: _Asked) -> None:
        if not call.future.set_running_or_notify_cancel():
            return  # who asked has left; from here on it can't

        def run() -> Any:
            with self._engine.begin() as conn:
                return call.do(conn)

        try:
            call.future.set_result(self._patiently(run))
        except Exception as error:  # noqa: BLE001 - it belongs to the caller
            call.future.set_exception(error)

    def _patiently(self, work: Callable[[], T]) -> T:
        """Do the work; where database or disk is away, again with growing pauses, until patience ends."""
        if self.error is not None:
            raise self.error
        deadline = time.monotonic() + self._patience
        pause = FIRST_PAUSE
        while True:
            try:
                return work()
            except (OSError, DBAPIError) as error:
                if not is_away(error):
                    raise
                reason = error.orig if isinstance(error, DBAPIError) else error
                if time.monotonic() + pause > deadline:
                    self.error = WriterError(f"The archive can't be written: {' '.join(str(reason).split())}")
                    logger.critical("%s", self.error)
                    raise self.error from error
                logger.warning("The archive can't be written, trying again in %.1f s: %s", pause, reason)
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)


def _weight(item: _Submitted) -> int:
    """Bytes of the pages: what waits of them, raw, read and indexed, is about as much."""
    return sum(map(_size, (item.outcome.exchange, *item.outcome.parts)))


def _size(page: Exchange | PackedExchange | None) -> int:
    match page:
        case PackedExchange():
            return page.length
        case Exchange():
            return len(page.body)
        case None:
            return 0


def is_away(error: OSError | DBAPIError) -> bool:
    """Whether the database or the disk is away, full or held by another, so that waiting may help."""
    if isinstance(error, OSError) or error.connection_invalidated:
        return True
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return (getattr(original, "sqlite_errorcode", 0) & 0xFF) in AWAY
    return type(original).__module__.startswith("psycopg") and any(
        base.__name__ in ("OperationalError", "InterfaceError") for base in type(original).__mro__
    )
