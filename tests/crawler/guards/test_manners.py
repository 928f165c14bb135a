"""Ten minutes of 503, in time that the test controls."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.guards import manners
from crawler.guards.manners import Manners
from crawler.politeness import Postponed
from crawler.revisit import retry_due

START = datetime(2025, 3, 10, 4, tzinfo=UTC)


class Clock(datetime):
    """The module's datetime, with a ``now`` that the test sets."""

    at = START

    @classmethod
    def now(cls, tz: Any = None) -> Any:  # noqa: ARG003  the signature of datetime
        return cls.at


@pytest.fixture
def polite(monkeypatch: pytest.MonkeyPatch) -> Manners:
    Clock.at = START
    monkeypatch.setattr(manners, "datetime", Clock)
    stats = SimpleNamespace(inc_value=lambda _key: None)
    crawler: Any = SimpleNamespace(stats=stats, settings={})
    return Manners(crawler)


def test_ten_minutes_of_503_cost_few_requests_and_lose_no_page(polite: Manners) -> None:
    """Twenty pages of a host that is down for ten minutes, visited whenever the frontier says they are due."""

    async def crawl() -> tuple[int, dict[int, datetime]]:
        await polite.opened(SimpleNamespace())  # type: ignore[arg-type]
        due = dict.fromkeys(range(20), START)
        attempts = dict.fromkeys(due, 0)
        had: dict[int, datetime] = {}
        refused = 0
        while due:
            page = min(due, key=lambda one: due[one])
            Clock.at = max(Clock.at, due.pop(page))
            request = Request(f"http://a.example/{page}.html")
            try:
                await polite.process_request(request)
            except Postponed as postponed:
                due[page] = postponed.due_at
                continue
            down = Clock.at < START + timedelta(minutes=10)
            polite.received(request, Response(request.url, status=503 if down else 200))
            if not down:
                had[page] = Clock.at
                continue
            refused += 1
            later = retry_due(attempts[page], Clock.at)
            assert later is not None, "no page is set aside for an outage of ten minutes"
            due[page], attempts[page] = later, attempts[page] + 1
        return refused, had

    refused, had = asyncio.run(crawl())
    assert refused <= 8
    assert len(had) == 20
    assert max(had.values()) < START + timedelta(minutes=30)


def test_a_success_ends_the_doubling(polite: Manners) -> None:
    request = Request("http://a.example/1.html")
    waits = []
    for status in (503, 503, 200, 503):
        polite.received(request, Response(request.url, status=status))
        if status == 503:
            with pytest.raises(Postponed) as postponed:
                polite.send(request)
            waits.append((postponed.value.due_at - Clock.at).total_seconds())
            Clock.at = postponed.value.due_at
    assert waits == [5, 10, 5]


def test_a_new_day_brings_a_new_budget_to_a_crawl_that_goes_on(polite: Manners) -> None:
    async def crawl() -> None:
        await polite.opened(SimpleNamespace())  # type: ignore[arg-type]
        for day in range(3):
            Clock.at = START + timedelta(days=day)
            for page in range(manners.BUDGET):
                await polite.process_request(Request(f"http://a.example/{page}.html"))
            with pytest.raises(Postponed) as postponed:
                await polite.process_request(Request("http://a.example/more.html"))
            assert postponed.value.due_at == datetime(2025, 3, 10 + day, 16, tzinfo=UTC)

    asyncio.run(crawl())
