"""Requests in line, host by host: a slow site holds up no other, and none is sent more than it takes at once."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class HostQueues(Generic[T]):
    """First in, first out within a host; hosts take turns. ``limit`` says how many of a host may be out at once."""

    def __init__(self, limit: Callable[[str], int]) -> None:
        self._limit = limit
        self._queues: dict[str, deque[T]] = {}
        self._out: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self._queues)

    def push(self, host: str, item: T, *, first: bool = False) -> None:
        """Put an item in its host's line, or at the head of it."""
        queue = self._queues.setdefault(host, deque())
        if first:
            queue.appendleft(item)
        else:
            queue.append(item)

    def pop(self) -> tuple[str, T] | None:
        """The next item of a host that has room, which is out until ``back``; None where no host has."""
        for host, queue in self._queues.items():
            if self._out[host] < self._limit(host):
                item = queue.popleft()
                del self._queues[host]
                if queue:
                    self._queues[host] = queue  # behind the other hosts
                self._out[host] += 1
                return host, item
        return None

    def back(self, host: str) -> None:
        """One of the host's items is no longer out."""
        self._out[host] -= 1
        if not self._out[host]:
            del self._out[host]
