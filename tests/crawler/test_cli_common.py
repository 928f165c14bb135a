"""What the commands share."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from rich.console import Console

from crawler.cli.common import a_path, a_web_address, facts, local, missing, plural
from crawler.cli.help import examples, flowing
from crawler.logs import DATE_FORMAT, in_china_time


def test_one_page_two_pages() -> None:
    assert [plural(number, "page") for number in (0, 1, 2)] == ["pages", "page", "pages"]


def test_a_moment_is_told_in_china_s_time() -> None:
    assert local(datetime(2024, 12, 31, 16, 0, tzinfo=UTC)) == "2025-01-01 00:00"
    assert local(None) == "never"
    assert local(None, "") == ""


@pytest.fixture
def converter() -> Iterator[None]:
    before = logging.Formatter.converter
    yield
    logging.Formatter.converter = before


@pytest.mark.usefixtures("converter")
def test_the_log_is_in_china_s_time() -> None:
    in_china_time()
    record = logging.makeLogRecord({"created": datetime(2024, 12, 31, 16, 0, tzinfo=UTC).timestamp(), "msg": "x"})
    line = logging.Formatter("%(asctime)s %(message)s", DATE_FORMAT).format(record)
    assert line == "2025-01-01 00:00:00+08:00 x"


@pytest.mark.parametrize("typed", ["", " ", "\t"])
def test_an_empty_name_is_no_folder(typed: str) -> None:
    with pytest.raises(typer.BadParameter):
        a_path(typed)


def test_a_path_is_taken_as_it_stands() -> None:
    assert a_path(" a b") == a_path(Path(" a b")) == Path(" a b")


@pytest.mark.parametrize(
    "typed", ["", "www.cinic.org.cn", "ftp://x.cn/", "file:///etc/passwd", "http://", "http://[::1"]
)
def test_what_is_no_address_of_a_page(typed: str) -> None:
    with pytest.raises(typer.BadParameter):
        a_web_address(typed)


def test_an_address_is_taken_as_it_stands() -> None:
    assert a_web_address("HTTP://x.cn/A?b#c") == "HTTP://x.cn/A?b#c"


def test_only_a_file_can_be_missing(tmp_path: Path) -> None:
    file = tmp_path / "panxi.db"
    assert missing(f"sqlite:///{file}") == str(file)
    file.touch()
    assert missing(f"sqlite:///{file}") is None
    assert missing("postgresql://x@127.0.0.1:1/x") is None
    assert missing("nonsense") is None


def test_a_long_fact_stays_in_its_column() -> None:
    table = facts()
    table.add_row("industries", "黑色金属冶炼和压延加工业、" * 4)
    console = Console(width=40)
    with console.capture() as captured:
        console.print(table)
    first, *more = captured.get().splitlines()
    assert first.startswith("industries  黑")
    assert more
    assert all(line.startswith(" " * 12) for line in more)


def test_the_text_of_a_help() -> None:
    assert examples("panxi x") == "Example:\n  panxi x"
    assert examples("panxi x", "panxi y") == "Examples:\n  panxi x\n  panxi y"
    assert flowing("One\n    line.\n\n    Another\n    one.\n    ") == "One line.\n\nAnother one."


def test_a_crawl_that_found_all_taken_says_whose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    from crawler.cli.crawl import tell
    from crawler.crawl import Crawled
    from crawler.walk import Tally

    nothing = Crawled(tally=Tally(), reason="finished", seconds=0.1)
    tell(nothing, "sqlite:///a.db", others=3)
    assert "another crawl holds 3 more pages" in capsys.readouterr().out
    tell(nothing, "sqlite:///a.db")
    assert "All that was due has been visited" in capsys.readouterr().out
