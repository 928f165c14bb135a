"""Policy records: a document, its reprints, reports and interpretations joined under one, with a time line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from crawler.items import SHANGHAI, Article, Policy, Relation
from storage import sql
from storage.schema import article as article_table
from storage.schema import policy_article, policy_record

Key = Callable[[str], str]
"""From one writing of a title or an organ's name to what all its writings have in common."""

APART: Final = timedelta(days=400)
"""Two documents of one title, without numbers, that are further apart are two: such titles return every year."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A policy record that an article belongs to."""

    id: int
    key: str
    relation: Relation
    first: bool
    """Whether the article opened the record."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What a record is looked up by."""

    title: str | None
    title_key: str | None
    number: str | None
    issuers: frozenset[str]
    day: date


def join(
    conn: Connection, article_id: int, article: Article, *, at: datetime, title_key: Key, issuer_key: Key
) -> tuple[Joined, ...]:
    """Join an article to the records of its documents, in the transaction that is given; opens those that are new.

    Documents are one by their number, else by title and issuer within about a year. A repeal is joined to each
    document that it names; anything else to its main document only. An article that names neither title nor number
    belongs to none. Call it again for a revised article: what it no longer is, it leaves.
    """
    policy = article.policy
    day = _day(article, at)
    wanted = () if policy is None else _named(policy, day, title_key, issuer_key)
    joined = []
    for named in wanted:
        assert policy is not None
        found = _find(conn, named, issuer_key, repeal=policy.relation == "repeal")
        first = found is None
        record_id, key = _open(conn, policy, named, at) if found is None else (found.id, found.key)
        if found is not None:
            _learn(conn, found, policy, named, at)
        joined.append(Joined(record_id, key, policy.relation, first))
    kept = [one.id for one in joined]
    conn.execute(
        delete(policy_article).where(policy_article.c.article_id == article_id, policy_article.c.record_id.not_in(kept))
    )
    for one in joined:
        row = {"record_id": one.id, "article_id": article_id, "relation": one.relation, "seen_at": at}
        conn.execute(
            sql.insert(conn, policy_article)
            .values(row)
            .on_conflict_do_update(index_elements=["record_id", "article_id"], set_={"relation": one.relation})
        )
    return tuple(joined)


def timeline(conn: Connection, record_id: int) -> list[dict[str, Any]]:
    """The articles of a record as they came: id, url, title, source, relation, published_at, seen_at."""
    statement = (
        select(
            article_table.c.id,
            article_table.c.url,
            article_table.c.title,
            article_table.c.source,
            policy_article.c.relation,
            article_table.c.published_at,
            policy_article.c.seen_at,
        )
        .join(article_table, article_table.c.id == policy_article.c.article_id)
        .where(policy_article.c.record_id == record_id)
    )
    rows = [dict(row) for row in conn.execute(statement).mappings()]
    return sorted(rows, key=lambda row: (row["published_at"] or row["seen_at"], row["id"]))


def _day(article: Article, at: datetime) -> date:
    return (article.published_at or at).astimezone(SHANGHAI).date()


def _named(policy: Policy, day: date, title_key: Key, issuer_key: Key) -> tuple[_Named, ...]:
    issuers = frozenset(issuer_key(name) for name in policy.issuers)
    if policy.relation == "repeal":
        return tuple(_Named(title, title_key(title), None, frozenset(), day) for title in policy.documents)
    if policy.title is None and policy.number is None:
        return ()
    key = None if policy.title is None else title_key(policy.title)
    return (_Named(policy.title, key, policy.number, issuers, day),)


def _find(conn: Connection, named: _Named, issuer_key: Key, *, repeal: bool) -> Row[Any] | None:
    """The record that fits best: of the same number first, then of the same title, the nearest in time."""
    fits = policy_record.c.title_key == named.title_key
    if named.number:
        fits = (policy_record.c.number == named.number) | fits
    rows = conn.execute(select(policy_record).where(fits).order_by(policy_record.c.id)).all()
    possible = [row for row in rows if _same(row, named, issuer_key, repeal=repeal)]
    if not possible:
        return None
    return min(possible, key=lambda row: (row.number != named.number, abs(_known_day(row) - named.day), row.id))


