"""Watches: saved questions, and what they told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from monitor import watches as saved
from monitor.outbox import BASELINE
from monitor.watches import Watch
from monitor.web.answer import Answer, Asked, Entry, Refused
from monitor.web.reads import policies
from monitor.web.views.common import source_title
from monitor.web.words import SCOPE
from storage.schema import alert

MOST_ALERTS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A watch, how often it told, and when last."""

    watch: Watch
    alerts: int
    last: datetime | None


def watches(asked: Asked) -> Answer:
    """All watches."""
    statement = (
        select(alert.c.watch_id, func.count().label("number"), func.max(alert.c.created_at).label("last"))
        .where(alert.c.kind != BASELINE)
        .group_by(alert.c.watch_id)
    )
    told = {row.watch_id: row for row in asked.conn.execute(statement)}
    names = _names(asked)
    lines = [
        Line(one, told[one.id].number, told[one.id].last) if one.id in told else Line(one, 0, None)
        for one in saved.every(asked.conn)
    ]
    return Answer(
        template="watches.html",
        title="关注",
        context={"lines": lines, "rules": {line.watch.id: rule_lines(line.watch, names, asked) for line in lines}},
        json=lambda: [asdict(line) for line in lines],
        feed=lambda: [
            Entry(
                path=f"/watches/{line.watch.id}",
                title=line.watch.name,
                updated=line.last or line.watch.created_at,
            )
            for line in lines
        ],
    )


def watch(asked: Asked) -> Answer:
    """One watch and its alerts."""
    one = found(asked)
    statement = (
        select(alert)
        .where(alert.c.watch_id == one.id, alert.c.kind != BASELINE)
        .order_by(alert.c.created_at.desc(), alert.c.id.desc())
    )
    names = _names(asked)
    alerts: list[dict[str, Any]] = [dict(row) for row in asked.conn.execute(statement.limit(MOST_ALERTS)).mappings()]
    return Answer(
        template="watch.html",
        title=one.name,
        context={"watch": one, "alerts": alerts, "rule": rule_lines(one, names, asked)},
        json=lambda: asdict(one) | {"alerts": alerts},
        feed=lambda: [_entry(row) for row in alerts],
    )


def found(asked: Asked) -> Watch:
    """The watch that the path names; refused where there is none."""
    number = asked.id()
    one = next((one for one in saved.every(asked.conn) if one.id == number), None)
    if one is None:
        raise Refused(404, f"没有编号为 {number} 的关注。", hint="它可能已被删除。")
    return one


def _names(asked: Asked) -> Mapping[str, str]:
    """Of regions and industries, by code: as articles have them, or as the profile does."""
    return {**asked.config.called, **{code: name for code, name, _ in policies.regions(asked.conn)}}


def rule_lines(one: Watch, names: Mapping[str, str], asked: Asked) -> list[tuple[str, str]]:
    """A watch's rule in a reader's words; ``names``: of regions and industries, by code."""
    rule = one.rule
    lines = [
        ("范围", SCOPE[rule.scope]),
        ("词语", rule.words or ""),
        ("地区", "、".join(names.get(region, region) for region in rule.regions)),
        ("发文机关", "、".join(rule.issuers)),
        ("文种", "、".join(rule.kinds)),
        ("行业", "、".join(names.get(code, code) for code in rule.industries)),
        ("来源", "、".join(source_title(asked, name) for name in rule.sources)),
    ]
    return [(name, value) for name, value in lines if value]


def _entry(row: Mapping[str, Any]) -> Entry:
    """An alert: its page is that of what it tells."""
    path = f"/policy/{row['record_id']}" if row["record_id"] else f"/articles/{row['article_id']}"
    return Entry(path=f"{path}#{row['key']}", title=row["title"], updated=row["created_at"])
