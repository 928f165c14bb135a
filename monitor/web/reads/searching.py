"""Searching for the page: one look at the newest finds gives their order, their facets and the page.

``storage.search`` ranks and counts more finds, and reads the text of a thousand for it. A page that many ask at once
must not: it looks at no text but that of the finds it shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, exists, func, or_, select, text, type_coerce

from crawler.items import SHANGHAI
from monitor.web.question import FACETS, Question
from monitor.web.reads.articles import Row
from storage.query import parse, terms
from storage.schema import article, tag
from storage.search import Marked, condition, marked, snippet
from storage.search import newest as newest_ids
from storage.types import EPOCH

A_PAGE = 20
WINDOW = 500
"""Finds that are looked at, the newest; more are told as "more than"."""
MOST_VALUES = 8
"""Values of a facet that are offered."""
QUARTER = 15 * 60 * 1_000_000
"""Microseconds of a quarter of an hour: no year begins within one, wherever a clock stands."""
KINDS = ("region", "industry")
NEVER = -(2**63)
_TAGS = {
    "sqlite": text(
        "SELECT kind, code, name, count(*) FROM tag WHERE article_id IN (SELECT value FROM json_each(:ids)) "
        "GROUP BY kind, code, name"
    ),
    "postgresql": text(
        "SELECT kind, code, name, count(*) FROM tag WHERE article_id = ANY(:ids) GROUP BY kind, code, name"
    ),
}
"""How many of some articles have each tag: one parameter, not a thousand."""
Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found, as the page shows it."""

    id: int
    url: str
    source: str | None
    origin: str | None
    published_at: datetime | None
    date_precision: str | None
    cluster: int | None
    relation: str | None
    title: Marked
    snippet: Marked


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: what it stands for, and how many finds have it."""

    code: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Results:
    """A page of finds, and what they could be narrowed to."""

    total: int
    """How many were looked at: all there are, or ``WINDOW``."""
    hits: tuple[Hit, ...]
    terms: tuple[str, ...]
    """What was looked for, as it stands in the texts."""
    facets: Mapping[str, tuple[Value, ...]]

    @property
    def more(self) -> bool:
        """Whether there are more finds than were looked at."""
        return self.total >= WINDOW

    @property
    def pages(self) -> int:
        """How many pages the finds fill."""
        return max(1, -(-self.total // A_PAGE))


def find(conn: Connection, question: Question, fold: Fold) -> Results:
    """The page of the question."""
    window = _window(conn, question, fold)
    wanted = terms(parse(question.q, fold))
    ordered = _ordered(window, wanted if question.order == "best" else ())
    shown = ordered[(question.page - 1) * A_PAGE : question.page * A_PAGE]
    facets = {
        facet: _values(counts, getattr(question, facet), by_name=facet == "year")
        for facet, counts in _count(conn, window).items()
    }
    return Results(len(window), _hits(conn, [find.id for find in shown], wanted), tuple(wanted), facets)


def newest(conn: Connection, question: Question, fold: Fold, *, limit: int) -> list[Row]:
    """The finds that came in last, whole."""
    ids = newest_ids(conn, question.q, fold=fold, where=filters(question), limit=limit)
    rows = conn.execute(select(article).where(article.c.id.in_(ids)).order_by(article.c.id.desc()))
    return [dict(row) for row in rows.mappings()]


def tag_names(conn: Connection, codes: Sequence[str]) -> dict[str, str]:
    """What regions and industries are called, by code; a code that no article has is absent."""
    if not codes:
        return {}
    statement = select(tag.c.code, func.max(tag.c.name)).where(tag.c.kind.in_(KINDS), tag.c.code.in_(codes))
    return {row[0]: row[1] for row in conn.execute(statement.group_by(tag.c.code))}


def filters(question: Question) -> list[ColumnElement[bool]]:
    """The question's facets as conditions on ``storage.schema.article``."""
    c = article.c
    led = bool(question.q or question.source or question.year)
    made: dict[str, Callable[[tuple[str, ...]], ColumnElement[bool]]] = {
        "source": c.source.in_,
        "kind": c.policy_kind.in_,
        "relation": c.policy_relation.in_,
        "region": lambda codes: _tagged("region", codes, led=led),
        "industry": lambda codes: _tagged("industry", codes, led=led),
        "year": lambda years: or_(*(_within(int(year)) for year in years)),
    }
    conditions = [made[facet](getattr(question, facet)) for facet in FACETS if getattr(question, facet)]
    return conditions if question.reprints else [c.canonical, *conditions]


class _Find(NamedTuple):
    """What is looked at of a find: plain values, for there are hundreds of them."""

    id: int
    at: int | None
    """When it was published, as the database has it."""
    title: str
    source: str | None
    kind: str | None
    relation: str | None


