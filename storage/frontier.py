"""The frontier: the addresses to visit and when; a crawl is a walk over it.

A row is claimed by lease: it belongs to one process until the lease ends, and then to whoever claims it next.
Rows that wait for their time are not ``pending``; each claim first makes pending what is due, so the order of
claims is one partial index and costs the same on a large frontier as on a small one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)

from crawler.items import Link, Visit
from storage import sql
from storage.schema import frontier
from storage.types import Moment, micros

LONGEST_URL: Final = 2000
"""Bytes; PostgreSQL can't index much more, and no real article has such an address."""
LARGEST_PRIORITY: Final = 1_000_000
PROMOTED_AT_ONCE: Final = 1000

PENDING: Final[ColumnElement[str]] = literal_column("'pending'")
LEASED: Final[ColumnElement[str]] = literal_column("'leased'")
c = frontier.c


def put(conn: Connection, links: Iterable[Link], now: datetime) -> int:
    """Put links on the frontier; returns how many were not known.

    A known link is improved: the smaller depth and the higher priority win, and ``again`` makes it due now.
    Links with an address longer than ``LONGEST_URL`` are left out.
    """
    sql.one_recorder(conn)
    return len(add(conn, links, now).new)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of links that were put."""

    new: frozenset[str]
    """Addresses that were not on the frontier."""
    known_since: dict[str, datetime]
    """When each of the others was first seen."""


def add(conn: Connection, links: Iterable[Link], now: datetime) -> Added:
    """As ``put``, telling which addresses were new and since when the others are known."""
    merged = _merged(links)
    if not merged:
        return Added(frozenset(), {})
    known = {row.url: row for row in conn.execute(_known(conn), {"urls": list(merged)})}
    times = dict.fromkeys(("due_at", "first_seen_at"), micros(now))
    fresh = [_row(link) | times for url, link in merged.items() if url not in known]
    sql.insert_native(conn, frontier, fresh, unless_known=True)  # another process may have put one meanwhile
    better = [
        {
            "at": url,
            "depth_": link.depth,
            "priority_": link.priority,
            "rank_": rank(link),
            "again": link.again,
            "now": now,
        }
        for url, link in merged.items()
        if (row := known.get(url)) is not None
        and (link.depth < row.depth or rank(link) < row.rank or (link.again and row.state != "leased"))
    ]
    if better:
        conn.execute(_improve(), better)
    return Added(frozenset(row["url"] for row in fresh), {url: row.first_seen_at for url, row in known.items()})


def claim(
    conn: Connection,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    sources: Sequence[str] | None = None,
    urls: Sequence[str] | None = None,
) -> list[Visit]:
    """Lease up to ``limit`` due addresses to ``owner``: listings first, then by priority, the newest first.

    They are spread evenly over hosts. Leases that ended are claimed again. ``sources`` limits it to those sources,
    ``urls`` to those addresses. Fewer than ``limit`` come back only where no more are due (or, on PostgreSQL,
    others are claiming them).
    """
    promote(conn, now)
    visits: list[Any] = []
    hosts = list(conn.execute(_hosts()).scalars()) if limit > 0 else []
    while hosts and len(visits) < limit:
        share = -(-(limit - len(visits)) // len(hosts))
        served = []
        for host in hosts:
            take = min(share, limit - len(visits))
            ready = _ready(now, sources, urls).where(c.host == host)
            rows = _lease(conn, ready.limit(take), owner=owner, until=now + lease)
            visits += rows
            if len(rows) == take:
                served.append(host)
        hosts = served
    visits.sort(key=lambda row: (row.rank, -row.id))
    return [_visit(row, owner, lease) for row in visits]


def promote(conn: Connection, now: datetime) -> int:
    """Make pending what is due again, and what a process leased and never came back for; returns how many."""
    due = (
        select(c.id)
        .where(c.state != PENDING, c.due_at.is_not(None), c.due_at <= now)
        .order_by(c.due_at)
        .limit(PROMOTED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = list(conn.execute(due).scalars())
    if ids:
        conn.execute(update(frontier).where(c.id.in_(ids)).values(state="pending", lease_owner=None))
    return len(ids)


def release(conn: Connection, owner: str) -> int:
    """Give back what ``owner`` claimed and did not visit; returns how many."""
    statement = (
        update(frontier)
        .where(c.state == LEASED, c.lease_owner == owner)
        .values(state="pending", due_at=c.first_seen_at, lease_owner=None, attempts=_less_one(c.attempts))
    )
    return conn.execute(statement).rowcount


def owners(conn: Connection) -> list[str]:
    """Who holds leases."""
    return list(conn.execute(select(c.lease_owner).where(c.state == LEASED).distinct()).scalars())


def next_due(
    conn: Connection, *, sources: Sequence[str] | None = None, urls: Sequence[str] | None = None
) -> datetime | None:
    """When the next address of these comes due that nobody holds; None where none ever does."""
    statement = select(func.min(c.due_at)).where(c.state != LEASED, c.due_at.is_not(None))
    if sources is not None:
        statement = statement.where(c.source.in_(sources))
    if urls is not None:
        statement = statement.where(c.url.in_(urls))
    due: datetime | None = conn.execute(statement).scalar_one()
    return due


def revisit(conn: Connection, sources: Sequence[str] | None, now: datetime) -> int:
    """Make every article that was visited before due now, also what failed or was gone; returns how many."""
    visited = c.state.in_(("done", "failed", "gone"))
    statement = update(frontier).where(c.kind == "article", visited).values(due_at=now, attempts=0)
    if sources is not None:
        statement = statement.where(c.source.in_(sources))
    return conn.execute(statement).rowcount


@dataclass(frozen=True, slots=True)
class Seen:
    """What earlier visits to an address tell of the next."""

    visited_at: datetime | None
    unchanged: int
    """Visits in a row that met nothing new."""


def seen(conn: Connection, urls: Iterable[str]) -> dict[str, Seen]:
    """What is known of these addresses; absent where it is nothing."""
    statement = select(c.url, c.visited_at, c.unchanged_count).where(c.url.in_(list(urls)))
    return {row[0]: Seen(row[1], row[2]) for row in conn.execute(statement)}


def known_articles(conn: Connection, sources: Sequence[str] | None) -> int:
    """How many article pages of these sources were visited, at whatever time."""
    statement = select(func.count()).where(c.kind == "article", c.visited_at.is_not(None))
    if sources is not None:
        statement = statement.where(c.source.in_(sources))
    number: int = conn.execute(statement).scalar_one()
    return number


def counts(conn: Connection, sources: Sequence[str] | None = None) -> dict[str, int]:
    """How many addresses are in each state."""
    statement = select(c.state, func.count()).group_by(c.state)
    if sources is not None:
        statement = statement.where(c.source.in_(sources))
    return {row[0]: row[1] for row in conn.execute(statement)}


def rank(link: Link) -> int:
    """Kind and priority in one number, the smallest first."""
    first = 0 if link.kind == "listing" else 2 * LARGEST_PRIORITY + 1
    return first + LARGEST_PRIORITY - max(-LARGEST_PRIORITY, min(LARGEST_PRIORITY, link.priority))


def is_too_long(url: str) -> bool:
    """Whether the address is longer than ``LONGEST_URL``; most are told apart without being encoded."""
    return len(url) > LONGEST_URL // 3 and len(url.encode("utf-8", "replace")) > LONGEST_URL


def host_of(url: str) -> str:
    """Host and port of an absolute URL."""
    return url.split("/", 3)[2].lower()


def _merged(links: Iterable[Link]) -> dict[str, Link]:
    """One link an address, the best of each, in the order of addresses: two writers can't deadlock."""
    merged: dict[str, Link] = {}
    for link in links:
        if is_too_long(link.url):
            continue
        other = merged.get(link.url)
        if other is None or (not link.again, rank(link), link.depth) < (
            not other.again,
            rank(other),
            other.depth,
        ):
            merged[link.url] = link
    return dict(sorted(merged.items()))


