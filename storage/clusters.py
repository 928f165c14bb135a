"""Clusters: the articles that are reprints of one text.

An article's fingerprint has keys; articles of the days around that share one are candidates, and the judgement that
is passed in decides (``pipelines.dedupe.same_story``). What it finds is kept as kinship, pair by pair, so a
cluster is nothing but a connected component of the pairs that join: the same whatever came first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Text,
    and_,
    delete,
    insert,
    not_,
    or_,
    select,
    type_coerce,
    update,
)

from crawler.items import MIRRORED, SHANGHAI, Article, Kinship, Story
from storage import sql
from storage.candidates import candidates, native, write_bands
from storage.recording import Hook, Recorded
from storage.schema import article as articles
from storage.schema import cluster, kinship
from storage.types import micros, moment

Same = Callable[[Story, Story], Kinship | None]
"""The judgement: how two articles are related, None where they tell two stories; symmetric."""

DECIDING: Final = frozenset(
    {
        "published_at",
        "date_precision",
        "origin",
        "reprinted_from",
        "mirror_of",
        "issues",
        "policy",
        "fingerprint_recipe",
    }
)
"""Columns that decide, beside the text, what an article is kin to and which one is canonical."""
SAID: Final = f'"kind":"{MIRRORED}"'
"""What the column of issues holds of a mirror's work."""
Names = Mapping[str, Sequence[str]]
"""What each source is called on pages: by its own names an article's origin is known for the source itself."""
UNNAMED: Final[Names] = MappingProxyType({})
EVER: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """What of a clustered article is needed to order it and to judge it."""

    id: int
    story: Story
    precision: str | None
    cluster_id: int | None
    canonical: bool
    relation: str | None
    called: Sequence[str] = ()
    """The names of its source."""
    issuers: Sequence[str] = ()
    """Of the document that it is or tells of."""

    @property
    def standing(self) -> int:
        """How near it is to where its text comes from: its source is the issuer, or the named origin itself, or names
        none; its source is one whose names nobody knows; it names another medium; it says that it is a reprint.
        """
        origin, again = self.story.origin, self.story.reprinted_from
        if again is not None and not self._is_called(again):
            return 3
        if not self.called:
            return 1
        own = origin is None or any(map(self._is_called, (origin, *self.issuers)))
        return 0 if own else 2

    def _is_called(self, medium: str) -> bool:
        """Whether the source goes by this name, or by the beginning of it: 攀枝花市人民政府(网站)."""
        return any(medium.startswith(name) for name in self.called)

    @property
    def order(self) -> tuple[bool, date, int, datetime, str]:
        """Mirrors last; then by day, by how near it is to the origin, by time, by address.

        Where only the day is known, what names no origin is before all that have a clock: official pages give no hour.
        """
        published = self.story.published_at or NEVER
        day = published.astimezone(SHANGHAI).date() if published is not NEVER else date.max
        exact = NEVER
        if self.precision in ("minute", "second"):
            exact = published
        elif self.standing == 1 and self.story.origin is None:
            exact = EVER
        copy = self.story.mirror_of is not None or self.story.mirrored
        return copy, day, self.standing, exact, self.story.url


def copied(of: FromClause = articles) -> ColumnElement[bool]:
    """That an article (of this alias) is a mirror's copy, and its original is there: nothing to be told once more."""
    c = of.c
    return and_(not_(c.canonical), or_(c.mirror_of.is_not(None), type_coerce(c.issues, Text).contains(SAID)))


def joining(same: Same, names: Names = UNNAMED) -> Hook:
    """``join`` as the writer calls it behind each article it recorded."""

    def after(conn: Connection, recorded: Recorded, article: Article) -> None:
        if recorded.article_id is None or recorded.at is None:
            return
        if recorded.kind in ("new", "revised", "reread") or DECIDING.intersection(recorded.corrected):
            again = recorded.kind != "new"
            join(conn, recorded.article_id, article, same=same, now=recorded.at, again=again, names=names)

    return after


def join(
    conn: Connection,
    article_id: int,
    article: Article,
    *,
    same: Same,
    now: datetime,
    again: bool = False,
    names: Names = UNNAMED,
) -> None:
    """Find the article's near-duplicates and put it in their cluster, joining theirs where they had several.

    ``again`` says that the article was known with another text: what it was kin to is judged anew, and a cluster
    that only its old text held together falls apart. Nothing is done for an article without a fingerprint.
    Call it in the transaction that wrote the article's row.
    """
    if article.fingerprint is None:
        return
    left = _leave(conn, article_id) if again else set()
    me = Member(
        article_id,
        _story(article),
        article.date_precision,
        None,
        canonical=True,
        relation=None,
        called=names.get(article.source or "", ()),
        issuers=article.policy.issuers if article.policy is not None else (),
    )
    found = _kin(conn, me, article, same, names)
    write_bands(conn, article_id, article.fingerprint)
    if found:
        # An article of the same batch whose turn comes later may be among them: it will find this one again.
        pairs = [_pair(article_id, other.id, kin) for other, kin in found]
        conn.execute(sql.insert(conn, kinship).on_conflict_do_nothing(), pairs)
    close = [other for other, kin in found if kin.joins]
    if again:
        _regroup(conn, _with_clusters(conn, left | {article_id} | {m.id for m in close}), same, now, names)
    elif close and not _attach(conn, me, close, same, now, names):
        _regroup(conn, _with_clusters(conn, {article_id} | {m.id for m in close}), same, now, names)


# --- candidates -------------------------------------------------------------------------------------------


def _kin(conn: Connection, me: Member, article: Article, same: Same, names: Names) -> list[tuple[Member, Kinship]]:
    assert article.fingerprint is not None
    ids = candidates(conn, me.id, article, article.fingerprint)
    judged = ((other, same(me.story, other.story)) for other in read_members(conn, ids, names))
    return [(other, kin) for other, kin in judged if kin is not None]


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
        mirrored=any(issue.kind == MIRRORED for issue in item.issues),
    )


