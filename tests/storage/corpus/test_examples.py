"""The queries of docs/analysis.md run as they stand there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.corpus.options import Selection
from storage.corpus.stats import statistics
from tests.storage.corpus.world import World, story

PAGE = Path(__file__).parents[3] / "docs" / "analysis.md"
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_examples_run(lone: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    lone.feed(story(61, published_at=datetime(2020, 1, 31, 16, 30, tzinfo=UTC)))  # half an hour of February in China
    lone.export(tmp_path / "corpus-all", "parquet", selection=Selection(reprints=True))
    monkeypatch.chdir(tmp_path)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")  # as on a server
    found = [connection.sql(query) for query in QUERIES]
    months, policies, reprints, missing = [result.fetchall() for result in found[1:]]
    assert sum(row[-1] for row in months) == 31
    with lone.engine.connect() as conn:
        told = {count.name for count in statistics(conn, {}).months}
    assert "2020-02" in {f"{row[0]:%Y-%m}" for row in months if row[0]} <= told
    assert len(policies) == 32
    assert [(row[0], row[1], row[2]) for row in reprints] == [("攀枝花日报", "scgov", 2), ("攀枝花日报", "pzh", 1)]
    assert missing
