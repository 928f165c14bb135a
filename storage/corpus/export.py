"""An export: chosen, read, written beside its place and moved there whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import orjson
import pyarrow as pa
from sqlalchemy import ColumnElement, Engine, select

from storage.clusters import Names
from storage.corpus import card as cards
from storage.corpus import index, manifest
from storage.corpus.bulk import Bulk
from storage.corpus.earlier import Earlier
from storage.corpus.encode import Convert, in_script
from storage.corpus.fields import CorpusError, choose, schema
from storage.corpus.formats import Batch, Form, by_ending, form
from storage.corpus.formats.text import TextOutput
from storage.corpus.manifest import File
from storage.corpus.options import OF_ARTICLES, Options, Selection
from storage.corpus.output import Layout, Output
from storage.corpus.plan import Ids, Mask, Plan, Stretch
from storage.corpus.read import Rows, links, needed, restored, selected, with_links
from storage.corpus.snapshot import BATCH, Snapshot, snapshot
from storage.corpus.target import CARD, INDEX, MANIFEST, WITHDRAWN, Hashed, beside, free
from storage.corpus.view import View
from storage.moves import settle
from storage.progress import Progress, untold
from storage.types import moment

WAITING: Final = 3
"""Batches that may wait to be written: more than a group of Parquet, while the one before is compressed. With more of
them an export takes memory and no less time."""
LINKED: Final = frozenset({"parquet", "arrow", "edges", "edges.csv", "graphml"})
"""Formats that hold related links as values; the others have them as JSON, which the database makes."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What an export is made with."""

    convert: Convert | None = None
    """Simplified to traditional."""
    fold: Callable[[str], str] = str
    """A query to the archive's script."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The sources' names for people."""
    names: Names = field(default_factory=dict)
    """All that they are called on pages."""
    progress: Progress = untold
    raw: Path | None = None
    """The folder of raw pages, for WARC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an export came to."""

    articles: int
    """In the corpus; of a delta: in the newer corpus."""
    written: int
    withdrawn: int | None
    """Of a delta alone."""
    size: int
    """Bytes of its files."""
    files: int
    beside: tuple[str, ...] = ()
    """What else was written, by name: manifest, index, card, tombstones."""


def export(
    engine: Engine,
    target: Path | BinaryIO,
    options: Options,
    means: Means,
    *,
    force: bool = False,
    since: Path | None = None,
) -> Done:
    """Exports into a file, a folder or a stream.

    A ``target`` whose name has an ending of a format is a file, with its manifest and index beside it; another
    is a folder. ``since``: the manifest of an earlier export with the same options; only what differs is written.
    Raises CorpusError for what can't be done and OSError where the disk is full; then, as after a kill, what stood
    at ``target`` still stands.
    """
    pa.set_memory_pool(pa.system_memory_pool())  # the others keep what is given back: 50 MB more
    layout = Layout(options, _file(target))
    _possible(options, layout, means, since)
    earlier = None if since is None else _earlier(since, options, layout)
    if not isinstance(target, Path):
        with snapshot(engine) as view:
            return _Job(view, options, means, layout, None).run(target)
    _apart(target, engine, since)
    folder = layout.file is None
    with beside(target, folder=folder, force=force) as work, snapshot(engine) as view:
        done = _Job(view, options, means, layout, earlier).run(work)
        free(target, folder=folder, force=force)  # another export may have come first
        _move(work, target, layout)
        return done


def _apart(target: Path, engine: Engine, since: Path | None) -> None:
    """Raises CorpusError where the export would take the place of what it is made of."""
    place = target.resolve()
    if engine.dialect.name == "sqlite" and place == Path(str(engine.url.database)).resolve():
        raise CorpusError(f"{str(target)!r} is the archive; name another place")
    if since is not None:
        told = manifest.located(since).resolve()
        if place == told.parent or f"{place}.{MANIFEST}" == str(told):
            raise CorpusError(f"{str(target)!r} is the export that the delta begins with; name another place")


def _file(target: Path | BinaryIO) -> str | None:
    if not isinstance(target, Path):
        return "-"
    return target.name if by_ending(target.name) else None


