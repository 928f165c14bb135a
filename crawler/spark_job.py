"""Cleaning, near-duplicates and export past one machine: the same pure functions as an Apache Spark job.

    spark-submit crawler/spark_job.py --out corpus --parquet /shards/*/data --warc /pages/*.warc.gz

Input is Parquet that ``panxi export --all`` wrote, of one archive or many, or the raw pages, which are then read and
cleaned here. An address that comes several times counts once, as it was seen last. Output is what ``panxi export``
writes: Parquet by source and year with a manifest. Every machine must see the paths and have panxi[spark] installed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from crawler.items import Article, Page, Story

Batches = Iterator[pa.RecordBatch]

ROUNDS: Final = 64
"""How far apart two articles of a cluster may be, in steps of kinship; no story is told on so long."""
STORY: Final = ("url", "title", "body", "published_at", "origin", "reprinted_from", "mirror_of", "mirrored")
PRINTED: Final = "key long, exact string, shingles int, bands array<long>, days array<int>"
KINDRED: Final = "a long, b long"
PLACED: Final = "key long, cluster long, canonical boolean, relation string"
WRITTEN: Final = "path string, rows long, bytes long, sha256 string"


def run(
    spark: SparkSession,
    out: Path,
    *,
    parquet: list[str] | None = None,
    warc: list[str] | None = None,
    reprints: bool = False,
) -> dict[str, Any]:
    """Runs the job; returns the manifest it wrote beside the data.

    ``reprints``: all articles with their cluster, not the canonical ones alone.
    """
    from pyspark.sql import functions as f

    spark.conf.set("spark.sql.session.timeZone", "UTC")
    articles = _input(spark, parquet or [], warc or []).cache()
    placed = clusters(articles)
    whole = (
        articles.drop("cluster", "canonical")
        .join(placed, "key", "left")
        .withColumn("canonical", f.coalesce("canonical", f.lit(True)))
    )
    return _export(whole if reprints else whole.where("canonical"), out, reprints=reprints)


# --- input ------------------------------------------------------------------------------------------------


def _input(spark: SparkSession, parquet: list[str], warc: list[str]) -> DataFrame:
    """The articles, one for each address, with ``key``, a number made of it."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f
    from pyspark.sql.pandas.types import from_arrow_schema

    frames = []
    if parquet:
        frames.append(spark.read.option("recursiveFileLookup", "true").parquet(*parquet))
    if warc:
        paths = spark.createDataFrame([(path,) for path in warc], "path string").repartition(len(warc))
        frames.append(paths.mapInArrow(_read_pages, from_arrow_schema(_columns())))
    if not frames:
        raise ValueError("neither Parquet nor WARC is given")
    articles = frames[0] if len(frames) == 1 else frames[0].unionByName(frames[1], allowMissingColumns=True)
    if "mirror_of" not in articles.columns:
        articles = articles.withColumn("mirror_of", f.lit(None).cast("string"))
    latest = Window.partitionBy("url").orderBy(f.col("last_seen_at").desc(), f.col("content_sha256"))
    once = articles.withColumn("_turn", f.row_number().over(latest)).where("_turn = 1").drop("_turn")
    return once.withColumn("key", f.xxhash64("url"))


def _columns() -> pa.Schema:
    from storage.corpus.fields import CONTRACT, FIELDS, schema

    return schema((*CONTRACT, FIELDS["mirror_of"])).remove_metadata()


def _read_pages(batches: Batches) -> Batches:
    """WARC files to articles, read and cleaned as a crawl does."""
    for batch in batches:
        for path in batch.column("path").to_pylist():
            rows = [_row(article, at) for article, at in _articles(path)]
            yield from pa.Table.from_pylist(rows, schema=_columns()).to_batches(max_chunksize=1000)


def _articles(path: str) -> Iterator[tuple[Article, datetime]]:
    """The articles of a WARC file; the pages of one in parts stand in the same file, as a crawl writes them."""
    from crawler.sites import SITES, site_for
    from crawler.wiring import read_article
    from pipelines.mirrors import with_original

    places = {record.headers["WARC-Target-URI"]: record.stream_pos for record in _responses(path)}
    parts: set[str] = set()

    def page_at(url: str) -> Page | None:
        parts.add(url)
        return _page(next(_responses(path, places[url]))) if url in places else None

    for page in map(_page, _responses(path)):
        if page.url in parts:
            continue
        site = site_for(page.url)
        article = read_article(page, site, page_at=page_at)
        if not isinstance(article, str):
            assert page.fetched_at is not None
            article = replace(article, url=site.at_home(article.url)) if site else article
            yield with_original(article, SITES.values()), page.fetched_at


