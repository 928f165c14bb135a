"""The second crawl of a site that has not changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from crawler.replica import Replica, serve, sites
from storage.schema import run
from tests.faults.crawls import Forker


@pytest.fixture
def replica() -> Iterator[Replica]:
    with serve() as replica:
        yield replica


def asked_for(replica: Replica, *, since: int) -> tuple[list[str], list[str]]:
    """Articles and listings that were asked for since that many requests."""
    urls = [asked.url for asked in replica.requests[since:] if not asked.url.endswith("/robots.txt")]
    known = tuple(sites().values())
    articles = [url for url in urls if any(site.is_article(url) for site in known)]
    return articles, [url for url in urls if url not in set(articles)]


def test_a_second_crawl_asks_for_hardly_an_article(
    forker: Forker, replica: Replica, sqlite_engine: Engine, tmp_path: Path
) -> None:
    """At most 5% of the first one's article requests; it says how many; the listings were all looked at."""
    db, warc, settings = str(sqlite_engine.url), tmp_path / "warc", {"PANXI_PROXY": replica.url}
    assert forker.crawl(db, warc, settings=settings).wait() == 0
    first, _ = asked_for(replica, since=0)
    between = len(replica.requests)
    assert forker.crawl(db, warc, settings=settings).wait() == 0
    second, listings = asked_for(replica, since=between)
    assert len(first) > 100
    assert len(second) <= 0.05 * len(first)
    assert len(listings) == sum(len(site.entrances) for site in sites().values())  # and no second page of any
    with sqlite_engine.connect() as conn:
        counts = conn.execute(select(run.c.counts).order_by(run.c.id.desc()).limit(3)).scalars().all()
    assert sum(one["visits"] - one["listings"] for one in counts) == len(second)
    assert sum(one["spared"] for one in counts) > 0.9 * len(first)


def test_what_is_not_due_is_not_asked_for(
    forker: Forker, replica: Replica, sqlite_engine: Engine, tmp_path: Path
) -> None:
    db, warc, settings = str(sqlite_engine.url), tmp_path / "warc", {"PANXI_PROXY": replica.url}
    assert forker.crawl(db, warc, settings=settings, arguments={"due": "1"}).wait() == 0
    between = len(replica.requests)
    assert forker.crawl(db, warc, settings=settings, arguments={"due": "1"}).wait() == 0
    assert asked_for(replica, since=between) == ([], [])