_MEMBERS: Final = (
    "SELECT id, cluster_id, canonical, relation, date_precision, "
    "url, title, body, published_at, origin, reprinted_from, mirror_of, issues, source, policy FROM article "
    "WHERE id IN "
)


def read_members(conn: Connection, ids: Iterable[int], names: Names = UNNAMED) -> list[Member]:
    wanted = sorted(set(ids))
    if not wanted:
        return []
    listed = f"({','.join(map(str, wanted))})"  # whole numbers of ours
    return [
        Member(
            number,
            Story(
                url=url,
                title=title,
                body=body,
                published_at=None if published is None else moment(published),
                origin=origin,
                reprinted_from=reprinted,
                mirror_of=mirror,
                mirrored=SAID in issues,
            ),
            precision,
            cluster_id,
            canonical=bool(canonical),
            relation=relation,
            called=names.get(source or "", ()),
            issuers=issuers(policy),
        )
        for (
            number,
            cluster_id,
            canonical,
            relation,
            precision,
            url,
            title,
            body,
            published,
            origin,
            reprinted,
            mirror,
            issues,
            source,
            policy,
        ) in conn.exec_driver_sql(_MEMBERS + listed)
    ]


def issuers(policy: str | Mapping[str, Any] | None) -> Sequence[str]:
    """The issuers that a policy names, as the database's driver gives it."""
    if isinstance(policy, str):
        policy = orjson.loads(policy)
    return (policy or {}).get("issuers") or ()  # type: ignore[union-attr]


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


def _attach(conn: Connection, me: Member, close: Sequence[Member], same: Same, now: datetime, names: Names) -> bool:
    """Put a new article and its kin in one cluster where that is simple: they are in none, or all in one and behind
    its canonical article. Returns whether that was so; else nothing is done.
    """
    ids = {other.cluster_id for other in close}
    (mine,) = native(conn, "SELECT cluster_id FROM article WHERE id = :id", {"id": me.id}).one()
    if mine is not None or len(ids) != 1:
        return False
    if (cluster_id := ids.pop()) is None:
        ordered = sorted((me, *close), key=lambda member: member.order)
        cluster_id = _cluster(conn, None, ordered, now)
        for member in ordered:
            _place(conn, member, cluster_id, ordered[0], same, now)
        return True
    head_id = conn.execute(select(cluster.c.canonical_article_id).where(cluster.c.id == cluster_id)).scalar_one()
    (head,) = [other for other in close if other.id == head_id] or read_members(conn, [head_id], names)
    if me.order < head.order:
        return False
    _place(conn, me, cluster_id, head, same, now)
    conn.execute(update(cluster).where(cluster.c.id == cluster_id).values(size=cluster.c.size + 1, changed_at=now))
    return True


def _place(conn: Connection, member: Member, cluster_id: int, head: Member, same: Same, now: datetime) -> None:
    """Write the article's place in its cluster, where that is another one than before."""
    canonical = member.id == head.id
    kin = None if canonical else same(head.story, member.story)
    relation = None if canonical else (kin.relation if kin is not None else "reprint")
    if (member.cluster_id, member.canonical, member.relation) != (cluster_id, canonical, relation):
        _write_place(conn, member.id, cluster_id, canonical, relation, now)


def _write_place(
    conn: Connection, article_id: int, cluster_id: int | None, canonical: bool, relation: str | None, now: datetime
) -> None:
    values = {
        "id": article_id,
        "cluster_id": cluster_id,
        "canonical": canonical,
        "relation": relation,
        "now": micros(now),
    }
    native(conn, _PLACE, values)


_PLACE: Final = (
    "UPDATE article SET cluster_id = :cluster_id, canonical = :canonical, relation = :relation, changed_at = :now "
    "WHERE id = :id"
)


def _leave(conn: Connection, article_id: int) -> set[int]:
    """Forget what the article was kin to; returns the articles it was in a cluster with."""
    mine = or_(kinship.c.article_id == article_id, kinship.c.other_id == article_id)
    conn.execute(delete(kinship).where(mine))
    return _with_clusters(conn, {article_id}) - {article_id}


def _with_clusters(conn: Connection, ids: set[int]) -> set[int]:
    """The articles and all that share a cluster with one of them."""
    theirs = select(articles.c.cluster_id).where(articles.c.id.in_(ids), articles.c.cluster_id.is_not(None))
    return ids | set(conn.execute(select(articles.c.id).where(articles.c.cluster_id.in_(theirs))).scalars())


def _regroup(conn: Connection, ids: set[int], same: Same, now: datetime, names: Names) -> None:
    """Make the clusters of these articles what their kinship says. ``ids`` must hold whole clusters."""
    members = {member.id: member for member in read_members(conn, ids, names)}
    free = {member.cluster_id for member in members.values() if member.cluster_id is not None}
    for group in components(conn, members):
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


def _cluster(conn: Connection, cluster_id: int | None, ordered: Sequence[Member], now: datetime) -> int:
    values = {"canonical_article_id": ordered[0].id, "size": len(ordered), "changed_at": now}
    if cluster_id is None:
        return int(conn.execute(insert(cluster).values(values).returning(cluster.c.id)).scalar_one())
    conn.execute(update(cluster).where(cluster.c.id == cluster_id).values(values))
    return cluster_id


def _alone(conn: Connection, member: Member, now: datetime) -> None:
    if member.cluster_id is not None:
        _write_place(conn, member.id, None, canonical=True, relation=None, now=now)


def components(conn: Connection, ids: Iterable[int]) -> list[list[int]]:
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
