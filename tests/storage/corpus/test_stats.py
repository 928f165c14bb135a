from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from click.testing import Result
from matplotlib import font_manager
from matplotlib.figure import Figure
from rich.cells import cell_len
from sqlalchemy import Engine
from typer.testing import CliRunner

from crawler.cli import app
from crawler.sites import SITES
from storage.corpus import charts
from storage.corpus.stats import Count, Statistics, rows, statistics
from storage.corpus.stats import Path as Way
from tests.storage.corpus.world import World, reprint, story

TITLES = {name: site.title for name, site in SITES.items()}
ITSELF = "中国产业经济信息网"


def found(world: World, titles: Mapping[str, str] = MappingProxyType({})) -> Statistics:
    with world.engine.connect() as conn:
        return statistics(conn, titles)


def panxi(world: World, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["stats", *arguments, "--db", world.engine.url.render_as_string()])


def path(**fields: Any) -> Way:
    return Way(
        **({"of": "攀枝花日报", "by": "scgov", "articles": 1, "median_hours": 3.0, "whole_days": False} | fields)
    )


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
        path(articles=2),
        path(by="pzh"),
    )


def test_a_title_counts_as_its_source(world: World) -> None:
    seen = found(world, {"daily": "攀枝花日报", "pzh": "攀枝花市人民政府"})
    assert [(way.of, way.by, way.articles) for way in seen.reprints] == [("daily", "scgov", 2), ("daily", "pzh", 1)]
    assert [seen.ends(way) for way in seen.reprints] == [("攀枝花日报", "scgov"), ("攀枝花日报", "攀枝花市人民政府")]
    told = [row for row in rows(seen) if row["of"] == "reprint"]
    assert [(row["from"], row["from_title"], row["by"], row["by_title"]) for row in told] == [
        ("daily", "攀枝花日报", "scgov", "scgov"),
        ("daily", "攀枝花日报", "pzh", "攀枝花市人民政府"),
    ]
    assert {row["name"]: row["title"] for row in rows(seen) if row["of"] == "source"} == {
        "cinic": "cinic", "pzh": "攀枝花市人民政府", "scgov": "scgov", "—": "—",
    }  # fmt: skip


def test_names_and_titles_of_one_source_are_one_path(lone: World) -> None:
    lone.feed(replace(reprint(story(9), 909), reprinted_from="daily"))
    assert [(way.of, way.by, way.articles) for way in found(lone, {"daily": "攀枝花日报"}).reprints] == [
        ("daily", "scgov", 3), ("daily", "pzh", 1),
    ]  # fmt: skip


def test_a_source_that_has_its_story_twice_is_told_as_such(lone: World) -> None:
    lone.feed(replace(reprint(story(9), 909, source="cinic"), reprinted_from=ITSELF))
    seen = found(lone, TITLES)
    assert (ITSELF, "itself") in [seen.ends(way) for way in seen.reprints]
    assert sum(way.articles for way in seen.reprints) == sum(count.articles - count.stories for count in seen.sources)


def test_nobody_is_not_itself(lone: World) -> None:
    seen = found(lone)
    assert seen.ends(path(of="—", by="—")) == ("—", "—")


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ("", {"median_hours": None}),
        ("same day", {"median_hours": 0.0, "whole_days": True}),
        ("1 d", {"median_hours": 24.0, "whole_days": True}),
        ("-1 d", {"median_hours": -24.0, "whole_days": True}),
        ("0 h", {"median_hours": 0.0}),
        ("47.5 h", {"median_hours": 47.5}),
        ("2.5 d", {"median_hours": 60.0}),
    ],
)
def test_a_delay_is_told_as_exactly_as_it_is_known(told: str, fields: dict[str, Any]) -> None:
    assert path(**fields).delay == told


@pytest.mark.parametrize("dated", ["canonical", "NOT canonical"])
def test_where_a_date_has_no_hour_a_delay_is_of_days(world_of_one: World, dated: str) -> None:
    (exact,) = found(world_of_one).reprints
    assert (exact.median_hours, exact.whole_days) == (3.0, False)
    world_of_one.run(f"UPDATE article SET date_precision = 'day' WHERE {dated}")
    (way,) = found(world_of_one).reprints
    assert (way.median_hours, way.whole_days) == (24.0, True)  # 22:30 and 1:30 of the next day, in China


