"""When a source may be visited."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.politeness import LONGEST_PAUSE, day_of, next_day, opens, pause


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    """An hour of Shanghai as UTC."""
    return datetime(2025, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("window", "now", "open_at"),
    [
        (None, at(12), at(12)),
        ((1, 6), at(1), at(1)),
        ((1, 6), at(5, 59), at(5, 59)),
        ((1, 6), at(6), at(1, day=11)),
        ((1, 6), at(0, 30), at(1)),
        ((1, 6), at(23), at(1, day=11)),
        ((22, 5), at(23), at(23)),
        ((22, 5), at(4), at(4)),
        ((22, 5), at(5), at(22)),
        ((22, 5), at(12), at(22)),
    ],
)
def test_hours(window: tuple[int, int] | None, now: datetime, open_at: datetime) -> None:
    assert opens(window, now) == open_at


def test_the_day_is_shanghais() -> None:
    assert day_of(at(0)) == date(2025, 3, 10)
    assert day_of(at(0) - timedelta(seconds=1)) == date(2025, 3, 9)
    assert next_day(at(0)) == at(0, day=11)
    assert next_day(at(23, 59)) == at(0, day=11)


def test_pauses_grow_and_end() -> None:
    now = at(12)
    waits = [pause(count, None, now) for count in range(1, 12)]
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_PAUSE


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("2", 5),
        ("Mon, 10 Mar 2025 05:00:00 GMT", 3600),
        ("99999999", 7 * 86400),
        ("soon", 5),
        ("-5", 5),
    ],
)
def test_retry_after_is_obeyed_within_reason(header: str, seconds: int) -> None:
    assert pause(1, header, at(12)) == timedelta(seconds=seconds)
