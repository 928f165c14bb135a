"""Recording: what became of visits, written in the transaction that is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

import orjson
from sqlalchemy import Connection, TextClause, delete, insert, literal_column, select, text, update

from crawler.items import Article, IndexTerms, Link, Outcome
from storage import captures, frontier, search, sql
from storage.captures import Kept
from storage.grams import index_terms, terms_of
from storage.rows import Native, article_row, related_rows, storable, tag_rows, to_json
from storage.schema import article, related_link, revision, tag
from storage.schema import frontier as frontier_table
from storage.types import micros, moment

GONE_AFTER: Final = timedelta(days=2)
"""A page is gone when it was missing on visits this far apart …"""
GONE_VISITS: Final = 3
"""… and on this many in a row."""
ASK_AGAIN: Final = timedelta(days=1)
"""When the page of an article that we have is asked for again after it was missing, until it is gone."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The text that an article had before."""

    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What writing an outcome did."""

    kind: Literal["new", "revised", "seen", "reread", "none"]
    """seen: the article is known and its text has not changed; reread: its kept page was read again, and differently;
    none: there was no article."""
    article_id: int | None = None
    at: datetime | None = None
    """When the page was fetched."""
    revision: int | None = None
    """Number of the article's present text, from 1."""
    previous: Previous | None = None
    """What a revised article's text was."""
    corrected: tuple[str, ...] = ()
    """Names of the other fields that changed where the text is as it was: a date, an origin."""
    new_links: int = 0
    """How many addresses the outcome put on the frontier."""


Hook = Callable[[Connection, Recorded, Article], None]
"""Called in the same transaction for each article that was recorded, in the order of the outcomes."""


def record(conn: Connection, outcome: Outcome, *, kept: Kept | None = None, after: Sequence[Hook] = ()) -> Recorded:
    """Write one outcome: the article, its links and tags, its search entry, its capture, and the frontier.

    ``kept`` is its raw page, already on the disk. Nothing is committed here. Raises TypeError for an article that
    was not cleaned, and what the database or a hook raises.
    """
    return record_all(conn, [outcome], kept=[kept], after=after)[0]


def record_all(
    conn: Connection, outcomes: Sequence[Outcome], *, kept: Sequence[Kept | None], after: Sequence[Hook] = ()
) -> list[Recorded]:
    """As ``record``, for many outcomes at once."""
    sql.one_recorder(conn)
    capture_ids = captures.add(conn, kept)
    results: list[Recorded | None] = [None] * len(outcomes)
    for wave in _waves(outcomes):
        chosen = [outcomes[place] for place in wave]
        recorded = _articles(conn, chosen, [capture_ids[place] for place in wave])
        for place, (result, item) in zip(wave, recorded, strict=True):
            results[place] = result
            if item is not None:
                for hook in after:
                    hook(conn, result, item)
    return _frontier(conn, outcomes, [result or Recorded(kind="none") for result in results])


def reread(
    conn: Connection, number: int, item: Article, *, now: datetime, after: Sequence[Hook] = ()
) -> tuple[str, ...]:
    """Write what a new reading of an article's kept page gives; returns the names of the fields that changed.

    The page is the same, so there is no revision; its ``capture_id`` and the times of sight stay. Raises
    LookupError where there is no such article.
    """
    sql.one_recorder(conn)
    url = conn.execute(select(article.c.url).where(article.c.id == number)).scalar_one_or_none()
    if url is None:
        raise LookupError(f"No article {number}")
    old = _stored(conn, {url})[url]
    # Whose copy it is was said by the crawl's own sources; who reads again may know others.
    item = replace(storable(item), url=url, mirror_of=old["mirror_of"] or item.mirror_of)
    row, links = article_row(item), related_rows(number, item.related)
    changed = tuple(name for name, value in row.items() if old[name] != value)
    if links != old["related"]:
        changed += ("related",)
    if changed:
        work = _Work()
        work.lists(number, item)
        work.cleared.append(number)
        kept = ("id", "last_seen_at", "revised_at", "revision", "capture_id")
        work.updates.append(
            row | {name: old[name] for name in kept} | {"changed_at": micros(now), "gone_at": old["gone_at"]}
        )
        work.retext(number, old, item)
        work.write(conn)
        recorded = Recorded(
            kind="reread",
            article_id=number,
            at=now,
            revision=old["revision"],
            previous=Previous(old["title"], old["body"]),
        )
        for hook in after:
            hook(conn, recorded, item)
    return changed


