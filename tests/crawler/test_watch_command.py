"""``panxi watch`` knows what it is asked for, or says what comes near."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from icalendar import Calendar
from sqlalchemy import update
from typer.testing import CliRunner, Result

from crawler.cli import app
from storage.db import open_engine, upgrade, writing
from storage.schema import watch as saved
from tests.monitor.telling import article, put


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'panxi.db'}"


def watch(url: str, *words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["watch", *words, "--db", url], env={"COLUMNS": "1000", **environment})


def rules(url: str) -> dict[str, dict[str, object]]:
    lines = watch(url, "list", "--json").stdout.splitlines()
    return {row["name"]: row["rule"] for row in map(orjson.loads, lines)}


def test_what_is_typed_is_kept_under_the_names_of_the_archive(url: str) -> None:
    done = watch(
        url, "add", "钒", "--region", "攀枝花", "--region", "鹽邊", "--kind", "意見", "--source", "攀枝花日报",
        "--issuer", "攀枝花市人民政府", "--issuer", "四川", "--industry", "C32", "--words", "釩",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    rule = rules(url)["钒"]
    assert rule["regions"] == ["510400", "510422"]
    assert (rule["kinds"], rule["sources"], rule["industries"]) == (["意见"], ["panzhihua-daily"], ["C32"])
    assert rule["issuers"] == ["攀枝花市人民政府", "四川"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("x", "--region", "攀技花"), "did you mean 攀枝花市 (510400)"),
        (("x", "--source", "cinik"), "did you mean 中国产业经济信息网 (cinic)"),
        (("x", "--kind", "意贝"), "did you mean 意见?"),
        (("x", "--issuer", "攀枝花市正府"), "'攀枝花市正府' is no issuer"),
        (("x", "--issuer", ""), "'' is no issuer"),
        (("x", "--industry", "芒果"), "did you mean 热带水果种植 (A0154)"),
        (("x", "--channel", "a b"), "letters, digits and _"),
        (("x", "--scope", "all"), "scope is 'all', not one of"),
        (("x", "--digest", "weekly"), "each, hourly or daily, not 'weekly'"),
        (("x", "--words", "()"), "'()' holds no character"),
        (("x", "--words", " ".join(f"词{number}" for number in range(300))), "holds 300 words; at most 256"),
        ((" ",), "a watch can't be called"),
        (("a\nb",), "a watch can't be called"),
        (("钒" * 5000,), "at most 100 characters, not 5000"),
        (("x", "--scope", "operations", "--words", "钒"), "a watch of operations is told of sources, and has no words"),
        (("x", "--scope", "operations", "--region", "攀枝花"), "has no regions"),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_is_saved(url: str, options: tuple[str, ...], said: str) -> None:
    done = watch(url, "add", *options)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert set(rules(url)) <= {"攀枝花政策"}


def test_a_channel_is_one_of_those_configured_where_any_are(url: str) -> None:
    refused = watch(url, "add", "x", "--channel", "mial", PANXI_CHANNEL_MAIL="mailto://a")
    assert (refused.exit_code, "did you mean mail?" in refused.stderr) == (2, True)
    assert watch(url, "add", "x", "--channel", "Mail", PANXI_CHANNEL_MAIL="mailto://a").exit_code == 0
    later = watch(url, "add", "y", "--channel", "hook")
    assert (later.exit_code, "PANXI_CHANNEL_HOOK" in later.stderr) == (0, True)
    listed = [orjson.loads(line) for line in watch(url, "list", "--json").stdout.splitlines()]
    assert {row["name"]: row["channels"] for row in listed if row["name"] in "xy"} == {"x": ["mail"], "y": ["hook"]}


@pytest.mark.parametrize("command", ["remove", "test", "feed"])
def test_a_watch_that_is_not_there_is_met_with_the_nearest(url: str, command: str) -> None:
    assert watch(url, "add", "钒钛新材料").exit_code == 0
    done = watch(url, command, "钒钛材料")
    assert done.exit_code == 2
    assert "did you mean 钒钛新材料?" in " ".join(done.stderr.split())


def test_operations_may_name_sources_and_a_name_may_have_a_hundred_characters(url: str) -> None:
    assert watch(url, "add", "x", "--scope", "operations", "--source", "cinic").exit_code == 0
    assert watch(url, "add", "钒" * 100).exit_code == 0


def test_a_saved_watch_is_tested_by_its_own_rule_alone(url: str) -> None:
    watch(url, "add", "钒钛", "--words", "钒钛")
    both = watch(url, "test", "钒钛", "--words", "石墨")
    assert (both.exit_code, both.stdout) == (2, "")
    assert "'钒钛' is a saved watch, which has its rule" in both.stderr
    assert watch(url, "test", "钒钛").exit_code == 0
    assert watch(url, "test", "--scope", "operations", "--words", "钒").exit_code == 2


def test_a_watch_of_the_profile_is_turned_off_and_said_so(url: str) -> None:
    watch(url, "add", "钒钛")
    off = watch(url, "remove", "攀枝花政策")
    assert (off.exit_code, "turned off 攀枝花政策" in off.stderr, "removed" in off.stderr) == (0, True, False)
    assert "removed 钒钛" in watch(url, "remove", "钒钛").stderr


def test_an_empty_feed_was_updated_when_its_watch_was_made(url: str) -> None:
    watch(url, "add", "钒钛")
    (row,) = [
        one for one in map(orjson.loads, watch(url, "list", "--json").stdout.splitlines()) if one["name"] == "钒钛"
    ]
    told = watch(url, "feed", "钒钛").stdout
    assert f"<updated>{row['created_at'][:19]}" in told
    assert "1970" not in told
    calendar = Calendar.from_ical(watch(url, "feed", "钒钛", "--format", "ics").stdout)
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


@pytest.mark.parametrize("address", ["not a url", "ftp://a.example/x", "/feed.atom"])
def test_a_feed_stands_at_a_web_address(url: str, address: str) -> None:
    watch(url, "add", "钒钛")
    refused = watch(url, "feed", "钒钛", "--address", address)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "https://a.example/feed" in watch(url, "feed", "钒钛", "--address", "https://a.example/feed").stdout


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 11, 22, 16, tzinfo=UTC), "2026-11-23"),  # midnight in China: all that has a day alone
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), "2026-11-23"),
        (datetime(2026, 11, 23, 16, tzinfo=UTC), "2026-11-24"),
        (None, "no date"),
    ],
)
def test_the_day_that_is_shown_is_that_in_china(url: str, at: datetime | None, shown: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    put(engine, article(1, "攀枝花钒钛产业", "一条消息。", published_at=at, date_precision="day"))
    engine.dispose()
    (line,) = watch(url, "test", "--scope", "articles", "--words", "钒钛").stdout.splitlines()
    assert line.startswith(f"{shown:10}  article")
    (found, *_) = CliRunner().invoke(app, ["search", "钒钛", "--db", url]).stdout.splitlines()[1:]
    assert found.strip().startswith(shown)


def test_the_list_says_names_not_codes(url: str) -> None:
    watch(url, "add", "x", "--region", "仁和", "--industry", "C32")
    assert "in 仁和区, on 有色金属冶炼和压延加工业" in watch(url, "list").stdout


def test_a_watch_that_cannot_be_read_is_shown_with_its_reason(url: str) -> None:
    assert watch(url, "add", "钒", "--words", "钒").exit_code == 0
    engine = open_engine(url)
    with writing(engine).begin() as conn:
        conn.execute(update(saved).where(saved.c.name == "钒").values(rule={"min_words": 3}))
    engine.dispose()
    assert "can't be read: No such field of a rule: min_words" in watch(url, "list").stdout
    rows = [orjson.loads(line) for line in watch(url, "list", "--json").stdout.splitlines()]
    assert {row["name"]: bool(row["unreadable"]) for row in rows} == {"攀枝花政策": False, "钒": True}
    for words in (("test", "钒"), ("feed", "钒"), ("add", "钒", "--words", "钒")):
        done = watch(url, *words)
        assert (done.exit_code, "min_words" in done.stderr) == (2, True)
    told = CliRunner().invoke(app, ["status", "--db", url], env={"COLUMNS": "1000"}).stdout
    assert "The watch 钒 can't be read and tells nothing: No such field" in told
    assert watch(url, "remove", "钒").exit_code == 0
    assert "钒" not in watch(url, "list").stdout
