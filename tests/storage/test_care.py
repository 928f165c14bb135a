"""Reprocess, verify, doctor, backup: what keeps an archive sound."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.exc import OperationalError

from crawler.items import Article, Exchange
from storage import captures, db, search
from storage.archive import Archive
from storage.backup import backup, restore
from storage.db import DatabaseError, writing
from storage.doctor import Check, doctor, sqlite_version
from storage.grams import index_terms
from storage.raw import Raw, RawError
from storage.recording import record_all
from storage.reprocess import PageAt, reprocess
from storage.schema import alert, capture, frontier, metadata, revision, watch
from storage.schema import article as table
from storage.verify import verify
from tests.storage.samples import NOW, article, claimed, exchange, link, outcome, url

LATER = NOW + timedelta(days=1)


def body_of(page: Exchange) -> str:
    return page.body.decode()


def reading(page: Exchange, source: str | None, _at: object = None) -> Article | str:
    """Reads a page of these tests, whose body is the article's text."""
    return article(1, body=body_of(page), url=page.url, title="题", source=source)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "raw"


@pytest.fixture
def full(engine: Engine, folder: Path) -> Engine:
    """Five articles, the second with an earlier text, the fourth with the raw page of the third."""
    texts = {number: f"第{number}篇的正文" for number in range(1, 6)}
    texts[4] = texts[3]
    visits = claimed(engine, [link(number) for number in texts])
    with Raw(folder) as store:
        for turn in range(2):
            chosen = [of for of in visits if turn == 0 or of.url == url(2)]
            items = [
                outcome(
                    of,
                    article(of.url, url=of.url, title="题", body=texts[int(of.url[-6])] + "新的" * turn),
                    when=NOW + timedelta(hours=turn),
                )
                for of in sorted(chosen, key=lambda of: of.url)
            ]
            with writing(engine).begin() as conn:
                record_all(conn, items, kept=captures.keep(store, [item.exchange for item in items], conn))
    return engine


def faults(engine: Engine, folder: Path) -> list[tuple[str, str]]:
    return [(finding.kind, finding.what) for finding in verify(engine, folder) if finding.kind != "note"]


# --- reprocess --------------------------------------------------------------------------------------------


def test_the_same_reading_changes_nothing(full: Engine, folder: Path) -> None:
    before = list(Archive(full).stream())
    again = list(reprocess(full, folder, reading, now=LATER))
    assert [(item.article_id, item.kind, item.revision) for item in again] == [
        (1, "same", None), (2, "same", 1), (2, "same", None), (3, "same", None), (4, "same", None), (5, "same", None),
    ]  # fmt: skip
    assert list(Archive(full).stream()) == before


def test_a_better_reading_improves_the_whole_past(full: Engine, folder: Path) -> None:
    def better(page: Exchange, source: str | None, _at: object) -> Article | str:
        return replace(
            article(1, body=body_of(page).replace("正文", "文字"), url=page.url, title="题", source=source), editor="乙"
        )

    told: list[str] = []
    again = list(reprocess(full, folder, better, now=LATER, after=[lambda _c, got, _a: told.append(got.kind)]))
    assert {item.kind for item in again} == {"changed"}
    assert set(again[0].fields) == {"body", "content_sha256", "editor"}
    assert told == ["reread"] * 5
    archive = Archive(full)
    assert [item["body"] for item in archive.stream()][1] == "第2篇的文字新的"
    assert [item["revision"] for item in archive.stream()] == [1, 2, 1, 1, 1]
    assert [item["body"] for item in archive.revisions(2)] == ["第2篇的文字"]
    with full.connect() as conn:
        assert search.search(conn, "文字").total == 5
        assert search.search(conn, "正文").total == 0
    assert faults(full, folder) == []


def test_a_dry_run_tells_and_changes_nothing(full: Engine, folder: Path) -> None:
    before = list(Archive(full).stream())
    again = reprocess(full, folder, lambda page, *_: replace(reading(page, "x"), editor="乙"), now=LATER, write=False)
    assert {item.kind for item in again if item.revision is None} == {"changed"}
    assert list(Archive(full).stream()) == before


