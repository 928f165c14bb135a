"""``panxi search`` as a person meets it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from benchmarks.made_archive import fill
from crawler.cli import search
from storage import db

run = CliRunner()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('search')}/panxi.db"
    engine = db.open_engine(url)
    db.upgrade(engine)
    fill(engine, 40)
    engine.dispose()
    return url


def asked(archive: str, *arguments: str):
    return run.invoke(search.app, [*arguments, "--db", archive])


def found(archive: str, *arguments: str) -> set[int]:
    answer = asked(archive, "--limit", "1000", *arguments, "--json")
    return {json.loads(line)["id"] for line in answer.stdout.splitlines()}


def test_a_region_is_found_by_any_of_its_names(archive: str) -> None:
    by_code = found(archive, "钒钛", "--region", "510400")
    assert by_code
    assert by_code < found(archive, "钒钛")
    assert by_code == found(archive, "钒钛", "--region", "攀枝花") == found(archive, "钒钛", "--region", "攀枝花市")


def test_a_code_holds_what_lies_in_it(archive: str) -> None:
    assert found(archive, "钒钛", "--industry", "C") == found(archive, "钒钛", "--industry", "C32") != set()


@pytest.mark.parametrize("option", ["--region", "--industry", "--source"])
def test_an_unknown_name_is_told_and_finds_nothing(archive: str, option: str) -> None:
    answer = asked(archive, "钒钛", option, "亚特兰蒂斯")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert "亚特兰蒂斯" in answer.stderr


def test_words_without_a_letter_are_told_and_find_nothing(archive: str) -> None:
    answer = asked(archive, "……", "--json")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "……" in answer.stderr


@pytest.mark.parametrize("query", ["“钒钛”", "《钒钛》", "（钒钛｜不在这里）", "釩鈦 or 不在这里", "钒钛，"])
def test_what_a_chinese_keyboard_writes_finds_the_same(archive: str, query: str) -> None:
    assert found(archive, query) == found(archive, "钒钛") != set()


@pytest.mark.parametrize(
    ("arguments", "word"), [(("-钒钛",), "-钒钛"), (("钒钛", "-石墨"), "-石墨"), (("-gdp",), "-gdp")]
)
def test_a_query_that_reads_as_an_option_is_told_how_to_write(
    archive: str, arguments: tuple[str, ...], word: str
) -> None:
    answer = asked(archive, *arguments)
    assert answer.exit_code == 2
    assert f"panxi search -- '… {word}'" in answer.stderr
    assert run.invoke(search.app, ["--db", archive, "--json", "--", "-钒钛"]).exit_code == 0
    assert run.invoke(search.app, ["-h"]).exit_code in (0, 2)  # no word to leave out


def test_more_words_than_can_be_looked_for_are_told_and_not_cut(archive: str) -> None:
    answer = asked(archive, " ".join(f"词{number}" for number in range(300)))
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "300 words" in answer.stderr
    assert len(answer.stderr) < 300


def test_more_than_are_put_in_order_is_told(archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked(archive, "钒钛").stdout
    monkeypatch.setattr(search, "LOOKED_AT", 3)
    short = asked(archive, "钒钛", "--limit", "2").stdout
    assert "more than" not in whole
    assert "more than 3 found, 1–2 shown" in short
    assert "equally good" in short


def test_a_page_past_the_last_is_empty_and_says_how_many_there_are(archive: str) -> None:
    total = len(found(archive, "钒钛"))
    assert f"{total} found" in asked(archive, "钒钛", "--offset", "900").stdout
    assert found(archive, "钒钛", "--offset", "900") == set()
