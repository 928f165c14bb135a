"""Searching for the page: what the archive's search finds, and how the finds spread over the facets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from crawler.items import SHANGHAI
from monitor.web.question import FACETS, Question
from monitor.web.reads.articles import Row
from storage.schema import article, tag
from storage.search import COUNTED, Found, condition, search

A_PAGE = 20
WINDOW = 1_000
"""Finds that the facets are counted over, the newest of the archive."""
MOST_VALUES = 12
"""Values of a facet that are offered."""
Fold = Callable[[str], str]


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

    found: Found
    facets: Mapping[str, tuple[Value, ...]]
    counted: int
    """Finds that the facets were counted over."""

    @property
    def more(self) -> bool:
        """Whether there are more finds than were counted."""
        return self.found.total >= COUNTED

    @property
    def pages(self) -> int:
        """How many pages the finds fill."""
        return max(1, -(-self.found.total // A_PAGE))


def find(conn: Connection, question: Question, fold: Fold) -> Results:
    """The page of the question."""
    found = search(
        conn,
        question.q,
        fold=fold,
        where=filters(question),
        limit=A_PAGE,
        offset=(question.page - 1) * A_PAGE,
    )
    facets, counted = _facets(conn, question, fold)
    return Results(found, facets, counted)


def newest(conn: Connection, question: Question, fold: Fold, *, limit: int) -> list[Row]:
    """The finds that came in last, whole."""
    statement = select(article).where(*filters(question))
    if question.q:
        statement = statement.where(condition(question.q, conn.dialect.name, fold))
    return [dict(row) for row in conn.execute(statement.order_by(article.c.id.desc()).limit(limit)).mappings()]


def filters(question: Question, *, without: str = "") -> list[ColumnElement[bool]]:
    """The question's facets as conditions on ``storage.schema.article``, one of them left out."""
    c = article.c
    made: dict[str, Callable[[tuple[str, ...]], ColumnElement[bool]]] = {
        "source": c.source.in_,
        "kind": c.policy_kind.in_,
        "relation": c.policy_relation.in_,
        "region": lambda codes: _tagged("region", codes),
        "industry": lambda codes: _tagged("industry", codes),
        "year": lambda years: or_(*(_within(int(year)) for year in years)),
    }
    conditions = [
        made[facet](getattr(question, facet)) for facet in FACETS if facet != without and getattr(question, facet)
    ]
    return conditions if question.reprints else [c.canonical, *conditions]


def _facets(conn: Connection, question: Question, fold: Fold) -> tuple[dict[str, tuple[Value, ...]], int]:
    """The values of each facet. A facet with choices is counted without them: they may be taken back or joined."""
    window = _window(conn, question, fold)
    counted = _count(conn, window)
    facets = {}
    for facet in FACETS:
        chosen: tuple[str, ...] = getattr(question, facet)
        counts = _count(conn, _window(conn, question, fold, without=facet))[facet] if chosen else counted[facet]
        facets[facet] = _values(counts, chosen, by_name=facet == "year")
    return facets, len(window)


def _window(conn: Connection, question: Question, fold: Fold, *, without: str = "") -> list[Any]:
    c = article.c
    statement: Select[Any] = select(c.id, c.source, c.published_at, c.policy_kind, c.policy_relation)
    statement = statement.where(*filters(question, without=without))
    if question.q:
        statement = statement.where(condition(question.q, conn.dialect.name, fold))
    return list(conn.execute(statement.order_by(c.id.desc()).limit(WINDOW)))


def _count(conn: Connection, window: list[Any]) -> dict[str, Counter[tuple[str, str]]]:
    """For each facet: code and name to the number of finds."""
    counts: dict[str, Counter[tuple[str, str]]] = {facet: Counter() for facet in FACETS}
    for row in window:
        for facet, value in (
            ("source", row.source),
            ("kind", row.policy_kind),
            ("relation", row.policy_relation),
            ("year", _year(row.published_at)),
        ):
            if value:
                counts[facet][value, value] += 1
    statement = (
        select(tag.c.kind, tag.c.code, tag.c.name, func.count())
        .where(tag.c.article_id.in_([row.id for row in window]))
        .group_by(tag.c.kind, tag.c.code, tag.c.name)
    )
    for kind, code, name, count in conn.execute(statement):
        counts[kind][code, name] += count
    return counts


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


def _tagged(kind: str, codes: tuple[str, ...]) -> ColumnElement[bool]:
    return article.c.id.in_(select(tag.c.article_id).where(tag.c.kind == kind, tag.c.code.in_(codes)))


def _within(year: int) -> ColumnElement[bool]:
    begin, end = (datetime(number, 1, 1, tzinfo=SHANGHAI) for number in (year, year + 1))
    return and_(article.c.published_at >= begin, article.c.published_at < end)


def _year(moment: datetime | None) -> str | None:
    return None if moment is None else str(moment.astimezone(SHANGHAI).year)
