"""The outbox: alerts are written in the transaction that stores the article, each once.

An alert's key says what is told: this watch, this document, at this stage. The database holds it unique, so what came
in twice, under two addresses or from two crawls at once is told once. For each channel of the watch stands one row of
``delivery``; ``monitor.delivery`` sends what waits there.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, RootTransaction, Select, insert, literal, select

from crawler.items import SHANGHAI, Article
from monitor import records, watches
from monitor.arrival import arrival
from monitor.changes import Changed, changed_sentences
from monitor.records import Joined
from monitor.sameness import Key
from monitor.watches import RELATIONS, Asks, Digest, Fold, Rule, Unreadable, Watch
from storage import sql
from storage.recording import Recorded
from storage.schema import alert, delivery, policy_article, source, watch
from storage.schema import article as article_table

log = logging.getLogger(__name__)

STAGE: Final = {"document": "issued", "report": "issued", "draft": "draft", "repeal": "repealed"}
"""What an article's relation tells of a document's life; an interpretation tells nothing new."""
READ: Final = frozenset({"policy", "official"})
"""Fields that say what an article is to a document, and change without its text: a page may get its table later."""
KIND: Final = {"issued": "new", "draft": "draft", "repealed": "withdrawal"}
BASELINE: Final = "baseline"
"""The kind of an alert that is noted and not told: what was there before the reader."""
GRACE: Final = timedelta(days=2)
"""A page that names only its day may have come after a baseline of the same day."""
RECENT: Final = timedelta(days=30)
"""How old an article of no known source may be to be news; and until when what a first crawl found silently keeps no
later report of the same document silent."""
LATE: Final = timedelta(days=180)
"""How old a document may be that appears in a column which was read before."""
DAILY_HOUR: Final = 8
"""When a daily digest goes out, in Asia/Shanghai."""


@dataclass(frozen=True, slots=True)
class _News:
    """What there is to tell of an article."""

    key: str
    kind: str
    record_id: int | None = None
    changed: tuple[Changed, ...] = ()
    baseline: bool = True
    """Whether it is silent when it is older than the baseline."""


class Outbox:
    """A hook of ``storage.writer``: joins policy records and writes alerts, in the article's transaction.

    ``title_key`` and ``issuer_key`` bring the writings of one title or organ together, ``fold`` brings a watch's
    words to the archive's script. ``profile`` are the watches that every archive has.
    """

    def __init__(
        self, *, title_key: Key, issuer_key: Key, fold: Fold = str, profile: Mapping[str, Rule] | None = None
    ) -> None:
        self._profile = dict(profile or {})
        self._title_key = title_key
        self._issuer_key = issuer_key
        self._asks: Asks = partial(watches.match, fold=fold, organ=issuer_key)
        self._watches: list[Watch] = []
        self._transaction: RootTransaction | None = None
        self._reported: frozenset[str] = frozenset()

    def __call__(self, conn: Connection, recorded: Recorded, article: Article) -> None:
        corrected = recorded.kind == "seen" and not READ.isdisjoint(recorded.corrected)
        if recorded.article_id is None or recorded.at is None:
            return
        if recorded.kind not in ("new", "revised", "reread") and not corrected:
            return
        number, at = recorded.article_id, recorded.at
        joined: tuple[Joined, ...] = ()
        if article.policy is not None or recorded.kind != "new":
            joined = records.join(
                conn,
                number,
                article,
                at=at,
                title_key=self._title_key,
                issuer_key=self._issuer_key,
                previous=recorded.previous,
            )
        if recorded.kind == "reread":
            return
        subject = watches.subject(article)
        matching = [one for one in self._active(conn, at) if self._asks(_wide(one.rule), subject)]
        if not matching:
            return
        news = _fresh(conn, article, number, at, corrected=corrected)
        for one in matching:
            for told in _told(conn, one, recorded, article, joined, self._asks):
                silent = told.baseline and not news
                if silent and _recent(article, at):
                    continue  # it may yet be told: by a source that is known
                write(
                    conn,
                    one,
                    key=told.key,
                    kind=BASELINE if silent else told.kind,
                    title=article.title,
                    payload=_payload(one, told, article),
                    at=at,
                    article_id=number,
                    record_id=told.record_id,
                )

    def _active(self, conn: Connection, at: datetime) -> Sequence[Watch]:
        """The watches, read once a transaction: whoever changes them waits for those that write articles."""
        transaction = conn.get_transaction()
        if transaction is not self._transaction:
            found, unreadable = watches.read(conn)
            if not self._profile.keys() <= {one.name for one in found} | {one.name for one in unreadable}:
                watches.ensure(conn, self._profile, now=at)
                found, unreadable = watches.read(conn)
            self._report(unreadable)
            self._watches = [one for one in found if one.active]
            self._transaction = transaction
        return self._watches

    def _report(self, unreadable: Sequence[Unreadable]) -> None:
        """Log each watch that can't be read, once and not with every batch."""
        for one in unreadable:
            if one.active and one.name not in self._reported:
                log.warning("The watch %r can't be read and tells nothing: %s", one.name, one.reason)
        self._reported = frozenset(one.name for one in unreadable)


