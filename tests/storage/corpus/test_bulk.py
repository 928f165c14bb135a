"""Reading in bulk: SQLite by a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyarrow as pa
import pytest
from sqlalchemy import String, column, func, literal_column, select, table

from storage.corpus import bulk as bulks
from storage.corpus.bulk import SqliteBulk
from storage.corpus.read import with_links
from storage.corpus.reader import BEHIND
from storage.corpus.reader import IDS as IDS_BESIDE
from storage.db import DatabaseError
from storage.schema import article, related_link
from tests.storage.corpus.world import World, stories, story

IDS = select(article.c.id).order_by(article.c.id)


@pytest.fixture
def read(lone: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteBulk]:
    """The archive's file, read five rows at a time."""
    monkeypatch.setattr(bulks, "ROWS", 5)
    assert lone.engine.url.database is not None
    with SqliteBulk(Path(lone.engine.url.database)) as bulk:
        yield bulk


def test_an_answer_that_nobody_read_to_its_end_is_not_taken_for_the_next(read: SqliteBulk) -> None:
    first = next(iter(read.stream(IDS)))
    assert first["id"].to_pylist() == [1, 2, 3, 4, 5]
    assert read.fetch(select(func.count().label("all")).select_from(article)).to_pylist() == [{"all": 63}]


def test_a_reader_that_dies_is_an_error_and_no_shorter_corpus(read: SqliteBulk) -> None:
    other, third = article.alias(), article.alias()
    batches = read.stream(select(article.c.body, other.c.id, third.c.id.label("third")))  # far more than a pipe holds
    next(batches)
    read._process.kill()
    with pytest.raises(DatabaseError, match="can't be read"):
        list(batches)


def test_what_the_database_refuses_is_told_in_its_words(read: SqliteBulk) -> None:
    with pytest.raises(DatabaseError, match="no such table: nothing_of_the_kind"):
        read.fetch(select(column("x", String)).select_from(table("nothing_of_the_kind")))


def test_the_reader_sees_one_moment(lone: World, read: SqliteBulk) -> None:
    before = read.fetch(IDS).num_rows
    lone.feed(story(61))
    assert read.fetch(IDS).num_rows == before


def test_the_reader_stands_behind_what_it_reads_for(read: SqliteBulk) -> None:
    read.fetch(IDS)
    assert os.getpriority(os.PRIO_PROCESS, read._process.pid) == min(os.getpriority(os.PRIO_PROCESS, 0) + BEHIND, 19)


def test_the_reader_ends_with_its_owner(lone: World) -> None:
    assert lone.engine.url.database is not None
    with SqliteBulk(Path(lone.engine.url.database)) as bulk:
        bulk.fetch(IDS)
        process = bulk._process
    assert process.returncode is not None


def test_the_reader_ends_with_an_owner_that_was_killed(lone: World) -> None:
    code = (
        "import pathlib, sys, time; from storage.corpus.bulk import SqliteBulk; "
        "bulk = SqliteBulk(pathlib.Path(sys.argv[1])); print(bulk._process.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(lone.engine.url.database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        reader = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
        reader.wait(timeout=60)
    assert not reader.is_running()


def test_what_this_process_commits_during_an_export_is_kept(lone: World, tmp_path: Path) -> None:
    """With a second SQLite in the process it was lost: closing its file dropped the locks of the first one."""
    with lone.engine.connect() as held:
        held.exec_driver_sql("SELECT count(*) FROM article").scalar_one()
        lone.export(tmp_path / "a.jsonl", "jsonl")
        lone.feed(story(61))
    lone.engine.dispose()
    with lone.engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM article").scalar_one() == 64


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has loaded is read from /proc")
def test_the_reader_is_a_small_process(read: SqliteBulk) -> None:
    """With pyarrow it would hold three times the memory."""
    read.fetch(IDS)
    maps = Path(f"/proc/{read._process.pid}/maps").read_text()
    assert "adbc_driver_sqlite" in maps
    assert "libarrow" not in maps
    assert "numpy" not in maps


def test_an_export_loads_neither_pandas_nor_a_second_sqlite(lone: World, tmp_path: Path) -> None:
    """pandas costs it a fifth of a second and 40 MB, where it is installed."""
    code = (
        "import sys; from crawler.cli import app; app(sys.argv[1:], standalone_mode=False); "
        "maps = open('/proc/self/maps').read() if sys.platform == 'linux' else ''; "
        "assert 'pandas' not in sys.modules and 'adbc_driver_sqlite' not in maps"
    )
    url = lone.engine.url.render_as_string()
    for name in ("out.parquet", "out.jsonl"):
        command = [sys.executable, "-c", code, "export", str(tmp_path / name), "--db", url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_days_texts_and_truth_come_as_they_are_declared(sqlite_engine, tmp_path: Path) -> None:
    """SQLite types values: of a column of nulls, or of no rows at all, ADBC knows no type."""
    world = World(sqlite_engine, tmp_path / "warc")
    chosen = select(article.c.source, article.c.damaged, article.c.published_at)
    with SqliteBulk(Path(sqlite_engine.url.database)) as bulk:
        assert [str(kind) for kind in bulk.fetch(chosen).schema.types] == ["string", "bool", "int64"]
    world.feed(*stories(1))
    world.run("UPDATE article SET source = NULL, published_at = NULL")
    with SqliteBulk(Path(sqlite_engine.url.database)) as bulk:
        assert bulk.fetch(chosen).to_pylist() == [{"source": None, "damaged": False, "published_at": None}]


def test_each_batch_comes_with_what_stands_beside_it(lone: World, read: SqliteBulk) -> None:
    beside = select(related_link.c.article_id).where(related_link.c.article_id.in_([literal_column(IDS_BESIDE)]))
    with lone.engine.connect() as conn:
        known = sorted(conn.execute(select(related_link.c.article_id)).scalars())
    found = []
    for batch, links in read.pairs(IDS, beside):
        assert set(links["article_id"].to_pylist()) <= set(batch["id"].to_pylist())
        found += links["article_id"].to_pylist()
    assert sorted(found) == known
    assert known


def test_links_come_to_their_articles_in_their_order() -> None:
    rows = pa.record_batch({"id": [7, 3, 9]})
    links = pa.table(
        {
            "article_id": [3, 9, 3],
            "position": [2, 1, 1],
            **{name: ["b", "", "a"] for name in ("title", "url", "summary", "heading")},
            "date": ["2024-05-02", "", "2024-05-01"],
        }
    )
    told = with_links(rows, links)["related"]
    assert [[(link["position"], link["title"], link["url"]) for link in one] for one in told.to_pylist()] == [
        [],
        [(1, "a", "a"), (2, "b", "b")],
        [(1, "", None)],
    ]
    assert with_links(rows, links.slice(0, 0))["related"].to_pylist() == [[], [], []]
