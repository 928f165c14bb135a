"""Candidates: which known articles an article may be a near-duplicate of.

Each has rows of ``band``: the keys of its fingerprint under the days its story may be from. Those that share a key
within a few days are candidates; so are those of exactly its text within a month or without a date, and those that one
of the two names as what it mirrors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from crawler.items import Article, Fingerprint
from storage.types import micros

AROUND: Final = 3
"""Days around a story's own in which candidates are looked for."""
LATE: Final = timedelta(days=30)
"""How far apart two publications of one exact text are looked for."""
LONG: Final = 150
"""Distinct shingles of a text whose exact repetition is looked for on other days, or without a date."""
LIMIT: Final = 64
"""Candidates for one article, those with most keys in common first. A story has few texts, and a cluster of many is
met by any of them: this bounds the cost, not what is found."""
WEEK: Final = 7


def candidates(conn: Connection, article_id: int, article: Article, made: Fingerprint) -> list[int]:
    """The ids of the articles to judge, itself not among them."""
    published = article.published_at
    values = {
        **_days(conn, made),
        "me": article_id,
        "limit": LIMIT,
        "exact": made.exact if made.shingles >= LONG else None,
        "undated": int(published is None),
        "early": 0 if published is None else micros(published - LATE),
        "late": 0 if published is None else micros(published + LATE),
        "url": article.url,
        "mirror_of": article.mirror_of,
    }
    return [row[0] for row in native(conn, _lookup(conn.dialect.name), values)]


def write_bands(conn: Connection, article_id: int, made: Fingerprint) -> None:
    """Let the article be found by its keys."""
    values = {"days": _list(conn, _numbered(made)), "keys": _list(conn, made.bands), "article_id": article_id}
    native(conn, _insert(conn.dialect.name), values)


def native(conn: Connection, statement: str, values: Mapping[str, Any]) -> Any:
    """Run a statement with ``:names`` and the database's own values, past SQLAlchemy's compiler and its types.

    Only for what is done for every article: it costs a quarter.
    """
    return conn.exec_driver_sql(_in_style(statement, conn.dialect.name), values)


@lru_cache(64)
def _in_style(statement: str, dialect: str) -> str:
    return statement if dialect == "sqlite" else re.sub(r":(\w+)", r"%(\1)s", statement)


def _list(conn: Connection, numbers: Iterable[int]) -> Any:
    """Whole numbers as one parameter."""
    return orjson.dumps(tuple(numbers)).decode() if conn.dialect.name == "sqlite" else list(numbers)


def _numbered(made: Fingerprint) -> list[int]:
    return [day.toordinal() for day in made.days]


def _days(conn: Connection, made: Fingerprint) -> dict[str, Any]:
    """The keys and days to look at: around the first and around the last, and nothing between where they lie apart."""
    days = _numbered(made)
    weeks = sorted({(day + reach) // WEEK for day in days for reach in (-AROUND, AROUND)})
    first, last = min(days, default=0), max(days, default=0)
    keys = made.bands
    if conn.dialect.name == "postgresql":  # which gets them pair by pair
        weeks, keys = [week for week in weeks for _ in keys], keys * len(weeks)
    return {
        "weeks": _list(conn, weeks),
        "keys": _list(conn, keys),
        "first": first - AROUND,
        "until": first + AROUND,
        "since": last - AROUND,
        "last": last + AROUND,
    }


def _each(name: str, dialect: str) -> str:
    """A list that is bound under a name, as a table of that name with one column, value."""
    if dialect == "sqlite":
        return f"json_each(:{name}) AS {name}"
    return f"unnest(CAST(:{name} AS bigint[])) AS {name}(value)"


@lru_cache(2)
def _insert(dialect: str) -> str:
    return f"""
        INSERT INTO band (week, key, article_id, day)
        SELECT days.value / {WEEK}, keys.value, :article_id, days.value
        FROM {_each("days", dialect)} CROSS JOIN {_each("keys", dialect)} WHERE true
        ON CONFLICT DO NOTHING
    """  # noqa: S608 - no value stands in it


@lru_cache(2)
def _lookup(dialect: str) -> str:
    if dialect == "sqlite":
        wanted = "json_each(:weeks) AS weeks CROSS JOIN json_each(:keys) AS keys CROSS JOIN band"
        found = "band.week = weeks.value AND band.key = keys.value AND"
    else:
        # OFFSET 0 ties each step to both columns of the key: a plan that PostgreSQL made while the table was empty,
        # and keeps, would else read whole weeks. And that it keeps one, instead of making one each time, needs pairs.
        wanted = """
            unnest(CAST(:weeks AS int[]), CAST(:keys AS bigint[])) AS wanted(week, key) CROSS JOIN LATERAL (
                SELECT article_id, day FROM band WHERE week = wanted.week AND key = wanted.key OFFSET 0
            ) AS band"""
        found = ""
    return f"""
        SELECT id FROM (
            SELECT band.article_id AS id FROM {wanted}
            WHERE {found} band.article_id <> :me
            AND (band.day BETWEEN :first AND :until OR band.day BETWEEN :since AND :last)
            GROUP BY band.article_id ORDER BY count(*) DESC, band.article_id LIMIT :limit
        ) AS around
        UNION SELECT id FROM (
            SELECT id FROM article WHERE fingerprint_exact = :exact AND id <> :me
            AND (published_at IS NULL OR :undated = 1 OR published_at BETWEEN :early AND :late)
            ORDER BY id LIMIT :limit
        ) AS exact
        UNION SELECT id FROM article WHERE mirror_of = :url AND id <> :me
        UNION SELECT id FROM article WHERE url = :mirror_of AND id <> :me
    """  # noqa: S608 - no value stands in it
