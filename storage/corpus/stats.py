"""What an archive holds, in figures: by source, month, region and industry, its clusters, and who reprints whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, case, func, select, type_coerce
from sqlalchemy.orm import aliased

from crawler.items import SHANGHAI
from storage.schema import article, cluster, tag
from storage.types import EPOCH

DAY: Final = 86_400_000_000
"""Microseconds."""
AHEAD: Final = int(SHANGHAI.utcoffset(None).total_seconds()) * 1_000_000
"""China's time before UTC, in microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Articles of one kind."""

    name: str
    articles: int
    stories: int
    """Of these, the canonical ones: reprints are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """How often one medium's articles came again in another, and how much later."""

    of: str
    """The medium of the first telling: what the reprint names, else its origin, else its source."""
    by: str
    """The source that told it again."""
    articles: int
    median_hours: float | None
    """From one publication to the other; None where no pair has both times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    articles: int
    sources: tuple[Count, ...]
    months: tuple[Count, ...]
    """Named 2020-04; articles without a date are named —, last."""
    regions: tuple[Count, ...]
    industries: tuple[Count, ...]
    cluster_sizes: tuple[tuple[int, int], ...]
    """Articles in a cluster, and how many clusters have so many."""
    reprints: tuple[Path, ...]


def statistics(conn: Connection) -> Statistics:
    """The figures, each list the most frequent first, months and sizes ascending."""
    return Statistics(
        articles=conn.execute(select(func.count()).select_from(article)).scalar_one(),
        sources=_ranked(
            Count(name=row.name or "—", articles=row.articles, stories=row.stories)
            for row in conn.execute(select(article.c.source.label("name"), *_counted()).group_by(article.c.source))
        ),
        months=_months(conn),
        regions=_tags(conn, "region"),
        industries=_tags(conn, "industry"),
        cluster_sizes=tuple(
            (row.size, row.clusters)
            for row in conn.execute(
                select(cluster.c.size, func.count().label("clusters")).group_by(cluster.c.size).order_by(cluster.c.size)
            )
        ),
        reprints=_paths(conn),
    )


def rows(found: Statistics) -> Iterator[dict[str, Any]]:
    """The figures one by one, for JSON lines; ``of`` says what each is."""
    yield {"of": "archive", "articles": found.articles}
    for kind, counts in (
        ("source", found.sources),
        ("month", found.months),
        ("region", found.regions),
        ("industry", found.industries),
    ):
        for count in counts:
            yield {"of": kind, "name": count.name, "articles": count.articles, "stories": count.stories}
    for size, clusters in found.cluster_sizes:
        yield {"of": "cluster size", "size": size, "clusters": clusters}
    for path in found.reprints:
        ends = {"from": path.of, "by": path.by}
        yield {"of": "reprint", **ends, "articles": path.articles, "median_hours": path.median_hours}


def _counted() -> tuple[Any, Any]:
    stories = func.sum(case((article.c.canonical, 1), else_=0))
    return func.count().label("articles"), stories.label("stories")


def _ranked(counts: Iterator[Count]) -> tuple[Count, ...]:
    return tuple(sorted(counts, key=lambda count: (-count.articles, count.name)))


def _months(conn: Connection) -> tuple[Count, ...]:
    # Days by whole division, which both databases do alike; months are made of days here.
    day = ((type_coerce(article.c.published_at, BigInteger) + AHEAD) // DAY).label("day")
    articles: Counter[str] = Counter()
    stories: Counter[str] = Counter()
    for row in conn.execute(select(day, *_counted()).group_by(day)):
        name = "—" if row.day is None else f"{_day(row.day):%Y-%m}"
        articles[name] += row.articles
        stories[name] += row.stories
    return tuple(Count(name=name, articles=articles[name], stories=stories[name]) for name in sorted(articles))


def _day(number: int) -> date:
    return (EPOCH + timedelta(days=number)).date()


def _tags(conn: Connection, kind: str) -> tuple[Count, ...]:
    found = conn.execute(
        select(tag.c.name, *_counted())
        .join(article, article.c.id == tag.c.article_id)
        .where(tag.c.kind == kind)
        .group_by(tag.c.code, tag.c.name)
    )
    return _ranked(Count(name=row.name, articles=row.articles, stories=row.stories) for row in found)


def _paths(conn: Connection) -> tuple[Path, ...]:
    first, again = aliased(article, name="told_first"), aliased(article, name="told_again")
    medium = func.coalesce(again.c.reprinted_from, first.c.origin, first.c.source, "—")
    found = conn.execute(
        select(
            medium.label("of"),
            func.coalesce(again.c.source, "—").label("by"),
            first.c.published_at.label("first_at"),
            again.c.published_at.label("again_at"),
        )
        .join(first, (first.c.cluster_id == again.c.cluster_id) & first.c.canonical)
        .where(~again.c.canonical)
        .execution_options(yield_per=5000)
    )
    pairs: Counter[tuple[str, str]] = Counter()
    hours: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in found:
        pair = (row.of, row.by)
        pairs[pair] += 1
        if row.first_at is not None and row.again_at is not None:
            hours[pair].append((row.again_at - row.first_at) / timedelta(hours=1))
    paths = (
        Path(of=of, by=by, articles=count, median_hours=round(median(hours[of, by]), 1) if (of, by) in hours else None)
        for (of, by), count in pairs.items()
    )
    return tuple(sorted(paths, key=lambda path: (-path.articles, path.of, path.by)))
