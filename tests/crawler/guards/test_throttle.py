"""The pace of a host."""

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.core.downloader import Slot
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.guards.throttle import LONGEST_DELAY, Throttle, demand_delay, least_delay

NAMED = {"slow.example": 2.0, "own.example": 0.0}


@pytest.fixture
def crawler() -> Any:
    settings = Settings(
        {
            "AUTOTHROTTLE_ENABLED": True,
            "AUTOTHROTTLE_START_DELAY": 1.0,
            "AUTOTHROTTLE_TARGET_CONCURRENCY": 2.0,
            "AUTOTHROTTLE_MAX_DELAY": 60.0,
        }
    )
    named = {host: {"delay": delay, "concurrency": 2} for host, delay in NAMED.items()}
    slots = {host: Slot(2, delay) for host, delay in {**NAMED, "other.example": 1.0}.items()}
    downloader = SimpleNamespace(per_slot_settings=named, slots=slots, _delay=0.0)
    signals = SimpleNamespace(connect=lambda *_, **__: None)
    return SimpleNamespace(settings=settings, signals=signals, engine=SimpleNamespace(downloader=downloader))


def delay_after(crawler: Any, host: str, latencies: list[float]) -> float:
    throttle, spider = Throttle(crawler), Spider("x")
    throttle._spider_opened(spider)
    for latency in latencies:
        request = Request(f"http://{host}/", meta={"download_latency": latency, "download_slot": host})
        throttle._response_downloaded(Response(request.url), request, spider)
    delay: float = crawler.engine.downloader.slots[host].delay
    return delay


@pytest.mark.parametrize(("host", "least"), [("slow.example", 2.0), ("other.example", 1.0), ("own.example", 0.0)])
def test_a_quick_server_is_asked_no_faster_than_it_may_be(crawler: Any, host: str, least: float) -> None:
    assert delay_after(crawler, host, [0.01] * 20) == least


def test_a_slow_server_is_asked_more_slowly_and_faster_again_when_it_recovers(crawler: Any) -> None:
    assert delay_after(crawler, "slow.example", [30.0]) == 15.0
    assert delay_after(crawler, "slow.example", [0.1] * 20) == 2.0


def test_a_server_of_our_own_is_not_throttled(crawler: Any) -> None:
    assert delay_after(crawler, "own.example", [5.0] * 5) == 0.0


@pytest.mark.parametrize(
    ("host", "asked", "kept"),
    [
        ("slow.example", 10.0, 10.0),
        ("slow.example", 0.5, 2.0),
        ("other.example", 10.0, 10.0),
        ("new.example", 10.0, 10.0),
        ("new.example", 86_400.0, LONGEST_DELAY),
    ],
)
def test_what_robots_txt_asks_for(crawler: Any, host: str, asked: float, kept: float) -> None:
    demand_delay(crawler, host, asked)
    assert least_delay(crawler, host) == kept
    if (slot := crawler.engine.downloader.slots.get(host)) is not None:
        assert slot.delay == kept
        assert delay_after(crawler, host, [0.01] * 20) == kept
