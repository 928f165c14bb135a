"""The archive as it stood at an earlier time, made from its revisions, captures and kinship.

What is known of the past: each text with what was read from it then, the pages seen, the articles there were, and so
which of them were reprints of which. A new reading of the same page (``panxi reprocess``) shows in the past as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    MetaData,
    Table,
    and_,
    case,
    exists,
    func,
    not_,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy import Column as SqlColumn

from storage.clusters import UNNAMED, Names, components, read_members
from storage.corpus.read import LINK
from storage.corpus.snapshot import Snapshot
from storage.corpus.view import View
from storage.schema import article, capture, related_link, revision
from storage.types import Key, micros

CHUNK: Final = 512
"""Earlier texts that are rewritten at once."""
NAMES: Final = tuple(column.name for column in article.columns if not column.name.startswith("fingerprint_"))
TOLD: Final = frozenset(
    {
        "subtitle", "date_precision", "origin", "reprinted_from", "author", "editor", "script", "rights", "attachments",
        "images", "regions", "industries", "policy", "damage",
    }
)  # fmt: skip
"""Columns that a revision keeps under their own names."""
_other = MetaData()
PAST: Final = article.to_metadata(_other, name="past_article")
PAST_LINKS: Final = related_link.to_metadata(_other, name="past_link")
STANDING: Final = Table(
    "past_standing",
    _other,
    SqlColumn("id", Key, primary_key=True),
    SqlColumn("cluster_id", Key),
    SqlColumn("canonical", Boolean, nullable=False),
    SqlColumn("relation", article.c.relation.type),
)
"""Where articles stood in their clusters, if otherwise than now."""


def as_of(snapshot: Snapshot, at: datetime, names: Names = UNNAMED) -> View:
    """The relations as they stood at a time; what differs from now goes into temporary tables of the snapshot."""
    for chunk in _past(snapshot, at):
        snapshot.bulk.ingest(PAST, [row for row, _ in chunk])
        snapshot.bulk.ingest(PAST_LINKS, [link for _, links in chunk for link in links])
    snapshot.bulk.ingest(STANDING, list(_standing(snapshot, at, names)))
    return View(_articles(at), _links())


# --- texts ------------------------------------------------------------------------------------------------


def _past(snapshot: Snapshot, at: datetime) -> Iterator[list[tuple[dict[str, Any], list[dict[str, Any]]]]]:
    """Articles whose text has changed since, as they were: rows and links. At least one chunk, be it empty."""
    conn = snapshot.conn
    newest = (
        select(revision.c.article_id, func.max(revision.c.number).label("number"))
        .where(revision.c.seen_at <= at)
        .group_by(revision.c.article_id)
        .subquery()
    )
    found = conn.execute(
        select(
            revision,
            article.c.url,
            article.c.source,
            article.c.first_seen_at,
            article.c.gone_at,
            article.c.cluster_id,
            article.c.canonical,
            article.c.relation,
        )
        .join(newest, and_(newest.c.article_id == revision.c.article_id, newest.c.number == revision.c.number))
        .join(article, article.c.id == revision.c.article_id)
        .where(article.c.revised_at > at)
        .order_by(revision.c.article_id)
        .execution_options(yield_per=CHUNK)
    )
    empty = True
    for rows in found.mappings().partitions(CHUNK):
        empty = False
        yield [_row(row) for row in rows]
    if empty:
        yield []


def _row(row: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A revision as a row of ``article``, in the database's own values, and its links."""
    told = row["fields"]
    policy = told["policy"] or {}
    values = {
        "id": row["article_id"],
        **{name: row[name] for name in ("url", "source", "cluster_id", "canonical", "relation")},
        **{name: row[name] for name in ("title", "title_original", "content_sha256", "body", "body_original")},
        **{name: told[name] for name in TOLD},
        "published_at": told["published_at"] and datetime.fromisoformat(told["published_at"]),
        "last_seen_at": datetime.fromisoformat(told["last_seen_at"]),
        **{name: row[name] for name in ("first_seen_at", "gone_at", "capture_id")},
        "revised_at": row["seen_at"],
        "changed_at": row["seen_at"],
        "revision": row["number"],
        "length": len(row["body"]),
        "damaged": bool(told["damage"]),
        "policy_relation": policy.get("relation"),
        "policy_kind": policy.get("kind"),
        **{name: [] for name in ("column", "issues", "evidence")},
    }
    links = [{"article_id": row["article_id"], **link} for link in told["related"]]
    return {name: _native(values.get(name)) for name in NAMES}, links


def _native(value: Any) -> Any:
    if isinstance(value, datetime):
        return micros(value)
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


# --- clusters ---------------------------------------------------------------------------------------------


def _standing(snapshot: Snapshot, at: datetime, names: Names) -> Iterator[dict[str, Any]]:
    """Articles of clusters that have grown since: what is left of such a cluster without its later articles.

    The parts of what is one cluster now are told apart by number: the part with the lowest article keeps the
    cluster's, another has the negative number of its lowest article.
    """
    conn = snapshot.conn
    grown = (
        select(article.c.cluster_id)
        .where(article.c.first_seen_at > at, article.c.cluster_id.is_not(None))
        .distinct()
        .order_by(article.c.cluster_id)
    )
    for cluster_id in conn.execute(grown).scalars().all():
        there = select(article.c.id).where(article.c.cluster_id == cluster_id, article.c.first_seen_at <= at)
        ids = conn.execute(there.order_by(article.c.id)).scalars().all()
        for number, part in enumerate(components(conn, ids)):
            first = min(read_members(conn, part, names), key=lambda member: member.order)
            for member in read_members(conn, part):
                canonical = member.id == first.id
                yield {
                    "id": member.id,
                    "cluster_id": None if len(part) == 1 else (-part[0] if number else cluster_id),
                    "canonical": canonical,
                    "relation": None if canonical else member.relation or "reprint",
                }


# --- relations --------------------------------------------------------------------------------------------


def _articles(at: datetime) -> FromClause:
    present = _at(article, at).where(article.c.first_seen_at <= at, article.c.revised_at <= at)
    return union_all(present, _at(PAST, at)).subquery("article_then")


def _at(table: Table, at: datetime) -> Any:
    """The rows of a table with what was so only later taken back."""
    moved = STANDING.c.id.is_not(None)
    seen = (
        select(func.max(capture.c.fetched_at)).where(capture.c.url == table.c.url, capture.c.fetched_at <= at)
    ).scalar_subquery()
    earlier = func.coalesce(seen, table.c.revised_at)
    changed: dict[str, ColumnElement[Any]] = {
        "gone_at": case((table.c.gone_at <= at, table.c.gone_at), else_=null()),
        "last_seen_at": case(
            (table.c.last_seen_at <= at, table.c.last_seen_at),
            (earlier > table.c.revised_at, earlier),
            else_=table.c.revised_at,
        ),
        **{
            name: case((moved, STANDING.c[name]), else_=table.c[name])
            for name in ("cluster_id", "canonical", "relation")
        },
    }
    columns = [changed.get(name, table.c[name]).label(name) for name in NAMES]
    return select(*columns).select_from(table.outerjoin(STANDING, STANDING.c.id == table.c.id))


def _links() -> FromClause:
    names = ("article_id", *LINK)
    then = select(*(PAST_LINKS.c[name] for name in names))
    now = select(*(related_link.c[name] for name in names)).where(
        not_(exists(select(text("1")).where(PAST.c.id == related_link.c.article_id)))
    )
    return union_all(now, then).subquery("link_then")
