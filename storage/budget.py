"""How many requests each host has had on a day, so that a daily budget holds across restarts and processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from storage import sql
from storage.schema import budget


def spend(conn: Connection, day: date, requests: Mapping[str, int]) -> dict[str, int]:
    """Add ``requests`` by host to the day's counts; returns the day's totals of all hosts."""
    if requests:
        statement = sql.insert(conn, budget)
        statement = statement.on_conflict_do_update(
            index_elements=["host", "day"],
            set_={"requests": budget.c.requests + statement.excluded.requests},
        )
        # sorted: two processes that count the same hosts must not wait for each other
        rows = [{"host": host, "day": day, "requests": count} for host, count in sorted(requests.items())]
        conn.execute(statement, rows)
    totals = conn.execute(select(budget.c.host, budget.c.requests).where(budget.c.day == day))
    return {row.host: row.requests for row in totals}
