"""Work on many things at once: each gets its own result, or its own error."""

from __future__ import annotations

import asyncio

import pytest

from crawler.together import MOST, Together


def test_each_gets_what_the_steps_make_of_it() -> None:
    async def ask() -> list[int]:
        together: Together[int, int] = Together(lambda n: n + 1, lambda n: n * 10)
        return await asyncio.gather(*(together(n) for n in range(5)))

    assert asyncio.run(ask()) == [10, 20, 30, 40, 50]


def test_a_step_is_done_for_all_before_the_next() -> None:
    done: list[tuple[str, int]] = []

    def step(name: str, number: int) -> int:
        done.append((name, number))
        return number

    async def ask() -> None:
        together: Together[int, int] = Together(lambda n: step("first", n), lambda n: step("second", n))
        await asyncio.gather(*(together(n) for n in range(3)))

    asyncio.run(ask())
    assert done == [(name, number) for name in ("first", "second") for number in range(3)]


def test_an_error_is_its_things_own() -> None:
    def half(number: int) -> int:
        if number % 2:
            raise ValueError(number)
        return number // 2

    async def ask() -> list[int | BaseException]:
        together: Together[int, int] = Together(half, half)
        return await asyncio.gather(*(together(n) for n in (4, 5, 6)), return_exceptions=True)

    four, five, six = asyncio.run(ask())
    assert four == 1
    assert isinstance(five, ValueError)
    assert five.args == (5,)
    assert isinstance(six, ValueError)
    assert six.args == (3,)


def test_many_do_not_wait_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.together.PATIENCE", 3600.0)

    async def ask() -> list[int]:
        together: Together[int, int] = Together(abs)
        return await asyncio.wait_for(asyncio.gather(*(together(-n) for n in range(MOST))), timeout=5)

    assert asyncio.run(ask()) == list(range(MOST))


def test_one_who_left_takes_nobody_along() -> None:
    async def ask() -> int:
        together: Together[int, int] = Together(abs)
        leaving = asyncio.ensure_future(together(-1))
        staying = asyncio.ensure_future(together(-2))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert asyncio.run(ask()) == 2
