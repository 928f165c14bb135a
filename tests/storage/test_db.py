from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from threading import Timer

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, insert, inspect, make_url, select, text

from storage import db
from storage.db import DatabaseError
from storage.migrate import migrate
from storage.schema import budget, frontier, metadata, run
from storage.types import micros, moment
from tests.forked import end_with

NOBODY = 65534


@pytest.fixture
def empty(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database without any table."""
    if backend == "sqlite":
        return db.open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    base = request.getfixturevalue("postgres").get_uri()
    name = f"empty_{abs(hash(request.node.name)) % 10**9}"
    admin = create_engine(make_url(base).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return db.open_engine(make_url(base).set(database=name).render_as_string(hide_password=False))


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """Not the full-text index, which is made by hand for each database."""
    return not (kind == "table" and name is not None and name.startswith("article_search"))


def differences(engine: Engine) -> list[object]:
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"include_object": ours, "compare_server_default": False})
        return list(compare_metadata(context, metadata))


def test_a_current_archive_is_checked_without_loading_alembic(engine: Engine) -> None:
    """It would cost each command a tenth of a second."""
    code = (
        "import sys; from storage import db; db.check(db.open_engine(sys.argv[1])); assert 'alembic' not in sys.modules"
    )
    url = engine.url.render_as_string(hide_password=False)
    subprocess.run([sys.executable, "-c", code, url], check=True)


@pytest.mark.parametrize("change", ["DELETE FROM alembic_version", "INSERT INTO alembic_version VALUES ('0000')"])
def test_a_schema_of_no_or_of_two_revisions_is_refused(engine: Engine, change: str) -> None:
    with db.writing(engine).begin() as conn:
        conn.execute(text(change))
    for refuse in (db.upgrade, db.check):
        with pytest.raises(DatabaseError, match="revisions instead of one"):
            refuse(engine)


def test_from_empty_the_migrations_reach_the_schema(empty: Engine) -> None:
    with pytest.raises(DatabaseError, match=r"empty|no archive"):
        db.check(empty)
    db.upgrade(empty)
    assert db.check(empty) == db.HEAD == revisions()[-1]
    assert differences(empty) == []
    db.upgrade(empty)
    assert "article_search" in inspect(empty).get_table_names()


@pytest.mark.parametrize("start", revisions())
def test_from_every_revision_the_migrations_reach_the_schema(empty: Engine, start: str) -> None:
    with db.writing(empty).begin() as conn:
        migrate(conn, start)
    db.upgrade(empty)
    assert differences(empty) == []


def test_the_migrations_do_not_lean_on_todays_schema() -> None:
    """A migration that reads the schema as it is now would change with it, and no earlier archive could follow."""
    for path in (Path(db.__file__).parent / "migrations" / "versions").glob("0*.py"):
        assert "storage.schema" not in path.read_text(), path.name


def test_two_that_start_at_once_make_one_archive(empty: Engine) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: db.upgrade(empty), range(4)))
    assert db.check(empty) == db.HEAD


def test_programs_that_start_at_once_on_a_new_file_make_one_archive(tmp_path: Path) -> None:
    """Each with connections of its own, as processes have them: none is told that the file is locked."""
    from concurrent.futures import ThreadPoolExecutor

    def start(number: int) -> str:
        engine = db.open_engine(f"sqlite:///{tmp_path / f'{number // 4}.db'}")
        db.upgrade(engine)
        with engine.connect() as conn:
            mode = conn.execute(text("PRAGMA journal_mode")).scalar_one()
        engine.dispose()
        return str(mode)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(start, range(20))) == {"wal"}


def test_somebody_elses_database_is_left_alone(empty: Engine) -> None:
    with empty.begin() as conn:
        conn.execute(text("CREATE TABLE customers (id INTEGER)"))
    for refuse in (db.upgrade, db.check):
        with pytest.raises(DatabaseError, match=r"Not a panxi database.*customers"):
            refuse(empty)
    assert inspect(empty).get_table_names() == ["customers"]


def test_an_archive_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refuse in (db.upgrade, db.check):
        with pytest.raises(DatabaseError, match="newer panxi"):
            refuse(engine)


def state_of(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def made(folder: Path, *statements: str) -> Engine:
    """The engine of a file that another program made."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "some.db")) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()
    return db.open_engine(f"sqlite:///{folder / 'some.db'}")


FOREIGN = ("CREATE TABLE customers (id INTEGER)",)
NEWER = (
    "CREATE TABLE frontier (id INTEGER)",
    "CREATE TABLE alembic_version (version_num TEXT)",
    "INSERT INTO alembic_version VALUES ('9999')",
)


@pytest.mark.parametrize(
    ("statements", "refuse"), [((), db.check), (FOREIGN, db.check), (FOREIGN, db.upgrade), (NEWER, db.upgrade)]
)
def test_a_file_that_is_refused_keeps_its_bytes(
    statements: tuple[str, ...], refuse: Callable[[Engine], object], tmp_path: Path
) -> None:
    engine = made(tmp_path / "x", *statements)
    before = state_of(tmp_path / "x")
    with pytest.raises(DatabaseError, match=r"The database is empty|Not a panxi database|newer panxi"):
        refuse(engine)
    engine.dispose()
    assert state_of(tmp_path / "x") == before


def test_asking_a_current_archive_changes_no_byte(sqlite_engine: Engine, tmp_path: Path) -> None:
    before = state_of(tmp_path)
    assert db.check(sqlite_engine) == db.HEAD
    sqlite_engine.dispose()
    assert state_of(tmp_path) == before


@pytest.fixture
def plain(sqlite_engine: Engine) -> Path:
    """An archive in one file without a write-ahead log, as a backup is."""
    path = Path(str(sqlite_engine.url.database))
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    return path


@pytest.mark.parametrize("begin", ["BEGIN", "BEGIN IMMEDIATE"])
def test_an_archive_without_its_log_gets_it_when_others_let_go_of_it(plain: Path, begin: str) -> None:
    """SQLite waits for a reader, but not for another that writes."""
    other = sqlite3.connect(plain, isolation_level=None, check_same_thread=False)
    other.execute(begin)
    other.execute("SELECT * FROM frontier").fetchall()
    Timer(0.3, other.close).start()
    engine = db.open_engine(f"sqlite:///{plain}")
    with engine.connect() as conn:
        assert conn.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    engine.dispose()


def as_nobody(work: Callable[[], object]) -> str:
    """What the work gives, or the error that it raises, where permissions hold: root has none to respect."""
    read, write = os.pipe()

    def tell() -> int:
        if os.geteuid() == 0:
            os.setresuid(NOBODY, NOBODY, NOBODY)
        try:
            said = str(work())
        except DatabaseError as error:
            said = str(error)
        os.write(write, said.encode())
        return 0

    if (child := os.fork()) == 0:
        end_with(tell)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        said = answer.read().decode()
    assert os.waitpid(child, 0)[1] == 0
    return said


@pytest.fixture
def read_only_folder() -> Iterator[Callable[[Path], Path]]:
    """Puts a file into a folder that everyone may read and nobody write; the test's own may not be entered."""
    with tempfile.TemporaryDirectory() as folder:

        def put(file: Path) -> Path:
            shutil.copy(file, folder)
            Path(folder).chmod(0o555)
            return Path(folder) / file.name

        yield put
        Path(folder).chmod(0o755)


def test_a_folder_that_cannot_be_written_is_told_and_what_to_do(
    sqlite_engine: Engine, read_only_folder: Callable[[Path], Path]
) -> None:
    file = read_only_folder(Path(str(sqlite_engine.url.database)))
    for use in (db.check, db.upgrade):
        said = as_nobody(lambda use=use: use(db.open_engine(f"sqlite:///{file}")))  # type: ignore[misc]
        assert f"the folder {str(file.parent)!r} can't be written" in said
        assert "copy the archive to a place that can be written" in said


def test_an_archive_without_a_log_is_read_where_nothing_can_be_written(
    plain: Path, read_only_folder: Callable[[Path], Path]
) -> None:
    file = read_only_folder(plain)
    assert as_nobody(lambda: db.check(db.open_engine(f"sqlite:///{file}"))) == db.HEAD


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", "Not a database URL"),
        ("panxi.db", "Not a database URL"),
        ("mysql://localhost/x", "Neither SQLite nor PostgreSQL"),
        ("sqlite://", "a file, not memory"),
        ("sqlite:///:memory:", "a file, not memory"),
        ("sqlite:////no/such/folder/panxi.db", "No such folder"),
    ],
)
def test_an_address_that_names_no_archive_is_told(address: str, message: str) -> None:
    with pytest.raises(DatabaseError, match=message):
        db.open_engine(address)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "note.db"
    path.write_text("this is no database, and it is long enough to be looked at" * 50)
    for refuse in (db.upgrade, db.check):
        with pytest.raises(DatabaseError, match=r"note.db.*not a database"):
            refuse(db.open_engine(f"sqlite:///{path}"))


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="unable to open"):
        db.upgrade(db.open_engine(f"sqlite:///{tmp_path}"))