def _same(row: Row[Any], named: _Named, issuer_key: Key, *, repeal: bool) -> bool:
    theirs = {_house(issuer_key(name)) for name in row.issuers}
    ours = {_house(name) for name in named.issuers}
    share = not theirs or not ours or bool(theirs & ours)
    if row.number and named.number:
        if row.number != named.number:
            return False
        # 第5号令 is one of many; a code such as 攀办发 is its organ's own.
        return row.title_key == named.title_key or ("〔" in named.number and share)
    if named.title_key is None or row.title_key != named.title_key:
        return False
    undated = row.issued_on is None  # opened by its repeal
    return repeal or (share and (undated or abs(_known_day(row) - named.day) <= APART))


def _house(organ: str) -> str:
    """An organ without its office: what the office sends out, news say of the organ."""
    return organ.removesuffix("办")


def _known_day(row: Row[Any]) -> date:
    day: date = row.issued_on or row.first_seen_at.astimezone(SHANGHAI).date()
    return day


def _open(conn: Connection, policy: Policy, named: _Named, at: datetime) -> tuple[int, str]:
    key = _key(named)
    values = _values(policy, named) | {"key": key, "first_seen_at": at, "changed_at": at}
    if policy.relation == "repeal":  # of the repealed document no more is known than its title
        unknown = ("kind", "number", "detail", "issued_on", "effective_on", "expires_on")
        values |= dict.fromkeys(unknown) | {"issuers": [], "status": "废止"}
    number: int = conn.execute(insert(policy_record).values(values).returning(policy_record.c.id)).scalar_one()
    return number, key


def _key(named: _Named) -> str:
    """Stable and readable: its number, or title, issuers and the month it was first told of."""
    organs = "+".join(sorted(named.issuers))
    if named.number and "〔" in named.number:
        return f"{named.number}|{named.title_key or ''}|{organs}"
    return f"{named.number or ''}|{named.title_key or ''}|{organs}|{named.day.isoformat()}"


def _values(policy: Policy, named: _Named) -> dict[str, Any]:
    return {
        "title": named.title,
        "title_key": named.title_key,
        "number": named.number,
        "issuers": list(policy.issuers),
        "kind": policy.kind,
        "status": policy.status,
        "issued_on": policy.issued_on or policy.written_on or named.day,
        "effective_on": policy.effective_on,
        "expires_on": policy.expires_on,
        "comments_until": policy.comments_until,
        "detail": asdict(policy),
    }


def _learn(conn: Connection, row: Row[Any], policy: Policy, named: _Named, at: datetime) -> None:
    """What a further article says is added; the document itself says it with more right than a report."""
    if policy.relation == "repeal":
        if row.status != "废止":
            conn.execute(update(policy_record).where(policy_record.c.id == row.id).values(status="废止", changed_at=at))
        return
    said = _values(policy, named)
    told_by = (row.detail or {}).get("relation")
    rank = {None: 0, "draft": 1, "interpretation": 1, "report": 2, "document": 3}
    better = rank.get(policy.relation, 0) > rank.get(told_by, 0) or policy.relation == "document"
    changed: dict[str, Any] = {}
    for name, value in said.items():
        old = getattr(row, name)
        if name == "issued_on":
            value = value if better or old is None else min(old, value)  # noqa: PLW2901 - the earliest day it was told of
        if name == "status" and row.status == "废止":
            continue
        if value and (better or not old) and value != old:
            changed[name] = value
    if better and row.status == "征求意见" and policy.relation in ("report", "document"):
        changed["status"] = policy.status
    if changed:
        conn.execute(update(policy_record).where(policy_record.c.id == row.id).values(changed | {"changed_at": at}))
