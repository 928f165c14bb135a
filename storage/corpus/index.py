"""The index of an export: which articles it holds, in its order, and a digest of each.

It is what a later export is compared with. The file is a row of fixed-size records, ``RECORD``, little-endian.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.corpus.fields import CorpusError
from storage.corpus.plan import Ids
from storage.corpus.read import Rows, scalar

RECORD: Final = np.dtype([("id", "<i8"), ("file", "<i4"), ("digest", "V16")])
"""id: of the article; file: the place of its file in the manifest's list; digest: of all that was read of it."""
Records = np.ndarray[tuple[int], np.dtype[np.void]]
BETWEEN: Final = scalar("\x1f")
"""What stands between two values."""
NEXT: Final = scalar("\x1e")
"""What stands between two related links."""
OPTIONS: Final = {"null_handling": "replace", "null_replacement": "\x00"}


def digests(rows: Rows, place: str) -> Records:
    """A digest of each article: of every column but the body, for which ``content_sha256`` stands, and of the
    file it belongs to. So an article is unchanged only where its row in the export is.
    """
    names = [name for name in rows.columns.column_names if name not in {"title", "body"}]
    columns = [_told(rows.columns.column(name)) for name in names]
    lines = pc.binary_join_element_wise(scalar(place), *columns, BETWEEN, **OPTIONS).cast(pa.binary()).to_pylist()
    return np.frombuffer(b"".join([sha256(line).digest()[:16] for line in lines]), dtype="V16")


def _told(column: pa.Array) -> pa.Array:
    """A column as text; of a list of objects, all their values in a row."""
    if not pa.types.is_list(column.type):
        return column.cast(pa.string())
    values = column.flatten()
    members = [values.field(place).cast(pa.string()) for place in range(values.type.num_fields)]
    lines = pc.binary_join_element_wise(*members, BETWEEN, **OPTIONS)
    return pc.binary_join(pa.ListArray.from_arrays(pc.subtract(column.offsets, column.offsets[0]), lines), NEXT)


def empty(count: int) -> Records:
    """So many records that are still to be filled."""
    return np.empty(count, dtype=RECORD)


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
