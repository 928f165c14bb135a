"""What each step of an article's journey costs, one step at a time in a process that does nothing else.

    python -m benchmarks.stages [--pages 500]

The pages are those of ``benchmarks.crawl``. Prints CPU milliseconds a page, the best of three passes; the last line is
one JSON object: cpu_ms_by_stage, and how many MB the process grew by while it read.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psutil

from benchmarks.site import article, article_path
from crawler import collector
from crawler.extraction import read
from crawler.guards.reading import is_strange
from crawler.items import Article, Exchange, IndexTerms, Link, Outcome, PackedExchange, Page, ScrapedArticle
from crawler.sites import SITES
from crawler.wiring import join_clusters, tell
from pipelines.clean import clean
from pipelines.dedupe import fingerprint
from pipelines.enrich import enrich
from pipelines.policy import detect
from storage import captures, frontier
from storage.captures import Kept
from storage.db import open_engine, upgrade, writing
from storage.grams import terms_of
from storage.raw import Raw, pack
from storage.recording import record_all

HOME = "http://127.0.0.1:80"
BATCH = 100
T = TypeVar("T")
R = TypeVar("R")


def each(step: Callable[[T], R], things: Sequence[T], *, passes: int = 3) -> tuple[float, list[R]]:
    """CPU milliseconds a thing, the best of some passes, and what the step made of them."""
    best = float("inf")
    made: list[R] = []
    for _ in range(passes):
        begun = time.process_time()
        made = [step(thing) for thing in things]
        best = min(best, time.process_time() - begun)
    return 1000 * best / len(things), made


def pages(count: int) -> list[Page]:
    """Generated article pages of 40 to 60 KB."""
    now = datetime.now(UTC)
    return [
        Page(
            url=HOME + article_path(n), body=article(n, count), content_type="text/html; charset=utf-8", fetched_at=now
        )
        for n in range(count)
    ]


@dataclass(frozen=True)
class Made:
    """What the workshop makes of a page."""

    article: Article
    exchange: PackedExchange
    terms: IndexTerms


def exchange(page: Page) -> Exchange:
    """How the page came."""
    assert page.fetched_at is not None
    return Exchange(
        url=page.url,
        method="GET",
        request_headers=((b"User-Agent", b"panxi"), (b"Accept", b"text/html")),
        status=200,
        reason="OK",
        headers=((b"Content-Type", b"text/html; charset=utf-8"),),
        body=page.body,
        fetched_at=page.fetched_at,
        ip="127.0.0.1",
    )


def outcomes(found: Sequence[Made], engine: Any) -> list[Outcome]:
    """The outcomes of visits that brought these pages, the visits claimed in the archive."""
    now = datetime.now(UTC)
    with writing(engine).begin() as conn:
        links = [Link(url=made.article.url, source="cinic", kind="article", depth=0) for made in found]
        frontier.put(conn, links, now)
        claimed = frontier.claim(conn, owner="benchmark/1/0", now=now, lease=timedelta(hours=1), limit=len(links))
    visits = {visit.url: visit for visit in claimed}
    return [
        Outcome(
            visit=visits[made.article.url],
            state="done",
            url=made.article.url,
            fetched_at=now,
            status=200,
            due_at=now + timedelta(days=1),
            since=now,
            article=made.article,
            terms=made.terms,
            exchange=made.exchange,
            links=tuple(
                Link(url=entry.url, source="cinic", kind="article", depth=1, found_on=made.article.url)
                for entry in made.article.related
                if entry.url
            ),
        )
        for made in found
    ]


def written(found: Sequence[Made], folder: Path) -> dict[str, float]:
    """CPU milliseconds a page of the writer's two halves, on a new SQLite archive."""
    engine = open_engine(f"sqlite:///{folder / 'archive.db'}")
    upgrade(engine)
    kept: list[Kept | None] = []
    spent = {"warc": 0.0, "record": 0.0}
    with Raw(folder / "warc") as raw:
        chosen = outcomes(found, engine)
        for begin in range(0, len(chosen), BATCH):
            batch = chosen[begin : begin + BATCH]
            started = time.process_time()
            with engine.connect() as conn:
                kept = captures.keep(raw, [outcome.exchange for outcome in batch], conn)
            between = time.process_time()
            with writing(engine).begin() as conn:
                record_all(conn, batch, kept=kept, after=(join_clusters, tell))
            spent["warc"] += between - started
            spent["record"] += time.process_time() - between
    engine.dispose()
    return {name: 1000 * seconds / len(chosen) for name, seconds in spent.items()}


def measure(count: int) -> dict[str, Any]:
    """CPU milliseconds a page by stage, and the growth of the process while reading."""
    site = replace(SITES["cinic"], hosts=("127.0.0.1:80",))
    fetched = pages(count)
    collector.rest()  # as in a crawl
    cost: dict[str, float] = {}
    each(lambda page: read(page, site, kind="article"), fetched, passes=1)
    before = psutil.Process().memory_info().rss
    cost["strange"], _ = each(lambda page: is_strange(page.body), fetched)
    cost["read"], readings = each(lambda page: read(page, site, kind="article"), fetched)
    grown = psutil.Process().memory_info().rss - before
    cost["pack"], packed = each(pack, list(map(exchange, fetched)))
    scraped = [reading for reading in readings if isinstance(reading, ScrapedArticle)]
    assert len(scraped) == count
    now = datetime.now(UTC)
    cost["clean"], articles = each(lambda reading: clean(reading, now=now), scraped)
    for name, step in (("enrich", enrich), ("detect", detect), ("fingerprint", fingerprint)):
        cost[name], articles = each(step, articles)
    cost["terms"], terms = each(terms_of, articles)
    with tempfile.TemporaryDirectory() as folder:
        cost |= written(list(map(Made, articles, packed, terms)), Path(folder))
    return {
        "cpu_ms_by_stage": {name: round(ms, 3) for name, ms in cost.items()},
        "reading_grew_mb": round(grown / 2**20, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    measured = measure(parser.parse_args().pages)
    for name, ms in measured["cpu_ms_by_stage"].items():
        print(f"{name:18} {ms:7.3f} ms")
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