def _responses(path: str, place: int = 0) -> Iterator[Any]:
    """The records of a WARC file, from an offset on, that hold a page."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with Path(path).open("rb") as file:
        file.seek(place)
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            if record.http_headers is not None and record.http_headers.status_code == 200:  # noqa: PLR2004
                yield record


def _page(record: Any) -> Page:
    from crawler.items import Page

    return Page(
        url=record.headers["WARC-Target-URI"],
        body=record.reader.read(),
        content_type=record.http_headers.get("Content-Type"),
        fetched_at=record.record_date.astimezone(UTC),
    )


def _row(article: Article, at: datetime) -> dict[str, Any]:
    """An article as a row of the export; its number is made of its address, as no archive has given it one."""
    from hashlib import blake2b

    from storage.archive import article_json

    number = int.from_bytes(blake2b(article.url.encode(), digest_size=8).digest()) >> 1
    told = article_json(article) | {"published_at": article.published_at, "mirror_of": article.mirror_of}
    return _dated(told) | {"id": number, "first_seen_at": at, "last_seen_at": at, "revision": 1}


def _dated(told: dict[str, Any]) -> dict[str, Any]:
    """Days as days: of related links and of the policy."""
    from datetime import date

    def day(value: str | None) -> date | None:
        return None if value is None else date.fromisoformat(value)

    told["related"] = [link | {"date": day(link["date"])} for link in told["related"]]
    if told["policy"] is not None:
        names = ("written_on", "issued_on", "effective_on", "expires_on", "comments_until")
        told["policy"] = told["policy"] | {name: day(told["policy"][name]) for name in names}
    return told


# --- near-duplicates --------------------------------------------------------------------------------------


def clusters(articles: DataFrame) -> DataFrame:
    """Where each article stands that is one of several of a story: key, cluster, canonical, relation.

    As ``storage.clusters`` finds them: candidates by their keys in the days around, by their exact text, by what they
    mirror; the same judgement; connected components; the same order. A cluster's number is the smallest key in it.
    """
    from pyspark.sql import functions as f

    stories = _marked(articles)
    printed = stories.mapInArrow(_fingerprints, PRINTED).cache()
    one, other = (stories.select(*(f.col(name).alias(f"{side}_{name}") for name in ("key", *STORY))) for side in "ab")
    pairs = (
        _candidates(stories, printed).join(one, f.col("a") == f.col("a_key")).join(other, f.col("b") == f.col("b_key"))
    )
    kin = pairs.drop("a", "b").mapInArrow(_judged, KINDRED).cache()
    labels = _components(kin)
    return labels.join(stories, "key").groupBy("cluster").applyInArrow(_placed, PLACED)


def _marked(articles: DataFrame) -> DataFrame:
    """What of the articles is compared, with whether each is a mirror's work."""
    from pyspark.sql.types import BooleanType, StructField, StructType

    given = articles.select("key", "date_precision", "source", "policy", *STORY[:-1])
    whole = articles.select(*given.columns, "title_original", "body_original")
    return whole.mapInArrow(_marks, StructType([*given.schema.fields, StructField(STORY[-1], BooleanType())]))


def _marks(batches: Batches) -> Batches:
    from pipelines.mirrors import shown_by

    read = ("url", "title", "body", "title_original", "body_original")
    for batch in batches:
        marks = [
            shown_by(*texts) is not None for texts in zip(*(batch.column(one).to_pylist() for one in read), strict=True)
        ]
        kept = batch.drop_columns(["title_original", "body_original"])
        yield pa.RecordBatch.from_arrays(
            [*kept.columns, pa.array(marks, pa.bool_())], names=[*kept.schema.names, STORY[-1]]
        )


def _fingerprints(batches: Batches) -> Batches:
    from crawler.items import Article
    from pipelines.dedupe import fingerprint

    for batch in batches:
        rows = []
        for row in batch.to_pylist():
            made = fingerprint(
                Article(
                    url=row["url"],
                    source=None,
                    title=row["title"],
                    title_original=row["title"],
                    body=row["body"],
                    body_original=row["body"],
                    script="simplified",
                    content_sha256="",
                    published_at=row["published_at"],
                    date_precision=row["date_precision"],
                    origin=row["origin"],
                    reprinted_from=row["reprinted_from"],
                    mirror_of=row["mirror_of"],
                )
            ).fingerprint
            if made is not None:
                days = [day.toordinal() for day in made.days]
                rows.append((row["key"], made.exact, made.shingles, list(made.bands), days))
        yield _batch(rows, PRINTED)


