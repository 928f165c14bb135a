"""Policy records: a document, its reprints, reports and interpretations joined under one.

Whether two are of one document is judged in ``monitor.sameness``.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from crawler.items import SHANGHAI, Article, Policy, Relation
from monitor.changes import close, shared, years_disagree
from monitor.sameness import ALIKE, NEWS, OFF, Key, Named, call, find, is_note, places, told_by
from storage import sql
from storage.recording import Previous
from storage.schema import alert, policy_article, policy_record

_FORWARDS: Final = re.compile("转发|批转")
_NUMBERED: Final = re.compile(
    r"[》〉]?(?:的通知[》〉]?)?\s*[（(]?\s*原?(?:"
    r"(?P<code>[\u4e00-\u9fff]{2,16})\s?[〔\[（(【]\s?(?P<year>(?:19|20)\d\d)\s?[〕\]）)】]\s?第?\s?(?P<serial>\d{1,5})\s?号"
    r"|[\u4e00-\u9fff]{0,16}令\s?第\s?(?P<order>\d{1,4})\s?号|[\u4e00-\u9fff]{0,16}第\s?(?P<order2>\d{1,4})\s?号令)"
)
_QUOTED: Final = re.compile("《[^》]*》")

WITH_ARTICLES: Final = exists().where(policy_article.c.record_id == policy_record.c.id)
"""That there is an article of the record. One whose only page became something else stays, for the page may come back;
it is shown nowhere."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A policy record that an article belongs to."""

    id: int
    relation: Relation
    carried: bool = False
    """Whether the article was of another record, or called its document otherwise, before its page was edited."""
    call: str = ""
    """Of a draft: which call for comments it is, where it is not the document's first; by its last day."""
    since: datetime | None = None
    """When the article joined the record, or the one it was of before, as what it is now; None: just now."""


def join(
    conn: Connection,
    article_id: int,
    article: Article,
    *,
    at: datetime,
    title_key: Key,
    issuer_key: Key,
    previous: Previous | None = None,
) -> tuple[Joined, ...]:
    """Join an article to the records of its documents, in the transaction that is given; opens those that are new.

    Documents are one by their number; else by title and issuer, where their days and texts do not say otherwise. An
    article is joined to each document that it makes known or ends; one that names neither title nor number belongs to
    none. Call it again for an article that changed, with its ``previous`` text
    where that is another: while it is the same document that was edited, its record goes with it; what the article no
    longer is, it leaves.
    """
    policy = article.policy
    mine = _records_of(conn, article_id)
    wanted = () if policy is None else _named(article_id, article, policy, at, title_key, issuer_key)
    joined = []
    looked_up = [(named, find(conn, named, issuer_key, mine)) for named in wanted]
    left = {number: mine[number] for number in mine.keys() - {found.id for _, found in looked_up if found is not None}}
    for named, known in looked_up:
        assert policy is not None
        found = known
        own = None if found is not None and found.id in mine else _edited(conn, left, named, previous, at)
        if own is not None and (found is None or _alone(conn, own.id, article_id)):
            found = _carried(conn, own, found, named)
            left = {}
        before = mine.get(own.id if own is not None else found.id if found is not None else 0)
        since = before.seen_at if before is not None and before.relation == policy.relation else None
        further = ""
        if found is None:
            record_id = _open(conn, policy, named, at)
        else:
            record_id = found.id
            _learn(conn, found, policy, named, at, alone=found.id in mine and _alone(conn, found.id, article_id))
            if policy.relation == "draft" and since is None:
                further = call(found, policy, article)
        joined.append(Joined(record_id, policy.relation, own is not None, further, since))
    kept = [one.id for one in joined]
    conn.execute(
        delete(policy_article).where(policy_article.c.article_id == article_id, policy_article.c.record_id.not_in(kept))
    )
    for one in joined:
        row = {"record_id": one.id, "article_id": article_id, "relation": one.relation, "seen_at": one.since or at}
        conn.execute(
            sql.insert(conn, policy_article)
            .values(row)
            .on_conflict_do_update(index_elements=["record_id", "article_id"], set_={"relation": one.relation})
        )
    return tuple(joined)


