"""Operations: how the sources, the crawls and the deliveries stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.web.answer import Answer, Asked, Entry
from monitor.web.chart import chart
from monitor.web.config import SourceCard
from monitor.web.reads import operations as reads
from monitor.web.reads.articles import Row
from storage.runs import Last, last

DAYS = 30
RUNS = 15
DEAD = 50
TROUBLE = ("late", "failing", "layout changed", "blocked")


def operations(asked: Asked) -> Answer:
    """Sources, runs, articles a day, frontier, deliveries."""
    conn = asked.conn
    sources = source_lines(asked)
    runs = reads.runs(conn, limit=RUNS)
    deliveries = reads.delivery_counts(conn)
    dead = reads.deliveries(conn, "dead", limit=DEAD)
    frontier = reads.frontier_counts(conn)
    days = reads.per_day(conn, now=asked.now, days=DAYS)
    return Answer(
        template="operations.html",
        title="运行",
        context={
            "sources": sorted(
                (line for line in sources if line["crawled"]), key=lambda line: line["state"] not in TROUBLE
            ),
            "uncrawled": [line for line in sources if not line["crawled"]],
            "troubled": [line for line in sources if line["state"] in TROUBLE],
            "runs": runs,
            "chart": chart(days),
            "frontier": frontier,
            "set_aside": reads.set_aside(conn, limit=RUNS),
            "deliveries": deliveries,
            "dead": dead,
            "fields": reads.FIELDS,
        },
        json=lambda: {
            "sources": sources,
            "runs": runs,
            "articles_per_day": days,
            "frontier": frontier,
            "deliveries": deliveries,
            "dead_letters": dead,
        },
        feed=lambda: [run_entry(row) for row in runs if row["finished_at"] is not None],
    )


def source_lines(asked: Asked) -> list[dict[str, Any]]:
    """One line a source: those that are defined, and those that only the archive knows."""
    rows = reads.source_rows(asked.conn)
    totals = reads.totals(asked.conn)
    names = sorted({*asked.config.sources, *rows})
    covered = reads.coverage(asked.conn, names)
    lasts = last(asked.conn, asked.now)
    return [
        {
            "name": name,
            "title": card.title if card else name,
            "home": card.home if card else None,
            "state": row["state"] if row else "new",
            "detail": row["detail"] if row else None,
            "crawled": row is not None and row["last_run_at"] is not None,
            "last_run_at": row["last_run_at"] if row else None,
            "last_success_at": row["last_success_at"] if row else None,
            "next_run_at": (due := next_run(card, row, lasts.get(name), asked.now)),
            "overdue": due is not None and due <= asked.now,
            "articles": totals.get(name, 0),
            "coverage": covered.get(name),
        }
        for name, card, row in ((name, asked.config.sources.get(name), rows.get(name)) for name in names)
    ]


def next_run(card: SourceCard | None, row: Row | None, went: Last | None, now: datetime) -> datetime | None:
    """When a source is crawled next; None where no definition says how often."""
    return None if card is None else card.next_run(row["last_run_at"] if row else None, went, now)


def run_entry(row: Row) -> Entry:
    """A finished run as an entry of a feed."""
    counts = "，".join(f"{name} {count}" for name, count in row["counts"].items())
    return Entry(
        path=f"{'/sources/' + row['source'] if row['source'] else '/operations'}#run-{row['id']}",
        title=f"{row['source'] or '指定网址'}：{row['state']}",
        updated=row["finished_at"],
        published=row["started_at"],
        text="\n".join(line for line in (row["reason"], counts) if line),
    )
