"""The first page: ask, and see what is new."""

from __future__ import annotations

from monitor.web.answer import Answer, Asked
from monitor.web.reads import articles, policies
from monitor.web.reads import operations as reads
from monitor.web.reads.policies import day_of, kind_of_day
from monitor.web.views.common import entry, source_title
from monitor.web.views.policy import as_json, name_of, record_entry

NEWEST = 12
RECORDS = 6


def home(asked: Asked) -> Answer:
    """The newest policy records and articles."""
    newest = articles.newest(asked.conn, limit=NEWEST)
    records = policies.newest(asked.conn, limit=RECORDS)
    runs = reads.runs(asked.conn, limit=1)
    return Answer(
        template="home.html",
        title="产业政策与资讯档案",
        context={
            "newest": newest,
            "records": records,
            "day_of": day_of,
            "kind_of_day": kind_of_day,
            "name_of": name_of,
            "source_title": lambda name: source_title(asked, name),
            "count": articles.count(asked.conn),
            "last_run": runs[0] if runs else None,
        },
        json=lambda: {"records": [as_json(row) for row in records], "articles": newest},
        feed=lambda: [*(record_entry(row) for row in records), *(entry(row, "") for row in newest)],
    )