def test_what_can_not_be_read_now_stays_as_it_is(full: Engine, folder: Path) -> None:
    def fussy(page: Exchange, source: str | None, _at: object) -> Article | str:
        if page.url == url(1):
            return "a listing"
        if page.url == url(5):
            raise ValueError("boom")
        return reading(page, source)

    before = list(Archive(full).stream())
    with writing(full).begin() as conn:
        conn.execute(update(table).where(table.c.url == url(3)).values(capture_id=None))
    again = {item.url: item for item in reprocess(full, folder, fussy, now=LATER)}
    assert (again[url(1)].kind, again[url(1)].reason) == ("unread", "a listing")
    assert (again[url(5)].kind, again[url(5)].reason) == ("unread", "ValueError: boom")
    assert (again[url(3)].kind, again[url(3)].reason) == ("no-page", "no raw page was kept")
    assert list(Archive(full).stream()) == before


def test_a_reading_is_given_the_other_pages_of_that_time(full: Engine, folder: Path) -> None:
    given: dict[str, list[str | None]] = {}

    def asking(page: Exchange, source: str | None, at: PageAt) -> Article | str:
        other, none = at(url(2)), at(url(77))
        assert none is None
        given.setdefault(page.url, []).append(other and body_of(other))
        return reading(page, source)

    list(reprocess(full, folder, asking, now=LATER))
    assert given[url(1)] == ["第2篇的正文"]
    assert given[url(2)] == ["第2篇的正文", "第2篇的正文新的"]  # the earlier text's own page, then the present one's


def test_it_may_be_limited(full: Engine, folder: Path) -> None:
    with writing(full).begin() as conn:
        conn.execute(update(table).where(table.c.id == 3).values(source="pzh"))
    assert {item.url for item in reprocess(full, folder, reading, now=LATER, sources=["pzh"])} == {url(3)}


def refused(engine: Engine, folder: Path, *numbers: int) -> None:
    """Pages that were kept and gave no article."""
    visits = claimed(engine, [link(number) for number in numbers])
    items = [
        outcome(of, state="failed", reason="no article", exchange=exchange(of.url, body=f"{of.url}的文字".encode()))
        for of in sorted(visits, key=lambda of: of.url)
    ]
    with Raw(folder) as store, writing(engine).begin() as conn:
        record_all(conn, items, kept=captures.keep(store, [item.exchange for item in items], conn))


def test_a_page_that_gave_no_article_may_give_one_now(full: Engine, folder: Path) -> None:
    refused(full, folder, 8, 9)

    def better(page: Exchange, source: str | None, _at: object) -> Article | str:
        return "a listing" if page.url == url(9) else reading(page, source)

    before = list(Archive(full).stream())
    assert not [item for item in reprocess(full, folder, reading, now=LATER) if item.kind == "found"]
    (would,) = [
        item for item in reprocess(full, folder, reading, anew=better, now=LATER, write=False) if item.kind == "found"
    ]
    assert (would.url, would.article_id) == (url(8), None)
    assert list(Archive(full).stream()) == before
    told: list[str] = []
    again = list(
        reprocess(full, folder, reading, anew=better, now=LATER, after=[lambda _c, got, _a: told.append(got.kind)])
    )
    (there,) = [item for item in again if item.kind == "found"]
    assert told == ["new"]
    *known, new = Archive(full).stream()
    assert known == before
    assert (new["id"], new["url"], new["body"]) == (there.article_id, url(8), f"{url(8)}的文字")
    assert new["source"] == "cinic"  # as the frontier has it
    with full.connect() as conn:
        assert search.search(conn, "8.html的文字").total == 1
        row = conn.execute(select(frontier.c).where(frontier.c.url == url(8))).one()
        assert (row.state, row.due_at, row.reason) == ("done", LATER, None)
    assert faults(full, folder) == []
    assert not [item for item in reprocess(full, folder, reading, anew=better, now=LATER) if item.kind == "found"]


def test_an_article_known_by_another_address_is_not_found_again(full: Engine, folder: Path) -> None:
    refused(full, folder, 8)
    elsewhere = reprocess(
        full, folder, reading, anew=lambda page, source, _at: replace(reading(page, source), url=url(1)), now=LATER
    )  # type: ignore[type-var]
    assert "found" not in {item.kind for item in elsewhere}
    with writing(full).begin() as conn:  # and what calls itself by another address is not read as a page without one
        number = conn.execute(select(capture.c.id).where(capture.c.url == url(8))).scalar_one()
        conn.execute(update(table).where(table.c.id == 1).values(capture_id=number))
    looked: list[str] = []
    list(reprocess(full, folder, reading, anew=lambda page, *_: looked.append(page.url) or "none", now=LATER))
    assert looked == []


