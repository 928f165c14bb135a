from datetime import UTC, datetime, timedelta

import pytest

from crawler.revisit import (
    RETRIES,
    article_due,
    doubt_due,
    listing_is_due,
    listing_waits,
    parse_retry_after,
    retry_due,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("known_for", "wait"), [(timedelta(0), 1), (timedelta(hours=5), 1), (timedelta(days=10), 10)])
def test_an_article_is_looked_at_less_often_with_age(known_for: timedelta, wait: int) -> None:
    assert article_due(NOW - known_for, NOW) == NOW + timedelta(days=wait)


def test_an_old_article_is_left_alone() -> None:
    assert article_due(NOW - timedelta(days=91), NOW) is None


def test_a_source_sets_its_own_bounds() -> None:
    week = timedelta(days=7)
    assert article_due(NOW, NOW, least=week) == NOW + week
    assert article_due(NOW - timedelta(days=8), NOW, until=week) is None


def test_retries_wait_longer_and_longer_and_end() -> None:
    waits = [retry_due(attempt, NOW) for attempt in range(RETRIES)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert known[-1] == NOW + timedelta(days=7), "a site that is away for weeks loses nothing"
    assert len(known) == RETRIES
    assert retry_due(RETRIES, NOW) is None


def test_a_page_of_another_kind_is_tried_again_when_a_person_may_have_mended_it() -> None:
    waits = [doubt_due(attempt, NOW) for attempt in range(RETRIES)]
    assert waits[:3] == [NOW + timedelta(hours=2), NOW + timedelta(days=1), NOW + timedelta(days=7)]
    assert waits[-1] is None


def test_retry_after_lengthens_and_never_shortens() -> None:
    assert retry_due(0, NOW, retry_after="3600") == NOW + timedelta(hours=1)
    assert retry_due(0, NOW, retry_after="0") == retry_due(0, NOW)


def test_retry_after_cannot_send_a_page_away_for_good() -> None:
    assert retry_due(0, NOW, retry_after="99999999999999") == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("soon", 0),
        ("-5", 0),
        ("", 0),
    ],
)
def test_retry_after_in_its_two_forms(value: str, seconds: int) -> None:
    assert parse_retry_after(value, NOW) == timedelta(seconds=seconds)


SIX, DAYS = timedelta(hours=6), timedelta(days=2)


def test_a_listing_without_news_waits_longer_within_its_bound() -> None:
    waits = [listing_waits(SIX, DAYS, unchanged) for unchanged in (0, 1, 2, 3, 4, 1000)]
    assert waits == [SIX, 2 * SIX, 4 * SIX, DAYS, DAYS, DAYS]


def test_a_listing_is_never_visited_more_often_than_its_source() -> None:
    assert listing_waits(DAYS, SIX, 0) == DAYS


def test_a_listing_is_due_by_what_its_visits_brought() -> None:
    def due(hours: float, unchanged: int) -> bool:
        return listing_is_due(NOW - timedelta(hours=hours), NOW, every=SIX, longest=DAYS, unchanged=unchanged)

    assert due(6, 0)
    assert not due(2, 0)
    assert not due(6, 1)
    assert due(12, 1)
    assert not due(44, 99)
    assert due(48, 99)
    assert listing_is_due(None, NOW, every=SIX, longest=DAYS, unchanged=99)
