"""When to visit again: pure decisions on times."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

DAY = timedelta(days=1)
RETRIES = 9
"""How often an address is tried before it is set aside as failed."""
WAITS = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=2), DAY, 7 * DAY)
QUICK = 3
"""How many of the waits are too short for what a person has to mend."""
MISSING = 14 * DAY
"""How long an address is asked for that has never had a page: listings name some before they are there."""


def article_due(
    first_seen_at: datetime | None, now: datetime, *, least: timedelta = DAY, until: timedelta = 90 * DAY
) -> datetime | None:
    """When an article is looked at again for corrections.

    The wait grows with the time we have known it (a day old: a day; a month old: a month), is ``least`` at first, and
    ends when it is older than ``until``: a page that stood unchanged for long hardly changes. None: never again.
    """
    age = max(now - (first_seen_at or now), timedelta(0))
    return None if age > until else now + max(age, least)


def listing_waits(every: timedelta, longest: timedelta, unchanged: int) -> timedelta:
    """How long a listing is left alone: one interval where it has news, twice as long after each visit without.

    ``every`` is the source's interval, ``longest`` the listing's own bound, ``unchanged`` how many visits in a row
    brought nothing.
    """
    return max(every, min(every * (1 << min(unchanged, 16)), longest))


def listing_is_due(
    visited_at: datetime | None, now: datetime, *, every: timedelta, longest: timedelta, unchanged: int
) -> bool:
    """Whether a crawl that begins now visits the listing; a crawl may begin half an interval early."""
    return visited_at is None or now - visited_at >= listing_waits(every, longest, unchanged) - every / 2


def retry_due(attempts: int, now: datetime, *, retry_after: str | None = None) -> datetime | None:
    """When a failed address is tried again: after 5 s, 1 min, 10 min, 2 h, 1 d, then 4 weeks long once a week.

    None when it was tried often enough.

    ``retry_after`` is the header of that name (RFC 9110, 10.2.3: seconds or an HTTP date); it is obeyed up to
    a week, and never shortens the wait.
    """
    if attempts >= RETRIES:
        return None
    asked = parse_retry_after(retry_after, now) if retry_after else timedelta(0)
    return now + max(WAITS[min(attempts, len(WAITS) - 1)], min(asked, 7 * DAY))


def doubt_due(attempts: int, now: datetime) -> datetime | None:
    """When an address is tried again whose answer was a page, and not the one that was asked for: maintenance, a wall
    against robots, a text that is still to come. As ``retry_due``, but for its short waits, which such things outlast.
    """
    return retry_due(attempts + QUICK, now)


def parse_retry_after(value: str, now: datetime) -> timedelta:
    """How long a Retry-After header asks to wait; zero where it says nothing that can be read."""
    if value.strip().isdigit():
        return timedelta(seconds=min(int(value), 10**7))
    try:
        return max(parsedate_to_datetime(value) - now, timedelta(0))
    except (ValueError, TypeError):
        return timedelta(0)
