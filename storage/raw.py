"""Raw pages in WARC 1.1: what a server said, kept as it came.

A process writes its own files and never appends to another's, so two can't tear each other's records. A
growing file is named ``….warc.gz.open`` and locked; when it is closed it loses the ``.open``. What a killed
process left open is closed by ``recover``, which cuts a torn last record off into ``….torn``.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import secrets
import socket
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BufferedWriter
from pathlib import Path
from typing import BinaryIO, Final, Self
from urllib.parse import urlsplit, urlunsplit

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from isal import igzip

from crawler.items import Exchange, PackedExchange

LEVEL: Final = 1
"""Of ISA-L's: a quarter of what zlib's fastest level costs, and files no larger than its."""
ROTATE_AT: Final = 256 * 1024 * 1024
"""Bytes after which a new file is begun."""
OPEN: Final = ".open"
IDENTICAL: Final = "http://netpreservefoundation.org/warc/1.1/revisit/identical-payload-digest"
UNDONE: Final = frozenset({b"content-encoding", b"transfer-encoding", b"content-length"})
"""Headers that no longer hold for a body whose encodings are undone."""
ORIGINAL: Final = b"X-Archive-Orig-"
"""What they are prefixed with, so that a replay is not misled."""


class RawError(Exception):
    """A record that is not where it should be, or not as it should be."""


class MissingError(RawError):
    """A whole file of raw pages that is not there, or the folder of them all."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a record stands: the file's name in the folder, and bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Original:
    """The earlier exchange that had the same body."""

    url: str
    fetched_at: datetime


class Raw:
    """The folder of raw pages, with this process's growing file. For one thread."""

    def __init__(self, folder: Path, *, rotate_at: int = ROTATE_AT) -> None:
        """``folder`` is made where it is missing; raises OSError where it can't be made or written."""
        prepare(folder)
        self.folder = folder
        self._rotate_at = rotate_at
        self._file: BufferedWriter | None = None
        self._lock: BinaryIO | None = None
        self._name = ""
        self._day: date | None = None
        self._count = 0
        self._series = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
        self._unsynced = False
        self._durable = 0

    def put(self, packed: PackedExchange) -> Pointer:
        """Write the exchange: its response, and its request behind it.

        Nothing is promised before ``sync``: after an error all is taken back that was put since the last one. Raises
        OSError.
        """
        day = packed.exchange.fetched_at.astimezone(UTC).date()
        file = self._growing(day)
        self._unsynced = True
        offset = file.tell()
        try:
            length = file.write(packed.response)
            file.write(packed.request)
        except BaseException:
            self._take_back()
            raise
        return Pointer(self._name, offset, length)

    def sync(self) -> None:
        """Bring what was put to the disk, or, with an OSError, take it back."""
        if self._file is None or not self._unsynced:
            return
        try:
            self._file.flush()
            os.fdatasync(self._file.fileno())
        except OSError:
            self._take_back()
            raise
        self._durable = self._file.tell()
        self._unsynced = False

    def close(self) -> None:
        """End the growing file and give it its lasting name."""
        if self._file is None:
            return
        self.sync()
        path = self.folder / (self._name + OPEN)
        if self._file.tell():
            path.rename(self.folder / self._name)
        else:
            path.unlink()
        self._file.close()
        self._file = None
        if self._lock is not None:
            self._lock.close()
        _sync_folder(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, pointer: Pointer, payload: Pointer | None = None) -> Exchange:
        """The exchange at ``pointer``; ``payload`` is where the body of a revisit record stands.

        Raises RawError where the file or the record is missing, torn or altered.
        """
        return read(self.folder, pointer, payload)

    def _growing(self, day: date) -> BufferedWriter:
        if self._file is not None and (day != self._day or self._file.tell() >= self._rotate_at):
            self.close()
        if self._file is None:
            self._count += 1
            self._name = f"panxi-{day:%Y%m%d}-{self._series}-{self._count:05d}.warc.gz"
            self._file, self._lock = self._begin(self.folder / (self._name + OPEN))
            self._day = day
            _sync_folder(self.folder)
            self._durable = 0
            try:
                self._file.write(_member(_about(self._name)))
            except BaseException:
                self._take_back()
                raise
        return self._file

    @staticmethod
    def _begin(path: Path) -> tuple[BufferedWriter, BinaryIO]:
        """A new file, and the handle that holds its lock; it is locked before it has a name that others look for."""
        unnamed = path.with_name(path.name + ".new")
        file = unnamed.open("xb")
        lock = unnamed.open("rb")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unnamed.rename(path)
        return file, lock

    def _take_back(self) -> None:
        """Cut the file back to its last sync: half a record, and what a full disk left in the buffer, must go."""
        assert self._file is not None
        path = self.folder / (self._name + OPEN)
        try:
            self._file.close()
        except OSError:
            self._file.raw.close()
        os.truncate(path, self._durable)
        self._file = path.open("ab")
        self._unsynced = False