def discover(
    conn: Connection, item: Article, *, capture_id: int, at: datetime, now: datetime, after: Sequence[Hook] = ()
) -> Recorded | None:
    """Write the article that a new reading finds on a kept page; None where the archive has it from another page.

    ``at``: when the page was fetched. Its address is visited soon, as one that is known.
    """
    sql.one_recorder(conn)
    item = storable(item)
    if _stored(conn, {item.url}):
        return None
    work = _Work()
    recorded = _new(work, at, item, sql.reserve(conn, article, 1)[0], capture_id)
    work.write(conn)
    for hook in after:
        hook(conn, recorded, item)
    link = Link(url=item.url, source=item.source, kind="article", depth=0)
    frontier.found(conn, link, visited_at=at, due_at=now)
    return recorded


def _waves(outcomes: Sequence[Outcome]) -> list[list[int]]:
    """The places of the outcomes in groups in which no article stands twice, in order."""
    waves: list[list[int]] = []
    turn: dict[str, int] = {}
    for place, outcome in enumerate(outcomes):
        url = outcome.article.url if outcome.article is not None else outcome.url
        number = turn.get(url, 0)
        turn[url] = number + 1
        if number == len(waves):
            waves.append([])
        waves[number].append(place)
    return waves


# --- articles ---------------------------------------------------------------------------------------------


def _articles(
    conn: Connection, outcomes: Sequence[Outcome], capture_ids: Sequence[int | None]
) -> list[tuple[Recorded, Article | None]]:
    items: list[Article | None] = []
    for outcome in outcomes:
        if outcome.article is not None and not isinstance(outcome.article, Article):
            raise TypeError(f"Not cleaned: {outcome.url!r}")
        items.append(None if outcome.article is None else storable(outcome.article))
    urls = {item.url for item in items if item is not None}
    urls |= {outcome.url for outcome in outcomes if outcome.state == "unchanged"}
    stored = _stored(conn, urls)
    fresh = sum(1 for item in items if item is not None and item.url not in stored)
    ids = iter(sql.reserve(conn, article, fresh))
    work = _Work()
    results: list[tuple[Recorded, Article | None]] = []
    for outcome, item, capture_id in zip(outcomes, items, capture_ids, strict=True):
        if item is None:
            old = stored.get(outcome.url) if outcome.state == "unchanged" else None
            results.append((_seen(work, outcome, old), None))
        elif (old := stored.get(item.url)) is None:
            results.append((_new(work, outcome.fetched_at, item, next(ids), capture_id, outcome.terms), item))
        else:
            results.append((_again(work, outcome, item, old, capture_id), item))
    work.write(conn)
    return results


class _Work:
    """The rows that a batch writes, table by table."""

    def __init__(self) -> None:
        self.inserts: list[Native] = []
        self.updates: list[Native] = []
        self.sightings: list[Native] = []
        self.revisions: list[dict[str, Any]] = []
        self.cleared: list[int] = []
        self.links: list[Native] = []
        self.tags: list[Native] = []
        self.unindexed: list[tuple[int, str]] = []
        self.indexed: list[tuple[int, str]] = []

    def write(self, conn: Connection) -> None:
        if self.revisions:
            _with_fields(conn, self.revisions)
            conn.execute(insert(revision), self.revisions)
        if self.cleared:
            for table in (related_link, tag):
                conn.execute(delete(table).where(table.c.article_id.in_(self.cleared)))
        sql.insert_native(conn, article, self.inserts)
        if self.updates:
            conn.exec_driver_sql(_update(conn, tuple(self.updates[0])), self.updates)
        if self.sightings:
            conn.execute(_SIGHTING, self.sightings)
        sql.insert_native(conn, related_link, self.links)
        sql.insert_native(conn, tag, self.tags)
        search.unindex(conn, self.unindexed)
        search.index(conn, self.indexed)

    def lists(self, article_id: int, item: Article) -> None:
        self.links += related_rows(article_id, item.related)
        self.tags += tag_rows(article_id, item)

    def retext(self, article_id: int, old: Native, item: Article, made: IndexTerms | None = None) -> None:
        if (old["title"], old["body"]) != (item.title, item.body):
            self.unindexed.append((article_id, index_terms(old["title"], old["body"])))
            self.terms(article_id, item, made)

    def terms(self, article_id: int, item: Article, made: IndexTerms | None) -> None:
        """The terms that were made ahead count for their own text alone."""
        if made is None or made.content_sha256 != item.content_sha256:
            made = terms_of(item)
        self.indexed.append((article_id, made.terms))


def _new(
    work: _Work, at: datetime, item: Article, number: int, capture_id: int | None, terms: IndexTerms | None = None
) -> Recorded:
    now = micros(at)
    row = article_row(item)
    work.inserts.append(
        row
        | {
            "id": number,
            "first_seen_at": now,
            "last_seen_at": now,
            "revised_at": now,
            "changed_at": now,
            "revision": 1,
            "capture_id": capture_id,
        }
    )
    work.lists(number, item)
    work.terms(number, item, terms)
    return Recorded(kind="new", article_id=number, at=at, revision=1)