def test_a_read_only_archive_is_told(sqlite_engine: Engine) -> None:
    engine = db.open_engine(f"sqlite:///file:{sqlite_engine.url.database}?mode=ro&uri=true")
    assert db.check(engine) == db.HEAD
    with pytest.raises(DatabaseError, match="readonly"):
        db.upgrade(engine)


def test_looking_for_an_archive_does_not_make_one(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no archive at"):
        db.check(db.open_engine(f"sqlite:///{tmp_path / 'none.db'}"))
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(DatabaseError, match="nobody:") as told:
        db.check(db.open_engine("postgresql://nobody:secret@127.0.0.1:9/none"))
    assert "secret" not in str(told.value)


def test_sqlite_is_set_up_for_many_readers_and_a_writer(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as conn:
        pragmas = {
            name: conn.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 30_000}


def test_a_writer_waits_for_another_even_where_it_reads_first(archive_url: str) -> None:
    """On SQLite a deferred transaction that reads and then writes would be 'locked' at once."""
    from concurrent.futures import ThreadPoolExecutor

    def add(_: int) -> None:
        engine = db.open_engine(archive_url)
        for _ in range(20):
            with db.writing(engine).begin() as conn:
                if engine.dialect.name == "postgresql":
                    conn.execute(text("LOCK TABLE budget IN EXCLUSIVE MODE"))
                row = conn.execute(select(budget.c.requests)).scalar_one_or_none()
                if row is None:
                    conn.execute(insert(budget), {"host": "a", "day": date(2026, 5, 4), "requests": 1})
                else:
                    conn.execute(budget.update().values(requests=row + 1))
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    engine = db.open_engine(archive_url)
    with engine.connect() as conn:
        assert conn.execute(select(budget.c.requests)).scalar_one() == 80
    engine.dispose()


def test_values_come_back_as_they_were_put(engine: Engine) -> None:
    when = datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=8)))
    with engine.begin() as conn:
        row = {
            "source": "攀",
            "started_at": when,
            "state": "running",
            "counts": {"new": 1, "names": ["钒"], "none": None},
        }
        conn.execute(insert(run), row)
        found = conn.execute(select(run)).one()
    assert found.started_at == when
    assert found.started_at.tzinfo is UTC
    assert found.counts == row["counts"]


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match="without a zone"), engine.begin() as conn:
        conn.execute(insert(run), {"started_at": datetime(2026, 1, 1), "state": "running", "counts": {}})  # noqa: DTZ001


