"""The archive: what is kept, asked in the words of the trade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from storage import frontier, runs
from storage.recording import Hook, Previous, Recorded, link_json, record, record_all
from storage.rows import article_json, to_json
from storage.schema import article, capture, cluster, related_link, revision, run

__all__ = [
    "Archive",
    "Hook",
    "Previous",
    "Recorded",
    "article_json",
    "record",
    "record_all",
    "to_json",
]

Json = dict[str, Any]


class Archive:
    """Read verbs over one database; each answers from one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_id(self, number: int) -> Json | None:
        """The JSON of the article, or None."""
        return self._one(article.c.id == number)

    def by_url(self, url: str) -> Json | None:
        """The JSON of the article at a canonical URL, or None."""
        return self._one(article.c.url == url)

    def stream(self, *conditions: ColumnElement[bool], batch: int = 500) -> Iterator[Json]:
        """The JSON of all articles that meet the conditions on ``storage.schema.article``, by id.

        Memory stays that of one batch; each batch is a short transaction, so a long reading holds up nobody.
        """
        last = 0
        while True:
            with self._engine.connect() as conn:
                rows = conn.execute(
                    select(article).where(article.c.id > last, *conditions).order_by(article.c.id).limit(batch)
                ).mappings()
                page = whole(conn, rows.all())
            yield from page
            if len(page) < batch:
                return
            last = page[-1]["id"]

    def revisions(self, number: int) -> list[Json]:
        """The earlier texts of an article, the first one first: number, seen_at, title, body, …"""
        statement = select(revision).where(revision.c.article_id == number).order_by(revision.c.number)
        with self._engine.connect() as conn:
            return [
                {
                    **row["fields"],
                    "revision": row["number"],
                    "seen_at": row["seen_at"].isoformat(),
                    "title": row["title"],
                    "title_original": row["title_original"],
                    "body": row["body"],
                    "body_original": row["body"] if row["body_original"] is None else row["body_original"],
                    "content_sha256": row["content_sha256"],
                    "capture_id": row["capture_id"],
                }
                for row in conn.execute(statement).mappings()
            ]

    def cluster(self, number: int) -> list[Json]:
        """The articles of a cluster, the canonical one first, then by first sight."""
        statement = (
            select(article)
            .where(article.c.cluster_id == number)
            .order_by(article.c.canonical.desc(), article.c.first_seen_at, article.c.id)
        )
        with self._engine.connect() as conn:
            return whole(conn, conn.execute(statement).mappings().all())

    def status(self) -> Json:
        """Counts of what is kept and of the frontier, and the last run."""
        with self._engine.connect() as conn:
            count = select(func.count())
            last = conn.execute(select(run).order_by(run.c.started_at.desc()).limit(1)).mappings().one_or_none()
            return {
                "articles": conn.execute(count.select_from(article)).scalar_one(),
                "gone": conn.execute(count.select_from(article).where(article.c.gone_at.is_not(None))).scalar_one(),
                "revisions": conn.execute(count.select_from(revision)).scalar_one(),
                "clusters": conn.execute(count.select_from(cluster)).scalar_one(),
                "captures": conn.execute(count.select_from(capture)).scalar_one(),
                "sources": {
                    row[0]: row[1]
                    for row in conn.execute(
                        select(article.c.source, func.count()).group_by(article.c.source).order_by(article.c.source)
                    )
                },
                "frontier": frontier.counts(conn),
                "last_run": None
                if last is None
                else {str(name): value for name, value in last.items()}
                | {"state": runs.state_of(conn, last, datetime.now(UTC))},
            }

    def _one(self, condition: ColumnElement[bool]) -> Json | None:
        with self._engine.connect() as conn:
            found = whole(conn, conn.execute(select(article).where(condition)).mappings().all())
        return found[0] if found else None


def whole(conn: Connection, rows: Sequence[Mapping[Any, Any]]) -> list[Json]:
    """The JSON of articles, of rows of ``storage.schema.article``, with their related links."""
    links: dict[int, list[Json]] = {row["id"]: [] for row in rows}
    if links:
        statement = select(related_link).where(related_link.c.article_id.in_(links))
        for link in conn.execute(statement.order_by(related_link.c.article_id, related_link.c.position)).mappings():
            links[link["article_id"]].append(link_json(link))
    return [to_json(dict(row), links[row["id"]]) for row in rows]