def _again(work: _Work, outcome: Outcome, item: Article, old: Native, capture_id: int | None) -> Recorded:
    now, number = micros(outcome.fetched_at), old["id"]
    row = article_row(item)
    kept = old["capture_id"]
    revised = row["content_sha256"] != old["content_sha256"]
    links = related_rows(number, item.related)
    changed = tuple(name for name, value in row.items() if old[name] != value)
    if not changed and links == old["related"]:
        return _seen(work, outcome, old)
    work.cleared.append(number)
    work.lists(number, item)
    work.updates.append(
        row
        | {
            "id": number,
            "last_seen_at": now,
            "changed_at": now,
            "revised_at": now if revised else old["revised_at"],
            "revision": old["revision"] + revised,
            "capture_id": capture_id if capture_id is not None and (revised or kept is None) else kept,
            "gone_at": None,
        }
    )
    if not revised:
        return Recorded(
            kind="seen",
            article_id=number,
            at=outcome.fetched_at,
            revision=old["revision"],
            corrected=changed,
        )
    work.revisions.append(
        {
            "article_id": number,
            "number": old["revision"],
            "seen_at": moment(old["revised_at"]),
            "title": old["title"],
            "title_original": old["title_original"],
            "content_sha256": old["content_sha256"],
            "capture_id": old["capture_id"],
            "body": old["body"],
            "body_original": old["body_original"],
        }
    )
    work.retext(number, old, item, outcome.terms)
    return Recorded(
        kind="revised",
        article_id=number,
        at=outcome.fetched_at,
        revision=old["revision"] + 1,
        previous=Previous(old["title"], old["body"]),
    )


def _seen(work: _Work, outcome: Outcome, old: Native | None) -> Recorded:
    if old is None:
        return Recorded(kind="none", at=outcome.fetched_at)
    work.sightings.append({"id": old["id"], "now": micros(outcome.fetched_at)})
    return Recorded(kind="seen", article_id=old["id"], at=outcome.fetched_at, revision=old["revision"])


def _stored(conn: Connection, urls: set[str]) -> dict[str, Native]:
    """The rows of known articles in the database's own values, each with its related links."""
    if not urls:
        return {}
    rows = conn.execute(_select(conn.dialect.name), {"urls": _list(conn, urls)}).mappings()
    found = {row["url"]: {**row, "related": []} for row in rows}
    if found:
        by_id = {row["id"]: row for row in found.values()}
        links: Any = select(*(literal_column(column.name) for column in related_link.c)).select_from(related_link)
        for link in conn.execute(
            links.where(related_link.c.article_id.in_(by_id)).order_by(related_link.c.position)
        ).mappings():
            by_id[link["article_id"]]["related"].append(dict(link))
    return found


def _list(conn: Connection, urls: set[str]) -> Any:
    ordered = sorted(urls)
    return orjson.dumps(ordered).decode() if conn.dialect.name == "sqlite" else ordered


def _with_fields(conn: Connection, rows: list[dict[str, Any]]) -> None:
    """Give each revision the other fields of the article as they stand before it is updated."""
    ids = [row["article_id"] for row in rows]
    links: dict[int, list[dict[str, Any]]] = {number: [] for number in ids}
    for link in conn.execute(
        select(related_link).where(related_link.c.article_id.in_(ids)).order_by(related_link.c.position)
    ).mappings():
        links[link["article_id"]].append(link_json(link))
    stored = {row["id"]: row for row in conn.execute(select(article).where(article.c.id.in_(ids))).mappings()}
    for row in rows:
        whole = to_json(dict(stored[row["article_id"]]), links[row["article_id"]])
        row["fields"] = {name: value for name, value in whole.items() if name not in revision.c}


def link_json(link: Any) -> dict[str, Any]:
    """A related link as it stands in an article's JSON."""
    return {
        "position": link["position"],
        "title": link["title"],
        "url": link["url"],
        "summary": link["summary"],
        "date": link["date"] and link["date"].isoformat(),
        "heading": link["heading"],
    }


_SIGHTING: Final = text(
    "UPDATE article SET last_seen_at = CASE WHEN last_seen_at < :now THEN :now ELSE last_seen_at END, "
    "changed_at = CASE WHEN gone_at IS NULL THEN changed_at ELSE :now END, gone_at = NULL WHERE id = :id"
)


@lru_cache(2)
def _select(dialect: str) -> TextClause:
    urls = "SELECT value FROM json_each(:urls)" if dialect == "sqlite" else "SELECT unnest(CAST(:urls AS text[]))"
    return text(f"SELECT * FROM article WHERE url IN ({urls})")  # noqa: S608 - no value stands in it