@pytest.mark.parametrize("year", [1, 1969, 1970, 2026, 9999])
def test_every_time_has_its_number(year: int) -> None:
    when = datetime(year, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    assert moment(micros(when)) == when


def test_the_database_itself_refuses_what_may_not_be(engine: Engine) -> None:
    now = datetime.now(UTC)
    row = {
        "url": "http://a.example/", "host": "a.example", "kind": "article", "priority": 0, "rank": 0, "depth": 0,
        "state": "pending", "first_seen_at": now,
    }  # fmt: skip
    for wrong in ({"kind": "picture"}, {"state": "lost"}):
        with pytest.raises(Exception, match=r"(?i)check"), engine.begin() as conn:
            conn.execute(insert(frontier), row | wrong)
    with engine.begin() as conn:
        conn.execute(insert(frontier), row)
    with pytest.raises(Exception, match=r"(?i)unique"), engine.begin() as conn:
        conn.execute(insert(frontier), row)


def test_the_sqlite_library_is_new_enough() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35)


def anatomy(engine: Engine) -> dict[str, object]:
    """All that the database itself knows of its tables, the full-text index apart."""
    look = inspect(engine)
    found: dict[str, object] = {}
    for name in look.get_table_names():
        if name.startswith(("article_search", "alembic_version")):
            continue
        found[name] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], _default(column["default"]))
                for column in look.get_columns(name)
            },
            "key": look.get_pk_constraint(name)["constrained_columns"],
            "references": sorted(
                (tuple(key["constrained_columns"]), key["referred_table"], str(key["options"]))
                for key in look.get_foreign_keys(name)
            ),
            "unique": sorted(tuple(each["column_names"]) for each in look.get_unique_constraints(name)),
            "checks": sorted((str(each["name"]), each["sqltext"]) for each in look.get_check_constraints(name)),
            "indexes": sorted(
                (
                    str(each["name"]),
                    str(each["column_names"]),
                    bool(each["unique"]),
                    str(each.get("column_sorting")),
                    str(each.get("dialect_options", {}).get(f"{engine.dialect.name}_where")),
                )
                for each in look.get_indexes(name)
            ),
        }
    return found


def _default(value: str | None) -> str | None:
    return None if value is None or "nextval" in value else value.strip("'").partition("'")[0]


def test_what_the_migrations_made_is_what_the_schema_makes(
    empty: Engine, backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """To the last index: a comparison that Alembic's own leaves out conditions and checks of."""
    db.upgrade(empty)
    if backend == "sqlite":
        made = db.open_engine(f"sqlite:///{tmp_path / 'made.db'}")
    else:
        with empty.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("CREATE DATABASE made_of_schema"))
        made = db.open_engine(empty.url.set(database="made_of_schema").render_as_string(hide_password=False))
    with db.writing(made).begin() as conn:
        metadata.create_all(conn)
    assert anatomy(made) == anatomy(empty)
    if backend == "sqlite":
        with made.connect() as one, empty.connect() as other:
            lean = text(
                "SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%' AND type = 'table' ORDER BY name"
            )
            assert one.execute(lean).all() == [
                row for row in other.execute(lean).all() if "article_search" not in row[0]
            ]
    made.dispose()
