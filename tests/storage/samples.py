"""Articles, exchanges and outcomes written for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine

from crawler.items import Article, Exchange, Link, Outcome, RelatedLink, Tag, Visit
from storage import frontier
from storage.db import writing

NOW = datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)
LEASE = timedelta(minutes=10)
HOST = "http://www.cinic.example"


def url(number: int | str) -> str:
    return f"{HOST}/xy/sc/{number}.html"


def article(number: int | str = 1, body: str | None = None, **fields: Any) -> Article:
    title = fields.pop("title", f"攀枝花钒钛产业第{number}号消息")
    body = body if body is not None else f"第{number}段：攀枝花钒钛高新区今年新开工项目{number}个。\n资料由园区提供。"
    values: dict[str, Any] = {
        "url": url(number),
        "source": "cinic",
        "title": title,
        "title_original": title,
        "body": body,
        "body_original": body,
        "script": "simplified",
        "content_sha256": sha256(f"{title}\n{body}".encode()).hexdigest(),
        "published_at": NOW - timedelta(days=2),
        "date_precision": "day",
        "origin": "攀枝花日报",
        "related": (RelatedLink(position=1, title="芒果上市", url=url("related"), summary="摘要", heading="延伸阅读"),),
        "regions": (Tag(code="510400", name="攀枝花市", words=("攀枝花",)),),
        "industries": (Tag(code="08", name="黑色金属矿采选业", words=("钒钛",)),),
    }
    return Article(**(values | fields))


def exchange(at: str, body: bytes = b"<html>page</html>", when: datetime = NOW) -> Exchange:
    return Exchange(
        url=at,
        method="GET",
        request_headers=((b"Host", b"www.cinic.example"), (b"User-Agent", b"panxi"), (b"Accept", b"text/html")),
        status=200,
        reason="OK",
        headers=((b"Content-Type", b"text/html; charset=gbk"), (b"Content-Encoding", b"gzip"), (b"Set-Cookie", b"a=1")),
        body=body,
        fetched_at=when,
        ip="192.0.2.7",
    )


def link(number: int | str, **fields: Any) -> Link:
    values: dict[str, Any] = {"url": url(number), "source": "cinic", "kind": "article", "depth": 0}
    return Link(**(values | fields))


def visit(number: int = 1, at: str | None = None, **fields: Any) -> Visit:
    values: dict[str, Any] = {
        "id": number, "url": at or url(number), "source": "cinic", "kind": "article", "depth": 0, "attempts": 0,
    }  # fmt: skip
    return Visit(**(values | fields))


def outcome(of: Visit, item: Article | None = None, *, when: datetime = NOW, **fields: Any) -> Outcome:
    values: dict[str, Any] = {
        "visit": of,
        "state": "done",
        "url": of.url,
        "fetched_at": when,
        "status": 200,
        "article": item,
        "exchange": None if item is None else exchange(of.url, item.body_original.encode(), when),
    }
    return Outcome(**(values | fields))


def claimed(engine: Engine, links: Sequence[Link], now: datetime = NOW, owner: str = "me") -> list[Visit]:
    """Put the links on the frontier and claim all that is due."""
    with writing(engine).begin() as conn:
        frontier.put(conn, links, now)
        return frontier.claim(conn, owner=owner, now=now, lease=LEASE, limit=10_000)


def moved(item: Article, at: str) -> Article:
    return replace(item, url=at)
