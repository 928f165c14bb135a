"""One article: its text, where each field came from, what it is related to, its raw page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.web.answer import Answer, Asked, Entry, Refused
from monitor.web.blocks import blocks
from monitor.web.cite import bibtex, gbt7714
from monitor.web.graph import graph
from monitor.web.reads import articles
from monitor.web.reads.articles import Row
from monitor.web.views.common import entry, source_title
from storage.archive import whole
from storage.captures import pointers
from storage.raw import RawError, read

MOST_LINKS = 60
"""Incoming links and reprints that are listed."""
MOST_RAW = 2_000_000
"""Characters of a raw page that are shown; the text form of the page is whole."""


def article(asked: Asked) -> Answer:
    """The page of one article."""
    row = found(asked)
    conn = asked.conn
    outgoing = articles.related_out(conn, row["id"])
    incoming = articles.related_in(conn, row["url"], limit=MOST_LINKS)
    reprints = articles.cluster(conn, row["cluster_id"], limit=MOST_LINKS)
    revisions = articles.revisions(conn, row["id"])
    original = row["body_original"]
    return Answer(
        template="article.html",
        title=row["title"],
        context={
            "article": row,
            "blocks": blocks(row["body"]),
            "beside": _beside(row["body"], original) if original is not None else None,
            "outgoing": outgoing,
            "incoming": incoming,
            "graph": graph(
                row["title"],
                [(link["title"], f"/articles/{link['id']}") for link in incoming],
                [(link["title"], f"/articles/{link['known']}" if link["known"] else None) for link in outgoing],
            )
            if incoming or outgoing
            else None,
            "reprints": [other for other in reprints if other["id"] != row["id"]],
            "mirrored": next((other["copied"] for other in reprints if other["id"] == row["id"]), False),
            "first": next((other for other in reprints if other["canonical"] and other["id"] != row["id"]), None),
            "revisions": revisions,
            "records": articles.records(conn, row["id"]),
            "citation": gbt7714(**_cited(row)),
            "bibtex": bibtex(key=f"panxi{row['id']}", **_cited(row)),
            "source_title": source_title(asked, row["source"]),
        },
        json=lambda: whole(conn, [row])[0],
        feed=lambda: _feed(row, revisions, reprints),
    )


def found(asked: Asked, name: str = "id") -> Row:
    """The article that the path names; refused where there is none."""
    number = asked.id(name)
    row = articles.one(asked.conn, number)
    if row is None:
        raise Refused(404, f"档案中没有编号为 {number} 的文章。", hint="编号可能有误，可以按标题检索。")
    return row


def raw_page(asked: Asked) -> Answer:
    """The raw page as text. It is never served as HTML: what it holds is not ours."""
    row = found(asked)
    headers, text = raw_text(asked, row)
    return Answer(
        template="raw.html",
        title=f"原始网页：{row['title']}",
        context={"article": row, "headers": headers, "text": text[:MOST_RAW], "cut": max(len(text) - MOST_RAW, 0)},
        json=lambda: {"id": row["id"], "url": row["url"], "headers": headers, "text": text},
        feed=lambda: [entry(row)],
    )


def raw_text(asked: Asked, row: Row) -> tuple[list[tuple[str, str]], str]:
    """The headers of the article's raw page, and its body as text; refused where it is not kept."""
    config = asked.config
    if row["capture_id"] is None or config.raw is None:
        raise Refused(404, "这篇文章没有保存原始网页。", hint="可以到原网址查看。")
    pointer, payload = pointers(asked.conn, row["capture_id"])
    try:
        exchange = read(config.raw, pointer, payload)
    except RawError as error:
        raise Refused(404, "原始网页的记录读不出来。", hint=f"请让管理员运行 panxi verify。（{error}）") from error
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in exchange.headers]
    kind = next((value for name, value in headers if name.lower() == "content-type"), None)
    return headers, config.decode(exchange.body, kind)


def _beside(body: str, original: str) -> list[tuple[str, str]]:
    """Paragraphs beside their originals; where they don't pair, the whole beside the whole."""
    left, right = body.split("\n"), original.split("\n")
    return list(zip(left, right, strict=True)) if len(left) == len(right) else [(body, original)]


def _cited(row: Row) -> dict[str, Any]:
    return {
        "title": row["title"],
        "author": row["author"],
        "origin": row["origin"],
        "published_at": row["published_at"],
        "seen_at": row["last_seen_at"],
        "url": row["url"],
    }


def _feed(row: Row, revisions: Sequence[Row], reprints: Sequence[Row]) -> list[Entry]:
    earlier = [
        Entry(
            path=f"/articles/{row['id']}/revisions/{revision['number']}",
            title=f"第 {revision['number']} 版：{revision['title']}",
            updated=revision["seen_at"],
            text=revision["body"],
        )
        for revision in revisions
    ]
    others = [entry(other) for other in reprints if other["id"] != row["id"]]
    return [entry(row), *earlier, *others]