def _possible(options: Options, layout: Layout, means: Means, since: Path | None) -> None:
    if layout.file is not None and options.splits:
        raise CorpusError("splits are several files: name a folder")
    if layout.file is not None and options.format == "text":
        raise CorpusError("text is a file an article: name a folder")
    if since is not None and options.format not in OF_ARTICLES:
        raise CorpusError(
            f"there are no deltas of {options.format}; of these there are: {', '.join(sorted(OF_ARTICLES))}"
        )
    if since is not None and layout.file == "-":
        raise CorpusError("a delta is several files: name a file or a folder")
    if options.as_of is not None and options.selection.query is not None:
        raise CorpusError("a query asks the texts of today; an export as of an earlier time has none")
    query = options.selection.query
    if query is not None:
        from storage.query import problem

        if (trouble := problem(query, means.fold)) is not None:
            raise CorpusError(trouble)
    if options.format == "warc" and means.raw is None:
        raise CorpusError("WARC needs the folder of raw pages")


def _earlier(since: Path, options: Options, layout: Layout) -> tuple[dict[str, Any], Earlier]:
    """The earlier export. Raises CorpusError where it was made otherwise or is not whole."""
    found = manifest.load(since)
    before = Options.from_dict(found["options"])
    if replace(before, as_of=None) != replace(options, as_of=None):
        made = orjson.dumps(before.to_dict()).decode()
        raise CorpusError(f"the earlier export was made with other options, {made}: give none, and they hold again")
    if (found["layout"] == "folder") != (layout.file is None):
        raise CorpusError(f"the earlier export is a {found['layout']}: name a {found['layout']}")
    if layout.file is not None and by_ending(layout.file) != options.format:
        raise CorpusError(f"the earlier export is of {options.format}: name a file that ends so, not {layout.file!r}")
    path = manifest.located(since).parent / found["index"]["path"]
    records = index.load(path)
    if len(records) != found["index"]["rows"] or manifest.digest(path) != found["index"]["sha256"]:
        raise CorpusError(f"the index {str(path)!r} is not the one that {str(since)!r} names")
    return found, Earlier(records)


def _then(view: Snapshot, options: Options, names: Names) -> View:
    if options.as_of is None:
        return View()
    from storage.corpus.as_of import as_of

    return as_of(view, options.as_of, names)


def _move(work: Path, target: Path, layout: Layout) -> None:
    if layout.file is None:
        settle(work, target)
        return
    # The manifest comes last: where it names other digests than the files have, a kill came between.
    for name in (layout.file, f"{layout.file}.{WITHDRAWN}", f"{layout.file}.{INDEX}", f"{layout.file}.{MANIFEST}"):
        if (work / name).exists():
            settle(work / name, target.with_name(name))


