"""An archive with something of everything, and the page over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from benchmarks.made_archive import NOW, fill, furnish, keep, made
from crawler.items import Article
from monitor.web.app import create_app
from monitor.web.config import Config, SourceCard
from pipelines.text.script import to_simplified
from storage import db
from storage.raw import Raw

TOKEN = "a-token-for-the-tests"
HOSTILE = "<script>window.ran=1</script><img src=x onerror=window.ran=1>"
CARDS = {
    name: SourceCard(
        name=name,
        title=title,
        home=f"http://www.{name}.example/",
        every=timedelta(hours=6),
        quiet_for=timedelta(days=7),
        verified=False,
        next_run=lambda last_run, went, now: (
            now if last_run is None or (went and went.state == "killed") else last_run + timedelta(hours=6)
        ),
    )
    for name, title in (("cinic", "中国产业经济信息网"), ("panzhihua", "攀枝花市人民政府"))
}


def hostile() -> Article:
    """An article whose every text is an attack."""
    return replace(
        made(1),
        url="http://www.cinic.example/xy/sc/hostile.html",
        title=f"攻击{HOSTILE}",
        title_original=f"攻擊{HOSTILE}",
        body=f"第一段{HOSTILE}\n[x](javascript:window.ran=1)\n<style>body{{display:none}}</style>",
        body_original=f"第一段{HOSTILE}\n[y](javascript:window.ran=1)\n<style>body{{display:none}}</style>",
        origin=f"来源{HOSTILE}",
        author=f'" onmouseover="window.ran=1" x="{HOSTILE}',
        column=(HOSTILE,),
        related=tuple(
            replace(link, url=url, title=HOSTILE)
            for link, url in zip(
                made(9).related, ("javascript:window.ran=1", "data:text/html,<script>", "vbscript:x"), strict=True
            )
        ),
        content_sha256="0" * 64,
        script="traditional",
    )


def revised() -> tuple[Article, Article]:
    """An article and its later text."""
    first = replace(made(2), url="http://www.cinic.example/xy/sc/revised.html", body="甲乙丙丁。\n总投资168亿元。")
    return first, replace(first, body="甲乙丙丁。\n总投资186亿元。\n更正如上。", content_sha256="1" * 64)


def furnished(engine: Engine, folder: Path) -> Config:
    """The page's configuration over a filled archive; it may write."""
    fill(engine, 60)
    with Raw(folder / "warc") as raw:
        attack = f"<html><title>x</title><script>parent.ran=1</script>{HOSTILE}".encode()
        keep(engine, hostile(), page=attack, raw=raw)
        first, second = revised()
        keep(engine, first, NOW - timedelta(days=1), page=b"<p>168</p>", raw=raw)
        keep(engine, second, NOW, page=b"<p>186</p>", raw=raw)
    furnish(engine)
    return Config(
        engine=engine,
        fold=to_simplified,
        decode=lambda body, _: body.decode("utf-8", "replace"),
        raw=folder / "warc",
        sources=CARDS,
        token=TOKEN,
        hosts=("localhost", "127.0.0.1", "testserver"),
        search_burst=1_000,
        now=lambda: NOW + timedelta(hours=2),
    )


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, _templates: Callable[[str, str], str]) -> Iterator[Config]:
    """Over SQLite, for tests that only read."""
    folder = tmp_path_factory.mktemp("web")
    engine = db.open_engine(_templates("sqlite", str(folder)))
    yield furnished(engine, folder)
    engine.dispose()


@pytest.fixture(scope="module")
def client(config: Config) -> Iterator[TestClient]:
    with TestClient(create_app(config), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def on_each(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    """Over SQLite and PostgreSQL, and for tests that write."""
    with TestClient(create_app(furnished(engine, tmp_path)), raise_server_exceptions=False) as client:
        yield client
