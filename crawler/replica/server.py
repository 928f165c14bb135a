"""The replica as an HTTP/1.1 server: a forward proxy that answers for hosts which exist nowhere else."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from crawler.replica import render
from crawler.replica.content import CINIC, COLUMNS, MIRROR, PANZHIHUA, Column, Written, articles, pages

HOST_MAP = {"www.cinic.org.cn": CINIC, "www.panzhihua.gov.cn": PANZHIHUA}
"""Which host stands in for which."""

FORBIDDEN = "/nb/"
"""The corner that robots.txt closes."""
ROBOTS = f"User-agent: *\nDisallow: {FORBIDDEN}\n"
SECOND_VISIT = datetime(2025, 10, 1, tzinfo=UTC)
"""When the articles that change did so, as Last-Modified tells."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says to one request."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    location: str | None = None
    modified: datetime | None = None

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came in."""

    method: str
    url: str
    status: int
    """What it was answered with."""
    headers: dict[str, str]


def _error(status: HTTPStatus) -> Answer:
    return Answer(status=status, body=render.error(status, status.phrase).encode())


def _article(one: Written, *, visit: int, tries: int) -> Answer:
    """The answer for an article; ``tries`` counts this request and those before it."""
    match one.quirk:
        case "missing":
            return _error(HTTPStatus.NOT_FOUND)
        case "vanishes" if visit > 1:
            return _error(HTTPStatus.GONE)
        case "heals" if tries == 1:
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR)
        case "redirect":
            return Answer(status=HTTPStatus.MOVED_PERMANENTLY, location=one.target)
        case "refresh":
            return Answer(body=render.refresh(one.title, one.target or "").encode())
    encoding = "gb18030" if one.quirk == "gb18030" else "utf-8"
    written = datetime.combine(one.day, one.clock or time(8), tzinfo=UTC)
    return Answer(
        body=render.article(one, visit=visit).encode(encoding),
        content_type=f"text/html; charset={render.DECLARED.get(encoding, encoding)}",
        modified=SECOND_VISIT if one.later and visit > 1 else written,
    )


def _listings(column: Column) -> Iterator[tuple[str, Answer]]:
    cut = pages(column)
    ending = "shtml" if column.kind else "html"
    for number, page in enumerate(cut, 1):
        body = render.listing(column, page, number=number, last=len(cut)).encode()
        name = "index" if number == 1 else f"index_{number}"
        answer = Answer(body=body)
        yield f"{column.url}{name}.{ending}", answer
        if number == 1:
            yield column.url, answer


@cache
def _fixed() -> dict[str, Answer]:
    """The pages that are always the same, by address."""
    plain = "text/plain; charset=utf-8"
    found = {
        f"http://{host}/robots.txt": Answer(body=ROBOTS.encode(), content_type=plain)
        for host in (CINIC, PANZHIHUA, MIRROR)
    }
    for column in COLUMNS:
        found.update(_listings(column))
    for one in articles().values():
        for _, path in one.attachments:
            found[f"http://{one.host}{path}"] = Answer(body=PDF, content_type="application/pdf")
    return found


@dataclass(slots=True)
class Replica:
    """A running replica site."""

    port: int = 0
    visit: int = 1
    """From 2 on, some articles have changed and one has gone."""
    requests: list[Asked] = field(default_factory=list)
    """What was asked, in the order of the answers."""
    _tries: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """The proxy's address: what ``request.meta["proxy"]`` is set to."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def host_map(self) -> dict[str, str]:
        """Which host of the replica stands in for which real one, as `Site.moved` takes it."""
        return dict(HOST_MAP)

    def advance(self) -> None:
        """Move on to the next visit."""
        with self._lock:
            self.visit += 1

    def answer(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        """What the site says to this request; the request is logged."""
        with self._lock:
            self._tries[url] += 1
            tries, visit = self._tries[url], self.visit
        answer = self._page(url, visit=visit, tries=tries) if method in {"GET", "HEAD"} else _error(HTTPStatus(405))
        if answer.status == HTTPStatus.OK and _unchanged(answer, headers):
            answer = Answer(status=HTTPStatus.NOT_MODIFIED, modified=answer.modified)
        with self._lock:
            self.requests.append(Asked(method=method, url=url, status=answer.status, headers=headers))
        return answer

    def _page(self, url: str, *, visit: int, tries: int) -> Answer:
        if (answer := _fixed().get(url)) is not None:
            return answer
        if (one := articles().get(url)) is not None:
            return _article(one, visit=visit, tries=tries)
        return _error(HTTPStatus.NOT_FOUND)


def _unchanged(answer: Answer, headers: dict[str, str]) -> bool:
    """Whether the asker's copy is still good (RFC 9110, 13.2.2: the ETag decides where it is given)."""
    if (tag := headers.get("if-none-match")) is not None:
        return tag == answer.etag
    since = headers.get("if-modified-since")
    return since is not None and answer.modified is not None and parsedate_to_datetime(since) >= answer.modified


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 drops connections of a crawl, which come again a second later
    daemon_threads = True
    block_on_close = False

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        super().__init__(("127.0.0.1", replica.port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "replica"
    sys_version = ""
    wbufsize = -1  # one packet an answer
    timeout = 30

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._say(self.server.replica.answer(self.command, self._asked(), headers))

    do_HEAD = do_POST = do_GET  # noqa: N815  the names that http.server calls

    def _asked(self) -> str:
        """The address asked for, from the absolute form or from the Host header."""
        if self.path.startswith("http://"):
            parts = urlsplit(self.path)
            query = f"?{parts.query}" if parts.query else ""
            return f"http://{parts.netloc}{parts.path or '/'}{query}"
        return f"http://{self.headers.get('Host', '')}{self.path}"

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.status == HTTPStatus.OK:
            self.send_header("ETag", answer.etag)
        if answer.modified is not None:
            self.send_header("Last-Modified", format_datetime(answer.modified, usegmt=True))
        if answer.location is not None:
            self.send_header("Location", answer.location)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing: `Replica.requests` is the log."""


def _next_visit(state: Path | None) -> int:
    """Which visit this is, from the file that counts them; the file is moved on."""
    if state is None:
        return 1
    visit = int(state.read_text(encoding="ascii")) + 1 if state.exists() else 1
    state.write_text(str(visit), encoding="ascii")
    return visit


@contextmanager
def serve(port: int = 0, *, state: Path | None = None) -> Iterator[Replica]:
    """Serve the replica on loopback from a thread of its own.

    ``port`` 0 takes a free one. ``state`` names a file that counts the visits over several runs.
    Raises `OSError` where the port is taken.
    """
    replica = Replica(port=port, visit=_next_visit(state))
    with _Server(replica) as server:
        replica.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield replica
        finally:
            server.shutdown()
            thread.join()
