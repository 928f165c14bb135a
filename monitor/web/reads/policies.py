"""What the page asks of policy records. There are thousands of them at most, so they are sifted here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, func, select, type_coerce

from crawler.items import SHANGHAI
from monitor.records import WITH_ARTICLES
from monitor.web.reads.articles import BRIEF, Row
from storage.clusters import copied
from storage.grams import lowered
from storage.query import parse, stands
from storage.schema import article, policy_article, policy_record, tag
from storage.types import Moment

ALL_REGIONS = "all"
DayKind = Literal["issued", "told", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which records: empty means all."""

    region: str = ""
    issuer: str = ""
    kind: str = ""
    year: str = ""
    q: str = ""
    """What title, number and issuers hold, as in ``panxi search``."""


@dataclass(frozen=True, slots=True)
class Found:
    """The records that are wanted, the newest first, and what the others of each facet would give."""

    records: tuple[Row, ...]
    facets: Mapping[str, Sequence[tuple[str, int]]]


def day_of(record: Row) -> date:
    """The day a record stands at on the time line: when it was issued, else that of the earliest article that tells of
    it, else when the archive first saw it.
    """
    issued: date | None = record["issued_on"]
    return issued or _day(record["told_at"] or record["first_seen_at"])


def _place(record: Row) -> tuple[date, int]:
    return day_of(record), record["id"]


def kind_of_day(record: Row) -> DayKind:
    """What day that is."""
    if record["issued_on"]:
        return "issued"
    return "told" if record["told_at"] else "kept"


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _records() -> Select[Any]:
    """Records that have articles, each with ``told_at``: the time of the earliest of those, where one has a time."""
    told = (
        select(func.min(article.c.published_at))
        .join(policy_article, policy_article.c.article_id == article.c.id)
        .where(policy_article.c.record_id == policy_record.c.id)
        .correlate(policy_record)
        .scalar_subquery()
    )
    return select(policy_record, type_coerce(told, Moment).label("told_at")).where(WITH_ARTICLES)


def find(conn: Connection, wanted: Wanted) -> Found:
    """The records, and counts for each facet under the other filters."""
    rows = [dict(row) for row in conn.execute(_records()).mappings()]
    if wanted.region:
        inside = _in_region(conn, wanted.region)
        rows = [row for row in rows if row["id"] in inside]
    if wanted.q:
        asked = parse(wanted.q)
        rows = [row for row in rows if asked is not None and stands(asked, lowered(_text(row)))]
    tests: dict[str, Callable[[Row], bool]] = {
        "issuer": lambda row: not wanted.issuer or wanted.issuer in row["issuers"],
        "kind": lambda row: not wanted.kind or row["kind"] == wanted.kind,
        "year": lambda row: not wanted.year or str(day_of(row).year) == wanted.year,
    }
    values: dict[str, Callable[[Row], list[str]]] = {
        "issuer": lambda row: row["issuers"],
        "kind": lambda row: [row["kind"]] if row["kind"] else [],
        "year": lambda row: [str(day_of(row).year)],
    }
    facets = {
        facet: _counted(
            value
            for row in rows
            if all(test(row) for name, test in tests.items() if name != facet)
            for value in values[facet](row)
        )
        for facet in tests
    }
    facets["year"].sort(reverse=True)
    kept = [row for row in rows if all(test(row) for test in tests.values())]
    kept.sort(key=_place, reverse=True)
    return Found(tuple(kept), facets)


def one(conn: Connection, number: int) -> Row | None:
    """The record."""
    row = conn.execute(_records().where(policy_record.c.id == number)).mappings().first()
    return None if row is None else dict(row)


def articles_of(conn: Connection, numbers: Sequence[int]) -> dict[int, list[Row]]:
    """The articles of each record, by date, without mirrors' copies; ``role``: what each is to the document."""
    statement = (
        select(*BRIEF, policy_article.c.record_id, policy_article.c.relation.label("role"), article.c.canonical)
        .join(policy_article, policy_article.c.article_id == article.c.id)
        .where(policy_article.c.record_id.in_(numbers), ~copied())
        .order_by(article.c.published_at, article.c.id)
    )
    found: dict[int, list[Row]] = {number: [] for number in numbers}
    for row in conn.execute(statement).mappings():
        found[row["record_id"]].append(dict(row))
    return found


def newest(conn: Connection, *, limit: int) -> list[Row]:
    """The records that stand first on the time line."""
    issued = _records().where(policy_record.c.issued_on.is_not(None)).order_by(policy_record.c.issued_on.desc())
    others = _records().where(policy_record.c.issued_on.is_(None))
    rows: list[Row] = [dict(row) for each in (issued.limit(limit), others) for row in conn.execute(each).mappings()]
    return sorted(rows, key=_place, reverse=True)[:limit]


def regions(conn: Connection) -> list[tuple[str, str, int]]:
    """Code, name and number of records of the regions that records are about, the most frequent first."""
    rows = conn.execute(
        select(policy_article.c.record_id, tag.c.code, tag.c.name)
        .join(tag, tag.c.article_id == policy_article.c.article_id)
        .where(tag.c.kind == "region")
        .distinct()
    )
    counted = Counter((row.code, row.name) for row in rows)
    return [(code, name, count) for (code, name), count in counted.most_common(30)]


def _in_region(conn: Connection, code: str) -> set[int]:
    rows = conn.execute(
        select(policy_article.c.record_id)
        .join(tag, tag.c.article_id == policy_article.c.article_id)
        .where(tag.c.kind == "region", tag.c.code == code)
        .distinct()
    )
    return set(rows.scalars())


def _text(row: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (row["title"], row["number"], *row["issuers"])))


def _counted(values: Iterable[str]) -> list[tuple[str, int]]:
    return Counter(values).most_common(30)
