"""Which articles an export holds, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, Self, TypeVar

import numpy as np
from sqlalchemy import BigInteger, Column, ColumnElement, MetaData, Select, Table, func, or_, select, true, type_coerce

from crawler.items import SHANGHAI
from storage.corpus.conditions import between, conditions, stand_ins
from storage.corpus.fields import CorpusError
from storage.corpus.options import SPLITS, Options
from storage.corpus.snapshot import Snapshot
from storage.corpus.view import View
from storage.types import Key, micros, moment

Ids = np.ndarray[tuple[int], np.dtype[np.int64]]
Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
WHOLE: Final = float(2**64)
STRETCH: Final = 2**16
"""Articles that one query reads at the most, if a year of a source has no more: so much at once may be sorted."""
LAST_YEAR: Final = 9999
FOREVER: Final = 2**63 - 1
STAND_INS: Final = Table("stand_in", MetaData(), Column("id", Key, primary_key=True))
"""A temporary table of the snapshot."""


@dataclass(frozen=True, slots=True)
class Partition:
    """The articles of one source and one year of publication (China's time)."""

    source: str | None
    year: int | None
    """None: without a date."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Partitions of one source that are read by one query: a year each, many a small one, would be many queries."""

    source: str | None
    years: tuple[int, int] | None
    """The first and the last; None: the undated."""
    size: int
    """Articles in the archive, before any condition."""


class ReadRows(Protocol):
    """Articles that were read."""

    def __len__(self) -> int: ...

    def ids(self) -> Ids: ...

    def clusters(self) -> Ids:
        """-1 for those that are in none."""

    def published(self) -> Ids:
        """Microseconds since 1970; of dated articles."""

    def part(self, begin: int, end: int) -> Self:
        """Those from the place ``begin`` to before ``end``."""


AnyRows = TypeVar("AnyRows", bound=ReadRows)


class Plan:
    """The articles that the options choose, stretch by stretch: memory does not grow with their number."""

    def __init__(
        self, snapshot: Snapshot, options: Options, view: View, extra: Sequence[ColumnElement[bool]] = ()
    ) -> None:
        """``extra``: further conditions, e.g. of a full-text query. Raises CorpusError for an unknown source."""
        self._snapshot = snapshot
        self._options = options
        self._articles = view.articles
        chosen = options.selection
        self._tests = [*conditions(chosen, view.articles, snapshot.conn.dialect.name), *extra]
        if not chosen.reprints:
            self._tests.insert(0, self._once_a_cluster())
        every = self._every()
        known = {stretch.source for stretch in every}
        for source in chosen.sources:
            if source not in known:
                names = ", ".join(sorted(name for name in known if name)) or "none"
                raise CorpusError(f"the archive holds no article of a source {source!r}; it holds: {names}")
        self.stretches = [each for each in every if not chosen.sources or each.source in chosen.sources]
        """By source (the unnamed last) and year (the undated first); in one, articles go by time and id."""
        self.size = sum(stretch.size for stretch in self.stretches)
        """Articles to be looked at: the measure of progress."""
        self._most = self._threshold()

    def query(self, stretch: Stretch, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """The chosen articles of a stretch, before sample and limit."""
        article = self._articles.c
        inside = self._inside(stretch.source, stretch.years)
        return select(*columns).where(*inside, *self._tests).order_by(article.published_at, article.id)

    @staticmethod
    def partitions(stretch: Stretch, rows: AnyRows) -> Iterator[tuple[Partition, AnyRows]]:
        """The articles of a stretch, or some of them in their order, by partition."""
        if stretch.years is None:
            if len(rows):
                yield Partition(stretch.source, None), rows
            return
        years = range(stretch.years[0], stretch.years[1] + 1)
        ends = np.searchsorted(rows.published(), [*(micros(_begin(year)) for year in years[1:]), FOREVER])
        begin = 0
        for year, end in zip(years, ends.tolist(), strict=True):
            if end > begin:
                yield Partition(stretch.source, year), rows.part(begin, end)
            begin = end

    def sampled(self, ids: Ids) -> Mask | None:
        """Which of these articles are in the sample; None: all."""
        return None if self._most is None else mix(ids, self._options.seed) <= self._most

    def splits(self, rows: ReadRows) -> Iterator[tuple[str, Mask]]:
        """Each split that some of these articles are in, and which. By the first article of each: so the
        order in which an export meets its splits does not depend on where batches end.
        """
        weights = self._options.splits
        if not weights:
            yield SPLITS[0], np.ones(len(rows), dtype=np.bool_)
            return
        ids, clusters = rows.ids(), rows.clusters()
        # Two ranges of numbers that never meet: clusters, and articles that are in none.
        keys = np.where(clusters < 0, ids * 2 + 1, clusters * 2)
        bounds = np.cumsum(weights) / sum(weights)
        place = np.searchsorted(bounds, mix(keys, self._options.seed + 1) / WHOLE, side="right")
        place = np.minimum(place, len(weights) - 1)
        masks = [(name, place == number) for number, name in enumerate(SPLITS[: len(weights)])]
        yield from sorted(
            ((name, mask) for name, mask in masks if mask.any()), key=lambda split: int(split[1].argmax())
        )

    def _once_a_cluster(self) -> ColumnElement[bool]:
        """The canonical article of each cluster, or what stands in for it. Looked for once, not in each query."""
        canonical = self._articles.c.canonical == true()
        query = stand_ins(self._options.selection, self._articles)
        found = [] if query is None else self._snapshot.bulk.fetch(query).to_pylist()
        if not found:
            return canonical
        self._snapshot.bulk.ingest(STAND_INS, found)
        return or_(canonical, self._articles.c.id.in_(select(STAND_INS.c.id)))

    def _every(self) -> list[Stretch]:
        article = self._articles.c
        first = type_coerce(func.min(article.published_at), BigInteger)
        spans = self._snapshot.bulk.fetch(select(article.source, first.label("first")).group_by(article.source))
        found: list[Stretch] = []
        for span in sorted(spans.to_pylist(), key=lambda span: (span["source"] is None, span["source"] or "")):
            source = span["source"]
            if size := self._size(source, None):
                found.append(Stretch(source, None, size))
            if span["first"] is not None:
                found += _joined(source, self._years(source, span["first"]))
        return found

    def _years(self, source: str | None, first: int) -> Iterator[tuple[int, int]]:
        """The years of a source and how many articles each has; from one to the next that has any."""
        at: int | None = first
        while at is not None:
            year = _year(at)
            yield year, self._size(source, (year, year))
            later = self._inside(source, (year + 1, LAST_YEAR))
            at = self._one(func.min(self._articles.c.published_at), later)

    def _one(self, value: ColumnElement[Any], where: Sequence[ColumnElement[bool]]) -> int | None:
        query = select(type_coerce(value, BigInteger).label("value")).select_from(self._articles).where(*where)
        found: int | None = self._snapshot.bulk.fetch(query)["value"][0].as_py()
        return found

    def _size(self, source: str | None, years: tuple[int, int] | None) -> int:
        return self._one(func.count(), self._inside(source, years)) or 0

    def _inside(self, source: str | None, years: tuple[int, int] | None) -> list[ColumnElement[bool]]:
        article = self._articles.c
        named = article.source.is_(None) if source is None else article.source == source
        if years is None:
            return [named, article.published_at.is_(None)]
        end = None if years[1] >= LAST_YEAR else _begin(years[1] + 1)
        return [named, *between(_begin(years[0]), end, article.published_at)]

    def _threshold(self) -> np.uint64 | None:
        """The largest hash of an article that is in the sample."""
        sample = self._options.sample
        if sample is None:
            return None
        if sample < 1:
            return np.uint64(min(int(sample * WHOLE), 2**64 - 1))
        smallest: Hashes = np.empty(0, dtype=np.uint64)
        size = int(sample)
        for stretch in self.stretches:
            ids = self._snapshot.bulk.fetch(self.query(stretch, [self._articles.c.id]))["id"].to_numpy()
            both = np.concatenate([smallest, mix(ids.astype(np.int64), self._options.seed)])
            smallest = np.partition(both, size)[:size] if len(both) > size else both
        return smallest.max() if len(smallest) else np.uint64(0)


def _joined(source: str | None, years: Iterable[tuple[int, int]]) -> Iterator[Stretch]:
    """Years with their sizes, those that follow one another joined to stretches."""
    first = last = total = 0
    for year, size in years:
        if total and total + size > STRETCH:
            yield Stretch(source, (first, last), total)
            total = 0
        first, last, total = first if total else year, year, total + size
    if total:
        yield Stretch(source, (first, last), total)


def _begin(year: int) -> datetime:
    """Of a year in China."""
    return datetime(year, 1, 1, tzinfo=SHANGHAI)


def mix(values: Ids, seed: int) -> Hashes:
    """A hash of each number that is the same on every machine (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed: Hashes = values.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return mixed ^ (mixed >> np.uint64(31))


def _year(micros: int) -> int:
    return moment(micros).astimezone(SHANGHAI).year
