"""A database that is damaged, locked or lost: what the commands say then, and that none ends in a traceback."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from crawler.cli.common import archive
from storage import captures, db
from storage.db import writing
from storage.raw import Raw
from storage.recording import record_all
from tests.end_to_end.conftest import Panxi, call
from tests.storage.samples import article, claimed, link, outcome

ARTICLES = 30


@pytest.fixture
def url(sqlite_engine: Engine) -> str:
    """An archive of some articles, its pages all in the one file."""
    assert sqlite_engine.url.database is not None
    file = Path(sqlite_engine.url.database)
    visits = claimed(sqlite_engine, [link(number) for number in range(1, ARTICLES + 1)])
    with Raw(file.with_name(f"{file.stem}-warc")) as store, writing(sqlite_engine).begin() as conn:
        items = [outcome(of, article(of.url, url=of.url, body=f"{of.url}的正文。" * 99)) for of in visits]
        record_all(conn, items, kept=captures.keep(store, [item.exchange for item in items], conn))
    with sqlite_engine.connect() as conn:
        conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return str(sqlite_engine.url)


def damage(url: str, table: str, *, leaf: bool = False) -> None:
    """Zeroes the first page of a table's tree, or its first leaf alone."""
    file = Path(url.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as conn:
        (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
        (size,) = conn.execute("PRAGMA page_size").fetchone()
    conn.close()
    pages = bytearray(file.read_bytes())
    if leaf:
        start = (page - 1) * size
        assert pages[start] == 5, "an inner page of a table"
        (cell,) = struct.unpack_from(">H", pages, start + 12)
        (page,) = struct.unpack_from(">I", pages, start + cell)
    pages[(page - 1) * size : page * size] = bytes(size)
    file.write_bytes(pages)


def test_verify_reads_what_can_still_be_read_and_names_the_rest(url: str) -> None:
    damage(url, "article", leaf=True)
    found = call("verify", "--json", PANXI_DB=url)
    assert found.code == 1
    whats = {row["what"]: row["detail"] for row in found.rows if row["kind"] == "database"}
    (unread,) = [what for what in whats if what.startswith("articles from 1 to ") or what == "article 1"]
    assert "malformed" in whats[unread]
    assert not [row for row in found.rows if row["kind"] in ("record", "digest", "file", "search")], "these are whole"
    told = call("verify", PANXI_DB=url).out.splitlines()
    assert told[-1].endswith(" faults.")
    assert int(told[-1].split()[0]) == sum(": " in line and not line.startswith("note") for line in told[:-1])


@pytest.mark.parametrize("table", ["article", "capture", "revision", "article_search_data", "frontier"])
def test_verify_comes_to_its_end_whatever_is_damaged(url: str, table: str) -> None:
    damage(url, table)
    found = call("verify", PANXI_DB=url)
    assert found.code == 1
    assert "malformed" in found.out
    assert found.out.splitlines()[-1].endswith(" faults.")


@pytest.mark.parametrize(
    "command",
    [("doctor",), ("status",), ("reprocess", "--dry-run"), ("backup", "copy"), ("export", "-"), ("show", "1")],
)
def test_a_damaged_database_is_told_in_one_line(
    command: tuple[str, ...], url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as conn:
        trees = conn.execute("SELECT name FROM sqlite_master WHERE tbl_name IN ('frontier', 'article', 'capture')")
        names = [name for (name,) in trees]
    for name in names:
        damage(url, name)
    ran = call(*command, PANXI_DB=url)
    assert ran.code == 2
    (line,) = ran.err.splitlines()
    assert line.startswith("panxi: ")
    if command[0] != "export":  # which reads by a driver of its own
        assert "panxi verify" in line
        assert "panxi restore" in line
    assert not list(tmp_path.glob("copy*"))


def test_a_value_that_is_none_of_its_column_is_damage_too(url: str) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as conn:
        conn.execute("UPDATE article SET regions = '[' WHERE id = 3")
    conn.close()
    ran = call("show", "3", PANXI_DB=url)
    assert (ran.code, ran.out) == (2, "")
    assert "is damaged (not JSON" in ran.err
    assert call("show", "4", PANXI_DB=url).code == 0


def test_a_real_process_ends_without_a_traceback(url: str, panxi: Panxi) -> None:
    damage(url, "frontier")
    ran = panxi("status", PANXI_DB=url)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1


def test_a_locked_database_is_told_as_such(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.1)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ran = call("deliver", PANXI_DB=url)
    other.close()
    assert ran.code == 2
    (line,) = ran.err.splitlines()
    assert "locked" in line
    assert "damaged" not in line
    assert call("deliver", PANXI_DB=url).code == 0


@pytest.fixture
def distant(postgres: Any, _templates: Callable[[str, str], str]) -> str:
    """An archive on PostgreSQL."""
    return _templates("postgresql", postgres.get_uri())


def test_a_connection_that_is_lost_is_told_as_such(
    distant: str, postgres: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def lose() -> None:
        with archive(distant) as engine, engine.connect() as conn:
            number = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
            postgres.psql(f"SELECT pg_terminate_backend({number})")
            conn.execute(text("SELECT 1"))

    with pytest.raises(typer.Exit) as ended:
        lose()
    assert ended.value.exit_code == 2
    assert "the connection to the database was lost" in capsys.readouterr().err


def test_a_fault_of_the_program_is_not_taken_for_one_of_the_database(url: str) -> None:
    def ask_wrongly() -> None:
        with archive(url) as engine, engine.begin() as conn:
            conn.execute(text("INSERT INTO source (name, state) VALUES ('a', 'ok'), ('a', 'ok')"))

    with pytest.raises(IntegrityError):
        ask_wrongly()


def test_a_lost_folder_of_raw_pages_is_told_once(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = {"PANXI_DB": url, "PANXI_WARC_DIR": str(tmp_path / "elsewhere")}
    assert call("doctor", **wrong).code == 1
    ran = call("backup", "copy", **wrong)
    assert ran.code == 2
    assert ran.err.startswith("panxi: ")
    assert not list(tmp_path.glob("copy*"))
    found = call("verify", **wrong)
    assert (found.code, len(found.out.splitlines())) == (1, 2)
    again = call("reprocess", **wrong)
    assert again.code == 1
    assert len(again.err.splitlines()) == 1
    assert f"{ARTICLES} pages stood there" in again.err
