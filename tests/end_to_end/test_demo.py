"""The main job, end to end: the replica site is crawled twice and what is in the archive is compared with its content."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Row, func, select, text

from crawler.items import SHANGHAI
from crawler.replica import Expected, expected
from monitor.web.question import Question
from monitor.web.reads.policies import articles_of
from monitor.web.reads.searching import find
from storage import schema
from storage.db import open_engine
from tests.end_to_end.conftest import PANXI, Ran, run

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Demo:
    first: Ran
    second: Ran
    folder: Path
    engine: Engine

    @property
    def db(self) -> str:
        return f"sqlite:///{self.folder / 'demo-archive' / 'panxi.db'}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    first = run("demo", "--json", cwd=folder)
    second = run("demo", "--json", cwd=folder)
    engine = open_engine(f"sqlite:///{folder / 'demo-archive' / 'panxi.db'}")
    yield Demo(first, second, folder, engine)
    engine.dispose()


@pytest.fixture(scope="module")
def site() -> Expected:
    return expected()


def articles(demo: Demo) -> dict[str, Row[Any]]:
    with demo.engine.connect() as connection:
        return {row.url: row for row in connection.execute(select(schema.article))}


def test_the_first_crawl_stores_every_article_once(demo: Demo, site: Expected) -> None:
    assert demo.first.code == 0, demo.first
    stored = articles(demo)
    assert set(stored) == site.articles
    assert demo.first.json["new"] == len(site.articles)
    assert demo.first.json["failed"] == []


def test_what_brings_no_article_is_told_with_its_reason(demo: Demo, site: Expected) -> None:
    passed_over = {row["reason"]: row["count"] for row in demo.first.json["passed_over"]}
    assert passed_over["HTTP 404"] == len(site.missing)
    assert sum(count for reason, count in passed_over.items() if "robots.txt" in reason) == len(site.forbidden)


def test_a_second_crawl_finds_nothing_new_and_revises_what_changed(demo: Demo, site: Expected) -> None:
    assert demo.second.code == 0, demo.second
    assert demo.second.json["new"] == 0
    assert demo.second.json["changed"] == len(site.changed)
    revised = {url for url, row in articles(demo).items() if row.revision > 1}
    assert revised == site.changed


def test_the_earlier_text_is_kept(demo: Demo, site: Expected) -> None:
    with demo.engine.connect() as connection:
        earlier = connection.execute(
            select(schema.article.c.url, schema.revision.c.body).join(
                schema.article, schema.article.c.id == schema.revision.c.article_id
            )
        ).all()
    assert {row.url for row in earlier} == site.changed
    now = articles(demo)
    assert all(row.body != now[row.url].body for row in earlier)


def test_no_reading_aid_is_left_in_any_body(demo: Demo) -> None:
    import re

    aid = re.compile(r"[\u3400-\u9fff][(（][a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüɡ]+[)）]")
    found = {url: aid.findall(row.body + row.title) for url, row in articles(demo).items()}
    assert not {url: aids for url, aids in found.items() if aids}
    originals = sum(bool(aid.search(row.body_original or "")) for row in articles(demo).values())
    assert originals > 0, "the replica has pages with aids, or this test shows nothing"


def test_reprints_are_joined_and_all_stay(demo: Demo, site: Expected) -> None:
    stored = articles(demo)
    assert site.reprints
    for group in site.reprints:
        clusters = {stored[url].cluster_id for url in group}
        assert len(clusters) == 1, group
        assert None not in clusters
        assert sum(stored[url].canonical for url in group) == 1


def test_a_mirrors_copy_is_never_told_beside_its_original(demo: Demo) -> None:
    stored = articles(demo)
    mirrored = {url: row for url, row in stored.items() if row.source == "mirror"}
    assert all(row.mirror_of == url.replace("//mirror.", "//www.cinic.") for url, row in mirrored.items())
    copies = {url for url, row in mirrored.items() if row.mirror_of in stored}
    alone = mirrored.keys() - copies
    assert copies
    assert alone
    assert not any(mirrored[url].canonical for url in copies)
    assert all(stored[mirrored[url].mirror_of].canonical for url in copies)
    assert all(mirrored[url].canonical for url in alone), "what only the mirror has is there"
    found = {
        row["url"] for row in run("search", "", "--limit", "1000", "--json", "--db", demo.db, cwd=demo.folder).rows
    }
    assert found == stored.keys() - copies
    with demo.engine.connect() as connection:
        on_the_page = find(connection, Question(reprints=True), str)
    assert on_the_page.total == len(found)
    told = run("stats", "--json", "--db", demo.db, cwd=demo.folder).rows
    assert {row["by"] for row in told if row["of"] == "reprint"} == {"cinic"}
    assert next(row["copies"] for row in told if row["of"] == "archive") == len(copies)
    with demo.engine.connect() as connection:
        records = connection.execute(select(schema.policy_record.c.id)).scalars().all()
        shown = {row["url"] for rows in articles_of(connection, records).values() for row in rows}
    assert not shown & copies
    assert any(stored[url].policy_relation for url in copies), "or the last line shows nothing"


def test_related_links_are_kept_where_their_page_is_not_fetched(demo: Demo, site: Expected) -> None:
    with demo.engine.connect() as connection:
        kept = set(connection.execute(select(schema.related_link.c.url)).scalars())
        visited = set(connection.execute(select(schema.frontier.c.url)).scalars())
    assert site.offsite <= kept
    assert not site.offsite & visited
    assert site.missing & kept


def test_the_archive_is_sound(demo: Demo) -> None:
    with demo.engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        states = dict(
            connection.execute(select(schema.frontier.c.state, func.count()).group_by(schema.frontier.c.state)).all()
        )
    assert "leased" not in states
    assert "pending" not in states


def test_a_person_reads_a_summary(tmp_path: Path) -> None:
    told = run("demo", cwd=tmp_path)
    assert told.code == 0
    for words in ("articles new", "passed over", "All that was due has been visited", "Try next", "panxi.db"):
        assert words in told.out


def test_a_fresh_demo_leaves_alone_what_is_not_the_demo_s(demo: Demo, tmp_path: Path) -> None:
    (tmp_path / "panxi.db").write_bytes(b"an archive of years")
    refused = run("demo", "--fresh", "--dir", ".", cwd=tmp_path)
    assert refused.code == 2
    assert "not the demo's" in refused.err
    assert (tmp_path / "panxi.db").read_bytes() == b"an archive of years"


def test_a_fresh_demo_begins_again_and_keeps_the_reader_s_own_files(tmp_path: Path) -> None:
    folder = tmp_path / "demo-archive"
    for _ in range(2):
        told = run("demo", "--fresh", "--json", cwd=tmp_path)
        assert told.json["new"] == len(expected().articles)
        (folder / "corpus.jsonl").touch()
    assert (folder / "corpus.jsonl").exists()


def test_times_are_china_s_wherever_the_machine_is(demo: Demo) -> None:
    with demo.engine.connect() as connection:
        began = connection.execute(select(schema.source.c.last_run_at).where(schema.source.c.name == "cinic")).scalar()
    assert began is not None
    shown = f"{began.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    for command in ("sources", "status"):
        told = run(command, "--db", demo.db, cwd=demo.folder, TZ="America/New_York")
        assert shown[:-1] in told.out, told
        assert "Times: +08:00." in told.out
    article = run("show", "1", "--db", demo.db, cwd=demo.folder, TZ="America/New_York")
    assert f"first seen  {shown[:10]}" in article.out
    (cinic,) = run("sources", "cinic", "--json", "--db", demo.db, cwd=demo.folder).rows
    assert datetime.fromisoformat(cinic["last_crawled"]) == began


def test_the_readme_can_be_followed_to_the_letter(demo: Demo) -> None:
    _, _, rest = (ROOT / "README.md").read_text(encoding="utf-8").partition("make demo made\n")
    lines = [line for line in rest.partition("```")[0].splitlines() if not line.startswith("panxi serve")]
    assert sum(line.startswith("panxi ") for line in lines) >= 5
    (demo.folder / "tests").symlink_to(ROOT / "tests")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        cwd=demo.folder,
        env={
            **os.environ,
            "PANXI_DB": "sqlite:///demo-archive/panxi.db",
            "PATH": f"{PANXI.parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "储能" in done.stdout
    assert (demo.folder / "corpus" / "manifest.json").exists()
