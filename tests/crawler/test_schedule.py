from datetime import UTC, datetime, timedelta

import pytest

from crawler.items import SHANGHAI
from crawler.revisit import WAITS
from crawler.schedule import JITTER, all_taken_up, due, next_run, taken_up
from crawler.site import Site
from storage.runs import Last

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def site(name: str = "a", hours: float = 6, window: tuple[int, int] | None = None) -> Site:
    return Site(
        name=name, title=name, home="http://a/", hosts=("a",), entrances=(), every=timedelta(hours=hours), window=window
    )


def test_a_new_source_is_due_at_once() -> None:
    assert next_run(site(), None, NOW) == NOW


def test_a_source_rests_for_its_interval_and_a_little_more() -> None:
    wait = next_run(site(), NOW, NOW) - NOW
    assert timedelta(hours=6) <= wait <= timedelta(hours=6) * (1 + JITTER)


def test_a_week_off_is_made_up_for_once() -> None:
    missed = NOW - timedelta(days=7)
    assert next_run(site(), missed, NOW) == NOW
    assert next_run(site(), NOW, NOW) > NOW


def test_sources_do_not_start_together() -> None:
    assert len({next_run(site(name), NOW, NOW) for name in "abcdefgh"}) == 8


def test_the_one_that_waited_longest_is_first_and_the_rested_are_left_alone() -> None:
    last = {"b": NOW - timedelta(days=2), "c": NOW - timedelta(days=3), "d": NOW - timedelta(hours=1)}
    assert [one.name for one in due(map(site, "abcd"), last, NOW)] == ["a", "c", "b"]


def test_a_late_source_waits_for_its_hours() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=SHANGHAI)
    assert next_run(site(window=(22, 6)), None, noon) == noon.replace(hour=22)
    assert due([site(window=(22, 6))], {}, noon) == []


@pytest.mark.parametrize("window", [(1, 6), (1, 2), (22, 6), None])
def test_a_daily_crawl_by_night_loses_no_night(window: tuple[int, int] | None) -> None:
    """However late in the night it was, and though each begins some seconds after its time."""
    town = site(hours=24, window=window)
    at = datetime(2026, 3, 1, 2, tzinfo=SHANGHAI)
    for _ in range(400):
        later = next_run(town, at, at) + timedelta(seconds=20)
        assert timedelta(hours=12) < later - at < timedelta(hours=36)
        at = later


@pytest.mark.parametrize("hours", [3, 6, 12])
def test_a_crawl_of_several_a_day_is_not_drawn_together_by_its_hours(hours: int) -> None:
    town = site(hours=hours, window=(1, 6))
    at = datetime(2026, 3, 1, 2, tzinfo=SHANGHAI)
    assert next_run(town, at, at) - at >= timedelta(hours=hours)


def test_a_crawl_that_did_not_end_whole_is_due_at_once_and_one_that_did_is_not() -> None:
    hour_ago = NOW - timedelta(hours=1)
    lasts = {
        "killed": Last(began=hour_ago, state="killed", failures=1),
        "stopped": Last(began=hour_ago, ended=NOW, state="stopped"),
        "whole": Last(began=hour_ago, ended=NOW, state="finished"),
        "at work": Last(began=hour_ago, state="running", failures=3),
    }
    again = all_taken_up(lasts)
    begun = dict.fromkeys(lasts, hour_ago)
    assert {one.name for one in due(map(site, lasts), begun, NOW, again)} == {"killed", "stopped"}
    assert due(map(site, lasts), begun, NOW) == []


def test_a_source_that_kills_its_crawl_is_not_hammered() -> None:
    waits = [
        (taken_up(Last(began=NOW, ended=NOW, state="failed", failures=number)) or NOW) - NOW for number in range(1, 9)
    ]
    assert waits[: len(WAITS)] == list(WAITS)
    assert waits[-1] == WAITS[-1]
    week = Last(began=NOW, state="killed", failures=99)
    assert next_run(site(), NOW, NOW, taken_up(week)) == next_run(site(), NOW, NOW), "its turn comes all the same"


def test_what_is_taken_up_waits_for_its_hours_too() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=SHANGHAI)
    assert next_run(site(window=(22, 6)), noon, noon, noon) == noon.replace(hour=22)