def _candidates(stories: DataFrame, printed: DataFrame) -> DataFrame:
    """Pairs to be judged, the smaller key first, each once."""
    from pyspark.sql import functions as f

    from storage.candidates import AROUND, LATE, LONG, WEEK

    dated = printed.where(f.size("days") > 0)
    held = dated.select("key", f.explode("bands").alias("band"), "days").select(
        f.col("key").alias("other"), "band", f.explode("days").alias("day")
    )
    held = held.withColumn("week", f.floor(f.col("day") / WEEK))
    asked = dated.select(
        "key", f.explode("bands").alias("band"), f.array_min("days").alias("first"), f.array_max("days").alias("last")
    )
    weeks = [f.floor((f.col(day) + reach) / WEEK) for day in ("first", "last") for reach in (-AROUND, AROUND)]
    asked = asked.withColumn("week", f.explode(f.array_distinct(f.array(*weeks))))
    near = f.col("day").between(f.col("first") - AROUND, f.col("first") + AROUND) | f.col("day").between(
        f.col("last") - AROUND, f.col("last") + AROUND
    )
    by_keys = asked.join(held, ["band", "week"]).where(near).select("key", "other")
    texts = printed.where(f.col("shingles") >= LONG).join(stories.select("key", "published_at"), "key")
    twin = texts.select(f.col("key").alias("other"), "exact", f.col("published_at").alias("other_at"))
    apart = f.abs(f.unix_micros("published_at") - f.unix_micros("other_at"))
    close = f.col("published_at").isNull() | f.col("other_at").isNull() | (apart <= int(LATE.total_seconds() * 1e6))
    by_text = texts.join(twin, "exact").where(close).select("key", "other")
    mirrors = stories.where(f.col("mirror_of").isNotNull()).select("key", f.col("mirror_of").alias("url"))
    by_mirror = mirrors.join(stories.select(f.col("key").alias("other"), "url"), "url").select("key", "other")
    every = by_keys.union(by_text).union(by_mirror).where("key <> other")
    return every.select(f.least("key", "other").alias("a"), f.greatest("key", "other").alias("b")).distinct()


def _judged(batches: Batches) -> Batches:
    """Of the candidates those that join one cluster."""
    from pipelines.dedupe import same_story

    for batch in batches:
        rows = []
        for row in batch.to_pylist():
            kin = same_story(_story(row, "a_"), _story(row, "b_"))
            if kin is not None and kin.joins:
                rows.append((row["a_key"], row["b_key"]))
        yield _batch(rows, KINDRED)


def _story(row: dict[str, Any], side: str = "") -> Story:
    from crawler.items import Story

    return Story(**{name: row[side + name] for name in STORY})


def _components(kin: DataFrame) -> DataFrame:
    """Connected components: each article's smallest key within reach. Raises RuntimeError for an endless chain."""
    from pyspark.sql import functions as f

    edges = kin.union(kin.select(f.col("b").alias("a"), f.col("a").alias("b"))).distinct().cache()
    labels = edges.select(f.col("a").alias("key")).distinct().withColumn("cluster", f.col("key"))
    for _ in range(ROUNDS):
        offered = edges.join(labels, edges["b"] == labels["key"]).select(edges["a"].alias("key"), "cluster")
        least = labels.union(offered).groupBy("key").agg(f.min("cluster").alias("cluster"))
        # Cut off from what it was made of: else each round would plan all rounds before it again.
        least = least.localCheckpoint()
        moved = least.alias("new").join(labels.alias("old"), "key").where("new.cluster <> old.cluster").limit(1).count()
        labels = least
        if not moved:
            return labels
    raise RuntimeError(f"a cluster is more than {ROUNDS} steps across")


def _placed(members: pa.Table) -> pa.Table:
    """The places in one cluster, given as a table of its articles."""
    from crawler.sites import NAMES
    from pipelines.dedupe import same_story
    from storage.clusters import Member, issuers

    rows = members.to_pylist()
    read = (
        Member(
            row["key"],
            _story(row),
            row["date_precision"],
            None,
            canonical=True,
            relation=None,
            called=NAMES.get(row["source"] or "", ()),
            issuers=issuers(row["policy"]),
        )
        for row in rows
    )
    ordered = sorted(read, key=lambda member: member.order)
    head = ordered[0]
    placed = []
    for member in ordered:
        kin = None if member is head else same_story(head.story, member.story)
        relation = None if member is head else (kin.relation if kin is not None else "reprint")
        placed.append((member.id, rows[0]["cluster"], member is head, relation))
    return pa.Table.from_batches([_batch(placed, PLACED)])