def _named(
    article_id: int, article: Article, policy: Policy, at: datetime, title_key: Key, issuer_key: Key
) -> tuple[Named, ...]:
    def named(title: str | None, number: str | None, issuers: frozenset[str]) -> Named:
        return Named(
            article_id=article_id,
            relation=policy.relation,
            title=title,
            title_key=None if title is None else title_key(title),
            number=number,
            issuers=issuers,
            places=places(issuers or {region.name for region in article.regions}),
            day=(article.published_at or at).astimezone(SHANGHAI).date(),
            written=policy.written_on,
            heading=article.title,
            returns=policy.carried_kind is None,
            body=article.body,
        )

    if policy.relation == "repeal":
        said = f"{article.title}\n{article.body}"
        return tuple(named(title, _number_behind(said, title), frozenset()) for title in policy.documents)
    if policy.title is None and policy.number is None:
        return ()
    if policy.title and not policy.issuers and _FORWARDS.search(_QUOTED.sub("", article.title)):
        # Who passes it on is not known, and is not who made it.
        passed_on = named(f"转发《{policy.title}》", policy.number, frozenset())
        return (replace(passed_on, title_key=f"转发{title_key(policy.title)}"),)
    organs = frozenset(issuer_key(name) for name in policy.issuers)
    # An order has one number for all that it makes known; 攀府发〔2026〕1号 alone is enough to know its main document.
    others = policy.number if policy.number and "〔" not in policy.number else None
    more = (named(title, others, organs) for title in policy.documents if title != policy.title)
    return (named(policy.title, policy.number, organs), *more)


def _number_behind(text: str, title: str) -> str | None:
    """The number behind a title: a repeal says by it which one of a name ends, 《X》（攀府发〔2008〕1号）."""
    for match in re.finditer(re.escape(title), text):
        if found := _NUMBERED.match(text, match.end()):
            order = found["order"] or found["order2"]
            return f"第{order}号令" if order else f"{found['code']}〔{found['year']}〕{int(found['serial'])}号"
    return None


# --- a page that was edited -------------------------------------------------------------------------------


def _records_of(conn: Connection, article_id: int) -> dict[int, Any]:
    """The records whose document an article told of so far: as what, and since when; not those that it repealed."""
    statement = select(policy_article.c.record_id, policy_article.c.relation, policy_article.c.seen_at)
    statement = statement.where(policy_article.c.article_id == article_id, policy_article.c.relation != "repeal")
    return {row.record_id: row for row in conn.execute(statement)}


def _edited(
    conn: Connection, mine: dict[int, Any], named: Named, previous: Previous | None, at: datetime
) -> Row[Any] | None:
    """The article's record, where its page was edited and not given to another document."""
    if len(mine) != 1 or named.relation == "repeal":
        return None
    ((record_id, joined),) = mine.items()
    row = conn.execute(select(policy_record).where(policy_record.c.id == record_id)).one()
    if previous is None:
        return row
    if at - joined.seen_at > NEWS and years_disagree(previous.body, named.body):
        return None  # one address for the document of each year
    if is_note(previous.body, named.body):
        return row if close(previous.title, named.heading) else None
    return row if shared(previous.body, named.body) >= ALIKE else None


def _alone(conn: Connection, record_id: int, article_id: int) -> bool:
    """Whether a record has no other article."""
    statement = select(policy_article.c.article_id).where(
        policy_article.c.record_id == record_id, policy_article.c.article_id != article_id
    )
    return conn.execute(statement.limit(1)).first() is None


