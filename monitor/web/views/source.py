"""One source: how it stands, its runs, what it brought last."""

from __future__ import annotations

from monitor.web.answer import Answer, Asked, Refused
from monitor.web.chart import chart
from monitor.web.reads import articles
from monitor.web.reads import operations as reads
from monitor.web.views.common import entry
from monitor.web.views.operations import DAYS, RUNS, next_run
from storage.runs import last

NEWEST = 20


def source(asked: Asked) -> Answer:
    """The page of one source; refused where neither a definition nor the archive knows it."""
    name: str = asked.path["name"]
    card = asked.config.sources.get(name)
    row = reads.source_rows(asked.conn).get(name)
    if card is None and row is None:
        raise Refused(404, f"没有名为“{name[:60]}”的来源。", hint="来源列表在“运行”页上。")
    runs = reads.runs(asked.conn, limit=RUNS, of=name)
    newest = articles.newest(asked.conn, limit=NEWEST, source=name)
    frontier = reads.frontier_counts(asked.conn, of=name)
    coverage = reads.coverage(asked.conn, [name]).get(name)
    return Answer(
        template="source.html",
        title=card.title if card else name,
        context={
            "name": name,
            "card": card,
            "row": row,
            "state": row["state"] if row else "new",
            "next_run_at": next_run(card, row, last(asked.conn, asked.now).get(name), asked.now),
            "now": asked.now,
            "runs": runs,
            "newest": newest,
            "frontier": frontier,
            "coverage": coverage,
            "fields": reads.FIELDS,
            "set_aside": reads.set_aside(asked.conn, limit=RUNS, of=name),
            "chart": chart(reads.per_day(asked.conn, now=asked.now, days=DAYS, of=name)),
        },
        json=lambda: {
            "name": name,
            "title": card.title if card else name,
            "home": card.home if card else None,
            "source": row,
            "runs": runs,
            "frontier": frontier,
            "coverage": coverage,
            "newest": newest,
        },
        feed=lambda: [entry(one, "") for one in newest],
    )
