"""The raw pages of the chosen articles: their records, copied as they are, so that digests and dates hold."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, select

from storage import raw
from storage.captures import pointers
from storage.corpus.fields import CorpusError
from storage.corpus.formats import Batch
from storage.corpus.options import Options
from storage.raw import Pointer
from storage.schema import capture


class Warc:
    """WARC 1.1, a gzip member a record: for each page its response and request, and for a revisit the first body."""

    def __init__(self, folder: Path, file: BinaryIO, options: Options) -> None:
        """``folder``: of the raw pages."""
        del options
        self._file = file
        self._folder = folder
        self._done: set[int] = set()

    def write(self, encoded: Batch) -> None:
        batch = encoded
        for capture_id in batch.rows.columns["capture_id"].to_pylist():
            if capture_id is not None:
                self._capture(batch.snapshot.conn, capture_id)

    def close(self) -> None:
        """Nothing is open: each record is whole."""

    def _capture(self, conn: Connection, capture_id: int) -> None:
        if capture_id in self._done:
            return
        self._done.add(capture_id)
        original = conn.execute(select(capture.c.original_id).where(capture.c.id == capture_id)).scalar_one()
        if original is not None:
            self._capture(conn, original)
        pointer, _ = pointers(conn, capture_id)
        try:
            for record in _members(self._folder, pointer):
                self._file.write(record)
        except raw.RawError as error:
            where = f"in {str(self._folder)!r}; --raw names another folder"
            raise CorpusError(f"a raw page can't be read: {error}, {where}") from error


def _members(folder: Path, pointer: Pointer) -> Iterator[bytes]:
    """The response's record and the next one, its request, still packed."""
    with raw.locate(folder, pointer.file).open("rb") as file:
        file.seek(pointer.offset)
        yield file.read(pointer.length)
        member, packed = zlib.decompressobj(31), b""
        while not member.eof:
            block = file.read(4096)
            if not block:
                raise raw.RawError(f"{pointer.file} at {pointer.offset}: its request is missing")
            member.decompress(block)
            packed += block
        yield packed[: len(packed) - len(member.unused_data)]
