"""Clusters: the articles that are reprints of one text.

An article's fingerprint has keys; articles of the days around that share one are candidates, and the judgement that
is passed in decides (``pipelines.dedupe.same_story``). What it finds is kept as kinship, pair by pair, so a
cluster is nothing but a connected component of the pairs that join: the same whatever came first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import Connection, TextClause, delete, insert, or_, select, text, update

from crawler.items import SHANGHAI, Article, Kinship, Story
from storage import sql
from storage.recording import Hook, Recorded
from storage.schema import article as articles
from storage.schema import cluster, kinship
from storage.types import micros

Same = Callable[[Story, Story], Kinship | None]
"""The judgement: how two articles are related, None where they tell two stories; symmetric."""

AROUND: Final = 3
"""Days around a story's own in which candidates are looked for."""
LATE: Final = timedelta(days=30)
"""How far apart two publications of one exact text are looked for."""
LONG: Final = 150
"""Distinct shingles of a text whose exact repetition is looked for on other days, or without a date."""
CANDIDATES: Final = 64
"""Candidates judged for one article, those with most keys in common first: a story has few texts, and a cluster of
many is met by any of them, so this bounds the cost and not the result."""
EPOCH: Final = date(1970, 1, 1)
NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Member:
    """What of a clustered article is needed to order it and to judge it."""

    id: int
    story: Story
    precision: str | None
    cluster_id: int | None
    canonical: bool
    relation: str | None

    @property
    def order(self) -> tuple[bool, date, bool, datetime, str]:
        """Mirrors last; then by day, the named origin's before a reprint's, by time, by address."""
        published = self.story.published_at or NEVER
        exact = published if self.precision in ("minute", "second") else NEVER
        day = published.astimezone(SHANGHAI).date() if published is not NEVER else date.max
        return self.story.mirror_of is not None, day, self.story.reprinted_from is not None, exact, self.story.url


def joining(same: Same) -> Hook:
    """``join`` as the writer calls it behind each article it recorded."""

    def after(conn: Connection, recorded: Recorded, article: Article) -> None:
        if (
            recorded.kind in ("new", "revised", "reread")
            and recorded.article_id is not None
            and recorded.at is not None
        ):
            join(conn, recorded.article_id, article, same=same, now=recorded.at, again=recorded.kind != "new")

    return after


def join(
    conn: Connection, article_id: int, article: Article, *, same: Same, now: datetime, again: bool = False
) -> None:
    """Find the article's near-duplicates and put it in their cluster, joining theirs where they had several.

    ``again`` says that the article was known with another text: what it was kin to is judged anew, and a cluster
    that only its old text held together falls apart. Nothing is done for an article without a fingerprint.
    Call it in the transaction that wrote the article's row.
    """
    if article.fingerprint is None:
        return
    left = _leave(conn, article_id) if again else set()
    me = _Member(article_id, _story(article), article.date_precision, None, canonical=True, relation=None)
    found = _kin(conn, me, article, same)
    _write_bands(conn, article_id, article)
    if found:
        # An article of the same batch whose turn comes later may be among them: it will find this one again.
        pairs = [_pair(article_id, other.id, kin) for other, kin in found]
        conn.execute(sql.insert(conn, kinship).on_conflict_do_nothing(), pairs)
    close = [other for other, kin in found if kin.joins]
    if again:
        _regroup(conn, _with_clusters(conn, left | {article_id} | {m.id for m in close}), same, now)
    elif close and not _attach(conn, me, close, same, now):
        _regroup(conn, _with_clusters(conn, {article_id} | {m.id for m in close}), same, now)


# --- candidates -------------------------------------------------------------------------------------------


def _kin(conn: Connection, me: _Member, article: Article, same: Same) -> list[tuple[_Member, Kinship]]:
    ids = _candidates(conn, me.id, article)
    judged = ((other, same(me.story, other.story)) for other in _members(conn, ids))
    return [(other, kin) for other, kin in judged if kin is not None]


