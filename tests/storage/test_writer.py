from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from warcio.archiveiterator import ArchiveIterator

from crawler.items import Article, Exchange
from storage import captures, frontier, writer
from storage.archive import Archive
from storage.db import open_engine
from storage.raw import Raw, pack
from storage.recording import Recorded
from storage.schema import article as table
from storage.schema import capture
from storage.schema import frontier as frontier_table
from storage.writer import Writer, WriterError
from tests.storage.samples import LEASE, NOW, article, claimed, exchange, link, outcome, url, visit


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    return Raw(tmp_path / "raw")


def stored(engine: Engine) -> int:
    with engine.connect() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def test_what_is_submitted_is_written_with_its_raw_page(engine: Engine, raw: Raw) -> None:
    visits = claimed(engine, [link(number) for number in range(500)])
    keeper = Writer(engine, raw)
    futures = [keeper.submit(outcome(of, article(number, url=of.url))) for number, of in enumerate(visits)]
    keeper.close()
    assert {future.result().kind for future in futures} == {"new"}
    assert stored(engine) == 500
    with engine.connect() as conn:
        assert frontier.counts(conn) == {"done": 500}
        for number in (1, 250, 500):
            place, payload = captures.pointers(conn, number)
            page = raw.read(place, payload)
            item = Archive(engine).by_url(page.url)
            assert item is not None
            assert page.body.decode() == item["body_original"]


def test_calls_and_outcomes_keep_their_order(engine: Engine, raw: Raw) -> None:
    keeper = Writer(engine, raw)
    assert keeper.put([link(1), link(2)], now=NOW).result() == 2
    visits = keeper.claim(owner="me", now=NOW, lease=LEASE, limit=9).result()
    for of in visits:
        keeper.submit(outcome(of, article(of.url)))
    assert keeper.call(frontier.counts).result() == {"done": 2}
    assert keeper.next_due().result() is None
    keeper.close()


def test_closing_writes_what_waits_and_gives_back_what_was_claimed(engine: Engine, raw: Raw) -> None:
    visits = claimed(engine, [link(number) for number in range(300)])
    keeper = Writer(engine, raw)
    for number, of in enumerate(visits[:250]):
        keeper.submit(outcome(of, article(number)))
    keeper.close(release="me")
    keeper.close()
    with engine.connect() as conn:
        assert frontier.counts(conn) == {"done": 250, "pending": 50}
    assert not list(raw.folder.glob("*.open"))
    with pytest.raises(WriterError, match="closed"):
        keeper.submit(outcome(visit(), article(1))).result()


def test_an_outcome_that_can_not_be_stored_takes_no_other_with_it(engine: Engine, raw: Raw) -> None:
    visits = claimed(engine, [link(number) for number in range(20)])

    def refuse(_conn: object, _recorded: Recorded, item) -> None:
        if "毒" in item.body:
            raise ValueError("no such thing")

    keeper = Writer(engine, raw, after=[refuse])
    futures = [
        keeper.submit(outcome(of, article(number, body="毒" if number == 7 else f"正文{number}")))
        for number, of in enumerate(visits)
    ]
    keeper.close()
    with pytest.raises(ValueError, match="no such thing"):
        futures[7].result()
    assert [future.result().kind for place, future in enumerate(futures) if place != 7] == ["new"] * 19
    assert stored(engine) == 19
    with engine.connect() as conn:
        assert frontier.counts(conn) == {"done": 19, "failed": 1}
        (row,) = conn.execute(select(frontier_table).where(frontier_table.c.state == "failed")).all()
    assert row.reason == "not stored: ValueError: no such thing"
    assert keeper.error is None


def test_the_crawl_is_told_to_back_off(engine: Engine, raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "CAPACITY", 10)
    go = threading.Event()
    keeper = Writer(engine, raw, after=[lambda *_: go.wait(10) and None])
    futures = [keeper.submit(outcome(visit(number), article(number))) for number in range(10)]
    assert keeper.full
    go.set()
    for future in futures:
        future.result()
    keeper.call(lambda _: None).result()
    assert not keeper.full
    keeper.close()


@pytest.mark.parametrize("came", [lambda page: page, pack], ids=["raw", "packed"])
def test_few_heavy_pages_fill_it_as_well(
    engine: Engine, raw: Raw, monkeypatch: pytest.MonkeyPatch, came: Callable[[Exchange], Any]
) -> None:
    monkeypatch.setattr(writer, "HEAVY", 1_000_000)
    go = threading.Event()
    keeper = Writer(engine, raw, after=[lambda *_: go.wait(10) and None])
    first = keeper.submit(outcome(visit(1), article(1), exchange=came(exchange(url(1), b"x" * 900_000))))
    assert not keeper.full
    keeper.submit(outcome(visit(2), article(2), exchange=came(exchange(url(2), b"y" * 100_000))))
    assert keeper.full
    go.set()
    first.result(10)
    keeper.call(lambda _: None).result(10)
    assert not keeper.full
    keeper.close()


def test_a_raw_record_is_written_once_whatever_becomes_of_its_transaction(engine: Engine, raw: Raw) -> None:
    """A batch that can't be written is written one by one, and its failure kept: with the records that are there."""
    visits = claimed(engine, [link(number) for number in range(6)])

    def refuse(_conn: Connection, _recorded: Recorded, item: Article) -> None:
        if item.url == visits[4].url:
            raise ValueError("not this one")

    keeper = Writer(engine, raw, after=[refuse])
    pages = [pack(exchange(of.url, f"page {min(number, 4)}".encode())) for number, of in enumerate(visits)]
    made = [outcome(of, article(n, url=of.url), exchange=pages[n]) for n, of in enumerate(visits)]
    futures = [keeper.submit(one) for one in made]
    keeper.close()
    assert [future.exception() is None for future in futures] == [True, True, True, True, False, True]
    (path,) = raw.folder.glob("*.warc.gz")
    with path.open("rb") as file:
        ids = [record.rec_headers.get_header("WARC-Record-ID") for record in ArchiveIterator(file)]
    assert len(set(ids)) == len(ids)
    with engine.connect() as conn:
        for number in conn.execute(select(capture.c.id).order_by(capture.c.id)).scalars():
            assert raw.read(*captures.pointers(conn, number)).body.startswith(b"page ")
        assert conn.execute(select(func.count()).select_from(capture)).scalar_one() == 6


