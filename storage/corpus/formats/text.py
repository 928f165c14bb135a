"""Plain text, a file an article: title, empty line, body."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from storage.corpus.formats import Batch
from storage.corpus.manifest import File
from storage.corpus.output import Layout
from storage.corpus.target import Hashed

SUMS: Final = "files.sha256"
"""The digests of all files, as ``sha256sum --check`` reads them: too many for the manifest."""


class TextOutput:
    """A folder of texts; stands where ``output.Output`` does."""

    def __init__(self, root: Path, layout: Layout) -> None:
        self._root = root
        self._layout = layout
        self._sums = Hashed((root / SUMS).open("wb"))
        self._numbers: dict[str, int] = {}
        self._rows = 0

    def number(self, place: str) -> int:
        """The number of a split's files, for the index."""
        return self._numbers.setdefault(place, len(self._numbers))

    @property
    def places(self) -> list[str]:
        """The splits, by number."""
        return list(self._numbers)

    def encode(self, batch: Batch) -> list[tuple[str, bytes]]:
        """The path and the text of each article."""
        rows = batch.rows.columns.select(["id", "title", "body"]).to_pylist()
        return [
            (
                self._layout.text(batch.split, batch.partition, row["id"]),
                f"{row['title']}\n\n{row['body']}\n".encode(),
            )
            for row in rows
        ]

    def write(self, place: str, batch: Batch, encoded: list[tuple[str, bytes]]) -> None:
        """Writes a batch's articles."""
        del place
        for path, plain in encoded:
            target = self._root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(plain)
            self._sums.write(f"{sha256(plain).hexdigest()}  {path}\n".encode())
        self._rows += len(batch.rows)

    def close(self) -> list[File]:
        """Ends the list of digests: the one file that the manifest names."""
        self._sums.end()
        return [File(SUMS, self._rows, self._sums.size, self._sums.hexdigest())]

    def abandon(self) -> None:
        """Lets go of what is open after an error."""
        self._sums.let_go()