def _wide(rule: Rule) -> Rule:
    """The rule with its follow-ups: of a document that was told, an interpretation is one too."""
    return replace(rule, scope="policy") if rule.follow_ups and rule.scope != "articles" else rule


def write(
    conn: Connection,
    one: Watch,
    *,
    key: str,
    kind: str,
    title: str,
    payload: Mapping[str, Any],
    at: datetime,
    article_id: int | None = None,
    record_id: int | None = None,
) -> int | None:
    """Write an alert and its deliveries; returns its id, or None where the key was told before."""
    values = {
        "key": key,
        "watch_id": one.id,
        "kind": kind,
        "article_id": article_id,
        "record_id": record_id,
        "title": title,
        "payload": {"key": key, "kind": kind, **payload},
        "created_at": at,
    }
    statement = sql.insert(conn, alert).values(values).on_conflict_do_nothing(index_elements=["key"])
    number: int | None = conn.execute(statement.returning(alert.c.id)).scalar_one_or_none()
    if number is None or kind == BASELINE:
        return number
    due = due_at(one.digest, at)
    rows = [
        {"alert_id": number, "channel": channel, "state": "waiting", "next_try_at": due} for channel in one.channels
    ]
    if rows:
        conn.execute(insert(delivery), rows)
    return number


def due_at(digest: Digest, at: datetime) -> datetime:
    """When an alert of that time goes out: at once, at the next full hour, or the next morning at eight in China."""
    local = at.astimezone(SHANGHAI)
    if digest == "hourly":
        return local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if digest == "daily":
        morning = local.replace(hour=DAILY_HOUR, minute=0, second=0, microsecond=0)
        return morning if local < morning else morning + timedelta(days=1)
    return at


def vanished(conn: Connection, *, now: datetime) -> int:
    """Write an alert for each document that was told and whose page is gone; returns how many."""
    statement = (
        select(alert, article_table.c.gone_at, article_table.c.url)
        .join(article_table, article_table.c.id == alert.c.article_id)
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(article_table.c.gone_at.is_not(None), alert.c.kind.in_(["new", "draft"]), watch.c.active)
        .order_by(alert.c.id)
    )
    known = {one.id: one for one in watches.every(conn)}
    written = 0
    for row in conn.execute(statement).mappings().all():
        if (one := known.get(row["watch_id"])) is None:
            continue  # it can't be read; told as soon as it can
        key = f"{one.id}:article:{row['article_id']}:gone:{row['gone_at'].isoformat()}"
        payload = {name: value for name, value in row["payload"].items() if name not in ("key", "kind", "changed")}
        written += write(
            conn, one, key=key, kind="vanished", title=row["title"], payload=payload, at=now,
            article_id=row["article_id"], record_id=row["record_id"],
        ) is not None  # fmt: skip
    return written


# --- what there is to tell --------------------------------------------------------------------------------


def _told(
    conn: Connection, one: Watch, recorded: Recorded, article: Article, joined: tuple[Joined, ...], asks: Asks
) -> list[_News]:
    """What an article tells a watch that it matches."""
    number = recorded.article_id
    assert number is not None
    known = recorded.kind != "new" and _known(conn, one, number)
    found = [_revision(one, recorded, article, joined)] if known else []
    if joined:
        found.append(_of_documents(conn, one, recorded, joined, asks))
    elif not known and recorded.kind != "seen" and not _knows_story(conn, one, number, asks):
        stage = STAGE.get(article.policy.relation, "issued") if article.policy else "issued"
        found.append(_News(f"{one.id}:article:{number}", KIND[stage]))
    return [news for news in found if news is not None]


