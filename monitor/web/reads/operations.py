"""What the page asks of crawls and deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, case, func, select, type_coerce, union_all

from crawler.items import SHANGHAI
from monitor.web.reads.articles import Row
from storage.schema import alert, article, delivery, frontier, run, source
from storage.types import micros

DAY = 86_400_000_000
SAMPLE = 300
"""Articles of a source that its field coverage is told from, the newest."""
FRONTIER_STATES = ("pending", "leased", "done", "failed", "gone")
DELIVERY_STATES = ("waiting", "sent", "dead")
FIELDS = ("body", "published_at", "origin")


def source_rows(conn: Connection) -> dict[str, Row]:
    """The archive's row of each source that was ever crawled."""
    return {row["name"]: dict(row) for row in conn.execute(select(source)).mappings()}


def runs(conn: Connection, *, limit: int, of: str | None = None) -> list[Row]:
    """The last runs, the newest first."""
    statement = select(run).order_by(run.c.started_at.desc(), run.c.id.desc()).limit(limit)
    if of is not None:
        statement = statement.where(run.c.source == of)
    return [dict(row) for row in conn.execute(statement).mappings()]


def per_day(conn: Connection, *, now: datetime, days: int, of: str | None = None) -> list[tuple[date, int]]:
    """New articles a day (Asia/Shanghai), for the last ``days`` days, today last."""
    today = now.astimezone(SHANGHAI).date()
    first = today - timedelta(days=days - 1)
    start = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
    number = ((type_coerce(article.c.first_seen_at, BigInteger) - micros(start)) // DAY).label("day")
    statement = select(number, func.count()).where(article.c.first_seen_at >= start).group_by(number)
    if of is not None:
        statement = statement.where(article.c.source == of)
    counted = {int(row[0]): int(row[1]) for row in conn.execute(statement)}
    return [(first + timedelta(days=place), counted.get(place, 0)) for place in range(days)]


def coverage(conn: Connection, names: list[str]) -> dict[str, Mapping[str, float]]:
    """For each source the share of its newest articles that have each of ``FIELDS``; without articles: absent."""
    if not names:
        return {}
    newest = union_all(
        *(
            select(
                select(*_present())
                .where(article.c.source == name)
                .order_by(article.c.id.desc())
                .limit(SAMPLE)
                .subquery()
            )
            for name in names
        )
    ).subquery()
    statement = select(newest.c.source, *(func.avg(newest.c[field]) for field in FIELDS)).group_by(newest.c.source)
    return {row[0]: dict(zip(FIELDS, map(float, row[1:]), strict=True)) for row in conn.execute(statement)}


def _present() -> list[Any]:
    tests = {
        "body": article.c.length > 0,
        "published_at": article.c.published_at.is_not(None),
        "origin": article.c.origin.is_not(None),
    }
    return [article.c.source, *(case((test, 1.0), else_=0.0).label(field) for field, test in tests.items())]


def totals(conn: Connection) -> dict[str | None, int]:
    """Articles by source."""
    return {row[0]: row[1] for row in conn.execute(select(article.c.source, func.count()).group_by(article.c.source))}


def frontier_counts(conn: Connection, *, of: str | None = None) -> dict[str, int]:
    """Addresses by state; each state is there."""
    statement = select(frontier.c.state, func.count()).group_by(frontier.c.state)
    if of is not None:
        statement = statement.where(frontier.c.source == of)
    return dict.fromkeys(FRONTIER_STATES, 0) | {row[0]: row[1] for row in conn.execute(statement)}


def set_aside(conn: Connection, *, limit: int, of: str | None = None) -> list[Row]:
    """Addresses that were given up, with their reasons, the last first."""
    statement = (
        select(frontier.c.url, frontier.c.source, frontier.c.reason, frontier.c.visited_at, frontier.c.attempts)
        .where(frontier.c.state == "failed")
        .order_by(frontier.c.id.desc())
        .limit(limit)
    )
    if of is not None:
        statement = statement.where(frontier.c.source == of)
    return [dict(row) for row in conn.execute(statement).mappings()]


def delivery_counts(conn: Connection) -> dict[str, int]:
    """Deliveries by state; each state is there."""
    statement = select(delivery.c.state, func.count()).group_by(delivery.c.state)
    return dict.fromkeys(DELIVERY_STATES, 0) | {row[0]: row[1] for row in conn.execute(statement)}


def deliveries(conn: Connection, state: str, *, limit: int) -> list[Row]:
    """Deliveries in a state with what they tell, the newest first."""
    statement = (
        select(delivery, alert.c.title, alert.c.kind, alert.c.created_at, alert.c.article_id, alert.c.record_id)
        .join(alert, alert.c.id == delivery.c.alert_id)
        .where(delivery.c.state == state)
        .order_by(delivery.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in conn.execute(statement).mappings()]