def _candidates(conn: Connection, article_id: int, article: Article) -> list[int]:
    made = article.fingerprint
    assert made is not None
    days = [(day - EPOCH).days for day in made.days]
    near, far = (min(days), max(days)) if days else (0, 0)
    wide = far - near > 2 * AROUND  # two days far apart: not all that lies between
    published = article.published_at
    values = {
        "keys": orjson.dumps(made.bands).decode() if conn.dialect.name == "sqlite" else list(made.bands),
        "first": near - AROUND,
        "until": near + AROUND if wide else far + AROUND,
        "from": far - AROUND if wide else near - AROUND,
        "last": far + AROUND if days else near - AROUND - 1,
        "me": article_id,
        "limit": CANDIDATES,
        "exact": made.exact if made.shingles >= LONG else None,
        "undated": int(published is None),
        "early": 0 if published is None else micros(published - LATE),
        "late": 0 if published is None else micros(published + LATE),
        "url": article.url,
        "mirror_of": article.mirror_of,
    }
    return list(conn.execute(_lookup(conn.dialect.name), values).scalars())


@lru_cache(2)
def _lookup(dialect: str) -> TextClause:
    keys = "json_each(:keys)" if dialect == "sqlite" else "unnest(CAST(:keys AS bigint[])) AS wanted(value)"
    return text(f"""
        SELECT id FROM (
            SELECT band.article_id AS id FROM {keys} CROSS JOIN band
            WHERE band.key = value AND band.day BETWEEN :first AND :last
            AND (band.day <= :until OR band.day >= :from) AND band.article_id <> :me
            GROUP BY band.article_id ORDER BY count(*) DESC, band.article_id LIMIT :limit
        ) AS around
        UNION SELECT id FROM (
            SELECT id FROM article WHERE fingerprint_exact = :exact AND id <> :me
            AND (published_at IS NULL OR :undated = 1 OR published_at BETWEEN :early AND :late)
            ORDER BY id LIMIT :limit
        ) AS exact
        UNION SELECT id FROM article WHERE mirror_of = :url AND id <> :me
        UNION SELECT id FROM article WHERE url = :mirror_of AND id <> :me
    """)  # noqa: S608 - no value stands in it


def _write_bands(conn: Connection, article_id: int, article: Article) -> None:
    made = article.fingerprint
    assert made is not None
    rows = [
        {"key": key, "day": (day - EPOCH).days, "article_id": article_id} for day in made.days for key in made.bands
    ]
    if rows:
        conn.execute(_BAND, rows)


_BAND: Final = text("INSERT INTO band (key, day, article_id) VALUES (:key, :day, :article_id) ON CONFLICT DO NOTHING")


# --- rows and values --------------------------------------------------------------------------------------


def _story(item: Article) -> Story:
    return Story(
        url=item.url,
        title=item.title,
        body=item.body,
        published_at=item.published_at,
        origin=item.origin,
        reprinted_from=item.reprinted_from,
        mirror_of=item.mirror_of,
    )


_MEMBER: Final = (
    "id", "cluster_id", "canonical", "relation", "date_precision",
    "url", "title", "body", "published_at", "origin", "reprinted_from", "mirror_of",
)  # fmt: skip


def _members(conn: Connection, ids: Iterable[int]) -> list[_Member]:
    wanted = sorted(set(ids))
    if not wanted:
        return []
    rows = conn.execute(select(*(articles.c[name] for name in _MEMBER)).where(articles.c.id.in_(wanted)))
    return [
        _Member(
            row.id,
            Story(
                url=row.url,
                title=row.title,
                body=row.body,
                published_at=row.published_at,
                origin=row.origin,
                reprinted_from=row.reprinted_from,
                mirror_of=row.mirror_of,
            ),
            row.date_precision,
            row.cluster_id,
            canonical=row.canonical,
            relation=row.relation,
        )
        for row in rows
    ]


def _pair(one: int, other: int, kin: Kinship) -> dict[str, Any]:
    return {
        "article_id": min(one, other),
        "other_id": max(one, other),
        "relation": kin.relation,
        "similarity": kin.similarity,
        "containment": kin.containment,
        "joins": kin.joins,
    }


# --- clusters ---------------------------------------------------------------------------------------------


