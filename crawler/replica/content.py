"""The replica's articles as data, and the graph they make."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Any, Literal

CINIC = "www.cinic.example"
PANZHIHUA = "www.panzhihua.example"
MIRROR = "mirror.example"

PAGE_ROWS = 10
"""Rows of one listing page."""
SUMMARY = 60
"""Characters of the first paragraph that a 延伸阅读 entry quotes."""

Quirk = Literal["redirect", "refresh", "missing", "heals", "vanishes", "changes", "gb18030"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """One entry of an article's 延伸阅读 list."""

    url: str
    title: str
    summary: str | None = None
    day: date | None = None
    thumbnail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An article as it was written; what its page looks like is the templates' matter."""

    host: str
    path: str
    column: str
    """The path of the listing it belongs to."""
    title: str
    day: date
    clock: time | None
    origin: str | None
    paragraphs: tuple[str, ...]
    reprinted_from: str | None = None
    author: str | None = None
    editor: str | None = None
    related: tuple[Related, ...] = ()
    listed: bool = True
    """Whether its column's listing names it."""
    thumbnail: bool = False
    official: dict[str, str] | None = None
    """The rows of the official-document table, by their Chinese labels."""
    attachments: tuple[tuple[str, str], ...] = ()
    """(name, path) of the files it offers."""
    quirk: Quirk | None = None
    target: str | None = None
    """Where a redirect or refresh leads."""
    later: tuple[str, ...] = ()
    """The paragraphs from the second visit on, where the article changes."""
    garbled: bool = False
    """Whether the page is shown in traditional characters with reading aids."""

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its listing's first page and its name."""

    host: str
    path: str
    name: str
    kind: str | None = None
    """What a government site declares as ColumnType."""

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"


COLUMNS = (
    Column(host=CINIC, path="/xy/sc/", name="四川"),
    Column(host=CINIC, path="/hy/yw/", name="要闻"),
    Column(host=CINIC, path="/hy/nl/", name="农林"),
    Column(host=CINIC, path="/xw/cjxw/", name="财经新闻"),
    Column(host=PANZHIHUA, path="/zwgk/gzdt/bdyw/", name="本地要闻", kind="工作动态"),
    Column(host=PANZHIHUA, path="/zwgk/gzdt/gggs/", name="公告公示", kind="通知公告"),
    Column(host=PANZHIHUA, path="/zwgk/gzdt/rdgz/", name="热点关注", kind="政策文件"),
    Column(host=MIRROR, path="/xy/sc/", name="四川"),
)

COPIED = 8
"""How many articles of 四川 the mirror copies, the newest first, besides those it alone has."""


def _related(entry: str | dict[str, Any], articles: dict[str, Written], host: str) -> Related:
    if isinstance(entry, dict):
        return Related(url=entry["url"], title=entry["title"], summary=entry.get("summary"), day=entry.get("date"))
    target = articles[entry if "://" in entry else f"http://{host}{entry}"]
    return Related(
        url=target.url,
        title=target.title,
        summary=target.paragraphs[0][:SUMMARY] if target.paragraphs else None,
        day=target.day,
        thumbnail=target.thumbnail,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _written(host: str, column: str, entry: dict[str, Any]) -> Written:
    when = entry["date"]
    return Written(
        host=host,
        path=entry["path"],
        column=column,
        title=entry["title"],
        day=date(when.year, when.month, when.day),
        clock=when.time() if hasattr(when, "time") else None,
        origin=entry.get("origin"),
        paragraphs=_lines(entry.get("text", "")),
        reprinted_from=entry.get("reprinted_from"),
        author=entry.get("author"),
        editor=entry.get("editor"),
        listed=entry.get("listed", True),
        thumbnail=entry.get("thumbnail", False),
        official=entry.get("official"),
        attachments=tuple((name, path) for name, path in entry.get("attachments", {}).items()),
        quirk=entry.get("quirk"),
        target=entry.get("target"),
        later=_lines(entry.get("later", "")),
        garbled=entry.get("garbled", False),
    )


@cache
def articles() -> dict[str, Written]:
    """Every article of the replica by its address, the mirror's copies included."""
    found: dict[str, Written] = {}
    named: dict[str, tuple[str | dict[str, Any], ...]] = {}
    same_as: dict[str, str] = {}
    for file in sorted(files("crawler.replica").joinpath("articles").iterdir(), key=lambda file: file.name):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        for entry in data["article"]:
            article = _written(data["host"], data["column"], entry)
            if article.url in found:
                raise ValueError(f"two articles at {article.url!r}")
            found[article.url] = article
            named[article.url] = tuple(entry.get("related", ()))
            if "same" in entry:
                same_as[article.url] = f"http://{article.host}{entry['same']}"
    for url, first in same_as.items():
        found[url] = replace(found[url], paragraphs=found[first].paragraphs)
    for url, entries in named.items():
        article = found[url]
        found[url] = replace(article, related=tuple(_related(one, found, article.host) for one in entries))
    return found | {copy.url: copy for copy in _copies(found)}


def _copies(found: dict[str, Written]) -> list[Written]:
    """The mirror's copies: the same paths and text on its own host, links kept on it as far as it has them."""
    plain = [one for one in rows(Column(host=CINIC, path="/xy/sc/", name=""), found) if one.quirk is None]
    chosen = plain[:COPIED]
    moved = {one.url: f"http://{MIRROR}{one.path}" for one in chosen}
    return [
        replace(
            one,
            host=MIRROR,
            garbled=True,
            related=tuple(replace(link, url=moved.get(link.url, link.url)) for link in one.related),
        )
        for one in chosen
    ]


def rows(column: Column, known: dict[str, Written] | None = None) -> list[Written]:
    """The articles that the column's listing names, the newest first."""
    listed = [
        one
        for one in (articles() if known is None else known).values()
        if (one.host, one.column) == (column.host, column.path) and one.listed
    ]
    return sorted(listed, key=lambda one: (one.day, one.path), reverse=True)


def pages(column: Column) -> list[list[Written]]:
    """The column's listing cut into pages."""
    listed = rows(column)
    return [listed[start : start + PAGE_ROWS] for start in range(0, len(listed), PAGE_ROWS)]