def _revision(one: Watch, recorded: Recorded, article: Article, joined: tuple[Joined, ...]) -> _News | None:
    """That the page of what was told reads otherwise now."""
    if recorded.previous is None or not one.rule.revisions:
        return None
    before = f"{recorded.previous.title}\n{recorded.previous.body}"
    changed = changed_sentences(before, f"{article.title}\n{article.body}")
    key = f"{one.id}:article:{recorded.article_id}:revision:{recorded.revision}"
    return _News(key, "revision", joined[0].id if joined else None, changed, baseline=False) if changed else None


def _of_documents(
    conn: Connection, one: Watch, recorded: Recorded, joined: tuple[Joined, ...], asks: Asks
) -> _News | None:
    """That documents were drafted, issued or repealed, several at once in one piece of news; or, where that was told of
    all of them, that there is more of one.
    """
    number = recorded.article_id
    assert number is not None
    places = sorted(joined, key=lambda place: place.id)
    if news := next(filter(None, (_of_stage(conn, one, number, place, asks) for place in places)), None):
        return news
    follows = one.rule.follow_ups and recorded.kind == "new" and _of_record(conn, one, places[0].id)
    if follows and not _knows_story(conn, one, number, asks):
        return _News(f"{one.id}:article:{number}:follow-up", "follow-up", places[0].id)
    return None


def _of_stage(conn: Connection, one: Watch, number: int, place: Joined, asks: Asks) -> _News | None:
    """That a document came to a stage, where it was not told."""
    stage = STAGE.get(place.relation) if place.relation in RELATIONS.get(one.rule.scope, STAGE) else None
    key = f"{stage}:{place.call}" if place.call else f"{stage}"
    if (
        stage is not None
        and not _before(conn, one, place, number, asks)
        and not _stage_told(conn, one, place, number, key)
    ):
        return _News(_key(conn, one, place, number, key), KIND[stage], place.id)
    return None


def _stage_told(conn: Connection, one: Watch, place: Joined, article_id: int, stage: str) -> bool:
    """Whether the watch has an alert, told or silent, that the document came to this stage.

    Of an article that was edited it may be an alert of the record that it was of; of one on several documents, that of
    another of them.
    """
    its = alert.c.record_id == place.id
    if place.carried:
        its |= alert.c.article_id == article_id
    stages = alert.c.key.like(f"{one.id}:policy:%:{stage}")
    told = select(alert.c.id).where(alert.c.watch_id == one.id, stages).limit(1)
    return any(conn.execute(statement).first() for statement in (told.where(its), _with_another(told, place.id)))


def _with_another(told: Select[Any], record_id: int) -> Select[Any]:
    """Of some alerts those of an article that belongs to this record and, as the same, to the one the alert names."""
    here, there = policy_article.alias(), policy_article.alias()
    one_text = (there.c.article_id == here.c.article_id) & (there.c.relation == here.c.relation)
    return (
        told.join(here, here.c.article_id == alert.c.article_id)
        .join(there, one_text & (there.c.record_id == alert.c.record_id))
        .where(here.c.record_id == record_id)
    )


def _key(conn: Connection, one: Watch, place: Joined, article_id: int, stage: str) -> str:
    """The key of the alert; where a record of this number was told that is another's now, the article's is added."""
    key = f"{one.id}:policy:{place.id}:{stage}"
    taken = conn.execute(select(alert.c.id).where(alert.c.key == key)).first() is not None
    return f"{one.id}:policy:{place.id}-{article_id}:{stage}" if taken else key


def _known(conn: Connection, one: Watch, article_id: int) -> bool:
    """Whether the watch has an alert of the article, told or silent."""
    statement = select(alert.c.id).where(alert.c.article_id == article_id, alert.c.watch_id == one.id).limit(1)
    return conn.execute(statement).first() is not None


def _of_record(conn: Connection, one: Watch, record_id: int) -> bool:
    """Whether the watch has an alert of the document, told or silent."""
    statement = select(alert.c.id).where(alert.c.record_id == record_id, alert.c.watch_id == one.id).limit(1)
    return conn.execute(statement).first() is not None


