"""The process beside the crawl: each thing gets its own result or its own error, whatever becomes of the process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from crawler.workshop import Together, Workshop, WorkshopError, work


def one_more(number: int) -> int:
    return number + 1


def tenfold(number: int) -> int:
    return number * 10


def half(number: int) -> int:
    if number % 2:
        raise ValueError(number)
    return number // 2


def crash(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def hang(number: int) -> int:
    if number == 3:
        time.sleep(60)
    return number


def swell(size: int) -> int:
    return len(bytearray(size))


def unportable(_: int) -> int:
    class Local(Exception):  # noqa: N818
        pass

    raise Local("no such name elsewhere")


def exhausted(_: int) -> int:
    return next(iter(()))


def my_process(_: object) -> int:
    return os.getpid()


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.close()


def done(workshop: Workshop, steps: tuple[Any, ...], *things: Any) -> list[Any]:
    return asyncio.run(workshop.do(steps, things))


def test_the_work_is_done_elsewhere(workshop: Workshop) -> None:
    assert done(workshop, (one_more, tenfold), 1, 2, 3) == [20, 30, 40]
    assert done(workshop, (my_process,), None) != [os.getpid()]


def test_a_step_is_done_for_all_before_the_next() -> None:
    seen: list[tuple[str, int]] = []

    def step(name: str, number: int) -> int:
        seen.append((name, number))
        return number

    work((lambda n: step("first", n), lambda n: step("second", n)), range(3))
    assert seen == [(name, number) for name in ("first", "second") for number in range(3)]


def test_an_error_is_its_things_own_and_tells_where_it_arose(workshop: Workshop) -> None:
    four, five, six = done(workshop, (half, half), 4, 5, 6)
    assert four == 1
    assert isinstance(five, ValueError)
    assert five.args == (5,)
    assert "in half" in five.__notes__[0]
    assert isinstance(six, ValueError)
    assert six.args == (3,)


def test_an_error_that_can_not_travel_is_told_in_words(workshop: Workshop) -> None:
    (error,) = done(workshop, (unportable,), 1)
    assert str(error) == "Local: no such name elsewhere"


@pytest.mark.parametrize(("step", "why"), [(crash, "the process ended"), (hang, r"not done within 0\.5 s")])
def test_a_thing_that_takes_the_process_with_it_takes_no_other(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, step: Any, why: str
) -> None:
    done(workshop, (one_more,), 0)
    monkeypatch.setattr("crawler.workshop.SECONDS", 0.5)
    monkeypatch.setattr("crawler.workshop.ALONE", 0.5)
    one, three, five = done(workshop, (step,), 1, 3, 5)
    assert (one, five) == (1, 5)
    assert isinstance(three, WorkshopError)
    with pytest.raises(WorkshopError, match=why):
        raise three
    assert done(workshop, (one_more,), 7) == [8]


def test_its_memory_is_bounded(workshop: Workshop) -> None:
    small, large = done(workshop, (swell,), 1_000, 8 * 1024**3)
    assert small == 1_000
    assert isinstance(large, MemoryError)


def test_closing_does_not_wait_for_what_hangs(workshop: Workshop) -> None:
    async def leave() -> Any:
        hanging = asyncio.ensure_future(workshop.do((hang,), [3, 3]))
        await asyncio.sleep(0.2)
        started = time.monotonic()
        workshop.close()
        assert time.monotonic() - started < 3
        return await hanging

    assert all(isinstance(result, WorkshopError) for result in asyncio.run(leave()))
    workshop.close()


def test_it_ends_with_the_process_that_made_it() -> None:
    program = (
        "import asyncio, os, signal\n"
        "from crawler.workshop import Workshop\n"
        "from tests.crawler.test_workshop import my_process\n"
        "print(*asyncio.run(Workshop().do((my_process,), [None])), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert gone(left_by(program))


def left_by(program: str) -> int:
    """The process that a program told of before it was killed."""
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    return int(killed.stdout)


def gone(pid: int) -> bool:
    """Whether the process ends within five seconds."""
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_it_ends_even_where_it_hangs_when_the_crawl_is_killed() -> None:
    program = (
        "import asyncio, os, signal, threading\n"
        "import crawler.workshop as workshop\n"
        "from tests.crawler.test_workshop import hang\n"
        "workshop.START = -4\n"
        "made = workshop.Workshop()\n"
        "print(made._process.pid, flush=True)\n"
        "threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()\n"
        "asyncio.run(made.do((hang,), [3]))\n"
    )
    assert gone(left_by(program))


def test_what_can_not_be_started_now_is_started_later(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    done(workshop, (crash,), 3)
    with monkeypatch.context() as patched:
        patched.setattr("multiprocessing.process.BaseProcess.start", refuse)
        (error,) = done(workshop, (one_more,), 1)
        assert isinstance(error, WorkshopError)
    assert done(workshop, (one_more,), 1, 2) == [2, 3]


def refuse(_: object) -> None:
    raise BlockingIOError("no more processes")


def test_too_little_memory_is_not_left_to_the_next_page(workshop: Workshop) -> None:
    (before,) = done(workshop, (my_process,), None)
    assert isinstance(done(workshop, (swell,), 8 * 1024**3)[0], MemoryError)
    assert done(workshop, (my_process,), None) != [before]


# --- together ---------------------------------------------------------------------------------------------


def test_each_gets_its_own(workshop: Workshop) -> None:
    async def ask() -> list[int | BaseException]:
        together: Together[int, int] = Together(workshop, half)
        return await asyncio.gather(*(together(n) for n in range(200)), return_exceptions=True)

    results = asyncio.run(ask())
    assert results[::2] == list(range(100))
    assert [error.args for error in results[1::2] if isinstance(error, ValueError)] == [(n,) for n in range(1, 200, 2)]


def test_what_comes_meanwhile_is_sent_together(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    do = Workshop.do

    async def counted(self: Workshop, steps: Any, things: Any) -> Any:
        sizes.append(len(things))
        return await do(self, steps, things)

    monkeypatch.setattr(Workshop, "do", counted)
    monkeypatch.setattr("crawler.workshop.MOST", 8)

    async def ask() -> None:
        together: Together[int, int] = Together(workshop, one_more)
        await asyncio.gather(*(together(n) for n in range(20)))
        assert await together(1) == 2

    asyncio.run(ask())
    assert sizes == [8, 8, 4, 1]


def test_a_step_that_runs_dry_keeps_nobody_waiting(workshop: Workshop) -> None:
    async def ask() -> list[int | BaseException]:
        together: Together[int, int] = Together(workshop, exhausted)
        async with asyncio.timeout(10):
            return await asyncio.gather(*map(together, (1, 2)), return_exceptions=True)

    assert [type(error) for error in asyncio.run(ask())] == [RuntimeError, RuntimeError]


def test_one_who_left_takes_nobody_along(workshop: Workshop) -> None:
    async def ask() -> int:
        together: Together[int, int] = Together(workshop, one_more)
        leaving = asyncio.ensure_future(together(1))
        staying = asyncio.ensure_future(together(2))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert asyncio.run(ask()) == 3


def test_without_a_workshop_the_work_is_done_here() -> None:
    async def ask() -> int:
        together: Together[object, int] = Together(None, my_process)
        return await together(None)

    assert asyncio.run(ask()) == os.getpid()


def test_nobody_waits_for_a_closed_workshop(workshop: Workshop) -> None:
    workshop.close()

    async def ask() -> int:
        together: Together[int, int] = Together(workshop, one_more)
        return await asyncio.wait_for(together(1), 5)

    with pytest.raises((WorkshopError, RuntimeError)):
        asyncio.run(ask())
