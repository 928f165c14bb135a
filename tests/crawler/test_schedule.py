from datetime import UTC, datetime, timedelta

from crawler.items import SHANGHAI
from crawler.schedule import JITTER, due, next_run
from crawler.site import Site

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
