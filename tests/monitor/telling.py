"""Articles to tell of, an archive to put them in, and real receivers on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from sqlalchemy import Engine, insert, select

from crawler.items import Article, Outcome, Tag, Visit
from monitor import watches
from monitor.outbox import Outbox
from monitor.watches import Rule, Watch
from pipelines.policy import detect, issuer_key, title_key
from pipelines.text.script import to_simplified
from storage.db import writing
from storage.recording import Recorded, record
from storage.schema import alert, delivery, source

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PANZHIHUA = Tag(code="510400", name="攀枝花市", words=("攀枝花",))


def article(number: int, title: str, body: str, *, at: datetime = NOW, of: str | None = "s", **more: Any) -> Article:
    given = {
        "url": f"http://www.example/{number}", "source": of, "title": title, "title_original": title, "body": body,
        "body_original": body, "script": "simplified", "content_sha256": f"{hash((title, body)):064x}"[-64:],
        "published_at": at, "regions": (PANZHIHUA,) if "攀枝花" in title + body else (),
    }  # fmt: skip
    return detect(Article(**(given | more)))


def report(number: int, name: str, *, code: str = "", at: datetime = NOW, **more: Any) -> Article:
    note = f"（{code}）" if code else ""
    body = f"近日，攀枝花市政府印发《攀枝花市{name}》{note}。{name}提出，到2030年产值达到100亿元。"
    return article(number, f"攀枝花市{name}出台", body, at=at, **more)


def document(
    number: int, name: str, *, code: str, force: str = "2027年1月1日", at: datetime = NOW, **more: Any
) -> Article:
    title = f"攀枝花市人民政府关于印发《攀枝花市{name}》的通知"
    body = f"{code}\n各县（区）人民政府：\n现将《攀枝花市{name}》印发给你们，请遵照执行。\n本文件自{force}起施行。"
    return article(number, title, body, at=at, **more)


def outbox() -> Outbox:
    return Outbox(title_key=title_key, issuer_key=issuer_key, fold=to_simplified)


def put(engine: Engine, item: Article, *, at: datetime = NOW, box: Outbox | None = None) -> Recorded:
    """Store an article as the writer does: with the outbox in its transaction."""
    visit = Visit(id=1, url=item.url, source=item.source, kind="article", depth=0, attempts=0)
    outcome = Outcome(visit=visit, state="done", url=item.url, fetched_at=at, article=item)
    with writing(engine).begin() as conn:
        return record(conn, outcome, after=[box or outbox()])


def known_source(engine: Engine, name: str = "s", *, baseline: datetime | None = NOW - 30 * DAY) -> None:
    with writing(engine).begin() as conn:
        conn.execute(insert(source).values(name=name, baseline_at=baseline))


def watching(
    engine: Engine, rule: Rule | None = None, *, name: str = "攀枝花", now: datetime = NOW - 60 * DAY, **more: Any
) -> Watch:
    with writing(engine).begin() as conn:
        return watches.add(conn, name, rule or Rule(regions=("510400",)), now=now, **more)


def told(engine: Engine) -> list[tuple[str, str]]:
    """Kind and title of every alert, in order; also the silent ones."""
    with engine.connect() as conn:
        return [(row.kind, row.title) for row in conn.execute(select(alert.c.kind, alert.c.title).order_by(alert.c.id))]


def deliveries(engine: Engine) -> list[Any]:
    with engine.connect() as conn:
        return list(conn.execute(select(delivery).order_by(delivery.c.id)).all())


@dataclass
class Received:
    """One request that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """A real HTTP server that keeps what it gets; ``answers`` says how it replies, the last one for ever."""

    url: str
    answers: list[tuple[int, bytes]]
    got: list[Received] = field(default_factory=list)


@contextmanager
def receiver(*answers: tuple[int, bytes]) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kept.got.append(Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, answer = kept.answers.pop(0) if len(kept.answers) > 1 else kept.answers[0]
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", answer.decode())
            if status == 429:
                self.send_header("Retry-After", "7200")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Receiver(f"http://127.0.0.1:{server.server_port}", list(answers) or [(200, b"{}")])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mailbox() -> Iterator[tuple[int, list[Any]]]:
    """A real SMTP server: its port, and the messages that it took, as ``email`` reads them."""
    from email import message_from_bytes
    from email.policy import default

    from aiosmtpd.controller import Controller

    messages: list[Any] = []

    class Handler:
        async def handle_DATA(  # noqa: N802 - aiosmtpd names it so
            self, _server: Any, _session: Any, envelope: Any
        ) -> str:
            messages.append(message_from_bytes(envelope.content, policy=default))
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port, messages
    finally:
        controller.stop()
