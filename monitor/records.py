"""Policy records: a document, its reprints, reports and interpretations joined under one."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, insert, select, update

from crawler.items import SHANGHAI, Article, Policy, Relation
from monitor.changes import TELLING, close, same_text, shared, years, years_disagree
from storage import sql
from storage.recording import Previous
from storage.schema import alert, policy_article, policy_record, tag
from storage.schema import article as article_table

Key = Callable[[str], str]
"""From one writing of a title or an organ's name to what all its writings have in common."""

DRAFTED: Final = timedelta(days=400)
"""How long before a document its draft may be."""
NEWS: Final = timedelta(days=180)
"""How far from a document without a number news of it may be; a title that returns every year is further."""
CARRIED: Final = timedelta(days=90)
"""How far apart two pages of one document without a number may be, where it is a 办法, 规划 or the like …"""
RETURNING: Final = timedelta(days=30)
"""… and where its title may return at any time, as that of a 通知 or 命令; then the texts must be alike too."""
SLIP: Final = timedelta(days=7)
"""How far two pages of one document may be apart in the day that stands under it."""
OFF: Final = timedelta(days=3)
"""How far apart the last day for comments may be as two articles have it."""
_LEAD: Final = 420
"""Characters in which a text says that comments are asked for once more."""
_AGAIN: Final = re.compile(
    "(?:再次|再一次|第[二三四]次|第[二三四]轮|[二三]次|重新)(?:面?向社会)?(?:公开)?(?:征求|征集|听取)"
)
ALIKE: Final = 0.5
"""Share of a text in another from which two pages may have one text."""
MOST_RECORDS: Final = 50
"""Records of one title that are looked at, the nearest: a notice of cut water returns for ever."""
MOST_TEXTS: Final = 20
"""Articles of a record that a text is compared with, the newest."""

_WHOLE: Final = 6
"""Characters of a title that says what it is about without its place: 《攀枝花市规定》 is no 《规定》."""
_PLACE: Final = re.compile(r"[^\W\d]{1,8}?[省市州盟县区旗]")
"""What an organ's name, or a title, begins with where it begins with a place."""
_FORWARDS: Final = re.compile("转发|批转")
_QUOTED: Final = re.compile("《[^》]*》")
_ORDER: Final = re.compile(r"[^《》]*(?:令|公告|通告)(?:(?:20\d\d年?)?第?[\d一二三四五六七八九十百〇零]+号)?")
"""The key of an order that is called by its number alone."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What an article says of a document, by which its record is looked up."""

    article_id: int
    relation: Relation
    title: str | None
    title_key: str | None
    number: str | None
    issuers: frozenset[str]
    places: frozenset[str]
    """Where the issuers are of, or, where there are none, what the article is about: 攀枝花市, 四川省."""
    day: date
    """When the article was published."""
    written: date | None
    """The day that stands under the document."""
    heading: str
    """The article's own title."""
    returns: bool
    """Whether the title is one that may return: a 通知 or 命令 itself, and no 办法 or 规划 that it carries."""
    body: str


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

    Documents are one by their number; else by title and issuer, where their days and texts do not say otherwise. A
    repeal is joined to each document that it names; anything else to its main document only. An article that names
    neither title nor number belongs to none. Call it again for an article that changed, with its ``previous`` text
    where that is another: while it is the same document that was edited, its record goes with it; what the article no
    longer is, it leaves.
    """
    policy = article.policy
    mine = _records_of(conn, article_id)
    wanted = () if policy is None else _named(article_id, article, policy, at, title_key, issuer_key)
    joined = []
    for named in wanted:
        assert policy is not None
        found = _find(conn, named, issuer_key, mine)
        own = None if found is not None and found.id in mine else _edited(conn, mine, named, previous, at)
        if own is not None and (found is None or _alone(conn, own.id, article_id)):
            found = _carried(conn, own, found, named)
        before = mine.get(own.id if own is not None else found.id if found is not None else 0)
        since = before.seen_at if before is not None and before.relation == policy.relation else None
        call = ""
        if found is None:
            record_id = _open(conn, policy, named, at)
        else:
            record_id = found.id
            _learn(conn, found, policy, named, at, alone=found.id in mine and _alone(conn, found.id, article_id))
            if policy.relation == "draft" and since is None:
                call = _call(found, policy, article)
        joined.append(Joined(record_id, policy.relation, own is not None, call, since))
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
) -> tuple[_Named, ...]:
    def named(title: str | None, number: str | None, issuers: frozenset[str]) -> _Named:
        return _Named(
            article_id=article_id,
            relation=policy.relation,
            title=title,
            title_key=None if title is None else title_key(title),
            number=number,
            issuers=issuers,
            places=_places(issuers or {region.name for region in article.regions}),
            day=(article.published_at or at).astimezone(SHANGHAI).date(),
            written=policy.written_on,
            heading=article.title,
            returns=policy.carried_kind is None,
            body=article.body,
        )

    if policy.relation == "repeal":
        return tuple(named(title, None, frozenset()) for title in policy.documents)
    if policy.title is None and policy.number is None:
        return ()
    if policy.title and not policy.issuers and _FORWARDS.search(_QUOTED.sub("", article.title)):
        # Who passes it on is not known, and is not who made it.
        passed_on = named(f"转发《{policy.title}》", policy.number, frozenset())
        return (replace(passed_on, title_key=f"转发{title_key(policy.title)}"),)
    return (named(policy.title, policy.number, frozenset(issuer_key(name) for name in policy.issuers)),)


# --- whether two are one ----------------------------------------------------------------------------------


def _find(conn: Connection, named: _Named, issuer_key: Key, mine: Container[int]) -> Row[Any] | None:
    """The record that fits best: of the same number first, then one of the article's own, then the nearest in time."""
    fits: ColumnElement[bool] = policy_record.c.title_key.in_(_writings(named))
    if named.number:
        fits = (policy_record.c.number == named.number) | fits
    rows = conn.execute(select(policy_record).where(fits).order_by(policy_record.c.id)).all()
    nearest = sorted(
        rows,
        key=lambda row: (row.number != named.number, row.id not in mine, abs(_known_day(row) - named.day), row.id),
    )
    return next((row for row in nearest[:MOST_RECORDS] if _same(conn, row, named, issuer_key)), None)


