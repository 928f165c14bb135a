"""When a source is crawled next: pure decisions on times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType

from crawler.politeness import opens
from crawler.revisit import DAY, WAITS
from crawler.site import Site
from storage.runs import Last

JITTER = 0.1
"""Share of its interval by which a source's crawls are moved, so that sources do not start together."""


def next_run(site: Site, last_run: datetime | None, now: datetime, again: datetime | None = None) -> datetime:
    """When the source is crawled next: its interval after the last crawl began, within its hours; ``now`` if late.

    However many crawls were missed, one makes up for them. A source that was never crawled is due now. ``again`` is
    when a crawl that did not end whole is taken up, if that is sooner.
    """
    wanted = now if last_run is None else max(now, _wanted(site, last_run))
    return opens(site.window, wanted if again is None else min(wanted, max(now, again)))


def _wanted(site: Site, last_run: datetime) -> datetime:
    """An interval after the last crawl and a little more, but not so much that its hours are over and a day is lost."""
    turn = last_run + site.every
    moved = turn + spread(site.name, last_run, site.every)
    if _is_open(site, moved):
        return moved
    if _is_open(site, turn):
        return turn
    sooner = opens(site.window, last_run + site.every / 2)
    return sooner if site.every >= DAY and turn - sooner < opens(site.window, turn) - turn else moved


def _is_open(site: Site, at: datetime) -> bool:
    return opens(site.window, at) == at


def taken_up(last: Last) -> datetime | None:
    """When a crawl that did not end whole is taken up again; None where it did, or is at work.

    One that was stopped, at once; after failures and kills with the pauses that a page which fails has, so that a
    source that kills its crawl is not hammered.
    """
    if last.state in ("running", "finished"):
        return None
    ended = last.ended or last.began
    return ended + WAITS[min(last.failures, len(WAITS)) - 1] if last.failures else ended


def late_after(site: Site, ended: datetime) -> datetime:
    """When a source whose last whole crawl ended then is late: half an interval (at least an hour) past its time."""
    wanted = opens(site.window, ended + site.every * (1 + JITTER))
    return wanted + max(site.every / 2, timedelta(hours=1))


def all_taken_up(lasts: Mapping[str, Last]) -> dict[str, datetime]:
    """As ``taken_up``, by source, of those that are."""
    times = {name: taken_up(last) for name, last in lasts.items()}
    return {name: at for name, at in times.items() if at is not None}


def due(
    sites: Iterable[Site],
    last_runs: Mapping[str, datetime],
    now: datetime,
    again: Mapping[str, datetime] = MappingProxyType({}),
) -> list[Site]:
    """The sources to crawl now, the one that has waited longest first; ``again`` as ``all_taken_up`` says."""
    late = [(last_runs.get(site.name), site) for site in sites]
    ready = [(last, site) for last, site in late if next_run(site, last, now, again.get(site.name)) <= now]
    return [site for last, site in sorted(ready, key=lambda pair: (pair[0] is not None, pair[0] or now, pair[1].name))]


def spread(name: str, last_run: datetime, every: timedelta) -> timedelta:
    """A delay of up to ``JITTER`` of the interval, another after each run and the same whenever it is asked for."""
    seed = sha256(f"{name} {last_run.timestamp():.0f}".encode()).digest()
    return every * (JITTER * int.from_bytes(seed[:4], "big") / 2**32)