def _row(link: Link) -> dict[str, Any]:
    """A new row but for its times."""
    return {
        "url": link.url,
        "host": host_of(link.url),
        "source": link.source,
        "kind": link.kind,
        "priority": link.priority,
        "rank": rank(link),
        "depth": link.depth,
        "state": "pending",
        "found_on": link.found_on,
    }


def _visit(row: Any, owner: str, lease: timedelta) -> Visit:
    return Visit(
        id=row.id,
        url=row.url,
        source=row.source,
        kind=row.kind,
        depth=row.depth,
        attempts=row.attempts - 1,
        etag=row.etag,
        last_modified=row.last_modified,
        first_seen_at=row.first_seen_at,
        owner=owner,
        lease=lease,
    )


def _known(conn: Connection) -> Select[Any]:
    return select(c.url, c.depth, c.rank, c.state, c.first_seen_at).where(sql.among(conn, c.url, "urls"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What a visit changes on the frontier."""

    visit: Visit
    state: str
    now: datetime
    due_at: datetime | None
    reason: str | None = None
    tried: bool = True
    """Whether it counts as an attempt."""
    went_well: bool = False
    changed: bool = False
    missing: bool = False
    etag: str | None = None
    last_modified: str | None = None


def settle(conn: Connection, visits: Sequence[Visited]) -> None:
    """Write what became of visits, in the order of ids, and renew the leases of what their process still holds.

    An address whose lease ended, and that another process has claimed since, is left to that one.
    """
    rows = [
        {
            "at": visited.visit.id,
            "mine": visited.visit.owner,
            "state_": visited.state,
            "due": visited.due_at,
            "why": visited.reason,
            "tried": visited.tried,
            "now": visited.now,
            "well": visited.went_well,
            "changed": visited.changed,
            "missing": visited.missing,
            "etag_": visited.etag,
            "modified": visited.last_modified,
        }
        for visited in sorted(visits, key=lambda visited: visited.visit.id)
    ]
    if not rows:
        return
    conn.execute(_settle(), rows)
    now = max(visited.now for visited in visits)
    for owner, lease in {(visited.visit.owner, visited.visit.lease) for visited in visits}:
        if owner is not None and lease is not None:
            renew(conn, owner, now=now, lease=lease)


def renew(conn: Connection, owner: str, *, now: datetime, lease: timedelta) -> int:
    """Lease what ``owner`` holds anew where half of that is over; returns how many.

    On a slow host a page may stand in line for longer than a lease.
    """
    held = and_(c.state == LEASED, c.lease_owner == owner, c.due_at <= now + lease / 2)
    return conn.execute(update(frontier).where(held).values(due_at=now + lease)).rowcount


def found(conn: Connection, link: Link, *, visited_at: datetime, due_at: datetime | None) -> None:
    """A page is known without a visit of its own: its address was visited then, and is again at ``due_at``."""
    row = _row(link) | {"state": "done", "due_at": due_at, "first_seen_at": visited_at, "visited_at": visited_at}
    conn.execute(
        sql.insert(conn, frontier).on_conflict_do_update(
            index_elements=["url"],
            set_={"state": "done", "reason": None, "visited_at": visited_at, "due_at": due_at, "attempts": 0},
            where=c.state != LEASED,
        ),
        row,
    )


def visited_elsewhere(conn: Connection, url: str, visit: Visit, *, now: datetime, due_at: datetime | None) -> None:
    """A redirect led to ``url``: it was visited with this visit, and need not be fetched again before ``due_at``."""
    link = Link(url=url, source=visit.source, kind=visit.kind, depth=visit.depth, found_on=visit.url)
    found(conn, link, visited_at=now, due_at=due_at)


@lru_cache(1)
def _settle() -> Update:
    now = bindparam("now", type_=Moment)
    mine = bindparam("mine", type_=Text)
    well, tried, changed, missing = (bindparam(name, type_=Boolean) for name in ("well", "tried", "changed", "missing"))
    return (
        update(frontier)
        .where(c.id == bindparam("at"), or_(mine.is_(None), c.lease_owner.is_(None), c.lease_owner == mine))
        .values(
            state=bindparam("state_"),
            due_at=bindparam("due", type_=Moment),
            reason=bindparam("why"),
            lease_owner=None,
            attempts=case((well, 0), (tried, c.attempts), else_=_less_one(c.attempts)),
            visited_at=case((well, now), else_=c.visited_at),
            changed_at=case((changed, now), else_=c.changed_at),
            unchanged_count=case((changed, 0), (well, c.unchanged_count + 1), else_=c.unchanged_count),
            missing_since=case((missing, func.coalesce(c.missing_since, now)), (well, None), else_=c.missing_since),
            missing_count=case((missing, c.missing_count + 1), (well, 0), else_=c.missing_count),
            etag=case((well, bindparam("etag_")), else_=c.etag),
            last_modified=case((well, bindparam("modified")), else_=c.last_modified),
        )
    )


@lru_cache(1)
def _improve() -> Update:
    again = and_(bindparam("again"), c.state != LEASED)
    return (
        update(frontier)
        .where(c.url == bindparam("at"))
        .values(
            depth=_least(c.depth, bindparam("depth_")),
            priority=case((c.rank > bindparam("rank_"), bindparam("priority_")), else_=c.priority),
            rank=_least(c.rank, bindparam("rank_")),
            state=case((again, PENDING), else_=c.state),
            due_at=case((again, bindparam("now", type_=Moment)), else_=c.due_at),
        )
    )


def _least(column: ColumnElement[int], value: BindParameter[int]) -> ColumnElement[int]:
    return case((column > value, value), else_=column)


def _less_one(column: ColumnElement[int]) -> ColumnElement[int]:
    return case((column > 0, column - 1), else_=0)


@lru_cache(1)
def _hosts() -> Select[Any]:
    """The hosts that have pending rows, each found by one step in the index."""
    first = select(func.min(c.host).label("host")).where(c.state == PENDING).cte("hosts", recursive=True)
    following = (
        select(func.min(c.host)).where(c.state == PENDING, c.host > first.c.host).correlate(first).scalar_subquery()
    )
    hosts = first.union_all(select(following).where(first.c.host.is_not(None)))
    return select(hosts.c.host).where(hosts.c.host.is_not(None))


def _ready(now: datetime, sources: Sequence[str] | None, urls: Sequence[str] | None) -> Select[Any]:
    """The ids that may be claimed, in the order of claims."""
    ready = select(c.id).where(c.state == PENDING, c.due_at <= now)
    if sources is not None:
        ready = ready.where(c.source.in_(sources))
    if urls is not None:
        ready = ready.where(c.url.in_(urls))
    return ready.order_by(c.rank, c.id.desc()).with_for_update(skip_locked=True)


def _lease(conn: Connection, ready: Select[Any], *, owner: str, until: datetime) -> list[Any]:
    ids = ready.cte("ready")  # a CTE, because PostgreSQL may run a locking subquery more than once
    leased = (
        update(frontier)
        .where(c.id.in_(select(ids.c.id)))
        .values(state="leased", lease_owner=owner, due_at=until, attempts=c.attempts + 1)
        .returning(c.id, c.url, c.source, c.kind, c.rank, c.depth, c.attempts, c.etag, c.last_modified, c.first_seen_at)
    )
    return list(conn.execute(leased))