@pytest.fixture
def world_of_one(engine: Engine, tmp_path: Path) -> World:
    """A story late in the evening and its reprint, on each database."""
    world = World(engine, tmp_path / "warc")
    first = story(1, published_at=datetime(2020, 1, 31, 14, 30, tzinfo=UTC))
    world.feed(first, reprint(first, 901))
    return world


def test_without_a_time_there_is_no_delay(lone: World) -> None:
    undated = story(11)
    assert undated.published_at is None
    lone.run("UPDATE article SET published_at = NULL")
    assert {path.median_hours for path in found(lone).reprints} == {None}


def test_an_empty_archive_has_no_figures(sqlite_engine, tmp_path: Path) -> None:
    empty = found(World(sqlite_engine, tmp_path / "warc"))
    assert list(rows(empty)) == [{"of": "archive", "articles": 0, "copies": 0}]
    assert charts.draw(empty, tmp_path / "charts", "svg") == []


def test_the_command_tells_json_and_draws(lone: World, tmp_path: Path) -> None:
    url = lone.engine.url.render_as_string()
    told = CliRunner().invoke(app, ["stats", "--json", "--pictures", str(tmp_path / "c"), "--db", url])
    assert told.exit_code == 0, told.stderr
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert lines == list(rows(found(lone, TITLES)))
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
    assert all(font.get_char_index(ord(character)) for character in "攀枝花钒钛釩鈦→")
    drawn = charts.draw(found(lone), tmp_path, "png")
    assert {path.name for path in drawn} == {
        "sources.png", "months.png", "regions.png", "industries.png", "clusters.png", "reprints.png",
    }  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_without_a_font_it_says_so(lone: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "FAMILIES", ("No Such Font",))
    monkeypatch.setattr(charts, "WHEEL", "no_such_wheel")
    png = panxi(lone, "--as", "png", "--pictures", str(tmp_path / "c"))
    assert (png.exit_code, png.stdout) == (2, "")
    assert "no font with Chinese characters" in png.stderr
    svg = panxi(lone, "--pictures", str(tmp_path / "c"))
    assert (svg.exit_code, "no font with Chinese characters" in svg.stderr) == (0, True)


def test_a_reprint_without_a_name_is_of_the_first_origin(lone: World) -> None:
    lone.feed(replace(reprint(story(9), 909), reprinted_from=None, origin=None))
    assert ("攀枝花日报", "scgov", 3) in [(way.of, way.by, way.articles) for way in found(lone).reprints]


def test_a_table_has_its_numbers_right_and_no_blanks_behind(lone: World) -> None:
    lone.run("UPDATE article SET published_at = NULL WHERE NOT canonical")  # a delay that is not known
    told = panxi(lone).stdout.splitlines()
    assert [line for line in told if line != line.rstrip()] == []
    sources = told[told.index("Sources") + 1 :][:3]
    assert sources[0].split() == ["articles", "without", "reprints"]
    assert sources[1].startswith("scgov")
    assert {cell_len(line) for line in sources} == {cell_len(sources[0])}  # they end below each other