def _same(conn: Connection, row: Row[Any], named: _Named, issuer_key: Key) -> bool:
    theirs = {_house(issuer_key(name)) for name in row.issuers}
    ours = {_house(name) for name in named.issuers}
    share = not theirs or not ours or bool(theirs & ours)
    titled = row.title_key == named.title_key or _one_title(
        row.title_key, named.title_key, _places_of(conn, row, issuer_key), named.places
    )
    if row.number and named.number:
        if row.number != named.number:
            return False
        # 第5号令 is one of many; a code such as 攀办发 is its organ's own.
        return titled or ("〔" in named.number and share) or _one_order(row, named, bool(theirs & ours))
    if named.title_key is None or not titled:
        return False
    undated = row.issued_on is None  # opened by its repeal
    return named.relation == "repeal" or (share and (undated or _of_one_time(conn, row, named)))


def _one_order(row: Row[Any], named: _Named, share: bool) -> bool:
    """Whether one of two pages of the same organ's order of a number has nothing but that for a title."""
    bare = any(key and _ORDER.fullmatch(key) for key in (row.title_key, named.title_key))
    return share and bare and abs(_known_day(row) - named.day) <= NEWS


def _places(organs: Iterable[str]) -> frozenset[str]:
    """The places that organs' names begin with, in full and without their last character: 攀枝花市, 攀枝花."""
    found = (match.group() for organ in organs if (match := _PLACE.match(organ)))
    return frozenset(one for place in found for one in (place, place[:-1]) if len(one) > 1)


def _places_of(conn: Connection, row: Row[Any], issuer_key: Key) -> frozenset[str]:
    """Where a record's issuers are of, or, where it knows none, what its articles are about."""
    if row.issuers:
        return _places(issuer_key(name) for name in row.issuers)
    about = select(tag.c.name).join(policy_article, policy_article.c.article_id == tag.c.article_id)
    about = about.where(policy_article.c.record_id == row.id, tag.c.kind == "region")
    return _places(conn.execute(about.distinct()).scalars())


