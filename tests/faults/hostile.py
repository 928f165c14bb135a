"""A server on loopback that answers as badly as a test wants, and says what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer; the connection is closed behind it."""


def said(
    body: bytes | str = b"",
    *headers: str,
    status: str = "200 OK",
    content_type: str = "text/html; charset=utf-8",
    length: int | None = None,
) -> Answer:
    """A whole answer. ``length`` is declared instead of the true one."""
    content = body.encode() if isinstance(body, str) else body

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}"]
        head += [f"Content-Length: {len(content) if length is None else length}", "Connection: close", *headers]
        writer.write("\r\n".join([*head, "", ""]).encode() + content)
        await writer.drain()

    return answer


def endless(head: bytes, piece: bytes, *, every: float = 0.0, limit: int = 2_000_000_000) -> Answer:
    """``head``, then ``piece`` again and again, ``every`` so many seconds, until the asker is gone."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(limit // len(piece)):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)

    return answer


async def silent(writer: asyncio.StreamWriter) -> None:
    """Nothing at all, for longer than any test."""
    await writer.drain()
    await asyncio.sleep(60)


def reset(head: bytes) -> Answer:
    """``head``, and then the connection is torn down."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()

    return answer


@dataclass
class Hostile:
    """A running server. Answers by host and path (``site.example/page``), else by path, else 404."""

    port: int = 0
    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    """A list is used up one an answer; its last stays."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Host and path, with the request's headers (lower case)."""
    moments: list[float] = field(default_factory=list)
    """When each was asked, in seconds."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def times(self, where: str) -> int:
        """How often host and path were asked for."""
        return [place for place, _ in self.asked].count(where)

    def _next(self, host: str, path: str) -> Answer:
        for key in (f"{host}{path}", path):
            found = self.answers.get(key)
            if isinstance(found, list):
                return found.pop(0) if len(found) > 1 else found[0]
            if found is not None:
                return found
        return said("nothing here", status="404 Not Found")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
                path = head[0].split(" ")[1]
                host = headers.get("host", "").partition(":")[0]
                if path.startswith("http://"):
                    host, _, path = path.removeprefix("http://").partition("/")
                    host, path = host.partition(":")[0], f"/{path}"
                self.asked.append((f"{host}{path}", headers))
                self.moments.append(time.monotonic())
                await self._next(host, path)(writer)
                break
        writer.close()


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """Serve from a thread of its own until the block ends."""
    hostile = Hostile()
    loop = asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()

    async def main() -> None:
        server = await asyncio.start_server(hostile.serve, "127.0.0.1", 0, backlog=512, ssl=tls)
        hostile.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    ready.wait(5)
    try:
        yield hostile
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
