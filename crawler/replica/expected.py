"""What a full crawl of the replica must find, worked out from the content alone."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.replica.content import CINIC, COLUMNS, MIRROR, PANZHIHUA, Written, articles, rows
from crawler.replica.server import FORBIDDEN

DEPTH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Addresses, by what must become of them in a first crawl with depth 2."""

    articles: frozenset[str]
    """Stored, each once."""
    beyond: frozenset[str]
    """Articles that only more 延伸阅读 steps would reach: not asked for."""
    forbidden: frozenset[str]
    """Closed by robots.txt: not asked for."""
    missing: frozenset[str]
    """404."""
    moved: frozenset[str]
    """Redirects and meta-refreshes: asked for, stored under their target."""
    heals: frozenset[str]
    """500 the first time."""
    changed: frozenset[str]
    """Revised on the second visit."""
    vanished: frozenset[str]
    """410 on the second visit."""
    offsite: frozenset[str]
    """Related links to hosts that no source knows: kept with the article, not asked for."""
    reprints: frozenset[frozenset[str]]
    """Articles with the same text, to be joined in a cluster each."""


def _ends_at(url: str, known: dict[str, Written]) -> str:
    """Where a visit of the address ends."""
    one = known.get(url)
    return one.target if one is not None and one.target is not None else url


def _reached(known: dict[str, Written]) -> dict[str, int]:
    """Every address that is asked for, with its depth."""
    depth = {one.url: 0 for column in COLUMNS for one in rows(column)}
    border = list(depth)
    for step in range(1, DEPTH + 1):
        ends = [_ends_at(url, known) for url in border]
        found = {link.url for url in ends if url in known for link in known[url].related}
        border = sorted(url for url in found if url not in depth)
        depth.update(dict.fromkeys(border, step))
    return depth


def _same_text(known: dict[str, Written], stored: frozenset[str]) -> frozenset[frozenset[str]]:
    groups: dict[tuple[str, ...], set[str]] = {}
    for url in stored:
        groups.setdefault(known[url].paragraphs, set()).add(url)
    return frozenset(frozenset(urls) for urls in groups.values() if len(urls) > 1)


def expected() -> Expected:
    """Walk the content graph."""
    known = articles()
    asked = set(_reached(known))
    links = {link.url for one in known.values() for link in one.related}
    ours = {url for url in asked | links | set(known) if url.split("/")[2] in {CINIC, PANZHIHUA, MIRROR}}
    forbidden = {url for url in ours if FORBIDDEN in url}
    missing = {url for url in ours - forbidden if url not in known or known[url].quirk == "missing"}
    ends = {_ends_at(url, known) for url in asked & ours - forbidden - missing}
    stored = frozenset(ends - forbidden - missing)

    def quirk(name: str) -> frozenset[str]:
        return frozenset(url for url in asked if url in known and known[url].quirk == name)

    return Expected(
        articles=stored,
        beyond=frozenset(url for url in known if url not in asked | stored | forbidden | missing),
        forbidden=frozenset(forbidden),
        missing=frozenset(missing & asked),
        moved=quirk("redirect") | quirk("refresh"),
        heals=quirk("heals"),
        changed=quirk("changes"),
        vanished=quirk("vanishes"),
        offsite=frozenset(links - ours),
        reprints=_same_text(known, stored),
    )
