"""What the page asks of articles: each function one short query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

from storage.clusters import copied
from storage.schema import article, kinship, policy_article, policy_record, related_link, revision

Row = Mapping[str, Any]

BRIEF = (
    article.c.id,
    article.c.url,
    article.c.source,
    article.c.origin,
    article.c.title,
    article.c.published_at,
    article.c.date_precision,
    article.c.first_seen_at,
    article.c.changed_at,
    article.c.gone_at,
    article.c.cluster_id,
    article.c.relation,
    article.c.policy_relation,
    article.c.policy_kind,
)
"""What a line of a list needs; all of it stands before the long columns."""


def one(conn: Connection, number: int) -> Row | None:
    """The article's row."""
    return _first(conn, select(article).where(article.c.id == number))


def related_out(conn: Connection, number: int) -> list[Row]:
    """The article's related links in order; ``known``: the archive's article at that address."""
    statement = (
        select(related_link, article.c.id.label("known"))
        .outerjoin(article, article.c.url == related_link.c.url)
        .where(related_link.c.article_id == number)
        .order_by(related_link.c.position)
    )
    return _all(conn, statement)


def related_in(conn: Connection, url: str, *, limit: int) -> list[Row]:
    """The articles that name this address among their related links, the newest first."""
    statement = (
        select(*BRIEF)
        .where(article.c.id.in_(select(related_link.c.article_id).where(related_link.c.url == url)))
        .order_by(article.c.published_at.desc(), article.c.id.desc())
        .limit(limit)
    )
    return _all(conn, statement)


def cluster(conn: Connection, number: int | None, *, limit: int) -> list[Row]:
    """The articles of a cluster, the canonical one first, then by date; ``copied``: whether it is a mirror's copy."""
    if number is None:
        return []
    statement = (
        select(*BRIEF, article.c.canonical, article.c.reprinted_from, copied().label("copied"))
        .where(article.c.cluster_id == number)
        .order_by(article.c.canonical.desc(), article.c.published_at, article.c.id)
        .limit(limit)
    )
    return _all(conn, statement)


def kinship_of(conn: Connection, one: int, other: int) -> Row | None:
    """How two articles were judged to be of one story."""
    first, second = sorted((one, other))
    return _first(conn, select(kinship).where(kinship.c.article_id == first, kinship.c.other_id == second))


def revisions(conn: Connection, number: int) -> list[Row]:
    """The earlier texts of an article, the first one first."""
    return _all(conn, select(revision).where(revision.c.article_id == number).order_by(revision.c.number))


def records(conn: Connection, number: int) -> list[Row]:
    """The policy records that the article belongs to, and how."""
    statement = (
        select(policy_record.c.id, policy_record.c.title, policy_record.c.number, policy_article.c.relation)
        .join(policy_article, policy_article.c.record_id == policy_record.c.id)
        .where(policy_article.c.article_id == number)
        .order_by(policy_record.c.id)
    )
    return _all(conn, statement)


def newest(conn: Connection, *, limit: int, source: str | None = None) -> list[Row]:
    """The articles that were published last, without reprints."""
    newest = (article.c.published_at.desc().nulls_last(), article.c.id.desc())
    statement = select(*BRIEF).where(article.c.canonical).order_by(*newest).limit(limit)
    return _all(conn, statement if source is None else statement.where(article.c.source == source))


def bodies(conn: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The texts of some articles."""
    rows = conn.execute(select(article.c.id, article.c.body).where(article.c.id.in_(numbers)))
    return {row.id: row.body for row in rows}


def count(conn: Connection) -> int:
    """How many articles there are."""
    return conn.execute(select(func.count()).select_from(article)).scalar_one()


def _all(conn: Connection, statement: Select[Any]) -> list[Row]:
    return [dict(row) for row in conn.execute(statement).mappings()]


def _first(conn: Connection, statement: Select[Any]) -> Row | None:
    row = conn.execute(statement).mappings().first()
    return None if row is None else dict(row)