def _writings(named: _Named) -> list[str]:
    """The keys that the title may have: news leave out whose it is, 《加快甲产业发展十条措施》 of 攀枝花市."""
    key = named.title_key
    if key is None:
        return []
    own = _PLACE.match(key)
    _, bare = _placed(key, named.places | _places([own.group()] if own else []))
    return sorted({key, bare, *(f"{place}{bare}" for place in named.places)})


def _placed(key: str, places: frozenset[str]) -> tuple[str, str]:
    """The place that a key begins with, and the rest of it."""
    place = max((place for place in places if key.startswith(place)), key=len, default="")
    return place, key.removeprefix(place)


def _one_title(theirs: str | None, ours: str | None, their_places: frozenset[str], places: frozenset[str]) -> bool:
    """Whether two keys are of one title but for its place, which one leaves out that is of it, or writes shorter."""
    if theirs is None or ours is None:
        return False
    (one, their_rest), (other, rest) = (_placed(key, their_places | places) for key in (theirs, ours))
    if rest != their_rest or len(rest) < _WHOLE:
        return False
    if one and other:
        return one.startswith(other) or other.startswith(one)
    return one in places if one else other in their_places


def _house(organ: str) -> str:
    """An organ without its office: what the office sends out, news say of the organ."""
    return organ.removesuffix("办")


def _known_day(row: Row[Any]) -> date:
    day: date = row.issued_on or row.first_seen_at.astimezone(SHANGHAI).date()
    return day


def _told_by(row: Row[Any]) -> str | None:
    """What the article was that the record has most from."""
    relation: str | None = (row.detail or {}).get("relation")
    return relation


def _written(row: Row[Any]) -> date | None:
    day = (row.detail or {}).get("written_on")
    return date.fromisoformat(day) if day else None


def _of_one_time(conn: Connection, row: Row[Any], named: _Named) -> bool:
    """Whether an article and a record of one title are about one document, and not about that of another year."""
    theirs = _told_by(row)
    if named.relation == "document" and theirs == "document":
        return _one_document(conn, row, named)
    later = named.day - _known_day(row)
    if named.relation == "draft":  # what comes for comments after the document is a new one
        near = -DRAFTED <= later <= (DRAFTED if theirs == "draft" else RETURNING)
    else:
        near = (-RETURNING if theirs == "draft" else -NEWS) <= later <= (DRAFTED if theirs == "draft" else NEWS)
    return near or _reprinted(_texts(conn, row.id, named), named)


def _one_document(conn: Connection, row: Row[Any], named: _Named) -> bool:
    """Whether two pages that are documents of one title, without two numbers, are one document."""
    texts = _texts(conn, row.id, named)
    theirs = _written(row)
    signed = None if theirs is None or named.written is None else abs(theirs - named.written)
    if any(cluster for _, cluster in texts) or (signed is not None and signed > SLIP):
        return any(cluster for _, cluster in texts)
    if _reprinted(texts, named):
        return True
    alike = max((shared(body, named.body) for body, _ in texts if not _is_note(body, named.body)), default=1.0)
    if signed == timedelta():
        return not named.returns or alike >= ALIKE
    if any(years_disagree(body, named.body) for body, _ in texts):
        return False
    apart = abs((named.written or named.day) - (theirs or _known_day(row)))
    return apart <= RETURNING and alike >= ALIKE if named.returns else apart <= CARRIED


def _reprinted(texts: list[tuple[str, bool]], named: _Named) -> bool:
    """Whether the article is a reprint of one of the record's, whenever it comes.

    The text of a 通知 that names no year may be a formula that returns with its title.
    """
    return any(
        cluster or (same_text(body, named.body) and bool(not named.returns or years(named.body)))
        for body, cluster in texts
    )


def _is_note(*texts: str) -> bool:
    """Whether one of the texts says hardly more than 现将…印发给你们."""
    return any(len(text) < TELLING for text in texts)


