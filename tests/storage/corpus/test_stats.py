from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from matplotlib import font_manager
from typer.testing import CliRunner

from crawler.cli import app
from storage.corpus import charts
from storage.corpus.stats import Path as Way
from storage.corpus.stats import rows, statistics
from tests.storage.corpus.world import World, reprint, story


def found(world: World):
    with world.engine.connect() as conn:
        return statistics(conn)


def test_counts_by_source_month_region_industry_and_cluster(world: World) -> None:
    seen = found(world)
    assert seen.articles == 63
    assert sum(count.articles for count in seen.sources) == sum(count.articles for count in seen.months) == 63
    assert sum(count.stories for count in seen.sources) == 60
    assert {count.name: count.articles for count in seen.sources} == {"cinic": 15, "pzh": 16, "scgov": 17, "—": 15}
    assert seen.months[-1].name == "—"
    assert seen.months[-1].articles == 5
    assert {count.name for count in seen.industries} == {"有色金属"}
    assert seen.cluster_sizes == ((2, 1), (3, 1))


def test_months_are_chinas(engine, tmp_path: Path) -> None:
    world = World(engine, tmp_path / "warc")
    world.feed(story(1, published_at=datetime(2020, 1, 31, 15, 59, tzinfo=UTC)))
    world.feed(story(2, published_at=datetime(2020, 1, 31, 16, 0, tzinfo=UTC)))
    assert [count.name for count in found(world).months] == ["2020-01", "2020-02"]


def test_reprint_paths_name_who_was_reprinted_and_when(world: World) -> None:
    assert found(world).reprints == (
        Way(of="攀枝花日报", by="scgov", articles=2, median_hours=3.0),
        Way(of="攀枝花日报", by="pzh", articles=1, median_hours=3.0),
    )


def test_without_a_time_there_is_no_delay(lone: World) -> None:
    undated = story(11)
    assert undated.published_at is None
    lone.run("UPDATE article SET published_at = NULL")
    assert {path.median_hours for path in found(lone).reprints} == {None}


def test_an_empty_archive_has_no_figures(sqlite_engine, tmp_path: Path) -> None:
    empty = found(World(sqlite_engine, tmp_path / "warc"))
    assert list(rows(empty)) == [{"of": "archive", "articles": 0}]
    assert charts.draw(empty, tmp_path / "charts", "svg") == []


def test_the_command_tells_json_and_draws(lone: World, tmp_path: Path) -> None:
    url = lone.engine.url.render_as_string()
    lone.run("UPDATE article SET source = '中国产业经济信息网' WHERE source = 'cinic'")
    told = CliRunner().invoke(app, ["stats", "--json", "--pictures", str(tmp_path / "c"), "--db", url])
    assert told.exit_code == 0, told.stderr
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert lines == list(rows(found(lone)))
    svg = (tmp_path / "c" / "sources.svg").read_text()
    assert "中国产业经济信息网" in svg  # text stays text
    assert all(f"'{name}'" in svg for name in charts.FAMILIES)
    again = CliRunner().invoke(app, ["stats", "--pictures", str(tmp_path / "d"), "--db", url])
    assert "中国产业经济信息网" in again.stdout
    assert (tmp_path / "d" / "sources.svg").read_text() == svg


def test_characters_of_a_png_show(lone: World, tmp_path: Path) -> None:
    try:
        family = charts.chinese_font()
    except charts.NoFont:
        pytest.skip("no font with Chinese characters is here")
    font = font_manager.get_font(font_manager.findfont(family))
    assert all(font.get_char_index(ord(character)) for character in "攀枝花钒钛釩鈦来源转载路径")
    drawn = charts.draw(found(lone), tmp_path, "png")
    assert {path.name for path in drawn} == {
        "sources.png", "months.png", "regions.png", "industries.png", "clusters.png", "reprints.png",
    }  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_without_a_font_it_says_so(lone: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "FAMILIES", ("No Such Font",))
    monkeypatch.setattr(charts, "WHEEL", "no_such_wheel")
    url = lone.engine.url.render_as_string()
    png = CliRunner().invoke(app, ["stats", "--as", "png", "--pictures", str(tmp_path / "c"), "--db", url])
    assert (png.exit_code, "no font with Chinese characters" in png.stderr) == (1, True)
    svg = CliRunner().invoke(app, ["stats", "--pictures", str(tmp_path / "c"), "--db", url])
    assert (svg.exit_code, "no font with Chinese characters" in svg.stderr) == (0, True)


def test_a_reprint_without_a_name_is_of_the_first_origin(lone: World) -> None:
    from dataclasses import replace

    lone.feed(replace(reprint(story(9), 909), reprinted_from=None, origin=None))
    assert ("攀枝花日报", "scgov", 3) in [(path.of, path.by, path.articles) for path in found(lone).reprints]
