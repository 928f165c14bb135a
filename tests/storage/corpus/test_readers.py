"""The exports open in the tools that data engineers use, and hold the same there to the letter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from storage import db
from storage.archive import Archive
from storage.corpus.options import Selection
from tests.storage.corpus.told import plain
from tests.storage.corpus.world import World, filled

ALL = Selection(reprints=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, _templates: Callable[[str, str], str]) -> Iterator[World]:
    """One archive is enough: that each database gives the same is shown elsewhere."""
    folder = tmp_path_factory.mktemp("archive")
    engine = db.open_engine(_templates("sqlite", str(folder)))
    yield filled(World(engine, folder / "warc"))
    engine.dispose()


@pytest.fixture(scope="module")
def corpus(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readers")
    world.export(folder / "parquet", "parquet", selection=ALL)
    world.export(folder / "splits", "parquet", selection=ALL, splits=(0.7, 0.2, 0.1), seed=3)
    world.export(folder / "jsonl", "jsonl", selection=ALL, splits=(0.7, 0.3))
    for form in ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "arrow"):
        world.export(folder / f"one.{form}", form, selection=ALL)
    return folder


@pytest.fixture(scope="module")
def shown(world: World) -> list[dict[str, Any]]:
    return list(Archive(world.engine).stream())


def by_id(rows: Any) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["id"])


def test_pyarrow(corpus: Path, shown: list[dict[str, Any]]) -> None:
    import pyarrow.dataset as ds

    assert by_id(plain(ds.dataset(corpus / "parquet" / "data").to_table())) == shown


def test_pandas(corpus: Path, shown: list[dict[str, Any]]) -> None:
    import pandas as pd

    for frame in (pd.read_parquet(corpus / "parquet" / "data"), pd.read_feather(corpus / "one.arrow")):
        rows = by_id({name: _plain(value) for name, value in row.items()} for row in frame.to_dict("records"))
        assert [row["body"] for row in rows] == [row["body"] for row in shown]
        assert [row["related"] for row in rows] == [row["related"] for row in shown]
        assert [row["policy"] for row in rows] == [row["policy"] for row in shown]
        assert [row["published_at"] for row in rows] == [row["published_at"] for row in shown]
    for name in ("one.jsonl", "one.jsonl.gz", "one.jsonl.zst"):
        lines = pd.read_json(corpus / name, lines=True, dtype=False, convert_dates=False)
        assert lines.sort_values("id")["body"].tolist() == [row["body"] for row in shown]
    cells = pd.read_csv(corpus / "one.csv", keep_default_na=False)
    assert cells.sort_values("id")["content_sha256"].tolist() == [row["content_sha256"] for row in shown]


def _plain(value: Any) -> Any:
    """What pandas makes of nested values, as JSON has them."""
    if isinstance(value, np.ndarray | list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, datetime):
        return None if value != value else value.isoformat()  # noqa: PLR0124 - not a time
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and np.isnan(value) else value


def test_polars(corpus: Path, shown: list[dict[str, Any]]) -> None:
    import polars as pl

    for frame in (
        pl.read_parquet(corpus / "parquet" / "data" / "**" / "*.parquet"),
        pl.read_ipc(corpus / "one.arrow"),
    ):
        assert [_plain(row) for row in frame.sort("id").to_dicts()] == shown
    lines = pl.read_ndjson(corpus / "one.jsonl", infer_schema_length=None)
    assert lines.sort("id")["title"].to_list() == [row["title"] for row in shown]


def test_duckdb(corpus: Path, shown: list[dict[str, Any]]) -> None:
    import duckdb

    files = f"'{corpus}/parquet/data/**/*.parquet'"
    rows = duckdb.sql(f"SELECT id, title, body, policy, related FROM {files} ORDER BY id").fetchall()
    assert [row[:3] for row in rows] == [(one["id"], one["title"], one["body"]) for one in shown]
    assert [_plain(row[3]) for row in rows] == [one["policy"] for one in shown]
    assert [_plain(row[4]) for row in rows] == [one["related"] for one in shown]
    lines = duckdb.sql(f"SELECT id, body_original FROM read_json('{corpus}/one.jsonl.gz') ORDER BY id").fetchall()
    assert lines == [(one["id"], one["body_original"]) for one in shown]
    cells = duckdb.sql(f"SELECT id, rights FROM read_csv('{corpus}/one.csv', all_varchar=true)").fetchall()
    assert {int(id_): rights for id_, rights in cells} == {one["id"]: one["rights"] for one in shown}


def test_datasets_loads_the_folder_as_it_is(corpus: Path, shown: list[dict[str, Any]], tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    cache = str(tmp_path / "cache")
    whole = datasets.load_dataset(str(corpus / "parquet"), cache_dir=cache)
    assert list(whole) == ["train"]
    assert by_id(plain(whole["train"].with_format("arrow")[:])) == shown
    parts = datasets.load_dataset(str(corpus / "splits"), cache_dir=cache)
    assert list(parts) == ["train", "validation", "test"]
    assert by_id(row for part in parts.values() for row in plain(part.with_format("arrow")[:])) == shown
    clusters = [{one for one in part["cluster"] if one is not None} for part in parts.values()]
    assert not clusters[0] & clusters[1]
    assert not clusters[0] & clusters[2]
    lines = datasets.load_dataset(str(corpus / "jsonl"), cache_dir=cache)
    assert sorted(lines) == ["train", "validation"]
    assert sorted(one for part in lines.values() for one in part["body"]) == sorted(row["body"] for row in shown)


def test_the_card_tells_what_is_inside(corpus: Path, shown: list[dict[str, Any]]) -> None:
    card = (corpus / "splits" / "README.md").read_text()
    manifest = json.loads((corpus / "splits" / "manifest.json").read_bytes())
    assert card.startswith("---\n")
    for split, count in manifest["figures"]["splits"].items():
        assert f"| {split} | {count} |" in card
        assert f"  - split: {split}\n    path: data/{split}/**/*.parquet" in card
    assert "| cinic | 中国产业经济信息网 |" in card
    for line in {one["rights"] for one in shown if one["rights"]}:
        assert f"| {line} |" in card
    damaged = sum(bool(one["damage"]) for one in shown)
    assert f"{damaged} of {len(shown)} articles hold spans" in card
    assert "| body | string |" in card
    figures = manifest["figures"]
    assert figures["articles"] == len(shown)
    assert figures["characters"] == sum(len(one["body"]) for one in shown)
    assert manifest["schema"]["policy"].startswith("struct<")
    assert manifest["archive"]["articles"] == 63
    assert pa.__version__ == manifest["versions"]["pyarrow"]
