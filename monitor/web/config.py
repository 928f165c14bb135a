"""What the page is told when it starts: all that differs between two installations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from storage.runs import Last

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCard:
    """A source as its definition describes it; its state stands in the archive."""

    name: str
    title: str
    home: str
    every: timedelta
    quiet_for: timedelta
    """How long without a new article is normal."""
    verified: bool
    """Whether a person has seen the definition read the live site."""
    next_run: Callable[[datetime | None, Last | None, datetime], datetime]
    """When it is crawled next, by when its last crawl began, how that went, and now; ``now`` where it is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One installation of the page."""

    engine: Engine
    fold: Callable[[str], str]
    """Text to the script and form of the index: what queries go through."""
    decode: Callable[[bytes, str | None], str]
    """Bytes of a raw page and its Content-Type to text; never fails."""
    raw: Path | None = None
    """The folder of raw pages; None where the archive keeps none."""
    sources: Mapping[str, SourceCard] = field(default_factory=dict)
    names: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """For each facet that people have names for: what they type to the archive's code; ValueError: nothing known."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What people call the codes of regions and industries, also where no article has them."""
    home_region: tuple[str, str] | None = None
    """Code and name of the region the policy time line opens with."""
    token: str | None = None
    """Who knows it may write; None: the page is read-only."""
    hosts: tuple[str, ...] = LOOPBACK_NAMES
    """Names that a request may call this server by (the Host header, without its port)."""
    search_burst: int = 40
    """Searches one address may make at once …"""
    search_rate: float = 4.0
    """… and a second, from then on."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