def _window(conn: Connection, question: Question, fold: Fold) -> list[_Find]:
    """The newest finds: by when they were published where an index has them so, else by when they came in.

    The index of words knows articles in the order they came in, that of sources by their dates: whichever leads, its
    order ends the search after the finds that are looked at, and any other would have to see them all.
    """
    c = article.c
    where = filters(question)
    if question.q and not question.source:
        where = [c.id.in_(newest_ids(conn, question.q, fold=fold, where=where, limit=WINDOW))]
    elif question.q:
        where.append(condition(question.q, conn.dialect.name, fold))
    tagged = question.region or question.industry or question.kind or question.relation
    by_date = question.source or question.year or not (question.q or tagged)
    newest = (c.published_at.desc().nulls_last(), c.id.desc()) if by_date else (c.id.desc(),)
    at = type_coerce(c.published_at, BigInteger)
    statement = select(c.id, at, c.title, c.source, c.policy_kind, c.policy_relation).where(*where)
    return [_Find._make(row) for row in conn.execute(statement.order_by(*newest).limit(WINDOW)).all()]


def _ordered(window: Sequence[_Find], wanted: Sequence[str]) -> list[_Find]:
    """Those first whose title has the words, and the more the better; then by date, without one last."""

    def rank(find: _Find) -> tuple[int, int, int]:
        title = find.title.lower() if wanted else ""
        return sum(term in title for term in wanted), NEVER if find.at is None else find.at, find.id

    return sorted(window, key=rank, reverse=True)


def _hits(conn: Connection, ids: Sequence[int], wanted: Sequence[str]) -> tuple[Hit, ...]:
    c = article.c
    columns = (
        c.id, c.url, c.source, c.origin, c.title, c.published_at, c.date_precision, c.cluster_id, c.policy_relation,
        c.body,
    )  # fmt: skip
    rows = {row.id: row for row in conn.execute(select(*columns).where(c.id.in_(ids)))}
    return tuple(
        Hit(
            id=row.id,
            url=row.url,
            source=row.source,
            origin=row.origin,
            published_at=row.published_at,
            date_precision=row.date_precision,
            cluster=row.cluster_id,
            relation=row.policy_relation,
            title=marked(row.title, wanted),
            snippet=snippet(row.body, wanted),
        )
        for row in map(rows.__getitem__, ids)
    )


def _count(conn: Connection, window: Sequence[_Find]) -> dict[str, Counter[tuple[str, str]]]:
    """For each facet: code and name to the number of finds."""
    counts: dict[str, Counter[tuple[str, str]]] = {
        "source": _named(find.source for find in window),
        "kind": _named(find.kind for find in window),
        "relation": _named(find.relation for find in window),
        "year": _named(None if find.at is None else _year(find.at // QUARTER) for find in window),
        "region": Counter(),
        "industry": Counter(),
    }
    ids = [find.id for find in window]
    sqlite = conn.dialect.name == "sqlite"
    for kind, code, name, count in conn.execute(_TAGS[conn.dialect.name], {"ids": str(ids) if sqlite else ids}):
        counts[kind][code, name] += count
    return counts


def _named(codes: Iterable[str | None]) -> Counter[tuple[str, str]]:
    return Counter({(code, code): count for code, count in Counter(codes).items() if code})


def _values(counts: Counter[tuple[str, str]], chosen: tuple[str, ...], *, by_name: bool) -> tuple[Value, ...]:
    """The most frequent values, and always those that are chosen."""
    ordered = sorted(counts.items(), key=(lambda item: item[0][0]) if by_name else (lambda item: item[1]), reverse=True)
    kept = [
        Value(code, name, count, code in chosen)
        for place, ((code, name), count) in enumerate(ordered)
        if place < MOST_VALUES or code in chosen
    ]
    missing = [Value(code, code, 0, chosen=True) for code in chosen if code not in {value.code for value in kept}]
    return (*kept, *missing)


def _tagged(kind: str, codes: tuple[str, ...], *, led: bool) -> ColumnElement[bool]:
    """Where something else leads to the articles, each is looked at; else the index of tags leads."""
    wanted = (tag.c.kind == kind, tag.c.code.in_(codes))
    if led:
        return exists().where(tag.c.article_id == article.c.id, *wanted)
    return article.c.id.in_(select(tag.c.article_id).where(*wanted))


def _within(year: int) -> ColumnElement[bool]:
    begin, end = (datetime(number, 1, 1, tzinfo=SHANGHAI) for number in (year, year + 1))
    return and_(article.c.published_at >= begin, article.c.published_at < end)


@lru_cache(100_000)
def _year(quarter: int) -> str:
    """The year in Shanghai that a quarter of an hour since 1970 lies in."""
    return str((EPOCH + quarter * timedelta(minutes=15)).astimezone(SHANGHAI).year)
