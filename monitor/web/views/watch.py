"""Watches: saved questions, and what they told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from monitor.web.answer import Answer, Asked, Entry, Refused
from storage.schema import alert
from storage.schema import watch as table

MOST_ALERTS = 100


def watches(asked: Asked) -> Answer:
    """All watches."""
    told = (
        select(alert.c.watch_id, func.count().label("alerts"), func.max(alert.c.created_at).label("last"))
        .group_by(alert.c.watch_id)
        .subquery()
    )
    statement = select(table, func.coalesce(told.c.alerts, 0).label("alerts"), told.c.last).outerjoin(
        told, told.c.watch_id == table.c.id
    )
    rows = [dict(row) for row in asked.conn.execute(statement.order_by(table.c.name)).mappings()]
    return Answer(
        template="watches.html",
        title="关注",
        context={"watches": rows},
        json=lambda: rows,
        feed=lambda: [
            Entry(path=f"/watches/{row['id']}", title=row["name"], updated=row["last"] or row["created_at"])
            for row in rows
        ],
    )


def watch(asked: Asked) -> Answer:
    """One watch and its alerts."""
    number = asked.id()
    row = asked.conn.execute(select(table).where(table.c.id == number)).mappings().first()
    if row is None:
        raise Refused(404, f"没有编号为 {number} 的关注。", hint="它可能已被删除。")
    statement = select(alert).where(alert.c.watch_id == number).order_by(alert.c.created_at.desc(), alert.c.id.desc())
    alerts: list[dict[str, Any]] = [dict(one) for one in asked.conn.execute(statement.limit(MOST_ALERTS)).mappings()]
    return Answer(
        template="watch.html",
        title=row["name"],
        context={"watch": dict(row), "alerts": alerts, "rule": sorted(row["rule"].items())},
        json=lambda: dict(row) | {"alerts": alerts},
        feed=lambda: [_entry(one) for one in alerts],
    )


def _entry(row: dict[str, Any]) -> Entry:
    """An alert: its own page is that of what it tells."""
    path = f"/policy/{row['record_id']}" if row["record_id"] else f"/articles/{row['article_id']}"
    return Entry(path=f"{path}#{row['key']}", title=row["title"], updated=row["created_at"])