class _Job:
    """One export on its way."""

    def __init__(
        self,
        view: Snapshot,
        options: Options,
        means: Means,
        layout: Layout,
        earlier: tuple[dict[str, Any], Earlier] | None,
    ) -> None:
        self._view = view
        self._options = options
        self._means = means
        self._layout = layout
        self._earlier = earlier
        self._fields = choose(options.fields)
        drawn = ("url", "title", "related") if options.format in {"edges", "edges.csv", "graphml"} else ()
        told = ("title_original",) if options.script == "original" else ()
        self._columns = needed(self._fields, *drawn, *told, *(("capture_id",) if options.format == "warc" else ()))
        self._then = _then(view, options, means.names)
        self._figures = cards.Figures()
        self._written = 0
        self._beside_names: list[str] = []

    def run(self, root: Path | BinaryIO) -> Done:
        output = self._output(root)
        try:
            if isinstance(root, Path):
                with self._beside(root, INDEX) as records:
                    self._all(output, records)
                named = self._file(root, INDEX, records)
            else:
                self._all(output, None)
            if not output.places and isinstance(output, Output):
                # An empty corpus is a corpus: its file has the header and no rows.
                empty = self._layout.empty()
                output.number(empty)
                output.opened(empty)
            files = output.close()
        except BaseException:
            output.abandon()
            raise
        withdrawn = None
        if isinstance(root, Path):
            withdrawn = self._settled(root, output, files, named)
        return Done(
            articles=self._figures.articles,
            written=self._written,
            withdrawn=withdrawn,
            size=sum(file.size for file in files),
            files=len(files),
            beside=tuple(self._beside_names),
        )

    def _output(self, root: Path | BinaryIO) -> Output | TextOutput:
        if self._options.format == "text":
            assert isinstance(root, Path)
            return TextOutput(root, self._layout)
        if self._options.format == "warc":
            from storage.corpus.formats.warc import Warc

            assert self._means.raw is not None
            made = Form(lambda batch: batch, partial(Warc, self._means.raw))
        else:
            made = form(self._options.format)
        return Output(root, self._options, made, single=self._layout.file is not None)

    def _all(self, output: Output | TextOutput, records: Hashed | None) -> None:
        """Encodes, while one thread reads what is next and another compresses and writes what came before."""
        plan = Plan(self._view, self._options, self._then, self._found())
        looked = 0
        waiting: deque[Future[None]] = deque()
        with ThreadPoolExecutor(1) as writing:
            for rows, batches in ahead(self._chosen(plan)):
                self._figures.add(rows)
                noted = index.empty(len(rows))
                for batch, where in batches:
                    place = self._layout.place(batch.split, batch.partition)
                    kept = self._kept(batch, place, output.number(place), None if records is None else noted, where)
                    if kept is not None:
                        waiting.append(writing.submit(output.write, place, kept, output.encode(self._in_script(kept))))
                    if len(waiting) > WAITING:
                        waiting.popleft().result()
                if records is not None:
                    records.write(noted.tobytes())
                looked += len(noted)
                self._means.progress("articles", looked, plan.size)
            for future in waiting:
                future.result()
        self._means.progress("articles", plan.size, plan.size)

    def _found(self) -> list[ColumnElement[bool]]:
        query = self._options.selection.query
        if query is None:
            return []
        from storage.search import condition

        return [condition(query, self._view.conn.dialect.name, self._means.fold)]

    def _chosen(self, plan: Plan) -> Iterator[tuple[Rows, list[tuple[Batch, Mask]]]]:
        """The articles of the export in its order, some of a partition at a time, and the same by split: which
        of them each has.
        """
        left = self._options.limit
        for stretch in plan.stretches:
            most = left if self._options.sample is None else None
            for read in self._read(plan, stretch, most):
                sampled = plan.sampled(read.ids())
                rows = read if sampled is None else read.keep(sampled)
                if left is not None:
                    rows = rows.part(0, min(left, len(rows)))
                    left -= len(rows)
                for partition, inside in plan.partitions(stretch, rows):
                    yield (
                        inside,
                        [
                            (Batch(split, partition, inside.keep(mine), self._fields, None, self._view), mine)
                            for split, mine in plan.splits(inside)
                        ],
                    )
                if left == 0:
                    return

    def _read(self, plan: Plan, stretch: Stretch, most: int | None) -> Iterator[Rows]:
        """The articles of a stretch before the sample, ``most`` at the most."""
        dialect = self._view.conn.dialect.name
        nested = self._options.format in LINKED and "related" in self._columns
        names = [name for name in self._columns if not (nested and name == "related")]
        query = plan.query(stretch, selected(self._then, names, dialect)).limit(most)
        if not nested:
            for read in self._view.bulk.stream(query):
                yield Rows(restored(read, names))
        else:
            for read, more in self._view.bulk.pairs(query, links(self._then, dialect)):
                yield Rows(with_links(restored(read, names), more))

    def _kept(self, batch: Batch, place: str, number: int, noted: index.Records | None, where: Mask) -> Batch | None:
        """Counts a batch and notes it where it is to be in the index; returns what of it is to be written."""
        rows = batch.rows
        self._figures.place(batch.split, batch.partition, len(rows))
        if noted is not None:
            digests = index.digests(rows, self._layout.mark(place))
            made = index.records(rows.ids(), number, digests)
            noted[where] = made
            if self._earlier is not None:
                changed = self._earlier[1].changed(made)
                rows = rows.keep(changed)
        self._written += len(rows)
        return replace(batch, rows=rows) if len(rows) else None

    def _in_script(self, batch: Batch) -> Batch:
        if self._options.script == "simplified":
            return batch
        rows = in_script(batch.rows, self._options.script, self._means.convert)
        return replace(batch, rows=rows, originals=batch.rows.originals())

    @contextmanager
    def _beside(self, root: Path, name: str) -> Iterator[Hashed]:
        """A further file of the export."""
        self._beside_names.append(self._name(name))
        file = Hashed((root / self._name(name)).open("wb"))
        try:
            yield file
        except BaseException:
            file.let_go()
            raise
        file.end()

    def _name(self, name: str) -> str:
        return beside_name(self._layout.file, name)

    def _file(self, root: Path, name: str, file: Hashed) -> dict[str, Any]:
        del root
        return {"path": self._name(name), "bytes": file.size, "sha256": file.hexdigest()}

    def _settled(self, root: Path, output: Output | TextOutput, files: list[File], named: dict[str, Any]) -> int | None:
        """Writes what is told of the files: the manifest, the card, what was withdrawn."""
        figures = self._figures.to_dict()
        titles = {name: self._means.titles[name] for name in figures["sources"] if name in self._means.titles}
        more: dict[str, Any] = {
            "layout": "folder" if self._layout.file is None else "file",
            "index": named | {"rows": named["bytes"] // index.RECORD.itemsize},
            "titles": titles,
        }
        withdrawn = None
        if self._earlier is not None:
            with self._beside(root, WITHDRAWN) as file:
                withdrawn = self._tombstones(self._earlier[1], file)
            more["since"] = {"archive": self._earlier[0]["archive"], "index": self._earlier[0]["index"]["sha256"]}
            more["after"] = output.places
            more["withdrawn"] = self._file(root, WITHDRAWN, file) | {"rows": withdrawn}
        told = manifest.manifest(
            self._options, manifest.archive_state(self._view.bulk), figures, self._schema(), files, more
        )
        with self._beside(root, MANIFEST) as file:
            file.write(told)
        if self._layout.file is None and self._earlier is None:
            with self._beside(root, CARD) as file:
                file.write(readme(figures, self._options, titles))
        return withdrawn

    def _schema(self) -> pa.Schema | None:
        if self._options.format in OF_ARTICLES:
            return schema(self._fields)
        return None if self._options.format in {"text", "warc"} else form(self._options.format).schema

    def _tombstones(self, earlier: Earlier, file: Hashed) -> int:
        """A line for each article that the earlier export held and this one does not, with the reason."""
        count = 0
        for ids in earlier.withdrawn(BATCH // 16):
            for line in tombstones(self._view.bulk, self._then, self._options.selection, ids):
                file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
                count += 1
        return count


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items; the next one is made by another thread while one is used."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


def beside_name(file: str | None, name: str) -> str:
    """The name of what lies beside a lone file, or in the folder of an export."""
    return name if file is None else f"{file}.{name}"


def readme(figures: Mapping[str, Any], options: Options, titles: Mapping[str, str]) -> bytes:
    """The card of a folder, as bytes."""
    layout = Layout(options, None)
    patterns = {split: layout.pattern(split) for split in figures["splits"]} if options.format in OF_ARTICLES else {}
    fields = choose(options.fields) if options.format in OF_ARTICLES else ()
    return cards.card(figures, options, fields, titles, patterns).encode()


def tombstones(bulk: Bulk, then: View, chosen: Selection, ids: Ids) -> Iterator[dict[str, Any]]:
    """What became of articles that are no longer in the export."""
    article = then.articles.c
    query = select(article.id, article.url, article.gone_at, article.canonical).where(article.id.in_(ids.tolist()))
    rows = {row["id"]: row for row in bulk.fetch(query).to_pylist()}
    for number in ids.tolist():
        row = rows.get(number)
        if row is None:
            yield {"id": number, "url": None, "reason": "no longer in the archive"}
        elif row["gone_at"] is not None and not chosen.withdrawn:
            gone_at = moment(row["gone_at"]).isoformat()
            yield {"id": number, "url": row["url"], "reason": "the page is gone", "gone_at": gone_at}
        elif not row["canonical"] and not chosen.reprints:
            yield {"id": number, "url": row["url"], "reason": "a reprint of another article"}
        else:
            yield {"id": number, "url": row["url"], "reason": "no longer chosen by the options"}
