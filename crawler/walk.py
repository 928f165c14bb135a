"""One crawl over the frontier: what is claimed, in flight and written. Knows asyncio and the archive, not Scrapy."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from crawler.items import Article, Link, Outcome, Visit
from storage import frontier
from storage.archive import Recorded
from storage.writer import Writer

LEASE = timedelta(minutes=15)
"""How long a claimed visit is this process's; longer than any download may take, queueing included."""
CLAIM_MIN, CLAIM_MAX = 32, 512
LINE_MAX = 2 * CLAIM_MAX
"""Visits in line from which on no listing's next page is claimed before its turn: articles are claimed with it."""
OFTEN = 1.0
"""Seconds between two claims below which the next one is for twice as many visits."""
WATCHED = ("body", "published_at", "origin")
"""Fields that a healthy source's articles have."""
FIGURES = (
    "visits",
    "listings",
    "listed",
    "rows",
    "rows_elsewhere",
    "new",
    "changed",
    "repeated",
    "read",
    "unfit",
    "spared",
)


@dataclass(slots=True)
class Tally:
    """What a crawl has done so far."""

    visits: int = 0
    listings: int = 0
    listed: int = 0
    """Listings whose page came and was read; 304s are none."""
    rows: int = 0
    rows_elsewhere: int = 0
    """Of these, those that lead to no article of a known source, on listings whose rows decide what is followed."""
    new: int = 0
    changed: int = 0
    repeated: int = 0
    """Articles that were known and have not changed."""
    read: int = 0
    """Articles whose page came and was read."""
    unfit: int = 0
    """Of these, those that their source's layouts do not fit."""
    spared: int = 0
    """Known article pages that this crawl had no reason to ask for."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Visits that brought nothing and are no failure, by reason: 404, robots.txt, a video."""
    failures: Counter[str] = field(default_factory=Counter)
    """Visits that went wrong, by reason."""
    empty: Counter[str] = field(default_factory=Counter)
    """Articles without a field, by field: what a changed layout shows first in."""
    examples: dict[str, str] = field(default_factory=dict)
    """One address for each reason."""

    def add(self, outcome: Outcome, recorded: Recorded) -> None:
        """Counts one committed outcome."""
        self.visits += 1
        self._add_listing(outcome)
        self.rows += outcome.figures.get("rows", 0)
        self.rows_elsewhere += outcome.figures.get("rows_elsewhere", 0)
        self.new += recorded.kind == "new"
        self.changed += recorded.kind == "revised"
        self.repeated += recorded.kind == "seen"
        if isinstance(outcome.article, Article):
            self._add_article(outcome.article, outcome.visit)
        reason = outcome.reason or outcome.state
        if outcome.state in ("gone", "skipped", "postponed"):
            self.passed_over[reason] += 1
        elif outcome.state in ("failed", "retry"):
            self.failures[reason] += 1
        else:
            return
        self.examples.setdefault(reason, outcome.visit.url)

    def _add_listing(self, outcome: Outcome) -> None:
        if outcome.visit.kind != "listing":
            return
        self.listings += 1
        rows = outcome.figures.get("rows", 0)
        if outcome.state == "done" or (outcome.reason or "").startswith("no article"):
            self.listed += 1
            if not rows:
                self.examples.setdefault("no rows", outcome.visit.url)

    def _add_article(self, article: Article, visit: Visit) -> None:
        self.read += 1
        lacking = [name for name in WATCHED if not getattr(article, name)]
        self.empty.update(lacking)
        unfit = visit.source is not None and article.source is None
        self.unfit += unfit
        for reason in (*(f"no {name}" for name in lacking), *(("no layout fits",) if unfit else ())):
            self.examples.setdefault(reason, visit.url)

    @property
    def article_requests(self) -> int:
        """Visits that were to an article's page."""
        return self.visits - self.listings

    def counts(self) -> dict[str, Any]:
        """The tally as JSON, for the run's record."""
        return {
            **{name: getattr(self, name) for name in FIGURES},
            "passed_over": dict(self.passed_over.most_common(20)),
            "failures": dict(self.failures.most_common(20)),
            "empty": dict(self.empty),
            "examples": dict(islice(self.examples.items(), 40)),
        }


