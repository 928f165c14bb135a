"""Whether an article and a policy record are of one document: by numbers, titles and places, days and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, select

from crawler.items import SHANGHAI, Article, Policy, Relation
from monitor.changes import TELLING, same_text, shared, years, years_disagree
from storage.schema import article as article_table
from storage.schema import policy_article, policy_record, tag

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
_ORDER: Final = re.compile(r"[^《》]*(?:令|公告|通告)(?:(?:20\d\d年?)?第?[\d一二三四五六七八九十百〇零]+号)?")
"""The key of an order that is called by its number alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
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


def find(conn: Connection, named: Named, issuer_key: Key, mine: Container[int]) -> Row[Any] | None:
    """The record that fits best: of the same number first, then one of the article's own, then the nearest in time."""
    fits: ColumnElement[bool] = policy_record.c.title_key.in_(_writings(named))
    if named.number:
        fits = (policy_record.c.number == named.number) | fits
    rows = conn.execute(select(policy_record).where(fits).order_by(policy_record.c.id)).all()
    nearest = sorted(
        rows,
        key=lambda row: (
            named.number is not None and row.number != named.number,
            row.id not in mine,
            named.relation == "repeal" and told_by(row) == "draft",
            abs(_known_day(row) - named.day),
            row.id,
        ),
    )
    return next((row for row in nearest[:MOST_RECORDS] if _same(conn, row, named, issuer_key)), None)


def _same(conn: Connection, row: Row[Any], named: Named, issuer_key: Key) -> bool:
    theirs = {_house(issuer_key(name)) for name in row.issuers}
    ours = {_house(name) for name in named.issuers}
    share = not theirs or not ours or bool(theirs & ours) or _drafted_for(row, named, issuer_key)
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


def _drafted_for(row: Row[Any], named: Named, issuer_key: Key) -> bool:
    """Whether one is a draft, and both are of one place: a bureau asks for comments on what the government issues, and
    after it the office of justice.
    """
    here = places(issuer_key(name) for name in row.issuers) & places(named.issuers)
    return bool(here) and "draft" in (named.relation, told_by(row))


def _one_order(row: Row[Any], named: Named, share: bool) -> bool:
    """Whether one of two pages of the same organ's order of a number has nothing but that for a title."""
    bare = any(key and _ORDER.fullmatch(key) for key in (row.title_key, named.title_key))
    return share and bare and abs(_known_day(row) - named.day) <= NEWS


def places(organs: Iterable[str]) -> frozenset[str]:
    """The places that organs' names begin with, in full and without their last character: 攀枝花市, 攀枝花."""
    found = (match.group() for organ in organs if (match := _PLACE.match(organ)))
    return frozenset(one for place in found for one in (place, place[:-1]) if len(one) > 1)


def _places_of(conn: Connection, row: Row[Any], issuer_key: Key) -> frozenset[str]:
    """Where a record's issuers are of, or, where it knows none, what its articles are about."""
    if row.issuers:
        return places(issuer_key(name) for name in row.issuers)
    about = select(tag.c.name).join(policy_article, policy_article.c.article_id == tag.c.article_id)
    about = about.where(policy_article.c.record_id == row.id, tag.c.kind == "region")
    return places(conn.execute(about.distinct()).scalars())


def _writings(named: Named) -> list[str]:
    """The keys that the title may have: news leave out whose it is, 《加快甲产业发展十条措施》 of 攀枝花市."""
    key = named.title_key
    if key is None:
        return []
    own = _PLACE.match(key)
    _, bare = _placed(key, named.places | places([own.group()] if own else []))
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


def told_by(row: Row[Any]) -> str | None:
    """What the article was that the record has most from."""
    relation: str | None = (row.detail or {}).get("relation")
    return relation


def _written(row: Row[Any]) -> date | None:
    day = (row.detail or {}).get("written_on")
    return date.fromisoformat(day) if day else None


def _of_one_time(conn: Connection, row: Row[Any], named: Named) -> bool:
    """Whether an article and a record of one title are about one document, and not about that of another year."""
    theirs = told_by(row)
    if named.relation == "document" and theirs == "document":
        return _one_document(conn, row, named)
    later = named.day - _known_day(row)
    if named.relation == "draft":  # what comes for comments after the document is a new one
        near = -DRAFTED <= later <= (DRAFTED if theirs == "draft" else RETURNING)
    else:
        near = (-RETURNING if theirs == "draft" else -NEWS) <= later <= (DRAFTED if theirs == "draft" else NEWS)
    return near or _reprinted(_texts(conn, row.id, named), named)


def _one_document(conn: Connection, row: Row[Any], named: Named) -> bool:
    """Whether two pages that are documents of one title, without two numbers, are one document."""
    texts = _texts(conn, row.id, named)
    theirs = _written(row)
    signed = None if theirs is None or named.written is None else abs(theirs - named.written)
    if any(cluster for _, cluster in texts) or (signed is not None and signed > SLIP):
        return any(cluster for _, cluster in texts)
    if _reprinted(texts, named):
        return True
    alike = max((shared(body, named.body) for body, _ in texts if not is_note(body, named.body)), default=1.0)
    if signed == timedelta():
        return not named.returns or alike >= ALIKE
    if any(years_disagree(body, named.body) for body, _ in texts):
        return False
    apart = abs((named.written or named.day) - (theirs or _known_day(row)))
    return apart <= RETURNING and alike >= ALIKE if named.returns else apart <= CARRIED


def _reprinted(texts: list[tuple[str, bool]], named: Named) -> bool:
    """Whether the article is a reprint of one of the record's, whenever it comes.

    The text of a 通知 that names no year may be a formula that returns with its title.
    """
    return any(
        cluster or (same_text(body, named.body) and bool(not named.returns or years(named.body)))
        for body, cluster in texts
    )


def is_note(*texts: str) -> bool:
    """Whether one of the texts says hardly more than 现将…印发给你们."""
    return any(len(text) < TELLING for text in texts)


def _texts(conn: Connection, record_id: int, named: Named) -> list[tuple[str, bool]]:
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


def call(row: Row[Any], policy: Policy, article: Article) -> str:
    """Which call for comments on the draft this is: empty for the first, whose last day the record's detail has.

    Another has a later last day, or says that it is another. Reports may be a day or two off.
    """
    first = (row.detail or {}).get("comments_until") if told_by(row) == "draft" else None
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
