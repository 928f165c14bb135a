"""Feeds of a watch: Atom, JSON Feed, and a calendar of the days by which something applies or comments close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from feedgen.feed import FeedGenerator
from icalendar import Calendar, Event, Timezone
from sqlalchemy import Connection, select

from crawler.items import SHANGHAI
from monitor import messages
from monitor.outbox import BASELINE
from monitor.plain import clean, line
from monitor.records import WITH_ARTICLES
from monitor.watches import Watch
from storage.schema import alert, policy_article, policy_record
from storage.schema import article as article_table

_SPACE: Final = UUID("5a1f0f5e-6c0e-4b1c-9d57-7a7d3c2f5104")
NEWEST: Final = 100
DAYS: Final = (("comments_until", "意见征集截止"), ("effective_on", "施行"), ("expires_on", "有效期届满"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed; its id never changes."""

    id: str
    title: str
    url: str | None
    text: str
    """The whole text, paragraphs by line breaks."""
    updated: datetime
    published: datetime | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A day of a document."""

    id: str
    day: date
    title: str
    text: str
    url: str | None
    changed: datetime


def stable_id(key: str) -> str:
    """The URN of an alert or an appointment: the same for the same key, for ever."""
    return uuid5(_SPACE, key).urn


def entries(conn: Connection, one: Watch, *, newest: int = NEWEST) -> list[Entry]:
    """What a watch told, the newest first, each with the article's whole text."""
    statement = (
        select(alert, article_table.c.body)
        .outerjoin(article_table, article_table.c.id == alert.c.article_id)
        .where(alert.c.watch_id == one.id, alert.c.kind != BASELINE)
        .order_by(alert.c.created_at.desc(), alert.c.id.desc())
        .limit(newest)
    )
    return [_entry(dict(row)) for row in conn.execute(statement).mappings()]


def _entry(row: Mapping[str, Any]) -> Entry:
    payload = row["payload"]
    told = messages.message(payload)
    published = payload.get("published_at")
    return Entry(
        id=stable_id(row["key"]),
        title=told.title,
        url=payload.get("url"),
        text=f"{told.text}\n\n{row['body']}" if row["body"] else told.text,
        updated=row["created_at"],
        published=datetime.fromisoformat(published) if published else None,
        author=payload.get("origin") or payload.get("source"),
    )


def appointments(conn: Connection, one: Watch) -> list[Appointment]:
    """The days of the documents that a watch told of and that were not repealed, in order."""
    urls = _told_of(conn, one)
    valid = policy_record.c.status.is_distinct_from("废止")
    rows = [
        row for row in conn.execute(select(policy_record).where(valid, WITH_ARTICLES)).mappings() if row["id"] in urls
    ]
    found = [
        Appointment(
            id=stable_id(f"{row['key']}:{name}"),
            day=row[name],
            title=f"{label}：{row['title'] or row['number']}",
            text="\n".join(filter(None, ["、".join(row["issuers"]), row["number"]])),
            url=urls[row["id"]],
            changed=row["changed_at"],
        )
        for row in rows
        for name, label in DAYS
        if row[name] is not None
    ]
    return sorted(found, key=lambda one: (one.day, one.id))


def _told_of(conn: Connection, one: Watch) -> dict[int, str | None]:
    """The records that a watch told of, also those that came with another in one article; each with its address."""
    mine = (alert.c.watch_id == one.id) & (alert.c.kind != BASELINE)
    columns = (alert.c.id, alert.c.payload)
    alone = select(alert.c.record_id, *columns).where(mine, alert.c.record_id.is_not(None))
    together = select(policy_article.c.record_id, *columns).join(
        policy_article, policy_article.c.article_id == alert.c.article_id
    )
    rows = [row for told in (together.where(mine), alone) for row in conn.execute(told.order_by(alert.c.id.desc()))]
    return {row.record_id: row.payload.get("url") for row in rows}


def atom(
    found: Sequence[Entry], *, title: str, address: str, alternate: str | None = None, begun: datetime | None = None
) -> bytes:
    """An Atom 1.0 feed (RFC 4287). ``address`` is where it stands: its id and its link to itself.

    ``begun``: since when it can have had entries; it was updated then, at the latest, where it has none.
    """
    feed = FeedGenerator()
    feed.id(address)
    feed.title(line(title))
    feed.language("zh-CN")
    feed.author(name="panxi")
    feed.link(href=address, rel="self", type="application/atom+xml")
    if alternate:
        feed.link(href=alternate, rel="alternate")
    feed.updated(max((one.updated for one in found), default=begun or datetime.now(UTC)))
    for one in found:
        entry = feed.add_entry(order="append")
        entry.id(one.id)
        entry.title(line(one.title))
        entry.updated(one.updated)
        if one.published:
            entry.published(one.published)
        if one.author:
            entry.author(name=line(one.author))
        if one.url:
            entry.link(href=line(one.url), rel="alternate")
        entry.content(_html(one.text), type="html")
    written: bytes = feed.atom_str(pretty=True)
    return written


def json_feed(found: Sequence[Entry], *, title: str, address: str, alternate: str | None = None) -> bytes:
    """A JSON Feed 1.1."""
    items = []
    for one in found:
        item: dict[str, Any] = {
            "id": one.id,
            "title": line(one.title),
            "content_html": _html(one.text),
            "date_modified": one.updated.astimezone(SHANGHAI).isoformat(),
        }
        if one.url:
            item["url"] = line(one.url)
        if one.published:
            item["date_published"] = one.published.astimezone(SHANGHAI).isoformat()
        if one.author:
            item["authors"] = [{"name": line(one.author)}]
        items.append(item)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": line(title),
        "feed_url": address,
        "language": "zh-CN",
    }
    return orjson.dumps(feed | ({"home_page_url": alternate} if alternate else {}) | {"items": items})


def calendar(found: Sequence[Appointment], *, title: str) -> bytes:
    """A calendar (RFC 5545) of whole-day events."""
    made = Calendar()
    made.add("prodid", "-//panxi//policy days//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", line(title))
    for one in found:
        event = Event()
        event.add("uid", one.id)
        event.add("dtstamp", one.changed.astimezone(UTC))
        event.add("dtstart", one.day)
        event.add("summary", line(one.title))
        if one.text:
            event.add("description", clean(one.text))
        if one.url:
            event.add("url", line(one.url))
        made.add_component(event)
    if not found:  # a calendar has one component at least
        made.add_component(Timezone.from_tzid("Asia/Shanghai"))
    written: bytes = made.to_ical()
    return written


def _html(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in clean(text).split("\n") if line.strip())
