"""What an archive holds, in figures: by source, month, region and industry, its clusters, and who reprints whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, case, false, func, select, type_coerce
from sqlalchemy.orm import aliased

from crawler.items import SHANGHAI
from storage.clusters import copied
from storage.schema import article, cluster, tag
from storage.types import EPOCH

DAY: Final = 86_400_000_000
"""Microseconds."""
AHEAD: Final = int(SHANGHAI.utcoffset(None).total_seconds()) * 1_000_000
"""China's time before UTC, in microseconds."""
UNKNOWN: Final = "—"
"""Stands for the name of a source and for a month that no article tells."""
LONG: Final = 48
"""Hours from which a delay is told in days."""


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
    """The medium of the first telling: what the reprint names, else its origin, else its source.

    Pages print a title where we have a short name. A title of one of our sources becomes that name here, or a source
    and its title would be two media.
    """
    by: str
    """The source that told it again; the same as ``of`` where a source has its own story twice.

    Such happens: a page under two addresses. It is no reprint, but it is kept and told as such, so that the articles
    of all paths are all that are not canonical and no mirror's copies, which ``Statistics.copies`` counts.
    """
    articles: int
    median_hours: float | None
    """From one publication to the other; None where no pair has both times."""
    whole_days: bool
    """Some of these dates name a day and no hour, so that the median is of days; times 24 it stands in hours."""

    @property
    def delay(self) -> str:
        """The median for people: 3 h, 2.5 d, same day; empty where there is none."""
        if self.median_hours is None:
            return ""
        if self.whole_days and self.median_hours == 0:
            return "same day"
        if self.whole_days or abs(self.median_hours) >= LONG:
            return f"{round(self.median_hours / 24, 1):g} d"
        return f"{self.median_hours:g} h"


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
    copies: int
    """Of mirrors, while the original is there."""
    titles: Mapping[str, str]
    """Short names of sources, and what people call them."""

    def title(self, name: str) -> str:
        """What people call a source; the name itself where we know no other, as that of a medium which is no source."""
        return self.titles.get(name, name)

    def ends(self, path: Path) -> tuple[str, str]:
        """Who was reprinted and by whom, for people."""
        itself = path.of == path.by != UNKNOWN
        return self.title(path.of), "itself" if itself else self.title(path.by)


def statistics(conn: Connection, titles: Mapping[str, str]) -> Statistics:
    """The figures, each list the most frequent first, months and sizes ascending.

    ``titles``: short names of sources with what pages and people call them.
    """
    return Statistics(
        articles=conn.execute(select(func.count()).select_from(article)).scalar_one(),
        sources=_ranked(
            Count(name=row.name or UNKNOWN, articles=row.articles, stories=row.stories)
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
        reprints=_paths(conn, {title: name for name, title in titles.items()}),
        copies=conn.execute(select(func.count()).select_from(article).where(copied(article))).scalar_one(),
        titles=titles,
    )


def rows(found: Statistics) -> Iterator[dict[str, Any]]:
    """The figures one by one, for JSON lines; ``of`` says what each is."""
    yield {"of": "archive", "articles": found.articles, "copies": found.copies}
    for kind, counts in (
        ("source", found.sources),
        ("month", found.months),
        ("region", found.regions),
        ("industry", found.industries),
    ):
        for count in counts:
            told = {"of": kind, "name": count.name, "articles": count.articles, "stories": count.stories}
            yield {**told, "title": found.title(count.name)} if kind == "source" else told
    for size, clusters in found.cluster_sizes:
        yield {"of": "cluster size", "size": size, "clusters": clusters}
    for path in found.reprints:
        yield {
            "of": "reprint",
            "from": path.of,
            "by": path.by,
            "articles": path.articles,
            "median_hours": path.median_hours,
            "whole_days": path.whole_days,
            "from_title": found.title(path.of),
            "by_title": found.title(path.by),
        }


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
        name = UNKNOWN if row.day is None else f"{_day(row.day):%Y-%m}"
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


def _paths(conn: Connection, names: Mapping[str, str]) -> tuple[Path, ...]:
    """``names``: the short names of sources by their titles."""
    first, again = aliased(article, name="told_first"), aliased(article, name="told_again")
    medium = func.coalesce(again.c.reprinted_from, first.c.origin, first.c.source, UNKNOWN)
    by_day = (first.c.date_precision == "day") | (again.c.date_precision == "day")
    found = conn.execute(
        select(
            medium.label("of"),
            func.coalesce(again.c.source, UNKNOWN).label("by"),
            first.c.published_at.label("first_at"),
            again.c.published_at.label("again_at"),
            func.coalesce(by_day, false()).label("by_day"),
        )
        .join(first, (first.c.cluster_id == again.c.cluster_id) & first.c.canonical)
        .where(~again.c.canonical, ~copied(again))
        .execution_options(yield_per=5000)
    )
    pairs: Counter[tuple[str, str]] = Counter()
    timed: dict[tuple[str, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    dated: set[tuple[str, str]] = set()
    for row in found:
        pair = (names.get(row.of, row.of), row.by)
        pairs[pair] += 1
        if row.first_at is not None and row.again_at is not None:
            timed[pair].append((row.first_at, row.again_at))
            if row.by_day:
                dated.add(pair)
    paths = (
        Path(
            of=pair[0],
            by=pair[1],
            articles=count,
            median_hours=_median_hours(timed[pair], whole_days=pair in dated) if pair in timed else None,
            whole_days=pair in dated,
        )
        for pair, count in pairs.items()
    )
    return tuple(sorted(paths, key=lambda path: (-path.articles, path.of, path.by)))


def _median_hours(times: Iterable[tuple[datetime, datetime]], *, whole_days: bool) -> float:
    """The median delay. A date without an hour stands as midnight, so hours from there would mean nothing."""
    if whole_days:
        return median(24.0 * (_china(again) - _china(first)).days for first, again in times)
    return round(median((again - first) / timedelta(hours=1) for first, again in times), 1)


def _china(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
