"""Plain text, a file an article: title, empty line, body."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

import orjson

from storage.corpus.encode import as_json
from storage.corpus.fields import choose
from storage.corpus.formats import Batch
from storage.corpus.manifest import File
from storage.corpus.output import Layout
from storage.corpus.target import SUMS, TABLE, Hashed

TOLD: Final = choose(("id", "url", "source", "title", "published_at", "rights"))


class TextOutput:
    """A folder of texts; stands where ``output.Output`` does."""

    def __init__(self, root: Path, layout: Layout) -> None:
        self._root = root
        self._layout = layout
        self._sums = Hashed((root / SUMS).open("wb"))
        self._table = Hashed((root / TABLE).open("wb"))
        self._numbers: dict[str, int] = {}
        self._rows = 0

    def number(self, place: str) -> int:
        """The number of a split's files, for the index."""
        return self._numbers.setdefault(place, len(self._numbers))

    @property
    def places(self) -> list[str]:
        """The splits, by number."""
        return list(self._numbers)

    def encode(self, batch: Batch) -> list[tuple[str, bytes, bytes]]:
        """The path and the text of each article, and its line of the table."""
        found = []
        bodies = batch.rows.columns["body"].to_pylist()
        for row, body in zip(as_json(batch.rows, TOLD, batch.originals), bodies, strict=True):
            path = self._layout.text(batch.split, batch.partition, row["id"])
            line = orjson.dumps({"path": path, **row}, option=orjson.OPT_APPEND_NEWLINE)
            found.append((path, f"{row['title']}\n\n{body}\n".encode(), line))
        return found

    def write(self, place: str, batch: Batch, encoded: list[tuple[str, bytes, bytes]]) -> None:
        """Writes a batch's articles."""
        del place
        for path, plain, line in encoded:
            target = self._root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(plain)
            self._sums.write(f"{sha256(plain).hexdigest()}  {path}\n".encode())
            self._table.write(line)
        self._rows += len(batch.rows)

    def close(self) -> list[File]:
        """Ends the digests and the table: the two files that the manifest names."""
        for file in (self._sums, self._table):
            file.end()
        return [
            File(name, self._rows, file.size, file.hexdigest())
            for name, file in ((SUMS, self._sums), (TABLE, self._table))
        ]

    def abandon(self) -> None:
        """Lets go of what is open after an error."""
        self._sums.let_go()
        self._table.let_go()
