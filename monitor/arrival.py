"""How an article's address came to the archive: what is put online late is news, what lies in a site's past is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from storage.schema import frontier, run

MOST_PAGES: Final = 500
"""Pages of a column that are followed back to its first."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where an address was found first."""

    listed: bool | None
    """Whether it appeared on a page of a column that had been read before, so that it was put there since; None where
    it was found elsewhere: an article linked to it, or a person named it."""
    column_at: datetime | None
    """When its column was added to a source that was known by then; None where the column is as old as the source."""


UNKNOWN: Final = Arrival(None, None)


def arrival(conn: Connection, url: str, source: str, baseline: datetime) -> Arrival:
    """Where the address of an article was found; ``baseline`` is the end of its source's first whole crawl."""
    row = _row(conn, url)
    page = None if row is None or row.found_on is None else _row(conn, row.found_on)
    if row is None or page is None or page.kind != "listing":
        return UNKNOWN
    listed = row.first_seen_at > baseline and _read_before(
        conn, source, page.first_seen_at, row.first_seen_at, baseline
    )
    return Arrival(listed, _added_at(conn, page, source, baseline))


def _row(conn: Connection, url: str) -> Any:
    columns = (frontier.c.url, frontier.c.kind, frontier.c.found_on, frontier.c.first_seen_at)
    return conn.execute(select(*columns).where(frontier.c.url == url)).one_or_none()


def _read_before(conn: Connection, source: str, page: datetime, row: datetime, baseline: datetime) -> bool:
    """Whether a whole crawl ended between the first sight of a page and that of an address on it."""
    if page <= baseline:
        return True
    ended = (run.c.finished_at > page) & (run.c.finished_at <= row)
    whole = select(run.c.id).where(run.c.source == source, run.c.state == "finished", ended).limit(1)
    return conn.execute(whole).first() is not None


def _added_at(conn: Connection, page: Any, source: str, baseline: datetime) -> datetime | None:
    """When the column that a page is of was added, where the source had others before."""
    first, seen = page, {page.url}
    while first.found_on is not None and first.found_on not in seen and len(seen) < MOST_PAGES:
        before = _row(conn, first.found_on)
        if before is None or before.kind != "listing":
            break
        first = before
        seen.add(first.url)
    if first.first_seen_at <= baseline:
        return None
    listing = (frontier.c.source == source) & (frontier.c.kind == "listing") & (frontier.c.first_seen_at <= baseline)
    others = conn.execute(select(frontier.c.id).where(listing).limit(1)).first()
    added: datetime = first.first_seen_at
    return added if others is not None else None