def test_pages_of_a_source_that_nobody_knows_are_left_alone(full: Engine, folder: Path) -> None:
    with writing(full).begin() as conn:
        conn.execute(update(table).where(table.c.id == 2).values(source="elsewhere"))
    before = list(Archive(full).stream())
    read: list[str | None] = []

    def noted(page: Exchange, source: str | None, _at: object) -> Article | str:
        read.append(source)
        return replace(article(1, body="anders", url=page.url, title="题", source=source))

    again = {item.article_id: item for item in reprocess(full, folder, noted, now=LATER, known={"cinic"})}
    assert (again[2].kind, again[2].source, again[1].kind) == ("left", "elsewhere", "changed")
    assert "elsewhere" not in read
    assert [item for item in Archive(full).stream() if item["id"] == 2] == [before[1]]


# --- verify -----------------------------------------------------------------------------------------------


def test_a_sound_archive_has_no_fault(full: Engine, folder: Path) -> None:
    assert list(verify(full, folder)) == []


def test_every_kind_of_fault_is_found(full: Engine, folder: Path) -> None:
    with writing(full).begin() as conn:
        conn.execute(update(table).where(table.c.id == 1).values(body="verändert"))
        conn.execute(update(capture).where(capture.c.id == 5).values(sha256="0" * 64))
        conn.execute(update(revision).values(number=7))
        rows = conn.execute(select(table.c.id, table.c.title, table.c.body).where(table.c.id == 4)).one()
        search.unindex(conn, [(rows.id, index_terms(rows.title, rows.body))])
    kinds = {kind for kind, _ in faults(full, folder)}
    assert kinds == {"digest", "orphan", "search"}
    whats = " ".join(what for _, what in faults(full, folder))
    for part in ("article 1", "(capture 5)", "article 2", "article 4"):
        assert part in whats


def test_a_missing_file_is_named(full: Engine, folder: Path) -> None:
    (path,) = folder.glob("*.warc.gz")
    path.unlink()
    assert ("file", path.name) in faults(full, folder)


def test_a_missing_folder_is_named_once_with_what_it_held(full: Engine, folder: Path) -> None:
    shutil.move(folder, folder.with_name("away"))
    (lost,) = [finding for finding in verify(full, folder) if finding.kind != "note"]
    assert (lost.kind, lost.what) == ("file", str(folder))
    assert "6 captures in 1 file" in lost.detail
    again = list(reprocess(full, folder, reading, now=LATER))
    assert {item.lost for item in again} == {f"{folder}: no such folder of raw pages"}
    found = {check.name: check for check in doctor(full, folder)}
    assert found["raw pages"].level == "error"
    assert "6 captures" in found["raw pages"].message


def test_another_folder_is_not_taken_for_the_archives_own(full: Engine, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    ((_, what), *more) = faults(full, other)
    assert not more
    assert what.endswith(".warc.gz")
    assert levels(doctor(full, other))["raw files"] == "error"
    with pytest.raises(RawError, match="no such file of raw pages"):
        backup(full, other, tmp_path / "backup")
    assert not any(tmp_path.glob("backup*"))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_archive_before_its_first_crawl_lacks_no_folder(engine: Engine, folder: Path) -> None:
    assert levels(doctor(engine, folder))["raw pages"] == "warning"


def test_a_torn_file_is_named(full: Engine, folder: Path) -> None:
    (path,) = folder.glob("*.warc.gz")
    os.truncate(path, path.stat().st_size - 3)
    assert ("file", path.name) in faults(full, folder)


# --- doctor -----------------------------------------------------------------------------------------------


def levels(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.level for check in checks}


def test_the_doctor_finds_a_sound_archive_well(full: Engine, folder: Path) -> None:
    checks = levels(doctor(full, folder, sqlite=(3, 53, 0)))
    assert "error" not in checks.values()
    assert checks["schema"] == checks["raw pages"] == checks["leases"] == "ok"
    if full.dialect.name == "sqlite":
        assert checks["journal"] == checks["full text"] == checks["sqlite"] == "ok"


def test_the_doctor_sees_leases_of_the_dead_torn_tails_and_an_old_schema(full: Engine, folder: Path) -> None:
    import socket

    claimed(full, [link(9)], owner=f"{socket.gethostname()}/-/999999/1.00")
    (folder / "x.warc.gz.torn").write_bytes(b"x")
    checks = levels(doctor(full, folder))
    assert checks["leases"] == checks["torn tails"] == "warning"
    with writing(full).begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = 'x'"))
    assert levels(doctor(full, folder))["schema"] == "error"


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ((3, 34, 1), "error"), ((3, 35, 0), "warning"), ((3, 40, 1), "warning"), ((3, 44, 5), "warning"),
        ((3, 44, 6), "ok"), ((3, 44, 7), "warning"), ((3, 50, 6), "warning"), ((3, 50, 7), "ok"),
        ((3, 51, 2), "warning"), ((3, 51, 3), "ok"), ((3, 53, 0), "ok"),
    ],
)  # fmt: skip
def test_the_doctor_knows_the_affected_versions_of_sqlite(version: tuple[int, ...], level: str) -> None:
    assert sqlite_version(version).level == level


