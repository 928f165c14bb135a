"""Which articles an export holds, in which order, and where each of them goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, FromClause, func, select, type_coerce

from crawler.items import SHANGHAI
from storage.corpus.conditions import between, conditions
from storage.corpus.fields import CorpusError
from storage.corpus.options import SPLITS, Options
from storage.corpus.snapshot import BATCH, Snapshot
from storage.types import moment

Ids = np.ndarray[tuple[int], np.dtype[np.int64]]
Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
WHOLE: Final = float(2**64)


@dataclass(frozen=True, slots=True)
class Partition:
    """The articles of one source and one year of publication (China's time)."""

    source: str | None
    year: int | None
    """None: without a date."""
    size: int
    """Articles in the archive, before any condition."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """At most ``BATCH`` articles of one split and partition, by id."""

    split: str
    partition: Partition
    ids: Ids


def partitions(snapshot: Snapshot, articles: FromClause) -> list[Partition]:
    """All partitions that hold articles, by source (the unnamed last) and year (the undated first)."""
    article = articles.c
    spans = snapshot.conn.execute(
        select(
            article.source,
            type_coerce(func.min(article.published_at), BigInteger),
            type_coerce(func.max(article.published_at), BigInteger),
        ).group_by(article.source)
    ).all()
    found = []
    for source, first, last in sorted(spans, key=lambda span: (span[0] is None, span[0] or "")):
        years = [] if first is None else range(_year(first), _year(last) + 1)
        for year in (None, *years):
            size = snapshot.conn.execute(
                select(func.count()).select_from(articles).where(*_inside(article, source, year))
            ).scalar_one()
            if size:
                found.append(Partition(source, year, size))
    return found


class Plan:
    """The articles that the options choose: partition by partition, so that memory does not grow with their number."""

    def __init__(
        self,
        snapshot: Snapshot,
        options: Options,
        articles: FromClause,
        extra: Sequence[ColumnElement[bool]] = (),
    ) -> None:
        """``extra``: further conditions, e.g. of a full-text query. Raises CorpusError for an unknown source."""
        self._snapshot = snapshot
        self._options = options
        self._articles = articles
        chosen = options.selection
        self._tests = [*conditions(chosen, articles, snapshot.conn.dialect.name), *extra]
        every = partitions(snapshot, articles)
        known = {partition.source for partition in every}
        for source in chosen.sources:
            if source not in known:
                names = ", ".join(sorted(name for name in known if name)) or "none"
                raise CorpusError(f"the archive holds no article of a source {source!r}; it holds: {names}")
        self.partitions = [part for part in every if not chosen.sources or part.source in chosen.sources]
        self.size = sum(partition.size for partition in self.partitions)
        """Articles to be looked at: the measure of progress."""
        self._most = self._threshold()

    def chunks(self) -> Iterator[Chunk]:
        """In the order of the export."""
        left = self._options.limit
        for partition in self.partitions:
            ids, clusters = self._chosen(partition)
            for split, mine in self._divided(ids, clusters):
                some = mine if left is None else mine[:left]
                left = None if left is None else left - len(some)
                for start in range(0, len(some), BATCH):
                    yield Chunk(split, partition, some[start : start + BATCH])
                if left == 0:
                    return

    def _chosen(self, partition: Partition) -> tuple[Ids, Ids]:
        """Ids of the partition's articles that meet every condition, ascending, and what keeps clusters whole."""
        article = self._articles.c
        rows = self._snapshot.conn.execute(
            select(article.id, article.cluster_id)
            .where(*_inside(article, partition.source, partition.year), *self._tests)
            .order_by(article.id)
        )
        # Two ranges of numbers that never meet: clusters, and articles that are in none.
        pairs = [(id_, id_ * 2 + 1 if cluster is None else cluster * 2) for id_, cluster in rows]
        ids, clusters = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        if self._most is not None:
            taken = mix(ids, self._options.seed) <= self._most
            return ids[taken], clusters[taken]
        return ids, clusters

    def _threshold(self) -> np.uint64 | None:
        """The largest hash of an article that is in the sample."""
        sample = self._options.sample
        if sample is None:
            return None
        if sample < 1:
            return np.uint64(min(int(sample * WHOLE), 2**64 - 1))
        smallest: Hashes = np.empty(0, dtype=np.uint64)
        size = int(sample)
        self._most = None
        for partition in self.partitions:
            both = np.concatenate([smallest, mix(self._chosen(partition)[0], self._options.seed)])
            smallest = np.partition(both, size)[:size] if len(both) > size else both
        return smallest.max() if len(smallest) else np.uint64(0)

    def _divided(self, ids: Ids, clusters: Ids) -> Iterator[tuple[str, Ids]]:
        weights = self._options.splits
        if not weights:
            yield SPLITS[0], ids
            return
        bounds = np.cumsum(weights) / sum(weights)
        place = np.searchsorted(bounds, mix(clusters, self._options.seed + 1) / WHOLE, side="right")
        place = np.minimum(place, len(weights) - 1)
        for number, name in enumerate(SPLITS[: len(weights)]):
            yield name, ids[place == number]


def mix(values: Ids, seed: int) -> Hashes:
    """A hash of each number that is the same on every machine (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed: Hashes = values.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return mixed ^ (mixed >> np.uint64(31))


def _inside(article: Any, source: str | None, year: int | None) -> list[ColumnElement[bool]]:
    named = article.source.is_(None) if source is None else article.source == source
    if year is None:
        return [named, article.published_at.is_(None)]
    begin, end = (datetime(value, 1, 1, tzinfo=SHANGHAI) for value in (year, year + 1))
    return [named, *between(begin, end, article.published_at)]


def _year(micros: int) -> int:
    return moment(micros).astimezone(SHANGHAI).year
