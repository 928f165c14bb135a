"""Dates as Chinese pages write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Literal

Precision = Literal["day", "minute", "second"]

SHANGHAI = timezone(timedelta(hours=8), "+08:00")

_TIME = r"(?:[\sT]{0,4}(?P<hour>[01]?\d|2[0-3])\s?[:：时]\s?(?P<minute>[0-5]\d)(?:\s?[:：分]\s?(?P<second>[0-5]\d))?)?"
_FULL = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?[-/.年]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})(?!\d)日?" + _TIME
)


def parse_date(text: str, *, today: date | None = None) -> tuple[datetime, Precision] | None:
    """The first date of the text with its precision, in China's time; None where there is none.

    ``today`` is the day that 昨天 and dates without a year are relative to; without it they are not read.
    """
    found = _FULL.search(text)
    if found is None:
        return None
    part = {name: int(value) for name, value in found.groupdict().items() if value is not None}
    precision: Precision = "second" if "second" in part else "minute" if "minute" in part else "day"
    try:
        return datetime(**part, tzinfo=SHANGHAI), precision  # type: ignore[arg-type]
    except ValueError:
        return None
