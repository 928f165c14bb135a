"""When robots.txt is asked for, and what follows from what comes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.guards import robots
from crawler.guards.refused import Refused, TooLarge
from crawler.guards.robots import LARGEST, PATIENCE, Robots, RobotsUnreachable
from crawler.politeness import Postponed
from crawler.spiders.site import SiteSpider
from tests.storage.samples import visit


class Site:
    """A server's answers to robots.txt, in their order; the last stays."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def download_async(self, request: Request) -> Response:
        self.asked += 1
        assert request.url == "http://a.example/robots.txt"
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(body: str, status: int = 200) -> Response:
    return Response("http://a.example/robots.txt", status=status, body=body.encode())


def middleware(site: Site) -> Robots:
    settings = Settings({"ROBOTSTXT_OBEY": True, "USER_AGENT": "panxi/0.1"})
    stats = SimpleNamespace(inc_value=lambda _key: None)
    site.downloader = SimpleNamespace(per_slot_settings={}, slots={})  # type: ignore[attr-defined]
    crawler: Any = SimpleNamespace(settings=settings, stats=stats, engine=site, spider=None)
    return Robots(crawler)


def outcomes(site: Site, *paths: str) -> list[str]:
    """What kind of thing the middleware says to each page, all asked at once."""
    return [type(said).__name__ for said in said_to(site, *paths)]


def said_to(site: Site, *paths: str) -> list[Any]:
    """What the middleware says to each page."""

    async def ask() -> list[Any]:
        guard = middleware(site)
        requests = [Request(f"http://a.example{path}") for path in paths]
        return await asyncio.gather(*(guard.process_request(one) for one in requests), return_exceptions=True)

    return asyncio.run(ask())


def test_it_is_asked_for_once() -> None:
    site = Site(answer("User-agent: *\nDisallow: /b"))
    assert outcomes(site, "/a", "/b", "/c") == ["NoneType", "IgnoreRequest", "NoneType"]
    assert site.asked == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_where_there_is_none_all_is_allowed(status: int) -> None:
    assert outcomes(Site(answer("User-agent: *\nDisallow: /", status)), "/a") == ["NoneType"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_where_it_can_not_be_had_nothing_is_allowed(status: int) -> None:
    assert outcomes(Site(answer("", status)), "/a", "/b") == ["RobotsUnreachable"] * 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError("connection reset"), "RobotsUnreachable"),
        (TooLarge("too large"), "RobotsUnreachable"),
        (Refused("refused: inside"), "Refused"),
        (Postponed("not now", datetime.now(UTC)), "Postponed"),
        (IgnoreRequest("max redirections reached"), "NoneType"),
    ],
)
def test_what_becomes_of_errors(error: Exception, said: str) -> None:
    assert outcomes(Site(error), "/a") == [said]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError("no such\nhost"), "no such host"),
        (TooLarge("too large"), "too large"),
        (TimeoutError(), "TimeoutError"),  # better than nothing
    ],
)
def test_why_it_can_not_be_had_is_told_in_the_words_of_the_error(error: Exception, why: str) -> None:
    (raised,) = said_to(Site(error), "/a")
    assert str(raised) == f"robots.txt can't be had: {why}"
    failure = Failure(raised)
    failure.request = Request("http://a.example/a", meta={"visit": visit(1)})  # type: ignore[attr-defined]
    (outcome,) = SiteSpider().failed(failure)
    assert (outcome.state, outcome.reason) == ("retry", f"robots.txt can't be had: {why}")


def test_only_its_beginning_is_read() -> None:
    body = "# " + "x" * (LARGEST - 3) + "\n" + "User-agent: *\nDisallow: /\n"
    assert outcomes(Site(answer(body)), "/a") == ["NoneType"]


def test_it_is_asked_for_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(monotonic=lambda: clock.at, at=1000.0)
    monkeypatch.setattr(robots, "time", clock)
    site = Site(answer("", 503), answer("User-agent: *\nDisallow: /b"))

    async def ask() -> None:
        guard = middleware(site)
        for at in (0.0, PATIENCE - 1):
            clock.at = 1000.0 + at
            with pytest.raises(RobotsUnreachable):
                await guard.process_request(Request("http://a.example/a"))
        assert site.asked == 1
        clock.at += 2
        await guard.process_request(Request("http://a.example/a"))
        with pytest.raises(IgnoreRequest):
            await guard.process_request(Request("http://a.example/b"))
        assert site.asked == 2

    asyncio.run(ask())