# --- backup -----------------------------------------------------------------------------------------------


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as conn:
        return {
            each.name: sorted(tuple(map(repr, row)) for row in conn.execute(select(each)))
            for each in metadata.sorted_tables
        }


@pytest.fixture
def copy(full: Engine, folder: Path, tmp_path: Path) -> Path:
    with writing(full).begin() as conn:
        number = conn.execute(
            insert(watch)
            .values(name="攀枝花", rule={"words": ["钒"]}, channels=[], created_at=NOW)
            .returning(watch.c.id)
        ).scalar_one()
        row = {
            "key": "k",
            "watch_id": number,
            "kind": "new",
            "article_id": 1,
            "title": "t",
            "payload": {},
            "created_at": NOW,
        }
        conn.execute(insert(alert), row)
    return backup(full, folder, tmp_path / "backup")


def test_a_backup_is_an_archive(full: Engine, copy: Path) -> None:
    engine = db.open_engine(f"sqlite:///{copy / 'panxi.db'}")
    assert contents(engine) == contents(full)
    assert faults(engine, copy / "panxi-warc") == []
    with engine.connect() as conn:
        assert search.search(conn, "正文").total == 5
    engine.dispose()


def test_a_backup_restores_into_an_empty_database(full: Engine, copy: Path, tmp_path: Path, archive_url: str) -> None:
    before = contents(full)
    with writing(full).begin() as conn:
        for each in reversed(metadata.sorted_tables):
            conn.execute(delete(each))
        search.rebuild(conn, [])
    restore(copy, full, tmp_path / "restored")
    assert contents(full) == before
    assert faults(full, tmp_path / "restored") == []
    with writing(full).begin() as conn:  # and it goes on from there: ids are not given again
        (got,) = record_all(conn, [outcome(claimed_visit(), article("neu"))], kept=[None])
    assert got.article_id == 6


