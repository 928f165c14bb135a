"""JSON lines, plain or packed."""

from __future__ import annotations

import gzip
from typing import BinaryIO, Final

import orjson
import zstandard

from storage.corpus.encode import as_json
from storage.corpus.formats import Batch
from storage.corpus.options import Format, Options

GZIP_LEVEL: Final = 6
ZSTD_LEVEL: Final = 3


def packed(file: BinaryIO, name: Format) -> BinaryIO:
    """The file with its compression; the same text gives the same bytes, so no time and no name are in it."""
    if name == "jsonl.gz":
        return gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=GZIP_LEVEL, mtime=0)  # type: ignore[return-value]
    if name == "jsonl.zst":
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).stream_writer(file, closefd=False)
    return file


def encode(batch: Batch) -> bytes:
    """An article a line, as ``panxi show --json`` gives it."""
    articles = as_json(batch.rows, batch.fields, batch.originals)
    return b"".join(orjson.dumps(article, option=orjson.OPT_APPEND_NEWLINE) for article in articles)


class Jsonl:
    """Lines, packed or not."""

    def __init__(self, file: BinaryIO, options: Options) -> None:
        self._file = file
        self._packed = packed(file, options.format)

    def write(self, encoded: bytes) -> None:
        self._packed.write(encoded)

    def close(self) -> None:
        if self._packed is not self._file:
            self._packed.close()