def _attach(conn: Connection, me: _Member, close: Sequence[_Member], same: Same, now: datetime) -> bool:
    """Add a new article to the one cluster all its kin are in, behind its canonical article; else do nothing."""
    ids = {other.cluster_id for other in close}
    mine = conn.execute(select(articles.c.cluster_id).where(articles.c.id == me.id)).scalar_one()
    if mine is not None or len(ids) != 1 or (cluster_id := ids.pop()) is None:
        return False
    head_id = conn.execute(select(cluster.c.canonical_article_id).where(cluster.c.id == cluster_id)).scalar_one()
    (head,) = [other for other in close if other.id == head_id] or _members(conn, [head_id])
    if me.order < head.order:
        return False
    _place(conn, me, cluster_id, head, same, now)
    conn.execute(update(cluster).where(cluster.c.id == cluster_id).values(size=cluster.c.size + 1, changed_at=now))
    return True


def _place(conn: Connection, member: _Member, cluster_id: int, head: _Member, same: Same, now: datetime) -> None:
    """Write the article's place in its cluster, where that is another one than before."""
    canonical = member.id == head.id
    kin = None if canonical else same(head.story, member.story)
    relation = None if canonical else (kin.relation if kin is not None else "reprint")
    if (member.cluster_id, member.canonical, member.relation) != (cluster_id, canonical, relation):
        values = {"cluster_id": cluster_id, "canonical": canonical, "relation": relation, "changed_at": now}
        conn.execute(update(articles).where(articles.c.id == member.id).values(values))


def _leave(conn: Connection, article_id: int) -> set[int]:
    """Forget what the article was kin to; returns the articles it was in a cluster with."""
    mine = or_(kinship.c.article_id == article_id, kinship.c.other_id == article_id)
    conn.execute(delete(kinship).where(mine))
    return _with_clusters(conn, {article_id}) - {article_id}


def _with_clusters(conn: Connection, ids: set[int]) -> set[int]:
    """The articles and all that share a cluster with one of them."""
    theirs = select(articles.c.cluster_id).where(articles.c.id.in_(ids), articles.c.cluster_id.is_not(None))
    return ids | set(conn.execute(select(articles.c.id).where(articles.c.cluster_id.in_(theirs))).scalars())


def _regroup(conn: Connection, ids: set[int], same: Same, now: datetime) -> None:
    """Make the clusters of these articles what their kinship says. ``ids`` must hold whole clusters."""
    members = {member.id: member for member in _members(conn, ids)}
    free = {member.cluster_id for member in members.values() if member.cluster_id is not None}
    for group in _components(conn, members):
        ordered = sorted((members[number] for number in group), key=lambda member: member.order)
        if len(ordered) == 1:
            _alone(conn, ordered[0], now)
            continue
        taken = free & {member.cluster_id for member in ordered}
        cluster_id = _cluster(conn, min(taken, default=None), ordered, now)
        free.discard(cluster_id)
        for member in ordered:
            _place(conn, member, cluster_id, ordered[0], same, now)
    if free:
        conn.execute(delete(cluster).where(cluster.c.id.in_(free)))


def _cluster(conn: Connection, cluster_id: int | None, ordered: Sequence[_Member], now: datetime) -> int:
    values = {"canonical_article_id": ordered[0].id, "size": len(ordered), "changed_at": now}
    if cluster_id is None:
        return int(conn.execute(insert(cluster).values(values).returning(cluster.c.id)).scalar_one())
    conn.execute(update(cluster).where(cluster.c.id == cluster_id).values(values))
    return cluster_id


def _alone(conn: Connection, member: _Member, now: datetime) -> None:
    if member.cluster_id is not None:
        values = {"cluster_id": None, "canonical": True, "relation": None, "changed_at": now}
        conn.execute(update(articles).where(articles.c.id == member.id).values(values))


def _components(conn: Connection, ids: Iterable[int]) -> list[list[int]]:
    """The connected components of these articles by the kinship that joins, each and all ascending."""
    neighbours: dict[int, list[int]] = {number: [] for number in sorted(ids)}
    c = kinship.c
    pairs = select(c.article_id, c.other_id).where(c.article_id.in_(neighbours), c.joins)
    for one, other in conn.execute(pairs):
        if other in neighbours:
            neighbours[one].append(other)
            neighbours[other].append(one)
    groups: list[list[int]] = []
    reached: set[int] = set()
    for start in neighbours:
        group: list[int] = []
        open_ends = [] if start in reached else [start]
        while open_ends:
            number = open_ends.pop()
            if number not in reached:
                reached.add(number)
                group.append(number)
                open_ends += neighbours[number]
        if group:
            groups.append(sorted(group))
    return groups
