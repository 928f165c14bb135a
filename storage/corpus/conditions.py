"""A selection as SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Select,
    Text,
    case,
    cast,
    false,
    func,
    not_,
    or_,
    select,
    true,
    type_coerce,
)

from crawler.items import SHANGHAI
from storage.corpus.options import Selection


def conditions(chosen: Selection, articles: FromClause, dialect: str) -> list[ColumnElement[bool]]:
    """What an article of ``articles`` (the table, or what stood in it earlier) must meet; the query apart, and that a
    cluster is told once, which ``stand_ins`` is for.
    """
    article = articles.c
    tests: list[ColumnElement[bool]] = []
    if not chosen.withdrawn:
        tests.append(article.gone_at.is_(None))
    tests += _days(article.published_at, chosen.published_from, chosen.published_until)
    tests += _days(article.first_seen_at, chosen.seen_from, chosen.seen_until)
    if chosen.sources:
        tests.append(article.source.in_(chosen.sources))
    return [*tests, *_about(chosen, article, dialect), *_of_the_text(chosen, article)]


def stand_ins(chosen: Selection, articles: FromClause) -> Select[Any] | None:
    """The numbers of those that tell a story in place of its canonical article, where that is another source's than
    those asked for or has vanished: the first that is left. None where that can't be.
    """
    article = articles.c
    left = [] if chosen.withdrawn else [article.gone_at.is_(None)]
    if chosen.sources:
        left.append(article.source.in_(chosen.sources))
    if not left:
        return None
    return (
        select(func.min(article.id).label("id"))
        .where(article.cluster_id.is_not(None), *left)
        .group_by(article.cluster_id)
        .having(func.sum(case((article.canonical, 1), else_=0)) == 0)
    )


def _about(chosen: Selection, article: Any, dialect: str) -> Iterable[ColumnElement[bool]]:
    if chosen.regions:
        yield or_(*(_tagged(article.regions, _within(value)) for value in chosen.regions))
    if chosen.industries:
        yield or_(*(_tagged(article.industries, value) for value in chosen.industries))
    if chosen.policy_kinds:
        known = article.policy.is_not(None) if "any" in chosen.policy_kinds else false()
        # 意见 is also what an 实施意见 is by statute.
        statutory = _member(article.policy, "statutory_kind", dialect)
        quoted = [f'"{kind}"' for kind in chosen.policy_kinds]
        yield or_(known, article.policy_kind.in_(chosen.policy_kinds), statutory.in_(quoted))
    if chosen.issuers:
        issuers = _member(article.policy, "issuers", dialect)
        yield or_(*(issuers.contains(f'"{value}"', autoescape=True) for value in chosen.issuers))


def _of_the_text(chosen: Selection, article: Any) -> Iterable[ColumnElement[bool]]:
    if chosen.min_length is not None:
        yield article.length >= chosen.min_length
    if chosen.max_length is not None:
        yield article.length <= chosen.max_length
    if chosen.damage != "any":
        yield article.damaged == (true() if chosen.damage == "only" else false())
    if chosen.written_in is not None:
        yield article.script == chosen.written_in
    if chosen.language is not None:
        yield article.language == chosen.language
    if chosen.rights is not None:
        yield _noted(article.rights, chosen.rights)


def between(begin: datetime | None, end: datetime | None, column: ColumnElement[Any]) -> Iterable[ColumnElement[bool]]:
    """``column`` is in the half-open interval."""
    if begin is not None:
        yield column >= begin
    if end is not None:
        yield column < end


def midnight(day: date) -> datetime:
    """The day's begin in China."""
    return datetime.combine(day, time(), SHANGHAI)


def _days(column: ColumnElement[Any], first: date | None, last: date | None) -> Iterable[ColumnElement[bool]]:
    return between(None if first is None else midnight(first), None if last is None else _end(last), column)


def _end(day: date) -> datetime:
    return midnight(day + timedelta(days=1)) if day < date.max else datetime.max.replace(tzinfo=SHANGHAI)


def _within(region: str) -> str:
    """A code without the zeros that only fill it up: 510400 stands for all of 5104…"""
    while len(region) > 2 and region.isascii() and region.isdigit() and region.endswith("00"):  # noqa: PLR2004
        region = region[:-2]
    return region


def _tagged(column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    # A quotation mark inside a JSON string is written \", so the pattern meets keys only.
    key = "code" if value.isascii() else "name"
    return type_coerce(column, Text).contains(f'"{key}":"{value}', autoescape=True)


def _member(column: ColumnElement[Any], key: str, dialect: str) -> ColumnElement[str]:
    """A member of a JSON object, as JSON text; NULL where there is none."""
    document = type_coerce(column, Text) if dialect == "sqlite" else cast(type_coerce(column, Text), JSON)
    member: ColumnElement[str] = cast(document.op("->")(key), Text)
    return member


def _noted(rights: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    stated = func.coalesce(rights, "") != ""
    if value == "stated":
        return stated
    if value == "none":
        return not_(stated)
    return rights.contains(value, autoescape=True)