def _update(conn: Connection, names: tuple[str, ...]) -> str:
    places = dict(zip(names, sql.named(conn, names), strict=True))
    changes = ", ".join(f'"{name}" = {place}' for name, place in places.items() if name not in ("id", "url"))
    return f"UPDATE article SET {changes} WHERE id = {places['id']}"  # noqa: S608 - names of the schema


# --- the frontier -----------------------------------------------------------------------------------------


def _frontier(conn: Connection, outcomes: Sequence[Outcome], results: Sequence[Recorded]) -> list[Recorded]:
    """Put what the outcomes found on the frontier, settle their visits; returns the results with their new links."""
    now = max((outcome.fetched_at for outcome in outcomes), default=None)
    if now is None:
        return []
    links = [link for outcome in outcomes for link in outcome.links]
    added = frontier.add(conn, links, now)
    onward = [outcome.onward for outcome in outcomes if outcome.onward is not None and _news(outcome, added)]
    added_onward = frontier.add(conn, onward, now) if onward else None
    counted: set[str] = set()
    settled = []
    final = []
    missing = _missing(conn, outcomes)
    for outcome, result in zip(outcomes, results, strict=True):
        mine = {link.url for link in outcome.links} & added.new - counted
        if added_onward is not None and outcome.onward is not None:
            mine |= {outcome.onward.url} & added_onward.new
        counted |= mine
        settled.append(_visited(conn, outcome, result, new_links=len(mine), missing=missing))
        final.append(result if not mine else replace(result, new_links=len(mine)))
    frontier.settle(conn, settled)
    return final


def _news(outcome: Outcome, added: frontier.Added) -> bool:
    """Whether a listing holds anything that was not known before this crawl began, or is itself new: the column of
    a known source may begin with articles that stand in another one too.
    """
    visit, since = outcome.visit, outcome.since
    if visit.depth == 0 and since is not None and visit.first_seen_at is not None and visit.first_seen_at >= since:
        return True
    return any(
        link.url in added.new
        or (since is not None and (known := added.known_since.get(link.url)) is not None and known >= since)
        for link in outcome.links
    )


def _visited(
    conn: Connection,
    outcome: Outcome,
    result: Recorded,
    *,
    new_links: int,
    missing: dict[int, tuple[int, datetime, int]],
) -> frontier.Visited:
    now = outcome.fetched_at
    if outcome.state in ("done", "unchanged"):
        due_at = outcome.due_at
        if outcome.url != outcome.visit.url and outcome.visit.kind == "article":
            frontier.visited_elsewhere(conn, outcome.url, outcome.visit, now=now, due_at=due_at)
            due_at = None
        return frontier.Visited(
            visit=outcome.visit,
            state="done",
            now=now,
            due_at=due_at,
            went_well=True,
            changed=result.kind in ("new", "revised") or (outcome.visit.kind == "listing" and new_links > 0),
            etag=outcome.etag,
            last_modified=outcome.last_modified,
        )
    if outcome.state in ("retry", "postponed"):
        return frontier.Visited(
            visit=outcome.visit,
            state="pending",
            now=now,
            due_at=outcome.due_at or now,
            reason=outcome.reason,
            tried=outcome.state == "retry",
        )
    if outcome.state in ("failed", "skipped"):
        return frontier.Visited(
            visit=outcome.visit, state="failed", now=now, due_at=outcome.due_at, reason=outcome.reason
        )
    return _gone(conn, outcome, missing.get(outcome.visit.id))


def _missing(conn: Connection, outcomes: Sequence[Outcome]) -> dict[int, tuple[int, datetime, int]]:
    """For missing pages whose article we have: its id, since when the page is missing, on how many visits."""
    ids = [outcome.visit.id for outcome in outcomes if outcome.state == "gone"]
    if not ids:
        return {}
    c = frontier_table.c
    statement = (
        select(c.id, article.c.id, c.missing_since, c.missing_count)
        .join_from(frontier_table, article, article.c.url == c.url)
        .where(c.id.in_(ids))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in conn.execute(statement)}


def _gone(conn: Connection, outcome: Outcome, missing: tuple[int, datetime | None, int] | None) -> frontier.Visited:
    """A page of ours that vanished is asked for again on other days before it is marked gone; it is kept anyhow.

    Any other is asked for again when its outcome says.
    """
    now, due_at = outcome.fetched_at, outcome.due_at
    if missing is not None:
        article_id, since, count = missing
        if count + 1 >= GONE_VISITS and since is not None and now - since >= GONE_AFTER:
            conn.execute(
                update(article)
                .where(article.c.id == article_id, article.c.gone_at.is_(None))
                .values(gone_at=now, changed_at=now)
            )
        else:
            due_at = now + ASK_AGAIN
    return frontier.Visited(
        visit=outcome.visit, state="gone", now=now, due_at=due_at, reason=outcome.reason, missing=True
    )