def pack(exchange: Exchange) -> PackedExchange:
    """The exchange's records, ready to be written: all that needs its body."""
    return _packed(exchange, sha256(exchange.body).hexdigest(), len(exchange.body), None)


def pack_revisit(packed: PackedExchange, original: Original) -> PackedExchange:
    """The same where an earlier exchange had the same body: a short record that points to it."""
    return _packed(packed.exchange, packed.sha256, packed.length, original)


def _packed(exchange: Exchange, digest: str, length: int, original: Original | None) -> PackedExchange:
    response = _response(exchange, digest, length, original)
    return PackedExchange(
        exchange=replace(exchange, body=b""),
        sha256=digest,
        length=length,
        response=_member(response),
        request=_member(_request(exchange, response)),
    )


def _member(record: WarcRecord) -> bytes:
    """The record as a gzip member of its own: readable by its offset."""
    block = io.BytesIO()
    record.write(block, checksum_data=True)
    packed: bytes = igzip.compress(block.getvalue(), LEVEL, mtime=0)
    return packed


def read(folder: Path, pointer: Pointer, payload: Pointer | None = None) -> Exchange:
    """The exchange at ``pointer``; ``payload`` is where the body of a revisit record stands.

    Raises RawError where the file or the record is missing, torn or altered.
    """
    record = _record(folder, pointer)
    http = record.http_headers
    if http is None:
        raise RawError(f"{pointer.file} at {pointer.offset}: not an HTTP record")
    body = (record if payload is None else _record(folder, payload)).reader.read()
    method, request_headers = _asked(folder, pointer)
    return Exchange(
        url=record.headers["WARC-Target-URI"],
        method=method,
        request_headers=request_headers,
        status=http.status_code or 0,
        reason=http.reason_phrase or "",
        headers=_as_sent(http.items_bytes()),
        body=body,
        fetched_at=record.record_date.astimezone(UTC),
        ip=record.headers.get("WARC-IP-Address"),
    )


def locate(folder: Path, name: str) -> Path:
    """The path of a raw file, still growing or not; raises MissingError where it is missing or outside the folder."""
    if Path(name).name != name:
        raise MissingError(repr(name), "is no name of a file of raw pages")
    for path in (folder / name, folder / (name + OPEN)):
        if path.is_file():
            return path
    if not folder.is_dir():
        raise MissingError(str(folder), "no such folder of raw pages")
    raise MissingError(name, "no such file of raw pages")


def is_there(folder: Path, name: str) -> bool:
    """Whether the folder has the raw file."""
    try:
        locate(folder, name)
    except MissingError:
        return False
    return True


def whole_until(path: Path, start: int = 0) -> int:
    """The end of the last whole record at or behind ``start``, an offset where a record begins.

    A record is whole where its gzip member ends and its checksum holds.
    """
    good = start
    with path.open("rb") as file:
        file.seek(start)
        member = zlib.decompressobj(31)
        position = start
        while chunk := file.read(1 << 18):
            position += len(chunk)
            while chunk:
                try:
                    member.decompress(chunk)
                except zlib.error:
                    return good
                if not member.eof:
                    break
                chunk = member.unused_data
                good = position - len(chunk)
                member = zlib.decompressobj(31)
    return good


