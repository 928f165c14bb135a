"""The Spark job on two local threads gives what one machine gives."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from storage import db
from storage.archive import Archive
from storage.corpus.options import Selection
from tests.storage.corpus.told import plain
from tests.storage.corpus.world import World, filled, reprint, story

pyspark = pytest.importorskip("pyspark", reason="pip install 'panxi[spark]'")
pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("test")
    for name, value in {
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, _templates: Callable[[str, str], str]) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("spark-world")
    engine = db.open_engine(_templates("sqlite", str(folder)))
    world = filled(World(engine, folder / "warc"))
    for number in range(10, 30):  # more reprints, some of them cut, some days later
        again = reprint(story(number), 1000 + number)
        cut = again.body[: len(again.body) - number % 5]
        world.feed(replace(again, body=cut, body_original=cut, title=story(number).title))
    late = reprint(story(31), 2031)
    world.feed(replace(late, published_at=(late.published_at or world.now) + timedelta(days=20)))
    yield world
    engine.dispose()


def groups(rows: list[dict[str, Any]]) -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for row in rows:
        if row["cluster"] is not None:
            found.setdefault(row["cluster"], set()).add(row["url"])
    return {frozenset(urls) for urls in found.values()}


def test_the_same_clusters_as_one_machine(spark: Any, world: World, tmp_path: Path) -> None:
    from crawler.spark_job import run

    world.export(tmp_path / "shard", "parquet", selection=Selection(reprints=True))
    told = run(spark, tmp_path / "out", parquet=[str(tmp_path / "shard" / "data")], reprints=True)
    rows = list(plain(ds.dataset(tmp_path / "out" / "data").to_table()))
    expected = list(Archive(world.engine).stream())
    assert groups(rows) == groups(expected)
    assert len(groups(rows)) > 15
    assert {row["url"] for row in rows if row["canonical"]} == {row["url"] for row in expected if row["canonical"]}
    # All else of every article is what it was, to the letter.
    bare = [{name: value for name, value in row.items() if name != "cluster"} for row in rows]
    known = [{name: value for name, value in row.items() if name != "cluster"} for row in expected]
    assert sorted(bare, key=lambda row: row["id"]) == known
    assert told["figures"]["articles"] == len(expected)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    for file in manifest["files"]:
        assert sha256((tmp_path / "out" / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_canonical_articles_of_several_archives(spark: Any, world: World, tmp_path: Path) -> None:
    from crawler.spark_job import run

    for name, sources in {"one": ("cinic", "pzh"), "two": ("scgov", "pzh")}.items():
        world.export(tmp_path / name, "parquet", selection=Selection(reprints=True, sources=sources))
    run(spark, tmp_path / "out", parquet=[str(tmp_path / name / "data") for name in ("one", "two")])
    rows = list(plain(ds.dataset(tmp_path / "out" / "data").to_table()))
    assert len({row["url"] for row in rows}) == len(rows)
    assert {row["source"] for row in rows} == {"cinic", "pzh", "scgov"}
    assert all(row["canonical"] for row in rows)


def test_raw_pages_are_read_and_cleaned_as_in_a_crawl(spark: Any, tmp_path: Path) -> None:
    from crawler.items import Page
    from crawler.sites import site_for
    from crawler.spark_job import run
    from crawler.wiring import read_article
    from storage.raw import Raw, pack
    from tests.storage.samples import NOW, exchange

    pages = {}
    with Raw(tmp_path / "warc") as raw:
        for number in range(6):
            url = f"http://www.cinic.org.cn/xy/sc/{number}.html"
            text = "".join(chr(0x4E00 + (number * 977 + step * 31) % 9000) for step in range(150))
            body = (
                f"<html><head><title>攀枝花消息{number}</title></head><body><h1>攀枝花消息{number}</h1>"
                f"<p>来源：攀枝花日报 时间：2020-04-1{number}</p><div class='dc-ccm1'><p>近日，攀枝花發(fā)展：{text}。</p>"
                f"<p>第二段文字，{text[::-1]}。</p></div></body></html>"
            ).encode()
            pages[url] = body
            raw.put(pack(exchange(url, body)))
    (file,) = (tmp_path / "warc").glob("*.warc.gz")
    run(spark, tmp_path / "out", warc=[str(file)])
    rows = {row["url"]: row for row in plain(ds.dataset(tmp_path / "out" / "data").to_table())}
    assert rows
    for url, body in pages.items():
        article = read_article(
            Page(url=url, body=body, content_type="text/html; charset=gbk", fetched_at=NOW), site_for(url)
        )
        assert not isinstance(article, str)
        assert (rows[url]["title"], rows[url]["body"]) == (article.title, article.body)
        assert "发展" in rows[url]["body"]
