from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage import db
from tests.storage.corpus.world import World, filled


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, _templates: Callable[[str, str], str]
) -> Iterator[World]:
    """Sixty articles and three reprints, on each database, filled once: only to be read."""
    folder = tmp_path_factory.mktemp("world")
    base = str(folder) if request.param == "sqlite" else request.getfixturevalue("postgres").get_uri()
    engine = db.open_engine(_templates(request.param, base))
    yield filled(World(engine, folder / "warc"))
    engine.dispose()


@pytest.fixture
def changing(engine: Engine, tmp_path: Path) -> World:
    """The same for one test, on each database: to be changed."""
    return filled(World(engine, tmp_path / "warc"))


@pytest.fixture
def lone(sqlite_engine: Engine, tmp_path: Path) -> World:
    """The same for one test on SQLite alone, for what no database changes."""
    return filled(World(sqlite_engine, tmp_path / "warc"))
