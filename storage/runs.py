"""Runs: each crawl of a source, from its start to how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from storage import sql
from storage.schema import run, source

State = Literal["finished", "stopped", "failed"]


def start(conn: Connection, name: str | None, now: datetime) -> int:
    """Note that a crawl of the source begins (None: of named addresses); returns the run's id."""
    if name is not None:
        known = sql.insert(conn, source).values(name=name, last_run_at=now)
        conn.execute(known.on_conflict_do_update(index_elements=["name"], set_={"last_run_at": now}))
    row: dict[str, Any] = {"source": name, "started_at": now, "state": "running", "counts": {}}
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