def _before(conn: Connection, one: Watch, place: Joined, article_id: int, asks: Asks) -> bool:
    """Whether the archive held the document at this stage, in an article for this watch, before the watch was made."""
    same = [name for name, stage in STAGE.items() if stage == STAGE.get(place.relation)]
    others = _for_rules().join(policy_article, policy_article.c.article_id == article_table.c.id)
    others = others.where(
        policy_article.c.record_id == place.id,
        (policy_article.c.article_id != article_id) | literal(place.since is not None),
        policy_article.c.relation.in_(same),
        policy_article.c.seen_at < (one.baseline_at or one.created_at),
    )
    return _asked_for(conn, one.rule, others, asks, until=place.call)


def _knows_story(conn: Connection, one: Watch, article_id: int, asks: Asks) -> bool:
    """Whether the watch was told of a reprint, or one for it stood in the archive before the watch was made."""
    columns = article_table.c
    mine = select(columns.cluster_id).where(columns.id == article_id).scalar_subquery()
    others = (columns.cluster_id == mine) & (columns.id != article_id)
    before = columns.first_seen_at < (one.baseline_at or one.created_at)
    told = select(alert.c.id).join(article_table, columns.id == alert.c.article_id)
    if conn.execute(told.where(others, alert.c.watch_id == one.id).limit(1)).first() is not None:
        return True
    return _asked_for(conn, _wide(one.rule), _for_rules().where(others, before), asks)


def _for_rules() -> Select[Any]:
    columns = article_table.c
    return select(columns.title, columns.body, columns.source, columns.regions, columns.industries, columns.policy)


def _asked_for(conn: Connection, rule: Rule, rows: Select[Any], asks: Asks, *, until: str = "") -> bool:
    """Whether one of the articles is one that the rule asks for; ``until``: and has that last day for comments."""
    with conn.execute(rows.execution_options(yield_per=20)) as found:
        return any(
            (not until or (row["policy"] or {}).get("comments_until") == until)
            and asks(rule, watches.subject_of_row(dict(row)))
            for row in found.mappings()
        )


def _fresh(conn: Connection, article: Article, article_id: int, at: datetime, *, corrected: bool = False) -> bool:
    """Whether an article is news: of a source that was crawled whole before, and put online since.

    That it is dated later says so; and where it is dated earlier, that its address was not there before: documents are
    often put online weeks after their day. The past of a site is no news, though its pages are met late. Nor is a text
    that was there for long and is ``corrected`` in what it is read as.
    """
    published = article.published_at
    seen = conn.execute(select(article_table.c.first_seen_at).where(article_table.c.id == article_id)).scalar_one()
    if corrected and seen < at - RECENT:
        return False
    if article.source is None:
        return published is None or _recent(article, at)
    baseline = conn.execute(select(source.c.baseline_at).where(source.c.name == article.source)).scalar_one_or_none()
    if baseline is None:
        return False
    way = arrival(conn, article.url, article.source, baseline)
    if published is None:
        return way.column_at is None or bool(way.listed)
    if published >= max(baseline, way.column_at or baseline) - GRACE:
        return True
    late = {True: LATE, None: RECENT, False: timedelta()}[way.listed]
    return bool(seen > baseline and published >= seen - late)


def _recent(article: Article, at: datetime) -> bool:
    return article.published_at is not None and article.published_at >= at - RECENT


def _payload(one: Watch, told: _News, article: Article) -> dict[str, Any]:
    """What a receiver gets: plain data, complete without a look at the archive."""
    policy = article.policy
    return {
        "watch": one.name,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "origin": article.origin,
        "published_at": article.published_at and article.published_at.astimezone(SHANGHAI).isoformat(),
        "excerpt": article.body[:200],
        "changed": [{"before": change.before, "after": change.after} for change in told.changed],
        "policy": policy
        and {
            "relation": policy.relation,
            "title": policy.title,
            "documents": list(policy.documents),
            "issuers": list(policy.issuers),
            "number": policy.number,
            "kind": policy.kind,
            "issued_on": policy.issued_on,
            "effective_on": policy.effective_on,
            "expires_on": policy.expires_on,
            "comments_until": policy.comments_until,
            "targets": list(policy.targets),
            "quote": next((quote.text for quote in policy.quotes if quote.of == "relation"), None),
        },
    }
