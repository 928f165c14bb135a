"""What a healthy source does, said to ``monitor.health``, which knows no sites."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Engine

from crawler.schedule import late_after
from crawler.site import Site
from monitor.health import Habit, Verdict, check
from storage.db import writing


def habits(sites: Iterable[Site]) -> dict[str, Habit]:
    """The habit of each source by name, as its file states it."""
    return {site.name: _habit(site) for site in sites}


def judge(engine: Engine, sites: Iterable[Site], *, now: datetime | None = None) -> dict[str, Verdict]:
    """Judge the sources, note their states in the archive, and write the alerts."""
    with writing(engine).begin() as connection:
        return check(connection, habits(sites), now or datetime.now(UTC))


def _habit(site: Site) -> Habit:
    expects = site.expects
    return Habit(
        title=site.title,
        quiet_for=expects.quiet_for,
        articles_per_week=expects.articles_per_week,
        present={"body": expects.with_body, "published_at": expects.with_date, "origin": expects.with_origin},
        late_after=lambda ended: late_after(site, ended),
    )
