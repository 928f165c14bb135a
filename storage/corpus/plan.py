"""Which articles an export holds, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Select, func, select, type_coerce

from crawler.items import SHANGHAI
from storage.corpus.conditions import between, conditions
from storage.corpus.fields import CorpusError
from storage.corpus.options import SPLITS, Options
from storage.corpus.snapshot import Snapshot
from storage.corpus.view import View
from storage.types import moment

Ids = np.ndarray[tuple[int], np.dtype[np.int64]]
Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
WHOLE: Final = float(2**64)


@dataclass(frozen=True, slots=True)
class Partition:
    """The articles of one source and one year of publication (China's time)."""

    source: str | None
    year: int | None
    """None: without a date."""
    size: int
    """Articles in the archive, before any condition."""


class Numbered(Protocol):
    """Articles that know their numbers."""

    def ids(self) -> Ids: ...

    def clusters(self) -> Ids:
        """-1 for those that are in none."""


class Plan:
    """The articles that the options choose, partition by partition: memory does not grow with their number."""

    def __init__(
        self, snapshot: Snapshot, options: Options, view: View, extra: Sequence[ColumnElement[bool]] = ()
    ) -> None:
        """``extra``: further conditions, e.g. of a full-text query. Raises CorpusError for an unknown source."""
        self._snapshot = snapshot
        self._options = options
        self._articles = view.articles
        chosen = options.selection
        self._tests = [*conditions(chosen, view.articles, snapshot.conn.dialect.name), *extra]
        every = self._every()
        known = {partition.source for partition in every}
        for source in chosen.sources:
            if source not in known:
                names = ", ".join(sorted(name for name in known if name)) or "none"
                raise CorpusError(f"the archive holds no article of a source {source!r}; it holds: {names}")
        self.partitions = [part for part in every if not chosen.sources or part.source in chosen.sources]
        """By source (the unnamed last) and year (the undated first); in one, articles go by time and id."""
        self.size = sum(partition.size for partition in self.partitions)
        """Articles to be looked at: the measure of progress."""
        self._most = self._threshold()

    def query(self, partition: Partition, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """The chosen articles of a partition, before sample and limit."""
        article = self._articles.c
        return (
            select(*columns)
            .where(*self._inside(partition.source, partition.year), *self._tests)
            .order_by(article.published_at, article.id)
        )

    def sampled(self, ids: Ids) -> Mask | None:
        """Which of these articles are in the sample; None: all."""
        return None if self._most is None else mix(ids, self._options.seed) <= self._most

    def splits(self, rows: Numbered) -> Iterator[tuple[str, Mask | None]]:
        """Each split and which of these articles are in it; None: all."""
        weights = self._options.splits
        if not weights:
            yield SPLITS[0], None
            return
        ids, clusters = rows.ids(), rows.clusters()
        # Two ranges of numbers that never meet: clusters, and articles that are in none.
        keys = np.where(clusters < 0, ids * 2 + 1, clusters * 2)
        bounds = np.cumsum(weights) / sum(weights)
        place = np.searchsorted(bounds, mix(keys, self._options.seed + 1) / WHOLE, side="right")
        place = np.minimum(place, len(weights) - 1)
        for number, name in enumerate(SPLITS[: len(weights)]):
            yield name, place == number

    def _every(self) -> list[Partition]:
        article = self._articles.c
        first, last = (type_coerce(end(article.published_at), BigInteger) for end in (func.min, func.max))
        spans = self._snapshot.bulk.fetch(
            select(article.source, first.label("first"), last.label("last")).group_by(article.source)
        )
        found = []
        for span in sorted(spans.to_pylist(), key=lambda span: (span["source"] is None, span["source"] or "")):
            source = span["source"]
            years = [] if span["first"] is None else range(_year(span["first"]), _year(span["last"]) + 1)
            for year in (None, *years):
                count = select(func.count().label("size")).where(*self._inside(source, year))
                size = self._snapshot.bulk.fetch(count.select_from(self._articles))["size"][0].as_py()
                if size:
                    found.append(Partition(source, year, size))
        return found

    def _inside(self, source: str | None, year: int | None) -> list[ColumnElement[bool]]:
        article = self._articles.c
        named = article.source.is_(None) if source is None else article.source == source
        if year is None:
            return [named, article.published_at.is_(None)]
        begin, end = (datetime(value, 1, 1, tzinfo=SHANGHAI) for value in (year, year + 1))
        return [named, *between(begin, end, article.published_at)]

    def _threshold(self) -> np.uint64 | None:
        """The largest hash of an article that is in the sample."""
        sample = self._options.sample
        if sample is None:
            return None
        if sample < 1:
            return np.uint64(min(int(sample * WHOLE), 2**64 - 1))
        smallest: Hashes = np.empty(0, dtype=np.uint64)
        size = int(sample)
        for partition in self.partitions:
            ids = self._snapshot.bulk.fetch(self.query(partition, [self._articles.c.id]))["id"].to_numpy()
            both = np.concatenate([smallest, mix(ids.astype(np.int64), self._options.seed)])
            smallest = np.partition(both, size)[:size] if len(both) > size else both
        return smallest.max() if len(smallest) else np.uint64(0)


def mix(values: Ids, seed: int) -> Hashes:
    """A hash of each number that is the same on every machine (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed: Hashes = values.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return mixed ^ (mixed >> np.uint64(31))


def _year(micros: int) -> int:
    return moment(micros).astimezone(SHANGHAI).year
