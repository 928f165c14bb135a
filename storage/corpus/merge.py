"""An export and a delta to it become the newer export, to the byte, without the archive."""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from storage.corpus import index, manifest
from storage.corpus.export import Done, beside_name, readme
from storage.corpus.fields import CorpusError, choose, schema
from storage.corpus.formats import by_ending, csv
from storage.corpus.formats.columnar import Arrow, Parquet
from storage.corpus.formats.jsonl import packed
from storage.corpus.index import Records
from storage.corpus.manifest import File
from storage.corpus.options import Options
from storage.corpus.output import Layout
from storage.corpus.plan import Mask
from storage.corpus.snapshot import BATCH
from storage.corpus.target import CARD, INDEX, MANIFEST, Hashed, beside, free
from storage.moves import settle


def merge(before: Path, delta: Path, target: Path, *, force: bool = False) -> Done:
    """Writes the export that ``delta`` leads to at ``target``. ``before`` and ``delta``: the two manifests.

    Raises CorpusError where the delta is not one to that export, or a file is not as its manifest says.
    """
    old, new = manifest.load(before), manifest.load(delta)
    if "since" not in new:
        raise CorpusError(f"{str(delta)!r} is no delta")
    options = Options.from_dict(new["options"])
    alike = replace(Options.from_dict(old["options"]), as_of=None) == replace(options, as_of=None)
    if new["since"]["index"] != old["index"]["sha256"] or not alike:
        raise CorpusError(f"{str(delta)!r} is not a delta to {str(before)!r}")
    single = new["layout"] == "file"
    if single and by_ending(target.name) != options.format:
        raise CorpusError(f"the exports are of {options.format}: name a file that ends so, not {target.name!r}")
    before, delta = manifest.located(before), manifest.located(delta)
    with beside(target, folder=not single, force=force) as work:
        layout = Layout(options, target.name if single else None)
        job = _Merge(_Export(before, old), _Export(delta, new), layout)
        done = job.run(work)
        free(target, folder=not single, force=force)
        if not single:
            settle(work, target)
        else:
            for name in (target.name, beside_name(target.name, INDEX), beside_name(target.name, MANIFEST)):
                settle(work / name, target.with_name(name))
    return done


class _Export:
    """What lies at a manifest."""

    def __init__(self, path: Path, told: dict[str, Any]) -> None:
        self.told = told
        self._folder = path.parent
        self.index = self._folder / told["index"]["path"]
        self._check(self.index, told["index"]["sha256"])
        self.records: Records = index.load(self.index)
        self.files = {file["path"]: file for file in told["files"]}

    def file(self, place: str) -> Path | None:
        """The file at a place, checked; None where this export has none there."""
        found = self.files.get(place)
        if found is None:
            return None
        path = self._folder / place
        self._check(path, found["sha256"])
        return path

    def at(self, places: list[str], place: str) -> Records:
        """The index's records of one place."""
        if place not in places:
            return self.records[:0]
        return cast("Records", self.records[self.records["file"] == places.index(place)])

    @staticmethod
    def _check(path: Path, sha256: str) -> None:
        if not path.is_file():
            raise CorpusError(f"{str(path)!r} is missing")
        if manifest.digest(path) != sha256:
            raise CorpusError(f"{str(path)!r} is not the file that its manifest names")


class _Merge:
    def __init__(self, old: _Export, new: _Export, layout: Layout) -> None:
        self._old = old
        self._new = new
        self._layout = layout
        self._options = layout.options

    def run(self, work: Path) -> Done:
        told = self._new.told
        files = [self._file(work, place) for place in told["after"]]
        path = work / beside_name(self._layout.file, INDEX)
        shutil.copyfile(self._new.index, path)
        titles = told["titles"]
        more = {
            "layout": told["layout"],
            "index": told["index"] | {"path": path.name},
            "titles": titles,
        }
        columns = schema(choose(self._options.fields))
        text = manifest.manifest(self._options, told["archive"], told["figures"], columns, files, more)
        (work / beside_name(self._layout.file, MANIFEST)).write_bytes(text)
        if self._layout.file is None:
            (work / CARD).write_bytes(readme(told["figures"], self._options, titles))
        return Done(
            articles=told["figures"]["articles"],
            written=told["figures"]["articles"],
            withdrawn=None,
            size=sum(file.size for file in files),
            files=len(files),
        )

    def _file(self, work: Path, place: str) -> File:
        """Writes one file: unchanged articles from the older export, the others from the delta, in the new order."""
        single = self._layout.file is not None
        name = self._layout.file or place
        older = next(iter(self._old.files), place) if single else place
        after = self._new.at(self._new.told["after"], place)
        before = self._old.at(list(self._old.files), older)
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file = Hashed(path.open("wb"))
        try:
            self._rows(file, self._old.file(older), self._new.file(place), unchanged(before, after))
        except BaseException:
            file.let_go()
            raise
        file.end()
        return File(name, len(after), file.size, file.hexdigest())

    def _rows(self, file: Hashed, older: Path | None, newer: Path | None, alike: tuple[Mask, Mask]) -> None:
        from_old, kept = alike
        make_source, make_sink = TABLES if self._options.format in {"parquet", "arrow"} else LINES
        sink: _Sink = make_sink(file, self._options)
        old: _Source = make_source(older, self._options, kept)
        new: _Source = make_source(newer, self._options, None)
        for is_old, count in runs(from_old):
            for piece in (old if is_old else new).take(count):
                sink.write(piece)
        sink.close()