def claimed_visit():
    from tests.storage.samples import visit

    return visit(99, url("neu"))


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_copy_by_rows_holds_few_texts_at_a_time(
    full: Engine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, sizes = search.index, []
    monkeypatch.setattr("storage.backup.LOT", 2)
    monkeypatch.setattr("storage.search.index", lambda conn, texts: (sizes.append(len(texts)), index(conn, texts)))
    backup(full, folder, tmp_path / "backup")
    with full.connect() as conn:
        assert sum(sizes) == conn.execute(select(func.count()).select_from(table)).scalar_one()
    assert max(sizes) == 2


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_backup_does_not_begin_anew_at_each_write(full: Engine, folder: Path, tmp_path: Path) -> None:
    """Else one of a large archive would not end before the crawl does."""
    before = contents(full)
    writer = sqlite3.connect(str(full.url.database), isolation_level=None)
    steps: list[int] = []

    def write_between(doing: str, done: int, whole: int) -> None:
        if doing == "database":
            steps.append(done)
            assert len(steps) <= whole
            writer.execute("UPDATE article SET title = title || '改'")

    with patch("storage.backup.STEP", 1):
        copy = backup(full, folder, tmp_path / "backup", write_between)
    writer.close()
    assert steps == sorted(set(steps))
    engine = db.open_engine(f"sqlite:///{copy / 'panxi.db'}")
    assert contents(engine) == before
    engine.dispose()


def test_a_backup_tells_how_far_it_is(full: Engine, folder: Path, tmp_path: Path) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    copy = backup(full, folder, tmp_path / "backup", lambda doing, *far: told.setdefault(doing, []).append(far))
    assert {"database", "raw pages"} <= told.keys()
    for far in told.values():
        assert far == sorted(far)
        assert far[-1][0] == far[-1][1]
    told.clear()
    empty = db.open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    restore(copy, empty, tmp_path / "restored", lambda doing, *far: told.setdefault(doing, []).append(far))
    assert all(far[-1][0] == far[-1][1] for far in told.values())
    assert told.keys() == {"database", "raw pages"}
    assert contents(empty) == contents(full)
    assert faults(empty, tmp_path / "restored") == []
    with empty.connect() as conn:
        assert conn.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    empty.dispose()


def test_a_backup_overwrites_nothing(full: Engine, folder: Path, copy: Path, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        backup(full, folder, copy)
    with pytest.raises(DatabaseError, match="is not empty: restore makes an archive") as told:
        restore(copy, full, tmp_path / "other")
    assert full.url.database is not None
    assert full.url.database in str(told.value)
    with pytest.raises(FileExistsError):
        restore(copy, full, folder)


@pytest.mark.parametrize("breaks_in", ["database", "raw pages"])
def test_a_restore_that_broke_off_leaves_no_archive(full: Engine, copy: Path, tmp_path: Path, breaks_in: str) -> None:
    """It can be made again at the same place."""
    with writing(full).begin() as conn:
        for each in reversed(metadata.sorted_tables):
            conn.execute(delete(each))
        search.rebuild(conn, [])

    def stop(doing: str, _done: int, _whole: int) -> None:
        if doing == breaks_in:
            raise OSError(28, "No space left on device")

    new = db.open_engine(f"sqlite:///{tmp_path / 'again.db'}")
    with pytest.raises(OSError, match="No space"):
        restore(copy, new, tmp_path / "restored", stop)
    assert not list(tmp_path.glob("again.db*"))
    for engine in (new, *([full] if full.dialect.name == "postgresql" else [])):
        with pytest.raises(OSError, match="No space"):
            restore(copy, engine, tmp_path / "restored", stop)
        assert list((tmp_path / "restored").iterdir()) == []
        restore(copy, engine, tmp_path / "restored")
        assert faults(engine, tmp_path / "restored") == []
        shutil.rmtree(tmp_path / "restored")
        engine.dispose()


def filled_up() -> sqlite3.OperationalError:
    """What SQLite raises where a disk is full."""
    with closing(sqlite3.connect(":memory:")) as small:
        small.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as told:
            small.executescript("CREATE TABLE a (a); CREATE TABLE b (b);")
    return told.value


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_backup_that_does_not_fit_names_its_place(full: Engine, folder: Path, tmp_path: Path, wrapped: bool) -> None:
    """And not the archive, whose disk may have room."""
    target, error = tmp_path / "backup", filled_up()
    raised = OperationalError("INSERT", {}, error) if wrapped else error
    with patch("storage.backup._copy_database", side_effect=raised), pytest.raises(OSError, match="No space") as told:
        backup(full, folder, target)
    assert told.value.filename == str(target)
    other = sqlite3.OperationalError("database is locked")
    with patch("storage.backup._copy_database", side_effect=other), pytest.raises(sqlite3.OperationalError):
        backup(full, folder, target)
    assert not list(tmp_path.glob("backup*"))


def test_a_backup_that_broke_off_leaves_no_backup(full: Engine, folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(folder)
    with pytest.raises(Exception, match="no such folder of raw pages"):
        backup(full, folder, tmp_path / "backup")
    assert not any(tmp_path.glob("backup*"))


def test_the_text_that_was_hashed_is_title_and_body(full: Engine) -> None:
    for item in Archive(full).stream():
        assert sha256(f"{item['title']}\n{item['body']}".encode()).hexdigest() == item["content_sha256"]
    with full.connect() as conn:
        assert conn.execute(select(func.count()).select_from(capture)).scalar_one() == 6
