"""What is asked of the archive, and the address that says so: one value, read from a query string and written to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, cast, get_args
from urllib.parse import urlencode

Order = Literal["best", "newest"]
LONGEST_WORDS = 200
"""Characters of the query; nobody's question is longer, and each costs the index a look-up."""
MOST_VALUES = 20
"""Values of one facet."""
LAST_PAGE = 25
"""Who looks further should narrow the question."""
YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no word holds and no database wants: controls and lone surrogates."""


class BadQuestion(ValueError):  # noqa: N818 - the asker's error
    """The address asks for something that can't be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search: words, facets, order and page. Empty means all."""

    q: str = ""
    source: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    """Policy kinds: 意见, 通知, …"""
    relation: tuple[str, ...] = ()
    """What the article is to a policy document: document, report, …"""
    order: Order = "best"
    reprints: bool = False
    """Show every reprint; else one article a cluster."""
    page: int = 1

    @property
    def empty(self) -> bool:
        """Whether nothing narrows it."""
        return not (self.q or any(getattr(self, facet) for facet in FACETS))


DEFAULTS = {field.name: field.default for field in fields(Question)}
FACETS = ("source", "region", "industry", "year", "kind", "relation")


def read(pairs: Iterable[tuple[str, str]]) -> Question:
    """The question of a query string's pairs; unknown names are ignored, empty values are no values.

    Raises BadQuestion for what can't be asked; its text is for the reader.
    """
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if tidy := UNSEEN.sub(" ", value).strip():
            values.setdefault(name, []).append(tidy)
    words = " ".join(values.get("q", ()))
    if len(words) > LONGEST_WORDS:
        raise BadQuestion(f"检索词最多 {LONGEST_WORDS} 个字，这里有 {len(words)} 个。")
    chosen: dict[str, Any] = {facet: tuple(dict.fromkeys(values.get(facet, ()))) for facet in FACETS}
    for facet, some in chosen.items():
        if len(some) > MOST_VALUES:
            raise BadQuestion(f"同一筛选项最多选 {MOST_VALUES} 个。")
        if facet == "year" and (bad := next((year for year in some if not YEAR.fullmatch(year)), None)):
            raise BadQuestion(f"年份应为四位数字，例如 2020，而不是“{bad[:20]}”。")
    order = values.get("order", ["best"])[-1]
    if order not in get_args(Order):
        raise BadQuestion(f"没有“{order[:20]}”这种排序；可用 best（相关）或 newest（最新）。")
    return Question(
        q=words,
        order=cast("Order", order),
        reprints=values.get("reprints", [""])[-1] == "1",
        page=page_number(values.get("page", ["1"])[-1]),
        **chosen,
    )


def write(question: Question, **changes: Any) -> str:
    """The query string of the question with the changes, without what is the default: one question, one address.

    Any change but that of the page goes back to the first one.
    """
    return _joined(_written(question) | {name: _pairs(name, value) for name, value in changes.items()})


def toggles(question: Question) -> Callable[[str, str], str]:
    """Facet and value to the query string with that value taken in, or left out where it was in."""
    written = _written(question)

    def toggled(facet: str, value: str) -> str:
        now: tuple[str, ...] = getattr(question, facet)
        then = tuple(v for v in now if v != value) if value in now else (*now, value)
        return _joined(written | {facet: _pairs(facet, then)})

    return toggled


def _written(question: Question) -> dict[str, str]:
    """The part of the query string that each field writes, but for the page, in one order."""
    return {name: "" if name == "page" else _pairs(name, getattr(question, name)) for name in DEFAULTS}


def _pairs(name: str, value: Any) -> str:
    if value == DEFAULTS[name]:
        return ""
    if isinstance(value, tuple):
        return urlencode([(name, item) for item in value])
    return urlencode({name: "1" if value is True else str(value)})


def _joined(parts: Mapping[str, str]) -> str:
    return "&".join(filter(None, parts.values()))


def page_number(text: str) -> int:
    """The page that an address asks for; raises BadQuestion."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= LAST_PAGE:
        raise BadQuestion(f"页码应在 1 到 {LAST_PAGE} 之间；结果太多时，请加筛选条件。")
    return int(text)
