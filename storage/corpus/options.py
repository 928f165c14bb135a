"""What an export is asked for: values that stand in its manifest and can be read back from there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Literal, Self, get_args, get_origin, get_type_hints

from storage.corpus.fields import CorpusError, choose

Format = Literal[
    "jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "arrow", "text", "warc", "edges", "edges.csv", "graphml"
]
Text = Literal["simplified", "traditional", "original"]
OF_ARTICLES: Final[frozenset[Format]] = frozenset({"jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "arrow"})
"""Formats whose rows are articles with fields; deltas exist for these."""
SPLITS: Final = ("train", "validation", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles: all conditions hold; None and an empty tuple ask for nothing."""

    published_from: date | None = None
    """First day of publication, in China's time."""
    published_until: date | None = None
    """Last day of publication, included."""
    seen_from: date | None = None
    """First day on which the archive first met the article, in China's time."""
    seen_until: date | None = None
    sources: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    """Codes of GB/T 2260, with all they contain (5104 or 510400: Panzhihua and its counties), or names."""
    industries: tuple[str, ...] = ()
    """Codes of GB/T 4754, with all they contain, or names."""
    policy_kinds: tuple[str, ...] = ()
    """意见, 通知, …; ``any``: every article on a policy."""
    issuers: tuple[str, ...] = ()
    query: str | None = None
    """A full-text query, as ``panxi search`` takes it."""
    min_length: int | None = None
    """Characters of the body."""
    max_length: int | None = None
    damage: Literal["any", "none", "only"] = "any"
    written_in: Literal["simplified", "traditional", "mixed"] | None = None
    """The script of the page."""
    language: str | None = None
    rights: str | None = None
    """``stated``: the page has a copyright note; ``none``: it has none; else words that the note holds."""
    reprints: bool = False
    """All articles of a cluster, not one alone: the canonical, or the first of those that are left of it."""
    withdrawn: bool = False
    """Also articles whose page has vanished for good."""

    def __post_init__(self) -> None:
        if self.query is not None and not self.query.strip():
            raise CorpusError("the query is empty: leave it out to ask for all articles")
        for length in (self.min_length, self.max_length):
            if length is not None and length < 0:
                raise CorpusError(f"a length is a number of characters, not {length}")
        for what, low, high in (
            ("published", self.published_from, self.published_until),
            ("seen", self.seen_from, self.seen_until),
            ("long", self.min_length, self.max_length),
        ):
            if low is not None and high is not None and low > high:  # type: ignore[operator]
                raise CorpusError(f"nothing is {what} from {low} on and until {high}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One export, whole."""

    format: Format
    selection: Selection = Selection()
    fields: tuple[str, ...] | None = None
    """None: the fields of the contract."""
    script: Text = "simplified"
    """The script of ``title`` and ``body``."""
    limit: int | None = None
    sample: float | None = None
    """Below 1 a share of the articles, from 1 on a number of them; chosen by hash of their id and seed."""
    splits: tuple[float, ...] = ()
    """Weights of train, validation and test; a cluster is never divided."""
    seed: int = 0
    bom: bool = False
    """CSV begins with the byte order mark that Excel wants."""
    as_of: datetime | None = None
    """The archive as it stood at this time."""

    def __post_init__(self) -> None:
        choose(self.fields)
        if self.fields is not None and self.format not in OF_ARTICLES:
            raise CorpusError(f"{self.format} has no fields to choose from")
        if self.script != "simplified" and self.format not in OF_ARTICLES | {"text"}:
            raise CorpusError(f"{self.format} holds no text that could be in another script")
        if self.limit is not None and self.limit < 1:
            raise CorpusError(f"a limit is a number from 1 on, not {self.limit}")
        if self.sample is not None and not (0 < self.sample < 1 or (self.sample >= 1 and self.sample % 1 == 0)):
            raise CorpusError(f"a sample is a share between 0 and 1 or a whole number, not {self.sample}")
        if self.splits and not _are_weights(self.splits):
            given = ",".join(f"{weight:g}" for weight in self.splits)
            raise CorpusError(f"splits are 2 or 3 weights for {', '.join(SPLITS)}, such as 0.8,0.1,0.1, not {given}")
        if self.bom and self.format != "csv":
            raise CorpusError(f"a byte order mark belongs to csv, not to {self.format}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the manifest; only what differs from the default."""
        plain = asdict(self)
        plain["selection"] = _told(plain["selection"], Selection())
        return _told(plain, Options(format="jsonl"), keep=("format",))

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse of ``to_dict``; raises CorpusError for what it does not know."""
        try:
            chosen: dict[str, Any] = {
                name: date.fromisoformat(value) if name in _DAYS else _tuple(value)
                for name, value in plain.get("selection", {}).items()
            }
            values = {name: _tuple(value) for name, value in plain.items() if name != "selection"}
            if "as_of" in values:
                values["as_of"] = datetime.fromisoformat(values["as_of"])
            return cls(**values, selection=Selection(**chosen))
        except (TypeError, ValueError) as error:
            raise CorpusError(f"the manifest's options can't be read: {error}") from error


def _are_weights(splits: Sequence[float]) -> bool:
    return len(splits) in (2, 3) and all(map(math.isfinite, splits)) and min(splits) >= 0 and sum(splits) > 0


_DAYS: Final = frozenset(field.name for field in fields(Selection) if "date" in str(field.type))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _told(plain: dict[str, Any], default: Any, keep: tuple[str, ...] = ()) -> dict[str, Any]:
    told = {}
    for name, value in plain.items():
        if name in keep or (value != getattr(default, name) and value != {}):
            shown = value.isoformat() if isinstance(value, date) else value
            told[name] = list(shown) if isinstance(shown, tuple) else shown
    return told


def choices(owner: type[Options | Selection], field: str) -> tuple[str, ...]:
    """The words that a field takes."""
    found = get_type_hints(owner)[field]
    return tuple(word for part in (found, *get_args(found)) if get_origin(part) is Literal for word in get_args(part))
