"""Searching for the page: its finds, and what they could be narrowed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import orjson
from sqlalchemy import ColumnElement, Connection, and_, exists, not_, or_, select, text

from crawler.items import SHANGHAI
from monitor.web.question import FACETS, Question
from monitor.web.reads.articles import Row
from storage.clusters import copied
from storage.schema import article, tag
from storage.search import LOOKED_AT, NEVER, Finds, Hit, hits, look
from storage.search import newest as newest_ids

A_PAGE = 20
MOST_VALUES = 8
"""Values of a facet that are offered."""
KINDS = ("region", "industry")
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


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: what it stands for, and how many finds have it."""

    code: str
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of finds, and what they could be narrowed to."""

    total: int
    """How many were looked at: all there are, or ``storage.search.LOOKED_AT``."""
    more: bool
    """Whether there may be more finds than were looked at."""
    hits: tuple[Hit, ...]
    terms: tuple[str, ...]
    """What was looked for, as it stands in the texts."""
    searchable: bool
    """False: the words have no character that could be searched for."""
    facets: Mapping[str, tuple[Value, ...]]

    @property
    def pages(self) -> int:
        """How many pages the finds fill."""
        return max(1, -(-self.total // A_PAGE))


def find(conn: Connection, question: Question, fold: Fold) -> Results:
    """The page of the question."""
    tagged = question.region or question.industry or question.kind or question.relation
    found = look(
        conn,
        question.q,
        fold=fold,
        where=filters(question),
        best_first=question.order == "best",
        # The index of tags knows articles in the order they came in: another order would have to see them all.
        by_date=bool(question.source or question.year or not tagged),
        most=LOOKED_AT,
    )
    shown = found.ids[(question.page - 1) * A_PAGE : question.page * A_PAGE]
    called = tag_names(conn, (*question.region, *question.industry))
    facets = {
        facet: _values(counts, getattr(question, facet), called, by_name=facet == "year")
        for facet, counts in _count(conn, found).items()
    }
    return Results(
        total=len(found.ids),
        more=found.more,
        hits=hits(conn, shown, found.terms),
        terms=found.terms,
        searchable=found.searchable,
        facets=facets,
    )


def newest(conn: Connection, question: Question, fold: Fold, *, limit: int) -> list[Row]:
    """The finds that came in last, whole."""
    ids = newest_ids(conn, question.q, fold=fold, where=filters(question), limit=limit)
    rows = conn.execute(select(article).where(article.c.id.in_(ids)).order_by(article.c.id.desc()))
    return [dict(row) for row in rows.mappings()]


def tag_names(conn: Connection, codes: Sequence[str]) -> dict[str, str]:
    """What regions and industries are called, by code; a code that no article has is absent."""
    if not codes:
        return {}
    called = select(tag.c.name).where(tag.c.kind.in_(KINDS)).limit(1)
    names = {code: conn.execute(called.where(tag.c.code == code)).scalar() for code in codes}
    return {code: name for code, name in names.items() if name is not None}


def unknown(conn: Connection, question: Question, sources: Container[str]) -> tuple[tuple[str, str], ...]:
    """Facets and values of the question that neither the archive nor ``sources`` knows: why nothing was found."""
    known = tag_names(conn, (*question.region, *question.industry))
    tags = [(facet, code) for facet in KINDS for code in getattr(question, facet) if code not in known]
    absent = [
        ("source", name)
        for name in question.source
        if name not in sources and conn.execute(select(article.c.id).where(article.c.source == name)).first() is None
    ]
    return (*absent, *tags)


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
    return [~copied() if question.reprints else _once_a_cluster(question.source), *conditions]


def _once_a_cluster(sources: tuple[str, ...]) -> ColumnElement[bool]:
    """The canonical article of each cluster; of one whose is another source's, the first of those asked for."""
    if not sources:
        return article.c.canonical
    theirs = article.alias("theirs").c
    shown = exists().where(
        theirs.cluster_id == article.c.cluster_id,
        theirs.source.in_(sources),
        or_(theirs.canonical, theirs.id < article.c.id),
    )
    return or_(article.c.canonical, not_(shown))


def _count(conn: Connection, found: Finds) -> dict[str, Counter[tuple[str, str]]]:
    """For each facet: code and name to the number of finds."""
    counts: dict[str, Counter[tuple[str, str]]] = {
        "source": _named(found.sources),
        "kind": _named(found.kinds),
        "relation": _named(found.relations),
        "year": _named(_years([at for at in found.at if at != NEVER])),
        "region": Counter(),
        "industry": Counter(),
    }
    sqlite = conn.dialect.name == "sqlite"
    in_order = sorted(found.ids)  # as the tags lie
    ids = orjson.dumps(in_order).decode() if sqlite else in_order
    for kind, code, name, count in conn.execute(_TAGS[conn.dialect.name], {"ids": ids}):
        counts[kind][code, name] += count
    return counts


def _named(codes: Iterable[str | None]) -> Counter[tuple[str, str]]:
    return Counter({(code, code): count for code, count in Counter(codes).items() if code})


def _values(
    counts: Counter[tuple[str, str]], chosen: tuple[str, ...], called: Mapping[str, str], *, by_name: bool
) -> tuple[Value, ...]:
    """The most frequent values, and always those that are chosen."""
    ordered = sorted(counts.items(), key=(lambda item: item[0][0]) if by_name else (lambda item: item[1]), reverse=True)
    kept = [
        Value(code, name, count, code in chosen)
        for place, ((code, name), count) in enumerate(ordered)
        if place < MOST_VALUES or code in chosen
    ]
    there = {value.code for value in kept}
    missing = [Value(code, called.get(code, code), 0, chosen=True) for code in chosen if code not in there]
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


def _years(at: Sequence[int]) -> list[str]:
    """The years in Shanghai of times in microseconds since 1970: eight hours ahead on every New Year's Eve since."""
    local = np.array(at, "datetime64[us]") + np.timedelta64(8, "h")
    years: list[str] = local.astype("datetime64[Y]").astype(str).tolist()
    return years