def prepare(folder: Path) -> None:
    """Make the folder where it is missing; raises OSError where it can't be made or written."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "can't be written", str(folder))


def growing(folder: Path) -> list[str]:
    """The names of the files that are being written, or were when their process was killed."""
    return sorted(path.name.removesuffix(OPEN) for path in folder.glob(f"*.warc.gz{OPEN}"))


def recover(folder: Path, committed: Mapping[str, int]) -> list[Path]:
    """Close the files that killed processes left open; returns the torn tails that were set aside.

    ``committed`` gives, by file name, the end of the last record that the archive points to: what stands before
    is not read again. Files of living processes are left alone.
    """
    torn = []
    for name in growing(folder):
        path = folder / (name + OPEN)
        with suppress(FileNotFoundError), path.open("r+b") as file:  # another start may close it first
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            end = whole_until(path, committed.get(name, 0))
            file.seek(end)
            if tail := file.read():
                aside = path.with_name(name + ".torn")
                aside.write_bytes(tail)
                torn.append(aside)
                file.truncate(end)
            os.fsync(file.fileno())
            if end:
                path.rename(path.with_name(name))
            else:
                path.unlink()
    _sync_folder(folder)
    return torn


def _record(folder: Path, pointer: Pointer) -> WarcRecord:
    """The one record at ``pointer``, its gzip checksum and its block digest verified."""
    where = f"{pointer.file} at {pointer.offset}"
    with locate(folder, pointer.file).open("rb") as file:
        file.seek(pointer.offset)
        packed = file.read(pointer.length)
    member = zlib.decompressobj(31)
    try:
        block = member.decompress(packed)
    except zlib.error as error:
        raise RawError(f"{where}: {error}") from error
    if not member.eof or member.unused_data:
        raise RawError(f"{where}: the record is torn")
    try:
        record = next(iter(ArchiveIterator(io.BytesIO(block), parse_http=False)))
        record.freeze()
        if not record.verify_block_digest():
            raise RawError(f"{where}: its digest does not hold")
        record.parse_http()
    except (StopIteration, OSError, ValueError) as error:
        raise RawError(f"{where}: {error!r}") from error
    return record


def _asked(folder: Path, pointer: Pointer) -> tuple[str, tuple[tuple[bytes, bytes], ...]]:
    """Method and headers of the request, whose record stands behind that of its response."""
    with locate(folder, pointer.file).open("rb") as file:
        file.seek(pointer.offset + pointer.length)
        record = next(iter(ArchiveIterator(file, record_types=WarcRecordType.request)), None)
        if record is None or record.http_headers is None:
            raise RawError(f"{pointer.file} at {pointer.offset}: its request is missing")
        line = record.http_headers.status_line or ""
        return line.partition(" ")[0], record.http_headers.items_bytes()


def _response(exchange: Exchange, digest: str, length: int, original: Original | None) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(WarcRecordType.response if original is None else WarcRecordType.revisit)
    record.is_http = True
    _describe(record, exchange)
    headers = record.headers
    headers["Content-Type"] = "application/http; msgtype=response"
    headers["WARC-Payload-Digest"] = f"sha256:{digest}"
    if original is not None:
        headers["WARC-Profile"] = IDENTICAL
        headers["WARC-Refers-To-Target-URI"] = original.url
        headers["WARC-Refers-To-Date"] = _stamp(original.fetched_at)
    lines = [b"HTTP/1.1 %d %s" % (exchange.status, exchange.reason.encode("latin-1", "replace"))]
    for name, value in exchange.headers:
        lines.append((ORIGINAL if name.lower() in UNDONE else b"") + name + b": " + value)
    lines.append(b"Content-Length: %d" % length)
    record.set_bytes_content(b"\r\n".join(lines) + b"\r\n\r\n" + (exchange.body if original is None else b""))
    return record


def _request(exchange: Exchange, response: WarcRecord) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(WarcRecordType.request)
    record.is_http = True
    _describe(record, exchange)
    record.headers["Content-Type"] = "application/http; msgtype=request"
    record.headers["WARC-Concurrent-To"] = response.headers["WARC-Record-ID"]
    parts = urlsplit(exchange.url)
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    lines = [f"{exchange.method} {target} HTTP/1.1".encode()]
    if not any(name.lower() == b"host" for name, _ in exchange.request_headers):
        lines.append(b"Host: " + parts.netloc.encode())
    lines.extend(name + b": " + value for name, value in exchange.request_headers)
    record.set_bytes_content(b"\r\n".join(lines) + b"\r\n\r\n")
    return record


def _as_sent(headers: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """The server's headers, without what ``_response`` made of them."""
    return tuple((name.removeprefix(ORIGINAL), value) for name, value in headers[:-1])


def _describe(record: WarcRecord, exchange: Exchange) -> None:
    record.headers["WARC-Target-URI"] = exchange.url
    record.headers["WARC-Date"] = _stamp(exchange.fetched_at)
    if exchange.ip is not None:
        record.headers["WARC-IP-Address"] = exchange.ip


def _about(name: str) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(WarcRecordType.warcinfo)
    record.headers["Content-Type"] = "application/warc-fields"
    record.headers["WARC-Filename"] = name
    record.set_bytes_content(b"software: panxi\r\nformat: WARC File Format 1.1\r\n")
    return record


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of the folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
