"""Work on some pages at once, step by step, so that the code of a step stays in the processor's caches.

Done page by page between Scrapy's own work, the way from bytes to a finished article costs half as much again as the
same steps done for some pages in a row; `python -m benchmarks.stages` measures the latter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

MOST: Final = 32
"""Things that are worked on at once."""
PATIENCE: Final = 0.03
"""Seconds that a thing waits for others, at most."""

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """Awaited with a thing, gives what the steps make of it, one after the other; raises what a step raised for it."""

    def __init__(self, *steps: Callable[[Any], Any]) -> None:
        self._steps = steps
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._timer: asyncio.TimerHandle | None = None

    async def __call__(self, thing: T) -> R:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((thing, future))
        if len(self._waiting) >= MOST:
            self._work()
        elif self._timer is None:
            self._timer = loop.call_later(PATIENCE, self._work)
        return await future

    def _work(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        # who waited may have been cancelled: the crawl is being stopped
        things: list[tuple[Any, asyncio.Future[R]]] = [(thing, f) for thing, f in self._waiting if not f.done()]
        self._waiting.clear()
        for step in self._steps:
            made = []
            for thing, future in things:
                try:
                    made.append((step(thing), future))
                except Exception as error:  # noqa: BLE001 - it belongs to who waits for this thing
                    future.set_exception(error)
            things = made
        for result, future in things:
            future.set_result(result)
