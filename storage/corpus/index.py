"""The index of an export: which articles it holds, in its order, and a digest of each.

It is what a later export is compared with. The file is a row of fixed-size records, ``RECORD``, little-endian.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.corpus.fields import CorpusError
from storage.corpus.plan import Ids
from storage.corpus.read import Rows

RECORD: Final = np.dtype([("id", "<i8"), ("file", "<i4"), ("digest", "V16")])
"""id: of the article; file: the place of its file in the manifest's list; digest: of all that was read of it."""
Records = np.ndarray[tuple[int], np.dtype[np.void]]
BETWEEN: Final = pa.Array.from_buffers(
    pa.string(), 1, [None, pa.py_buffer(np.array([0, 1], dtype=np.int32)), pa.py_buffer(b"\x1f")]
)[0]
"""What stands between two values; made so that pandas is not loaded (see ``storage.corpus.read``)."""
ABSENT: Final = "\x00"


def digests(rows: Rows, place: str) -> Records:
    """A digest of each article: of every column but the body, for which ``content_sha256`` stands, and of the
    file it belongs to. So an article is unchanged only where its row in the export is.
    """
    names = [name for name in rows.columns.column_names if name not in {"title", "body"}]
    columns = [rows.columns.column(name).cast(pa.string()) for name in names]
    begin = blake2b(place.encode() + b"\0", digest_size=16)
    found = bytearray()
    options = {"null_handling": "replace", "null_replacement": ABSENT}
    for line in pc.binary_join_element_wise(*columns, BETWEEN, **options).cast(pa.binary()).to_pylist():
        one = begin.copy()
        one.update(line)
        found += one.digest()
    return np.frombuffer(bytes(found), dtype="V16")


def records(ids: Ids, file: int, digest: Records) -> Records:
    """The records of one batch, all of one file."""
    made = np.empty(len(ids), dtype=RECORD)
    made["id"], made["file"], made["digest"] = ids, file, digest
    return made


def load(path: Path) -> Records:
    """The records of an index, mapped from the disk. Raises CorpusError where it is not there or broken."""
    try:
        if path.stat().st_size == 0:
            return np.empty(0, dtype=RECORD)
        return np.memmap(path, dtype=RECORD, mode="r")
    except (OSError, ValueError) as error:
        raise CorpusError(f"the index of the export, {str(path)!r}, can't be read: {error}") from error
