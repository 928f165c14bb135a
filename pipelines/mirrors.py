"""Mirrors: pages on a host that is not their publisher's, under the publisher's path and with its name.

Spam hosts copy whole papers. Such a page is kept for what it says, as a mirror of the address it was copied from;
it is no source and no reprint: a reprint has an address of its own. Hosts that are known to do so are data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit, urlunsplit

from crawler.items import MIRRORED, Article, Issue
from pipelines.text.annotations import taken_out

AIDS = 2
"""Different readings that were taken out, from which on a page is a mirror's work; one may be an author's gloss."""
SHOWN = 5
FOLDERS = 3
"""Slashes of a folder that tells a paper from others: /xy/sc/, not /news/."""
DATA = Path(__file__).parent / "data" / "mirrors.toml"


class Column(Protocol):
    """A listing of a source."""

    @property
    def url(self) -> str: ...


class Publisher(Protocol):
    """What of a source tells its pages from copies of them: ``crawler.site.Site`` has it."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def home(self) -> str: ...
    @property
    def marks(self) -> tuple[str, ...]: ...
    @property
    def entrances(self) -> Sequence[Column]: ...
    def owns(self, url: str) -> bool: ...
    def is_article(self, url: str) -> bool: ...


@lru_cache(4)
def known_mirrors(path: Path = DATA) -> Mapping[str, str]:
    """Hosts that are known to mirror, each with the name of the source it copies."""
    return {host: name for name, hosts in tomllib.loads(path.read_text(encoding="utf-8")).items() for host in hosts}


def is_known_mirror(url: str, known: Mapping[str, str] | None = None) -> bool:
    """Whether the address is on a host of the deny-list, or on one below it: not worth a visit."""
    return _copied(_host(url), known_mirrors() if known is None else known) is not None


def marked(article: Article) -> Article:
    """The article with an issue where its page is a mirror's work."""
    texts = (article.title, article.body, article.title_original, article.body_original)
    detail = shown_by(article.url, *texts)
    return replace(article, issues=(*article.issues, Issue(kind=MIRRORED, detail=detail))) if detail else article


def shown_by(url: str, title: str, body: str, title_original: str, body_original: str) -> str | None:
    """What shows that a page is a mirror's work: its host, or the readings that mirrors strew into what they copy."""
    if is_known_mirror(url):
        return _host(url)
    aids = taken_out(f"{title_original}\n{body_original}", f"{title}\n{body}")
    return f"{'、'.join(aids[:SHOWN])}（{len(aids)}）" if len(aids) >= AIDS else None


def with_original(article: Article, publishers: Iterable[Publisher]) -> Article:
    """The article with the address it is a mirror of, where that can be told. A page that a source defines is no copy
    because of its path alone; it is one where it is a mirror's work.
    """
    if article.source is not None and not any(issue.kind == MIRRORED for issue in article.issues):
        return article
    return replace(article, mirror_of=mirror_of(article, publishers))


def mirror_of(article: Article, publishers: Iterable[Publisher], known: Mapping[str, str] | None = None) -> str | None:
    """The address an article was copied from, or None where it stands on its publisher's host or is a reprint.

    On a host of the deny-list (``known``, by default ``data/mirrors.toml``) that is the same path on the host of
    the source it copies; on any other host that no publisher owns, the path must be an article's in one of a
    publisher's columns and the page must bear that publisher's name: either alone is what a reprint may have. A
    source of ours is no mirror but where its page is a mirror's work; then, on any host, the path says enough.
    """
    parts = urlsplit(article.url)
    publishers = tuple(publishers)
    copied = _copied(_host(article.url), known_mirrors() if known is None else known)
    if copied is not None:
        return next((_moved(parts, one) for one in publishers if one.name == copied), None)
    owners = [one for one in publishers if one.owns(article.url)]
    shown = any(issue.kind == MIRRORED for issue in article.issues)
    if owners and not shown:
        return None
    for publisher in (one for one in publishers if one not in owners):
        original = _moved(parts, publisher)
        named = shown or _bears(article, publisher)
        if named and publisher.is_article(original) and _in_column(parts.path, publisher):
            return original
    return None


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _copied(host: str, known: Mapping[str, str]) -> str | None:
    labels = host.split(".")
    return next((known[name] for i in range(len(labels)) if (name := ".".join(labels[i:])) in known), None)


def _moved(parts: SplitResult, publisher: Publisher) -> str:
    home = urlsplit(publisher.home)
    return urlunsplit((home.scheme, home.netloc, parts.path, parts.query, ""))


def _in_column(path: str, publisher: Publisher) -> bool:
    """Whether the path lies in a folder of two or more names that one of the publisher's listings has."""
    folders = {urlsplit(column.url).path.rpartition("/")[0] + "/" for column in publisher.entrances}
    return any(path.startswith(folder) for folder in folders if folder.count("/") >= FOLDERS)


def _bears(article: Article, publisher: Publisher) -> bool:
    """Whether the page shows the publisher's name where pages name themselves; the text may name anybody."""
    names = (article.origin, article.rights, article.editor, *article.column, article.title_original)
    return any(mark in name for name in names if name for mark in (publisher.title, *publisher.marks))
