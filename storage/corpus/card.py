"""The dataset card: README.md with the header that Hugging Face reads, and figures of what the corpus holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import SHANGHAI
from storage.corpus.fields import Field
from storage.corpus.options import SPLITS, Options
from storage.corpus.plan import Partition
from storage.corpus.read import Rows
from storage.types import moment

NOTES: Final = 50
"""Rights notes that are told with their words; the rest are counted."""
TYPED: Final = frozenset({"parquet", "arrow", "jsonl", "jsonl.gz", "jsonl.zst"})
NAMES: Final = {"date32[day]": "date32"}
SIZES: Final = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


class Figures:
    """Counts of what a corpus holds, added up a batch at a time."""

    def __init__(self) -> None:
        self.articles = 0
        self.characters = 0
        self.damaged = 0
        self.splits: Counter[str] = Counter()
        self.sources: Counter[str] = Counter()
        self.years: Counter[str] = Counter()
        self.rights: Counter[str] = Counter()
        self.first: int | None = None
        self.last: int | None = None

    def place(self, split: str, partition: Partition, count: int) -> None:
        """Counts where articles go."""
        self.splits[split] += count
        self.sources[partition.source or "—"] += count
        self.years["—" if partition.year is None else str(partition.year)] += count

    def add(self, rows: Rows) -> None:
        """Counts what articles are, in the order of the export: the first notes are told, whatever a split has."""
        self.articles += len(rows)
        self.characters += pc.sum(rows.columns["length"]).as_py() or 0
        self.damaged += pc.sum(rows.columns["damaged"]).as_py() or 0
        for value in pc.value_counts(rows.columns["rights"]).to_pylist():
            self._note(value["values"] or "—", value["counts"])
        days = pc.min_max(rows.columns["published_at"]).as_py()
        if days["min"] is not None:
            self.first = days["min"] if self.first is None else min(self.first, days["min"])
            self.last = days["max"] if self.last is None else max(self.last, days["max"])

    def _note(self, note: str, count: int) -> None:
        # Notes that name their article are as many as articles: the counter must not grow with them.
        line = " ".join(note.split())[:300]
        known = line in self.rights or len(self.rights) < NOTES
        self.rights[line if known else "…"] += count

    def to_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "articles": self.articles,
            "characters": self.characters,
            "damaged": self.damaged,
            "published_from": _day(self.first),
            "published_until": _day(self.last),
            "splits": {split: self.splits[split] for split in SPLITS if split in self.splits},
            "sources": dict(sorted(self.sources.items())),
            "years": dict(sorted(self.years.items())),
            "rights": dict(sorted(self.rights.items())),
        }


def _day(micros: int | None) -> str | None:
    return None if micros is None else moment(micros).astimezone(SHANGHAI).date().isoformat()


def card(
    figures: Mapping[str, Any],
    options: Options,
    fields: Sequence[Field],
    titles: Mapping[str, str],
    patterns: Mapping[str, str],
) -> str:
    """The text of README.md. ``titles``: names of sources for people; ``patterns``: the files of each split."""
    lines = ["---", "language:", "- zh", "license: other", "license_name: see-rights-of-each-article"]
    lines += ["pretty_name: Regional industry news in Chinese", f"size_categories:\n- {_size(figures['articles'])}"]
    if patterns:
        lines += ["configs:", "- config_name: default", "  data_files:"]
        lines += [line for split, path in patterns.items() for line in (f"  - split: {split}", f"    path: {path}")]
    if options.format in TYPED:
        # Without it each split's types are guessed from its first lines, and a column of nulls is no text.
        lines += ["dataset_info:", "  features:", *_features(fields, plain=options.format not in {"parquet", "arrow"})]
    lines += ["---", "", "# Regional industry news in Chinese", ""]
    lines += [_summary(figures, options), "", "## Sources", ""]
    lines += _table(
        ("source", "name", "articles"),
        ((name, titles.get(name, ""), count) for name, count in figures["sources"].items()),
    )
    lines += ["## Years of publication", "", *_table(("year", "articles"), figures["years"].items())]
    if len(figures["splits"]) > 1:
        lines += ["## Splits", "", "Articles of one cluster (reprints of one text) are in one split.", ""]
        lines += _table(("split", "articles"), figures["splits"].items())
    lines += ["## Rights", "", "The texts belong to their publishers; nothing here grants a licence to them.", ""]
    lines += ["The notes that the pages bear; — has none, … gathers the rarer ones.", ""]
    lines += _table(("note", "articles"), figures["rights"].items())
    lines += ["## Known damage", "", _damage(figures), ""]
    if fields:
        lines += ["## Fields", ""]
        lines += _table(("field", "type", "meaning"), ((field.name, _type(field.type), field.doc) for field in fields))
    return "\n".join(lines)


def _summary(figures: Mapping[str, Any], options: Options) -> str:
    span = "without dates"
    if figures["published_from"]:
        span = f"published from {figures['published_from']} to {figures['published_until']}"
    script = {"original": "as the pages have it"}.get(options.script, f"{options.script} Chinese")
    kind = (
        "all articles, reprints with the number of their cluster"
        if options.selection.reprints
        else "one article a story"
    )
    standing = (
        f" The archive as it stood at {options.as_of.isoformat()}." if isinstance(options.as_of, datetime) else ""
    )
    return (
        f"{figures['articles']:,} articles, {figures['characters']:,} characters, {span}; {kind}; text: {script}."
        f"{standing} What was chosen, and the SHA-256 of each file, stand in `manifest.json`."
    )


def _damage(figures: Mapping[str, Any]) -> str:
    return (
        f"{figures['damaged']:,} of {figures['articles']:,} articles hold spans that their page gives broken beyond "
        "exact repair (lost bytes, replacement characters). They are marked in the field `damage`, never filled by "
        "a guess."
    )


def _features(members: Iterable[Field | pa.Field], *, plain: bool, indent: str = "  ") -> Iterator[str]:
    """Names and types as the datasets library writes them; ``plain``: times and days are text."""
    for member in members:
        yield f"{indent}- name: {member.name}"
        yield from _feature(member.type, plain=plain, indent=f"{indent}  ")


def _feature(kind: pa.DataType, *, plain: bool, indent: str) -> Iterator[str]:
    if pa.types.is_struct(kind):
        yield f"{indent}struct:"
        yield from _features(kind, plain=plain, indent=indent)
    elif pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        yield f"{indent}list:"
        yield from _features(kind.value_type, plain=plain, indent=indent)
    elif pa.types.is_list(kind):
        yield f"{indent}list: {kind.value_type}"
    else:
        told = "string" if plain and (pa.types.is_timestamp(kind) or pa.types.is_date(kind)) else str(kind)
        yield f"{indent}dtype: {NAMES.get(told, told)}"


def _size(count: int) -> str:
    return next((name for limit, name in SIZES if count < limit), "1M<n<10M")


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "object (" + ", ".join(member.name for member in kind) + ")"
    return str(kind)


def _table(head: Sequence[str], rows: Any) -> list[str]:
    body = ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |", *body, ""]