def _batch(rows: Iterable[tuple[Any, ...]], declared: str) -> pa.RecordBatch:
    """Rows as a batch of the declared columns."""
    kinds = {
        "long": pa.int64(), "int": pa.int32(), "string": pa.string(), "boolean": pa.bool_(),
        "array<long>": pa.list_(pa.int64()), "array<int>": pa.list_(pa.int32()),
    }  # fmt: skip
    columns = [column.split() for column in declared.split(", ")]
    schema = pa.schema([(name, kinds[kind]) for name, kind in columns])
    names = [name for name, _ in columns]
    return pa.RecordBatch.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=schema)


# --- export -----------------------------------------------------------------------------------------------


def _export(articles: DataFrame, out: Path, *, reprints: bool) -> dict[str, Any]:
    """Writes the files where the tasks run, and the manifest here."""
    from pyspark.sql import functions as f

    from storage.corpus import manifest
    from storage.corpus.fields import CONTRACT, schema
    from storage.corpus.options import Options, Selection
    from storage.corpus.target import MANIFEST

    local = f.from_utc_timestamp("published_at", "+08:00")
    placed = articles.withColumn("_year", f.year(local)).select(*(field.name for field in CONTRACT), "_year")
    ordered = placed.repartition("source", "_year").sortWithinPartitions("source", "_year", "published_at", "id")
    found = ordered.mapInArrow(_Writing(out), WRITTEN).collect()
    files = sorted(
        ({name: row[name] for name in ("path", "rows", "bytes", "sha256")} for row in found),
        key=lambda file: file["path"],
    )
    told = {
        "manifest": manifest.FORM,
        "options": Options(format="parquet", selection=Selection(reprints=reprints)).to_dict(),
        "figures": {"articles": sum(file["rows"] for file in files)},
        "schema": {column.name: str(column.type) for column in schema(CONTRACT)},
        "files": files,
        "layout": "folder",
        "versions": manifest.versions(),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / MANIFEST).write_bytes(manifest.dump(told))
    return told


class _Writing:
    """Writes sorted rows by source and year with the writer of ``panxi export``."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def __call__(self, batches: Batches) -> Batches:
        rows = []
        current: tuple[str | None, int | None] | None = None
        part: _Part | None = None
        for batch in batches:
            for start, stop, place in _runs(batch):
                if part is None or place != current:
                    if part is not None:
                        rows.append(part.close())
                    part, current = _Part(self._out, *place), place
                part.write(batch.slice(start, stop - start))
        if part is not None:
            rows.append(part.close())
        yield _batch(rows, WRITTEN)


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[int, int, tuple[str | None, int | None]]]:
    """Stretches of rows of one source and year."""
    places = list(zip(batch.column("source").to_pylist(), batch.column("_year").to_pylist(), strict=True))
    start = 0
    for number in range(1, len(places) + 1):
        if number == len(places) or places[number] != places[start]:
            yield start, number, places[start]
            start = number


class _Part:
    """One file, written beside its place: a task that is run twice does no harm."""

    def __init__(self, out: Path, source: str | None, year: int | None) -> None:
        from secrets import token_hex

        from storage.corpus.fields import CONTRACT, schema
        from storage.corpus.formats.columnar import Parquet
        from storage.corpus.options import Options
        from storage.corpus.output import folder
        from storage.corpus.plan import Partition
        from storage.corpus.target import Hashed

        self._path = f"data/{folder(Partition(source, year))}/part-0.parquet"
        self._target = out / self._path
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._beside = self._target.with_name(f".{token_hex(4)}.partial")
        self._file = Hashed(self._beside.open("wb"))
        self._schema = schema(CONTRACT)
        self._writer = Parquet(self._file, Options(format="parquet"))  # type: ignore[arg-type]
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        table = pa.Table.from_batches([batch]).select(self._schema.names)
        self._writer.write(table.cast(self._schema))
        self._rows += len(batch)

    def close(self) -> tuple[str, int, int, str]:
        self._writer.close()
        self._file.end()
        self._beside.rename(self._target)
        return self._path, self._rows, self._file.size, self._file.hexdigest()


def main() -> None:
    """For spark-submit."""
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parquet", nargs="+", default=[], help="files or folders of exports made with --all")
    parser.add_argument("--warc", nargs="+", default=[], help="files of raw pages")
    parser.add_argument("--all", action="store_true", help="reprints too, with the number of their cluster")
    given = parser.parse_args()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else the workers take whatever python3 is
    spark = SparkSession.builder.appName("panxi").getOrCreate()
    told = run(spark, given.out, parquet=given.parquet, warc=given.warc, reprints=given.all)
    print(f"{told['figures']['articles']} articles in {len(told['files'])} files: {given.out}")  # noqa: T201 - its answer
    spark.stop()


if __name__ == "__main__":
    main()