def _texts(conn: Connection, record_id: int, named: _Named) -> list[tuple[str, bool]]:
    """The record's other articles: the text of each, and whether it is found to be a reprint of this one."""
    columns = article_table.c
    mine = select(columns.cluster_id).where(columns.id == named.article_id).scalar_subquery()
    statement = (
        select(columns.body, (columns.cluster_id == mine).label("cluster"))
        .join(policy_article, policy_article.c.article_id == columns.id)
        .where(policy_article.c.record_id == record_id, columns.id != named.article_id)
        .order_by(columns.id.desc())
        .limit(MOST_TEXTS)
    )
    if named.relation == "document":
        statement = statement.where(policy_article.c.relation == "document")
    return [(row.body, bool(row.cluster)) for row in conn.execute(statement)]


def _call(row: Row[Any], policy: Policy, article: Article) -> str:
    """Which call for comments on the draft this is: empty for the first, whose last day the record's detail has.

    Another has a later last day, or says that it is another. Reports may be a day or two off.
    """
    first = (row.detail or {}).get("comments_until") if _told_by(row) == "draft" else None
    before = date.fromisoformat(first) if first else None
    latest: date | None = row.comments_until
    until = policy.comments_until
    again = _AGAIN.search(f"{article.title}\n{article.body[:_LEAD]}") is not None
    if until is None:
        further = latest.isoformat() if latest is not None and latest != before else "again"
        return further if again else ""
    if (before is None and not again) or (before is not None and until - before <= OFF):
        return ""
    return (latest if latest is not None and abs(until - latest) <= OFF else until).isoformat()


# --- a page that was edited -------------------------------------------------------------------------------


def _records_of(conn: Connection, article_id: int) -> dict[int, Any]:
    """The records whose document an article told of so far: as what, and since when; not those that it repealed."""
    statement = select(policy_article.c.record_id, policy_article.c.relation, policy_article.c.seen_at)
    statement = statement.where(policy_article.c.article_id == article_id, policy_article.c.relation != "repeal")
    return {row.record_id: row for row in conn.execute(statement)}


def _edited(
    conn: Connection, mine: dict[int, Any], named: _Named, previous: Previous | None, at: datetime
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
    if _is_note(previous.body, named.body):
        return row if close(previous.title, named.heading) else None
    return row if shared(previous.body, named.body) >= ALIKE else None


def _alone(conn: Connection, record_id: int, article_id: int) -> bool:
    """Whether a record has no other article."""
    statement = select(policy_article.c.article_id).where(
        policy_article.c.record_id == record_id, policy_article.c.article_id != article_id
    )
    return conn.execute(statement.limit(1)).first() is None


def _carried(conn: Connection, own: Row[Any], found: Row[Any] | None, named: _Named) -> Row[Any] | None:
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


def _open(conn: Connection, policy: Policy, named: _Named, at: datetime) -> int:
    values = _values(policy, named) | {"key": _key(conn, named), "first_seen_at": at, "changed_at": at}
    if policy.relation == "repeal":  # of the repealed document no more is known than its title
        unknown = ("kind", "number", "detail", "issued_on", "effective_on", "expires_on")
        values |= dict.fromkeys(unknown) | {"issuers": [], "status": "废止"}
    number: int = conn.execute(insert(policy_record).values(values).returning(policy_record.c.id)).scalar_one()
    return number


def _key(conn: Connection, named: _Named) -> str:
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


def _learn(conn: Connection, row: Row[Any], policy: Policy, named: _Named, at: datetime, *, alone: bool) -> None:
    """What a further article says is added; the document itself says it with more right than a report.

    ``alone``: the record has nothing but this article, and says what that says now.
    """
    if policy.relation == "repeal":
        if row.status != "废止":
            conn.execute(update(policy_record).where(policy_record.c.id == row.id).values(status="废止", changed_at=at))
        return
    said = _values(policy, named)
    told_by = _told_by(row)
    rank = {None: 0, "draft": 1, "interpretation": 1, "report": 2, "document": 3}
    more = rank.get(policy.relation, 0) > rank.get(told_by, 0)
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