class Walk:
    """Claims visits while there is room for more, keeps their outcomes, and knows when the crawl is over.

    ``give`` gets each claimed visit; every one of them must come back through ``keep``.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        owner: str,
        give: Callable[[Visit], None],
        sources: Sequence[str] | None,
        budget: int | None = None,
        patience: float = 0.0,
    ) -> None:
        self.tally = Tally()
        self.by_source: dict[str | None, Tally] = {}
        self._writer = writer
        self._owner = owner
        self._give = give
        self._sources = sources
        self._only: set[str] | None = None
        self._budget = budget
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._open: dict[int, Visit] = {}
        self._kept: dict[int, Outcome] = {}
        self._inbox: deque[tuple[int, Future[Recorded]]] = deque()
        self._woken = False
        self._queued: set[int] = set()
        self._claim_size = CLAIM_MIN
        self._claimed_at = 0.0
        self._short = False
        self._news = False
        self._onward = False

    # --- from the scheduler's side -----------------------------------------------------------------------

    def taken(self, visit: Visit) -> None:
        """A given visit has left the scheduler's line for the downloader (again, after a redirect or a retry)."""
        self._queued.discard(visit.id)
        self._changed.set()

    def keep(self, outcome: Outcome) -> None:
        """Hands an outcome to the writer; returns at once. Of a visit's outcomes the first one counts."""
        visit = outcome.visit.id
        if visit in self._kept or visit not in self._open:
            return
        self._kept[visit] = outcome
        if self._only is not None:
            self._only.update(link.url for link in outcome.links)
        self._writer.submit(outcome).add_done_callback(lambda future: self._done(visit, future))
        if outcome.onward is not None or len(self._kept) == len(self._open):
            self._writer.hurry()  # a listing's next page is not to wait, nor is anything where no more is under way

    def lost(self) -> list[Visit]:
        """Visits that were given and neither kept nor still queued: to be asked only when nothing is in flight."""
        return [visit for key, visit in self._open.items() if key not in self._kept]

    # --- the crawl ---------------------------------------------------------------------------------------

    async def run(self, entrances: Sequence[Link], *, only: bool = False, revisit: bool = False) -> str:
        """Walks until nothing is left that is due; returns why it ended.

        ``only``: visit nothing but the entrances and what is found from them. ``revisit``: also all known articles.
        """
        if only:
            self._only = {link.url for link in entrances}
        if revisit:
            await asyncio.wrap_future(self._writer.call(lambda conn: frontier.revisit(conn, self._sources, _now())))
        await asyncio.wrap_future(self._writer.put(entrances, now=_now()))
        while True:
            await self._room()
            if self._budget is not None and self._budget <= 0:
                if not self._open:
                    return "max_pages"
                await self._change()
                continue
            visits = await self._claim()
            if visits or self._open:
                if not visits and not (self._news or self._onward):
                    await self._change()
                continue
            if not await self._soon():
                return "finished"

    async def _claim(self) -> list[Visit]:
        size = self._claim_size if self._wants_more() else CLAIM_MIN  # of which the listings come first
        if self._budget is not None:
            size = min(size, self._budget)
        hasty = self._loop.time() - self._claimed_at < OFTEN
        self._claimed_at = self._loop.time()
        self._news = self._onward = False
        claimed = await asyncio.wrap_future(
            self._writer.claim(
                owner=self._owner,
                now=_now(),
                lease=LEASE,
                limit=size,
                sources=self._sources,
                urls=None if self._only is None else sorted(self._only),
            )
        )
        # where a host is slow, a lease may end while its visit still stands in line: then it was only renewed
        visits = [visit for visit in claimed if visit.id not in self._open]
        self._short = len(claimed) < size
        if hasty and not self._short:
            self._claim_size = min(self._claim_size * 2, CLAIM_MAX)
        if self._budget is not None:
            self._budget -= len(visits)
        self._queued.update(visit.id for visit in visits)
        for visit in visits:
            self._open[visit.id] = visit
            self._give(visit)
        return visits

    async def _soon(self) -> bool:
        """Waits for a retry that is due within the patience; False where there is none."""
        due = await asyncio.wrap_future(
            self._writer.next_due(sources=self._sources, urls=None if self._only is None else sorted(self._only))
        )
        wait = None if due is None else (due - _now()).total_seconds()
        if wait is None or wait > self._patience:
            return False
        await asyncio.sleep(max(wait, 0.05))
        return True

    async def _room(self) -> None:
        """Waits until more is wanted, or a listing has gone on to its next page."""
        while self._writer.full or not (self._wants_more() or (self._onward and len(self._queued) < LINE_MAX)):
            if not self._queued:
                self._writer.hurry()
            await self._change()

    def _wants_more(self) -> bool:
        """Whether the line is short, and there may be more: the last claim left some, or news was written since."""
        more = not self._short or self._news or not self._open
        return more and len(self._queued) <= self._claim_size // 2

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    # --- from the writer's thread ------------------------------------------------------------------------

    def _done(self, visit: int, future: Future[Recorded]) -> None:
        self._inbox.append((visit, future))
        if not self._woken:  # one wake-up a batch, not one an outcome
            self._woken = True
            self._loop.call_soon_threadsafe(self._read_inbox)

    def _read_inbox(self) -> None:
        self._woken = False
        self._news = True
        while self._inbox:
            visit, future = self._inbox.popleft()
            outcome = self._kept.pop(visit)
            self._open.pop(visit, None)
            self._onward = self._onward or outcome.onward is not None
            error = future.exception()
            recorded = Recorded(kind="none") if error is not None else future.result()
            if error is not None:
                outcome = replace(outcome, state="failed", reason=f"not stored: {error}")
            self.tally.add(outcome, recorded)
            self.by_source.setdefault(outcome.visit.source, Tally()).add(outcome, recorded)
        self._changed.set()


def _now() -> datetime:
    return datetime.now(UTC)