def test_submitting_never_waits(engine: Engine, raw: Raw) -> None:
    go = threading.Event()
    keeper = Writer(engine, raw, after=[lambda *_: go.wait(10) and None])
    started = time.monotonic()
    for number in range(2000):
        keeper.submit(outcome(visit(number), article(number)))
    assert time.monotonic() - started < 2
    go.set()
    keeper.close()
    assert stored(engine) == 2000


def test_a_lock_is_waited_for(sqlite_engine: Engine, raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.db.BUSY_SECONDS", 0.1)
    impatient = open_engine(sqlite_engine.url.render_as_string())
    other = sqlite3.connect(str(sqlite_engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    keeper = Writer(impatient, raw)
    future = keeper.submit(outcome(visit(), article(1)))
    time.sleep(1)
    assert not future.done()
    other.execute("ROLLBACK")
    assert future.result(10).kind == "new"
    keeper.close()


def test_patience_ends_with_a_clear_error_and_nothing_is_half_stored(
    sqlite_engine: Engine, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.db.BUSY_SECONDS", 0.05)
    impatient = open_engine(sqlite_engine.url.render_as_string())
    other = sqlite3.connect(str(sqlite_engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    keeper = Writer(impatient, raw, patience=0.5)
    futures = [keeper.submit(outcome(visit(number), article(number))) for number in range(300)]
    for future in futures:
        with pytest.raises(WriterError, match="database is locked"):
            future.result(20)
    assert keeper.error is not None
    with pytest.raises(WriterError, match="locked"):
        keeper.submit(outcome(visit(), article(1))).result()
    with pytest.raises(WriterError, match="locked"):
        keeper.call(lambda _: None).result(5)
    other.execute("ROLLBACK")
    keeper.close(release="me")
    assert stored(sqlite_engine) == 0


def test_a_folder_that_can_not_be_written_is_waited_for(engine: Engine, raw: Raw) -> None:
    raw.folder.rmdir()
    keeper = Writer(engine, raw)
    future = keeper.submit(outcome(visit(), article(1)))
    time.sleep(0.5)
    assert not future.done()
    raw.folder.mkdir()
    assert future.result(10).kind == "new"
    keeper.close()


def test_a_fault_of_the_program_is_not_waited_for(engine: Engine, raw: Raw) -> None:
    keeper = Writer(engine, raw)
    started = time.monotonic()
    with pytest.raises(Exception, match=r"(?i)no_such_table"):
        keeper.call(lambda conn: conn.execute(text("SELECT * FROM no_such_table"))).result(5)
    assert time.monotonic() - started < 2
    assert keeper.call(frontier.counts).result() == {}
    keeper.close()


def test_what_a_dead_process_of_this_machine_had_is_given_back(engine: Engine, raw: Raw) -> None:
    import socket

    from storage.owner import process_owner

    claimed(engine, [link(1)], owner=f"{socket.gethostname()}/-/999999/1.00")
    claimed(engine, [link(2)], owner=process_owner())
    claimed(engine, [link(3)], owner="elsewhere/1/1.00")
    keeper = Writer(engine, raw)
    assert keeper.release_dead().result() == 1
    assert [of.url for of in keeper.claim(owner="me", now=NOW, lease=LEASE, limit=9).result()] == [url(1)]
    keeper.close()


def test_what_is_asked_comes_before_what_waits(engine: Engine, raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "GATHER", 60.0)
    keeper = Writer(engine, raw)
    waiting = keeper.submit(outcome(visit(), article(1)))
    assert keeper.ask(lambda _: 1).result(10) == 1
    assert not waiting.done()
    assert keeper.call(lambda _: 2).result(10) == 2
    assert waiting.done()
    keeper.close()


def test_who_has_nothing_more_to_bring_need_not_wait(engine: Engine, raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "GATHER", 60.0)
    keeper = Writer(engine, raw)
    waiting = keeper.submit(outcome(visit(), article(1)))
    keeper.hurry()
    assert waiting.result(10).kind == "new"
    second = keeper.submit(outcome(visit(2), article(2)))  # and then it gathers again
    with pytest.raises(TimeoutError):
        second.result(0.2)
    keeper.close()
    assert second.result().kind == "new"


def test_a_full_batch_does_not_wait(engine: Engine, raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "GATHER", 60.0)
    monkeypatch.setattr(writer, "BATCH", 5)
    keeper = Writer(engine, raw)
    futures = [keeper.submit(outcome(visit(number), article(number))) for number in range(10)]
    assert [future.result(10).kind for future in futures] == ["new"] * 10
    keeper.close()


def test_who_leaves_before_the_answer_takes_nothing_along(
    engine: Engine, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "GATHER", 60.0)
    keeper = Writer(engine, raw)
    go = threading.Event()
    keeper.ask(lambda _: go.wait(10))
    left = keeper.ask(lambda _: 1)
    assert left.cancel()
    waiting = keeper.submit(outcome(visit(), article(1)))
    go.set()
    assert keeper.call(lambda _: 2).result(10) == 2
    assert waiting.result(10).kind == "new"
    keeper.close()
