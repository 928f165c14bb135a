"""How far long work has come, for who waits for it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is, and all of it; the unit is its own."""


def untold(doing: str, done: int, whole: int) -> None:
    """Nobody waits."""
