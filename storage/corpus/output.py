"""The files of an export while they are written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from storage.corpus.formats import ENDINGS, Batch, Form, Writer
from storage.corpus.manifest import File
from storage.corpus.options import Options
from storage.corpus.plan import Partition
from storage.corpus.target import Hashed


@dataclass(slots=True)
class _Open:
    number: int
    hashed: Hashed
    writer: Writer
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the articles of a chunk go: into one file, or into a folder that Hugging Face loads as it is."""

    options: Options
    file: str | None
    """Name of the one file; None: a folder."""

    def place(self, split: str, partition: Partition) -> str:
        """The path of the file that holds these articles."""
        if self.file is not None:
            return self.file
        if self.options.format == "parquet":
            return f"data/{self._split(split)}{folder(partition)}/part-0.parquet"
        return f"data/{split}{ENDINGS[self.options.format]}"

    def empty(self) -> str:
        """The path of the one file of a corpus without articles."""
        return self.place("train", Partition(None, None))

    def text(self, split: str, partition: Partition, number: int) -> str:
        """The path of one article's text."""
        return f"data/{self._split(split)}{folder(partition)}/{number}.txt"

    def pattern(self, split: str) -> str:
        """Which files hold a split."""
        if self.options.format == "parquet":
            return f"data/{self._split(split)}**/*.parquet"
        return f"data/{split}{ENDINGS[self.options.format]}"

    def mark(self, place: str) -> str:
        """What of a place goes into an article's digest: a lone file may have any name."""
        return place if self.file is None else ""

    def _split(self, name: str) -> str:
        return f"{name}/" if self.options.splits else ""


def folder(partition: Partition) -> str:
    """``source/year``; no source name leaves the folder or meets another's."""
    name = "unknown" if partition.source is None else quote(partition.source, safe="")
    name = "%2E" + name[1:] if name.startswith(".") else name
    return f"{name}/{'undated' if partition.year is None else partition.year}"


class Output:
    """Writers by path. In a partitioned layout a file is whole once the next one begins."""

    def __init__(self, root: Path | BinaryIO, options: Options, form: Form, *, single: bool) -> None:
        """``root``: the folder to write into, or the stream that takes the one file. ``single``: there is but one."""
        self._root = root
        self._options = options
        self._form = form
        self._open: dict[str, _Open] = {}
        self._numbers: dict[str, int] = {}
        self._files: list[File | None] = []
        self._partitioned = options.format == "parquet" and isinstance(root, Path) and not single
        self._partition: Partition | None = None

    def number(self, place: str) -> int:
        """The place's number: in the order in which they were first asked for."""
        return self._numbers.setdefault(place, len(self._numbers))

    @property
    def places(self) -> list[str]:
        """All places, by number."""
        return list(self._numbers)

    def encode(self, batch: Batch) -> Any:
        """What is to be written of a batch."""
        return self._form.encode(batch)

    def write(self, place: str, batch: Batch, encoded: Any) -> None:
        """Appends a batch to the file at ``place``."""
        if self._partitioned and batch.partition != self._partition:
            self._close_all()
            self._partition = batch.partition
        item = self.opened(place)
        item.writer.write(encoded)
        item.rows += self._form.rows(batch, encoded)

    def opened(self, place: str) -> _Open:
        """The file at ``place``, made where it is not there yet."""
        if place not in self._open:
            self._open[place] = self._create(place)
        return self._open[place]

    def close(self) -> list[File]:
        """Ends all files; returns them by the number of their place."""
        self._close_all()
        return [file for file in self._files if file is not None]

    def abandon(self) -> None:
        """Lets go of what is open after an error."""
        for item in self._open.values():
            item.hashed.let_go()
        self._open.clear()

    def _create(self, place: str) -> _Open:
        if isinstance(self._root, Path):
            path = self._root / place
            path.parent.mkdir(parents=True, exist_ok=True)
            hashed = Hashed(path.open("wb"))
        else:
            hashed = Hashed(self._root, seekable=False)
        self._files.append(None)
        return _Open(len(self._files) - 1, hashed, self._form.writer(hashed, self._options))  # type: ignore[arg-type]

    def _close_all(self) -> None:
        for place, item in self._open.items():
            item.writer.close()
            if isinstance(self._root, Path):
                item.hashed.end()
            self._files[item.number] = File(place, item.rows, item.hashed.size, item.hashed.hexdigest())
        self._open.clear()