def test_a_list_that_is_cut_says_so(lone: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut() -> list[str]:
        return [line for line in panxi(lone).stdout.splitlines() if line.startswith("…")]

    assert cut() == []
    monkeypatch.setattr("crawler.cli.stats.SHOWN", 1)
    months = len(found(lone).months)
    assert cut() == [
        "… and 3 more; --json has all",
        f"… and {months - 1} earlier; --json has all",
        "… and 1 more; --json has all",  # regions: two codes of one name
        "… and 1 more; --json has all",
        "… and 1 more; --json has all",
    ]


def test_a_table_names_sources_by_their_titles(lone: World) -> None:
    lone.feed(replace(reprint(story(9), 909, source="cinic"), reprinted_from=ITSELF))
    told = panxi(lone).stdout.splitlines()
    assert [line for line in told if line.split()[:1] == ["cinic"]] == []
    assert [line.split()[:2] for line in told if "itself" in line] == [[ITSELF, "itself"]]


def test_a_name_is_no_markup(lone: World) -> None:
    lone.run("UPDATE tag SET name = '[red]区[/red]' WHERE kind = 'region'")
    assert "[red]区[/red]" in panxi(lone).stdout


def test_what_drawing_needs_is_asked_before_anything_is_told(
    lone: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.csv"
    file.write_text("1")
    refused = {
        "is not a folder": panxi(lone, "--pictures", str(file)),
        "can't take pictures: Not a directory": panxi(lone, "--pictures", str(file / "c")),
        "--as is the form of pictures": panxi(lone, "--as", "png"),
        "an empty name": panxi(lone, "--pictures", ""),
    }
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    refused["pictures need matplotlib"] = panxi(lone, "--pictures", str(tmp_path / "c"))
    for message, told in refused.items():
        assert message in told.stderr
        assert (told.exit_code, told.stdout) == (2, ""), message


def test_a_folder_that_takes_no_files_is_refused_before_anything_is_told(lone: World, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        folder = Path("/proc/1/fdinfo")  # takes none from root either
        if not folder.is_dir():
            pytest.skip("root may write everywhere here")
    told = panxi(lone, "--pictures", str(folder))
    assert (told.exit_code, told.stdout) == (2, "")
    assert f"{str(folder)!r} can't take pictures: " in told.stderr


def test_a_full_disk_names_the_folder_and_leaves_what_was_there(
    lone: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    draw = charts.draw

    def on_a_small_disk(*arguments: Any) -> list[Path]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, before[1]))
        try:
            return draw(*arguments)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "sources.svg").write_text("earlier")
    monkeypatch.setattr(charts, "draw", on_a_small_disk)
    told = panxi(lone, "--pictures", str(folder))
    assert told.exit_code == 1
    assert f"no pictures in {str(folder)!r}: File too large" in told.stderr
    assert {one.name: one.read_text() for one in folder.iterdir()} == {"sources.svg": "earlier"}


def svg(seen: Statistics, folder: Path, name: str) -> str:
    charts.draw(seen, folder, "svg")
    return (folder / f"{name}.svg").read_text("utf-8")


def test_a_picture_explains_its_bars_and_axes(lone: World, tmp_path: Path) -> None:
    for name in ("sources", "regions", "industries", "months"):
        drawn = svg(found(lone), tmp_path, name)
        for text in ("all articles", "without reprints", ">articles<"):
            assert text in drawn, (name, text)
    assert ">month (5 without a date left out)<" in svg(found(lone), tmp_path, "months")


def test_a_picture_names_sources_by_their_titles(lone: World, tmp_path: Path) -> None:
    seen = found(lone, {"pzh": "攀枝花市人民政府"})
    sources, reprints = svg(seen, tmp_path, "sources"), svg(seen, tmp_path, "reprints")
    assert ">攀枝花市人民政府<" in sources
    assert ">pzh<" not in sources
    assert ">攀枝花日报 → 攀枝花市人民政府<" in reprints
    assert ">3 h<" in reprints


def test_two_towns_of_one_name_are_two_bars(lone: World, tmp_path: Path) -> None:
    regions = (Count(name="城关镇", articles=3, stories=3), Count(name="城关镇", articles=2, stories=2))
    drawn = svg(replace(found(lone), regions=regions), tmp_path, "regions")
    assert drawn.count(">城关镇<") == 2


def test_a_picture_of_undated_articles_alone_has_no_months(lone: World, tmp_path: Path) -> None:
    undated = replace(found(lone), months=(Count(name="—", articles=2, stories=2),))
    assert "months.svg" not in [one.name for one in charts.draw(undated, tmp_path, "svg")]


def test_a_year_without_articles_is_a_gap() -> None:
    axes = Figure().add_subplot()
    months = [Count(name=name, articles=1, stories=1) for name in ("2018-11", "2018-12", "2020-12")]
    charts._months(axes, months, 0)
    middles = [bar.get_x() + bar.get_width() / 2 for bar in axes.containers[0]]
    assert [later - middles[0] for later in middles] == pytest.approx([0, 1, 25])


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        ("2020-04", "2020-04", ["2020-04"]),
        ("2019-11", "2020-02", ["2019-11", "2019-12", "2020-01", "2020-02"]),
        (
            "2018-11",
            "2020-12",
            ["2019-01", "2019-04", "2019-07", "2019-10", "2020-01", "2020-04", "2020-07", "2020-10"],
        ),
        ("2018-11", "2025-09", ["2019", "2020", "2021", "2022", "2023", "2024", "2025"]),
        ("1949-10", "2025-09", ["1950", "1960", "1970", "1980", "1990", "2000", "2010", "2020"]),
    ],
)
def test_names_on_the_axis_of_months_stand_at_even_distances(first: str, last: str, names: list[str]) -> None:
    axes = Figure().add_subplot()
    charts._months(axes, [Count(name=name, articles=1, stories=1) for name in sorted({first, last})], 0)
    assert [label.get_text() for label in axes.get_xticklabels()] == names
