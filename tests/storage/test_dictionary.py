from __future__ import annotations

from pathlib import Path

from storage.dictionary import COLUMNS, TABLES, markdown
from storage.schema import metadata

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_every_table_and_column_is_described() -> None:
    assert set(TABLES) == set(metadata.tables)
    assert markdown()


def test_nothing_is_described_that_is_not_there() -> None:
    known = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.c}
    assert {name for name in COLUMNS if "." in name} <= known


def test_the_page_is_that_of_todays_schema() -> None:
    assert PAGE.read_text() == markdown(), "python -m storage.dictionary > docs/data-dictionary.md"