def unchanged(before: Records, after: Records) -> tuple[Mask, Mask]:
    """Which of ``after`` stand alike in ``before``, and which of ``before`` those are."""
    order = np.argsort(before["id"], kind="stable")
    place = np.searchsorted(before["id"][order], after["id"])
    place[place == len(before)] = 0
    kept = np.zeros(len(before), dtype=np.bool_)
    if not len(before):
        return np.zeros(len(after), dtype=np.bool_), kept
    where = order[place]
    alike = (before["id"][where] == after["id"]) & (before["digest"][where] == after["digest"])
    kept[where[alike]] = True
    return alike, kept


def runs(flags: Mask) -> Iterator[tuple[bool, int]]:
    """Runs of equal flags: the flag and how often."""
    edges = np.flatnonzero(np.diff(flags)) + 1
    begin = 0
    for end in (*edges.tolist(), len(flags)):
        if end > begin:
            yield bool(flags[begin]), end - begin
        begin = end


# --- files as rows ----------------------------------------------------------------------------------------


class _Source(Protocol):
    def take(self, count: int) -> Iterator[Any]:
        """The next ``count`` rows, in pieces."""


class _Sink(Protocol):
    def write(self, piece: Any) -> None: ...
    def close(self) -> None: ...


class _LineSource:
    """Records of JSON lines or CSV, as bytes."""

    def __init__(self, path: Path | None, options: Options, kept: Mask | None) -> None:
        every = iter(()) if path is None else _records(path, options)
        self._records = every if kept is None else (line for line, keep in zip(every, kept, strict=True) if keep)

    def take(self, count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield next(self._records)


def _records(path: Path, options: Options) -> Iterator[bytes]:
    with _unpacked(path, options) as lines:
        if options.format != "csv":
            yield from lines
            return
        next(iter(lines))  # the header
        record = b""
        for line in lines:
            record += line
            if record.count(b'"') % 2 == 0:  # a quoted cell may hold line ends
                yield record
                record = b""


def _unpacked(path: Path, options: Options) -> Any:
    if options.format == "jsonl.gz":
        return gzip.open(path, "rb")
    if options.format == "jsonl.zst":
        return io.BufferedReader(zstandard.open(path, "rb"), 1 << 20)
    return path.open("rb")


class _LineSink:
    def __init__(self, file: BinaryIO, options: Options) -> None:
        self._file = file
        self._packed = packed(file, options.format)
        if options.format == "csv":
            csv.Csv(file, options).close()

    def write(self, piece: bytes) -> None:
        self._packed.write(piece)

    def close(self) -> None:
        if self._packed is not self._file:
            self._packed.close()


class _TableSource:
    """Rows of Parquet or Arrow."""

    def __init__(self, path: Path | None, options: Options, kept: Mask | None) -> None:
        self._tables = iter(()) if path is None else _tables(path, options, kept)
        self._left: pa.Table | None = None

    def take(self, count: int) -> Iterator[pa.Table]:
        while count:
            if self._left is None or not self._left.num_rows:
                self._left = next(self._tables)
            piece = self._left.slice(0, count)
            self._left = self._left.slice(piece.num_rows)
            count -= piece.num_rows
            if piece.num_rows:
                yield piece


def _tables(path: Path, options: Options, kept: Mask | None) -> Iterator[pa.Table]:
    start = 0
    for batch in _batches(path, options):
        table = pa.Table.from_batches([batch])
        yield table if kept is None else table.filter(pa.array(kept[start : start + len(batch)]))
        start += len(batch)


def _batches(path: Path, options: Options) -> Iterator[pa.RecordBatch]:
    if options.format == "parquet":
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(BATCH)
        return
    with pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as file:
        for number in range(file.num_record_batches):
            yield file.get_batch(number)


class _TableSink:
    def __init__(self, file: BinaryIO, options: Options) -> None:
        self._writer = (Parquet if options.format == "parquet" else Arrow)(file, options)

    def write(self, piece: pa.Table) -> None:
        self._writer.write(piece)

    def close(self) -> None:
        self._writer.close()


LINES: Final[tuple[Any, Any]] = (_LineSource, _LineSink)
TABLES: Final[tuple[Any, Any]] = (_TableSource, _TableSink)
