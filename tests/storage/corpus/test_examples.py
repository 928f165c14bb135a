"""The queries of docs/analysis.md run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storage.corpus.options import Selection
from tests.storage.corpus.world import World

PAGE = Path(__file__).parents[3] / "docs" / "analysis.md"
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_examples_run(lone: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    lone.export(tmp_path / "corpus", "parquet", selection=Selection(reprints=True))
    monkeypatch.chdir(tmp_path)
    connection = duckdb.connect()
    found = [connection.sql(query) for query in QUERIES]
    months, policies, reprints, missing = [result.fetchall() for result in found[1:]]
    assert sum(row[-1] for row in months) == 30
    assert len(policies) == 30
    assert [(row[0], row[1], row[2]) for row in reprints] == [("攀枝花日报", "scgov", 2), ("攀枝花日报", "pzh", 1)]
    assert missing
