"""When a source may be visited: its hours, its day's budget, the pause it asked for. Pure decisions on times.

What can't be visited now is postponed, never dropped: the visit goes back on the frontier with the time that
`Postponed` names. What holds a crawl to these decisions is in crawler/guards.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from crawler.items import SHANGHAI
from crawler.revisit import parse_retry_after

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ASKED = timedelta(days=7)
"""How long a Retry-After is obeyed."""


class Postponed(Exception):  # noqa: N818  no error: not now
    """The visit has to wait until ``due_at``; it is no failure and not an attempt."""

    def __init__(self, reason: str, due_at: datetime) -> None:
        super().__init__(reason)
        self.due_at = due_at


def opens(window: tuple[int, int] | None, now: datetime) -> datetime:
    """When a source with this window of hours (Asia/Shanghai) may be visited next: ``now`` where it is open.

    (1, 6) is from one to six at night, (22, 5) spans midnight; None is always open.
    """
    if window is None:
        return now
    first, last = window
    local = now.astimezone(SHANGHAI)
    is_open = first <= local.hour < last if first < last else local.hour >= first or local.hour < last
    if is_open:
        return now
    start = local.replace(hour=first, minute=0, second=0, microsecond=0)
    return start if start > local else start + timedelta(days=1)


def day_of(now: datetime) -> date:
    """The day a request is counted on: Shanghai's."""
    return now.astimezone(SHANGHAI).date()


def next_day(now: datetime) -> datetime:
    """When the next day's budget begins."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


def pause(refusals: int, retry_after: str | None, now: datetime) -> timedelta:
    """How long a host is left alone after its ``refusals``-th 429 or 503 in a row (from 1).

    5 s, doubled each time up to an hour; a Retry-After that asks for longer is obeyed, up to a week.
    """
    asked = parse_retry_after(retry_after, now) if retry_after else timedelta(0)
    return max(min(FIRST_PAUSE * (1 << min(refusals - 1, 10)), LONGEST_PAUSE), min(asked, LONGEST_ASKED))
