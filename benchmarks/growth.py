"""Does a page cost more where the archive is large?

    python -m benchmarks.growth [--articles 100000] [--pages 2000]

The same generated site is crawled into empty SQLite archives and into one of so many made articles, all with
fingerprints, index entries and their addresses on the frontier: the whole crawl, with everything on, as
``benchmarks.crawl`` runs it. CPU milliseconds a page; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.crawl import in_a_process
from benchmarks.made_archive import made
from benchmarks.reprints import original
from benchmarks.site import served
from crawler.items import Link, Outcome
from crawler.wiring import join_clusters
from pipelines.dedupe import fingerprint
from storage import frontier
from storage.db import open_engine, upgrade, writing
from storage.recording import record_all

BATCH = 100
AFTER = (join_clusters,)


def crawling(home: str, engine: Engine) -> float:
    """CPU milliseconds a page to crawl the site into the archive."""
    run = in_a_process("ours", home, engine.url.render_as_string())
    return 1000 * run["cpu"] / run["pages"]


def fill(engine: Engine, count: int) -> None:
    """Record made articles with their fingerprints, near-duplicates looked for as in a crawl."""
    for begin in range(1, count + 1, BATCH):
        batch = [fingerprint(made(n, text=story)) for n in range(begin, min(begin + BATCH, count + 1))]
        with writing(engine).begin() as conn:
            now = datetime.now(UTC)
            links = [Link(url=item.url, source=item.source, kind="article", depth=0) for item in batch]
            frontier.put(conn, links, now)
            claimed = frontier.claim(conn, owner="made/1/0", now=now, lease=timedelta(hours=1), limit=len(links))
            visits = {visit.url: visit for visit in claimed}
            came = [
                Outcome(visit=visits[item.url], state="done", url=item.url, fetched_at=now, status=200, article=item)
                for item in batch
            ]
            record_all(conn, came, kept=[None] * len(came), after=AFTER)


def story(number: int) -> tuple[str, list[str]]:
    """A text as different from the others as news is: a small vocabulary would make kin of everything."""
    title, body = original(number)
    return title, body.split("\n")


def _made(path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    return engine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=2000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(arguments.pages) as home:
        engines = {name: _made(Path(folder) / f"{name}.db") for name in ("warm-up", "empty", "large")}
        fill(engines["large"], arguments.articles)
        # one after the other, when all is filled: a busy machine is busy for both
        crawled = {name: crawling(home, engine) for name, engine in engines.items()}
    print(
        json.dumps(
            {
                "articles": arguments.articles,
                "pages": arguments.pages,
                "cpu_ms_empty": round(crawled["empty"], 3),
                "cpu_ms_large": round(crawled["large"], 3),
                "ratio": round(crawled["large"] / crawled["empty"], 3),
            }
        )
    )


if __name__ == "__main__":
    main()
