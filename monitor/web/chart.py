"""Small bar charts as SVG coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, GAP = 600, 96, 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One day."""

    x: float
    y: float
    width: float
    height: float
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of some days in a picture of ``width`` × ``height``; the highest one fills it."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    highest: int
    total: int


def chart(days: Sequence[tuple[date, int]]) -> Chart:
    """One bar a day; a day with anything is at least 2 high, one with nothing has none."""
    highest = max((count for _, count in days), default=0)
    step = WIDTH / max(len(days), 1)
    bars = []
    for place, (day, count) in enumerate(days):
        height = max(2.0, HEIGHT * count / highest) if count else 0.0
        x = round(place * step, 2)
        bars.append(Bar(x, round(HEIGHT - height, 2), round(step - GAP, 2), round(height, 2), day, count))
    return Chart(WIDTH, HEIGHT, tuple(bars), highest, sum(count for _, count in days))
