"""Runs: each crawl of a source, from its start to how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, insert, select, update

from storage import sql
from storage.owner import is_dead, is_near
from storage.schema import frontier, run, source

State = Literal["finished", "stopped", "failed"]

UNSEEN: Final = timedelta(minutes=15)
"""How long a crawl of another machine is believed to live without a lease that shows it."""
LOOKED_AT: Final = 12
"""Runs of a source that are looked at for those that ended badly one after the other."""


def start(conn: Connection, name: str | None, now: datetime, *, owner: str | None = None) -> int:
    """Note that a crawl of the source begins (None: of named addresses); returns the run's id.

    ``owner`` is the process, as of its leases: by that it is known to have been killed before the next crawl finds out.
    """
    if name is not None:
        known = sql.insert(conn, source).values(name=name, last_run_at=now)
        conn.execute(known.on_conflict_do_update(index_elements=["name"], set_={"last_run_at": now}))
    row: dict[str, Any] = {"source": name, "started_at": now, "state": "running"}
    row["counts"] = {} if owner is None else {"owner": owner}
    number: int = conn.execute(insert(run).values(row).returning(run.c.id)).scalar_one()
    return number


def finish(
    conn: Connection, number: int, state: State, reason: str | None, now: datetime, counts: Mapping[str, Any]
) -> None:
    """Note how a run ended. Earlier runs of its source that never ended were killed: they are marked failed."""
    name = conn.execute(
        update(run)
        .where(run.c.id == number)
        .values(finished_at=now, state=state, counts=dict(counts), reason=reason)
        .returning(run.c.source)
    ).scalar_one()
    conn.execute(
        update(run)
        .where(run.c.source == name, run.c.id < number, run.c.state == "running")
        .values(state="failed", reason="killed")
    )
    if name is not None and state == "finished":
        conn.execute(update(source).where(source.c.name == name).values(last_success_at=now))
        conn.execute(
            update(source).where(source.c.name == name, source.c.baseline_at.is_(None)).values(baseline_at=now)
        )


def last_runs(conn: Connection) -> dict[str, datetime]:
    """When the last crawl of each source began."""
    return dict(
        conn.execute(select(source.c.name, source.c.last_run_at).where(source.c.last_run_at.is_not(None))).all()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """How the last crawl of a source went."""

    began: datetime
    state: Literal["running", "finished", "stopped", "failed", "killed"]
    ended: datetime | None = None
    """None also where it was killed."""
    failures: int = 0
    """Crawls that failed or were killed, one after the other up to this one."""


def last(conn: Connection, now: datetime) -> dict[str, Last]:
    """How the last crawl of each source went."""
    found: dict[str, Last] = {}
    for name in last_runs(conn):
        statement = select(run).where(run.c.source == name).order_by(run.c.started_at.desc(), run.c.id.desc())
        rows = conn.execute(statement.limit(LOOKED_AT)).mappings().all()
        if rows:
            states = [state_of(conn, row, now) for row in rows]
            bad = sum(1 for state in takewhile(lambda state: state != "finished", states) if state in BAD)
            first = rows[0]
            found[name] = Last(began=first["started_at"], state=states[0], ended=first["finished_at"], failures=bad)
    return found


BAD: Final = ("failed", "killed")


def state_of(
    conn: Connection, row: Mapping[Any, Any], now: datetime
) -> Literal["running", "finished", "stopped", "failed", "killed"]:
    """The state of a row of ``run``: running only where its process lives, as far as that can be told from here."""
    state, owner = row["state"], row["counts"].get("owner")
    if state == "failed" and row["reason"] == "killed":
        return "killed"
    if state != "running" or owner is None:
        known: Literal["running", "finished", "stopped", "failed"] = state
        return known
    if is_near(owner):
        return "killed" if is_dead(owner) else "running"
    held = select(func.count()).where(frontier.c.lease_owner == owner, frontier.c.due_at > now)
    lives = row["started_at"] + UNSEEN > now or conn.execute(held).scalar_one() > 0
    return "running" if lives else "killed"
