"""A process beside the crawl in which pages are read and cleaned, some at a time.

So the reading uses a core of its own, the code of a step stays in the processor's caches from page to page, and a page
that hangs a parser, eats the memory or crashes takes only this process with it, never the crawl.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import pickle
import resource
import signal
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, Generic, TypeVar

from crawler import collector

logger = logging.getLogger(__name__)

MOST: Final = 64
"""Things that are worked on at once."""
PATIENCE: Final = 0.02
"""Seconds that a thing waits for others even where the workshop is free."""
SECONDS: Final = 10.0
"""What the steps may take for one batch; a page takes a thousandth of one."""
ALONE: Final = 5.0
"""What they may take for a thing that is done alone: from the start, or because the batch that it was in was lost."""
START: Final = 30.0
"""What a process that is made anew may take to load the modules of the steps."""
MEMORY: Final = 1024 * 1024 * 1024
"""Bytes that the process may grow by."""

Step = Callable[[Any], Any]
T = TypeVar("T")
R = TypeVar("R")


class WorkshopError(Exception):
    """The workshop is closed, or no process can be started: nothing is said of the thing."""


class LostError(WorkshopError):
    """The process ended or hung over a thing that it was given alone."""


class Workshop:
    """Runs steps over things in a process of its own, which is made anew when it is lost. For one event loop.

    Steps are functions of a module; things and what is made of them can be pickled.
    """

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        """Held by whoever has work done: what comes meanwhile is gathered."""
        self._closed = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="workshop")
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: socket.socket | None = None
        # A fork has every module and dictionary loaded; it is safe only while there is no other thread.
        self._open("fork" if threading.active_count() == 1 else "spawn")

    async def do(self, steps: Sequence[Step], things: Sequence[Any]) -> list[Any]:
        """What the steps make of each thing, one step after the other; an exception where one failed for it."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, steps, things)
        except (RuntimeError, asyncio.CancelledError):
            if not self._closed.is_set():
                raise
            return [WorkshopError("closed")] * len(things)

    def close(self) -> None:
        """End the process, whatever it is at: it keeps nothing. Idempotent."""
        self._closed.set()
        if self._process is not None:
            self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        self._end()

    def _do(self, steps: Sequence[Step], things: Sequence[Any]) -> list[Any]:
        if self._closed.is_set():
            raise WorkshopError("closed")
        try:
            if self._pipe is None:
                self._open("spawn")
                self._begin(steps)
            return self._ask(steps, things, SECONDS if len(things) > 1 else ALONE)
        except WorkshopError as error:
            self._end()
            if self._closed.is_set():
                return [WorkshopError("closed")] * len(things)
            if len(things) == 1:
                return [error]
            logger.warning("pages are read one by one: %s", error)
            return [self._do(steps, [thing])[0] for thing in things]

    def _begin(self, steps: Sequence[Step]) -> None:
        """Have a process that was made anew load the modules of the steps."""
        try:
            self._ask(steps, [], START)
        except LostError as error:
            raise WorkshopError(f"no process can be started: {error}") from error

    def _ask(self, steps: Sequence[Step], things: Sequence[Any], seconds: float) -> list[Any]:
        assert self._pipe is not None
        limit = struct.pack("@ll", *divmod(int(seconds * 1e6), 10**6))
        try:
            self._pipe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
            _send(self._pipe, (steps, things))
            made: list[Any] = _receive(self._pipe)
        except BlockingIOError as error:
            raise LostError(f"not done within {seconds:g} s") from error
        except (EOFError, OSError) as error:
            raise LostError(f"the process ended: {error!r}") from error
        return made

    def _open(self, how: str) -> None:
        context: Any = multiprocessing.get_context(how)
        ours, theirs = socket.socketpair()
        with theirs:
            process = context.Process(
                target=_serve, args=(theirs, ours if how == "fork" else None), name="panxi workshop", daemon=True
            )
            try:
                process.start()
            except OSError as error:
                ours.close()
                raise WorkshopError(f"no process can be started: {error}") from error
        self._pipe, self._process = ours, process

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._pipe = self._process = None


