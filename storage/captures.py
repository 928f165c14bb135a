"""Captures: which raw record holds which response."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select

from crawler.items import Exchange, PackedExchange
from storage import raw, sql
from storage.raw import Original, Pointer, Raw
from storage.schema import capture
from storage.types import micros

OK: Final = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange that stands in a raw file, and is not yet in the database."""

    packed: PackedExchange
    pointer: Pointer
    revisit: bool


def originals(conn: Connection, digests: Iterable[str]) -> dict[str, Original]:
    """The captures that hold bodies of these digests."""
    statement = select(capture.c.sha256, capture.c.url, capture.c.fetched_at).where(
        sql.among(conn, capture.c.sha256, "digests"), capture.c.original_id.is_(None)
    )
    rows = conn.execute(statement, {"digests": sorted(set(digests))})
    return {row.sha256: Original(row.url, row.fetched_at) for row in rows}


def keep(store: Raw, exchanges: Sequence[Exchange | PackedExchange | None], conn: Connection) -> list[Kept | None]:
    """Write the exchanges to the raw files and bring them to the disk; a body that is there already is not repeated.

    Raises OSError where it can't be written.
    """
    packed = [raw.pack(exchange) if isinstance(exchange, Exchange) else exchange for exchange in exchanges]
    known = originals(conn, [item.sha256 for item in packed if item is not None])
    kept: list[Kept | None] = []
    for item in packed:
        if item is None:
            kept.append(None)
            continue
        original = known.get(item.sha256)
        pointer = store.put(item if original is None else raw.pack_revisit(item, original))
        kept.append(Kept(item, pointer, revisit=original is not None))
        known.setdefault(item.sha256, Original(item.exchange.url, item.exchange.fetched_at))
    store.sync()
    return kept


def add(conn: Connection, kept: Sequence[Kept | None]) -> list[int | None]:
    """Write the rows of what was kept; returns their ids."""
    present = [item for item in kept if item is not None]
    if not present:
        return [None] * len(kept)
    ids = iter(sql.reserve(conn, capture, len(present)))
    holders = _holders(conn, [item.packed.sha256 for item in present if item.revisit])
    rows = []
    result: list[int | None] = []
    for item in kept:
        if item is None:
            result.append(None)
            continue
        number = next(ids)
        result.append(number)
        rows.append(_row(item, number, holders[item.packed.sha256] if item.revisit else None))
        if not item.revisit:
            holders.setdefault(item.packed.sha256, number)
    sql.insert_native(conn, capture, rows)
    return result


def nearest(conn: Connection, url: str, at: datetime) -> int | None:
    """The capture of the address, answered with 200, that was made nearest to a moment."""
    statement = select(capture.c.id, capture.c.fetched_at).where(capture.c.url == url, capture.c.status == OK)
    found = conn.execute(statement).all()
    return min(found, key=lambda row: abs(row.fetched_at - at)).id if found else None


def committed(conn: Connection, files: Iterable[str]) -> dict[str, int]:
    """By raw file, of those named: the end of the last record that the archive points to."""
    end = func.max(capture.c.warc_offset + capture.c.warc_length)
    statement = select(capture.c.warc_file, end).where(sql.among(conn, capture.c.warc_file, "files"))
    rows = conn.execute(statement.group_by(capture.c.warc_file), {"files": sorted(files)})
    return {row[0]: row[1] for row in rows}


def files(conn: Connection) -> list[str]:
    """The names of all raw files that the archive points to."""
    return list(conn.execute(select(capture.c.warc_file).distinct().order_by(capture.c.warc_file)).scalars())


def held(conn: Connection) -> dict[str, int]:
    """By raw file that the archive points to: how many captures it holds."""
    rows = conn.execute(select(capture.c.warc_file, func.count()).group_by(capture.c.warc_file))
    return {row[0]: row[1] for row in rows}


def pointers(conn: Connection, capture_id: int) -> tuple[Pointer, Pointer | None]:
    """Where the capture's record stands, and where its body does if that is another record.

    Raises LookupError where there is no such capture.
    """
    statement = select(capture.c.warc_file, capture.c.warc_offset, capture.c.warc_length, capture.c.original_id)
    row = conn.execute(statement.where(capture.c.id == capture_id)).one_or_none()
    if row is None:
        raise LookupError(f"No capture {capture_id}")
    pointer = Pointer(row.warc_file, row.warc_offset, row.warc_length)
    return pointer, None if row.original_id is None else pointers(conn, row.original_id)[0]


def _holders(conn: Connection, digests: list[str]) -> dict[str, int]:
    if not digests:
        return {}
    statement = (
        select(capture.c.sha256, func.min(capture.c.id))
        .where(sql.among(conn, capture.c.sha256, "digests"), capture.c.original_id.is_(None))
        .group_by(capture.c.sha256)
    )
    return {row[0]: row[1] for row in conn.execute(statement, {"digests": sorted(set(digests))})}


def _row(item: Kept, number: int, original_id: int | None) -> dict[str, Any]:
    exchange = item.packed.exchange
    return {
        "id": number,
        "url": exchange.url,
        "fetched_at": micros(exchange.fetched_at),
        "status": exchange.status,
        "content_type": exchange.content_type,
        "sha256": item.packed.sha256,
        "warc_file": item.pointer.file,
        "warc_offset": item.pointer.offset,
        "warc_length": item.pointer.length,
        "original_id": original_id,
    }
