"""Does an article cost more to keep in a large archive than in an empty one?

    python -m benchmarks.growth [--articles 100000] [--probe 1000]

The same pages are recorded, as the writer does it, in an empty SQLite archive and in one of so many made articles, all
with fingerprints and index entries. CPU milliseconds a page; the last line is one JSON object with two ratios: of
recording alone, and of a page read, cleaned, refined and recorded. Fetching and raw pages, which do not grow, are in
neither.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.made_archive import made
from benchmarks.reprints import original
from benchmarks.stages import outcomes, pages
from crawler.extraction import read
from crawler.items import Article, Outcome, Page, ScrapedArticle, Visit
from crawler.sites import SITES
from crawler.wiring import join_clusters
from pipelines.clean import clean
from pipelines.dedupe import fingerprint
from pipelines.refine import refine
from storage.db import open_engine, upgrade, writing
from storage.recording import record_all

BATCH = 100
AFTER = (join_clusters,)


def probe(count: int) -> tuple[list[tuple[Page, Article]], float]:
    """Generated pages, each with its article, and the CPU milliseconds it took to read one."""
    now = datetime.now(UTC)
    fetched = pages(count)
    begun = time.process_time()
    readings = [(page, read(page, SITES["cinic"], kind="article")) for page in fetched]
    found = [(page, refine(clean(one, now=now))) for page, one in readings if isinstance(one, ScrapedArticle)]
    assert len(found) == count
    return found, 1000 * (time.process_time() - begun) / count


def cost(engine: Engine, found: Sequence[tuple[Page, Article]]) -> float:
    """CPU milliseconds a page to record them."""
    chosen = outcomes(found, engine)
    begun = time.process_time()
    for begin in range(0, len(chosen), BATCH):
        batch = chosen[begin : begin + BATCH]
        with writing(engine).begin() as conn:
            record_all(conn, batch, kept=[None] * len(batch), after=AFTER)
    return 1000 * (time.process_time() - begun) / len(chosen)


def fill(engine: Engine, count: int) -> None:
    """Record made articles with their fingerprints, near-duplicates looked for as in a crawl."""
    for begin in range(1, count + 1, BATCH):
        batch = [
            _outcome(number, fingerprint(made(number, text=story)))
            for number in range(begin, min(begin + BATCH, count + 1))
        ]
        with writing(engine).begin() as conn:
            record_all(conn, batch, kept=[None] * len(batch), after=AFTER)


def story(number: int) -> tuple[str, list[str]]:
    """A text as different from the others as news is: a small vocabulary would make kin of everything."""
    title, body = original(number)
    return title, body.split("\n")


def _outcome(number: int, item: Article) -> Outcome:
    assert item.published_at is not None
    seen = item.published_at
    visit = Visit(id=-number, url=item.url, source=item.source, kind="article", depth=0, attempts=0, first_seen_at=seen)
    return Outcome(visit=visit, state="done", url=item.url, fetched_at=seen, status=200, article=item)


def _made(path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    return engine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--probe", type=int, default=1000)
    arguments = parser.parse_args()
    found, reading = probe(arguments.probe)
    with tempfile.TemporaryDirectory() as folder:
        engines = {name: _made(Path(folder) / f"{name}.db") for name in ("warm-up", "empty", "large")}
        fill(engines["large"], arguments.articles)
        # one after the other, when all is filled: a busy machine is busy for both
        figures = {name: cost(engine, found) for name, engine in engines.items()}
    empty, large = figures["empty"], figures["large"]
    print(
        json.dumps(
            {
                "articles": arguments.articles,
                "probe": len(found),
                "cpu_ms_reading": round(reading, 3),
                "cpu_ms_empty": round(empty, 3),
                "cpu_ms_large": round(large, 3),
                "ratio_recording": round(large / empty, 3),
                "ratio": round((reading + large) / (reading + empty), 3),
            }
        )
    )


if __name__ == "__main__":
    main()