class Together(Generic[T, R]):
    """Awaited with a thing, gives what the steps make of it; raises what a step raised for it.

    What comes while the workshop is at something else is sent to it together. Without a workshop the steps are done
    here and at once.
    """

    def __init__(self, workshop: Workshop | None, *steps: Step) -> None:
        self._workshop = workshop
        self._steps = steps
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._sender: asyncio.Task[None] | None = None

    async def __call__(self, thing: T) -> R:
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        if self._workshop is None:
            _settle(future, work(self._steps, [thing])[0])
        else:
            self._waiting.append((thing, future))
            if self._sender is None:
                self._sender = asyncio.ensure_future(self._send(self._workshop))
        return await future

    async def alone(self, thing: T) -> R:
        """The same, with no other thing: if it hangs or ends the process, no other has to be done again."""
        if self._workshop is None:
            return await self(thing)
        async with self._workshop.turn:
            (result,) = await self._workshop.do(self._steps, [thing])
        if isinstance(result, Exception):
            raise result
        made: R = result
        return made

    async def _send(self, workshop: Workshop) -> None:
        try:
            while self._waiting:
                if len(self._waiting) < MOST:
                    await asyncio.sleep(PATIENCE)
                async with workshop.turn:
                    batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                    results: Sequence[Any]
                    try:
                        results = await workshop.do(self._steps, [thing for thing, _ in batch])
                    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - nobody may wait for ever
                        results = [error if isinstance(error, Exception) else WorkshopError("closed")] * len(batch)
                for (_, future), result in zip(batch, results, strict=True):
                    _settle(future, result)
        finally:
            self._sender = None


def _settle(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():  # who waited was cancelled: the crawl is being stopped
        return
    if isinstance(result, StopIteration):  # no future takes one
        future.set_exception(RuntimeError(f"StopIteration: {result}"))
    elif isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def work(steps: Sequence[Step], things: Sequence[Any]) -> list[Any]:
    """What the steps make of the things, each step done for all before the next; an exception where one failed."""
    made = list(things)
    for step in steps:
        for place, thing in enumerate(made):
            if isinstance(thing, Exception):
                continue
            try:
                made[place] = step(thing)
            except Exception as error:  # noqa: BLE001 - it belongs to who waits for this thing
                made[place] = error
    return made


# --- the pipe: a pickle behind its length -----------------------------------------------------------------


def _send(pipe: socket.socket, thing: Any) -> None:
    packed = pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
    pipe.sendall(len(packed).to_bytes(8))
    pipe.sendall(packed)


def _receive(pipe: socket.socket) -> Any:
    return pickle.loads(_bytes(pipe, int.from_bytes(_bytes(pipe, 8))))  # noqa: S301 - written by our own process


def _bytes(pipe: socket.socket, count: int) -> bytearray:
    """So many bytes, in one call where it can be: each gives the interpreter away, and must get it back."""
    buffer = bytearray(count)
    view = memoryview(buffer)
    while view:
        got = pipe.recv_into(view, len(view), socket.MSG_WAITALL)
        if not got:
            raise EOFError("the other end is closed")
        view = view[got:]
    return buffer


# --- in the process ---------------------------------------------------------------------------------------


def _serve(pipe: socket.socket, inherited: socket.socket | None) -> None:
    """Works until the crawl's end of the pipe is closed, by itself or with its process."""
    if inherited is not None:
        inherited.close()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the crawl's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    collector.rest()
    _bound_memory()
    while True:
        try:
            steps, things = _receive(pipe)
            signal.alarm(int(START) + 5)  # if the crawl was killed meanwhile, nobody else ends what hangs
            made = work(steps, things)
            _send(pipe, [_portable(result) if isinstance(result, Exception) else result for result in made])
            signal.alarm(0)
            if any(isinstance(result, MemoryError) for result in made):
                break  # what is left may be too little for any page
        except (EOFError, OSError):
            break
    os._exit(0)  # what was inherited at the fork is not ours to tidy up


def _portable(error: Exception) -> Exception:
    """The error as it can travel, with its traceback as a note."""
    told = "".join(traceback.format_exception(error))
    with suppress(Exception):
        pickle.loads(pickle.dumps(error))  # noqa: S301 - just made
        error.add_note(told)
        return error
    error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(told)
    return error


def _bound_memory() -> None:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - Linux; elsewhere nothing bounds it
        present = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (present + MEMORY, resource.RLIM_INFINITY))