def _carried(conn: Connection, own: Row[Any], found: Row[Any] | None, named: Named) -> Row[Any] | None:
    """The record that an edited article takes along: its own, or, where what it says now has one, that one.

    Its own has no other article then: what was told of it was told of the other. None where its own stays with another
    page of the document, which says another number.
    """
    if found is None:
        if own.number and named.number and own.number != named.number and not _alone(conn, own.id, named.article_id):
            return None
        return own
    conn.execute(update(alert).where(alert.c.record_id == own.id).values(record_id=found.id))
    conn.execute(delete(policy_record).where(policy_record.c.id == own.id))
    return found


# --- what a record says -----------------------------------------------------------------------------------


def _open(conn: Connection, policy: Policy, named: Named, at: datetime) -> int:
    values = _values(policy, named) | {"key": _key(conn, named), "first_seen_at": at, "changed_at": at}
    if policy.relation == "repeal":  # of the repealed document no more is known than its title and number
        unknown = ("kind", "detail", "issued_on", "effective_on", "expires_on")
        values |= dict.fromkeys(unknown) | {"issuers": [], "status": "废止"}
    number: int = conn.execute(insert(policy_record).values(values).returning(policy_record.c.id)).scalar_one()
    return number


def _key(conn: Connection, named: Named) -> str:
    """Stable and readable: its number, or title, issuers and the day it was first told of; a second one is counted."""
    organs = "+".join(sorted(named.issuers))
    key = f"{named.number or ''}|{named.title_key or ''}|{organs}"
    if not (named.number and "〔" in named.number):
        key += f"|{named.day.isoformat()}"
    free = (
        one
        for one in (key if place == 1 else f"{key}|{place}" for place in count(1))
        if conn.execute(select(policy_record.c.id).where(policy_record.c.key == one)).first() is None
    )
    return next(free)


def _about(policy: Policy, title: str | None) -> Policy:
    """What an article says of the one of its documents that is so titled: what is its main one's alone is left out."""
    if title is None or title == policy.title or title not in policy.documents:
        return policy
    kinds = (policy.kind, policy.statutory_kind, policy.carried_kind)
    kind, statutory, carried = (one if one and one in title else None for one in kinds)
    if policy.kind == policy.statutory_kind:  # the kind of what makes them known: 通知, 令
        kind, statutory = policy.kind, policy.statutory_kind
    return replace(
        policy, title=title, short_title=None, targets=(), kind=kind, statutory_kind=statutory, carried_kind=carried
    )


def _values(policy: Policy, named: Named) -> dict[str, Any]:
    policy = _about(policy, named.title)
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


def _learn(conn: Connection, row: Row[Any], policy: Policy, named: Named, at: datetime, *, alone: bool) -> None:
    """What a further article says is added; the document itself says it with more right than a report.

    ``alone``: the record has nothing but this article, and says what that says now.
    """
    if policy.relation == "repeal":
        if row.status != "废止":
            conn.execute(update(policy_record).where(policy_record.c.id == row.id).values(status="废止", changed_at=at))
        return
    said = _values(policy, named)
    rank = {None: 0, "draft": 1, "interpretation": 1, "report": 2, "document": 3}
    more = rank.get(policy.relation, 0) > rank.get(told_by(row), 0)
    better = more or policy.relation == "document" or alone
    changed: dict[str, Any] = {}
    for name, value in said.items():
        old = getattr(row, name)
        if name == "issued_on" and not (more or alone or old is None):
            value = min(old, value)  # noqa: PLW2901 - the earliest day: a reprint is no later issue
        if name == "status" and row.status == "废止":
            continue
        if (value or alone) and (better or not old) and value != old:
            changed[name] = value
    if better and row.status == "征求意见" and policy.relation in ("report", "document"):
        changed["status"] = policy.status
    changed |= _put_off(row, policy)
    if changed:
        conn.execute(update(policy_record).where(policy_record.c.id == row.id).values(changed | {"changed_at": at}))


def _put_off(row: Row[Any], policy: Policy) -> dict[str, date]:
    """The last day for comments, where a further call has a later one."""
    before, until = row.comments_until, policy.comments_until
    further = policy.relation == "draft" and before is not None and until is not None and until - before > OFF
    return {"comments_until": until} if further and until is not None else {}
