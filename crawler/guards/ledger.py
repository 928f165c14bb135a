"""The requests of the day by host, kept in the archive so that a budget outlives the process."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.budget import spend
from storage.db import open_engine, writing


class Ledger:
    """Counts requests in memory and writes them from time to time. For one event loop.

    ``url`` names the archive's database; None keeps the counts in memory alone.
    """

    def __init__(self, url: str | None) -> None:
        self._engine: Engine | None = writing(open_engine(url)) if url is not None else None
        self.day: date | None = None
        """The day that is counted."""
        self._total: Counter[str] = Counter()
        self._unwritten: Counter[str] = Counter()

    def spent(self, host: str) -> int:
        """The day's requests to the host, by all that we know."""
        return self._total[host]

    def count(self, host: str) -> None:
        """One more request to the host."""
        self._add(host, 1)

    def take_back(self, host: str) -> None:
        """A request that was counted has not been sent."""
        self._add(host, -1)

    def _add(self, host: str, count: int) -> None:
        self._total[host] += count
        self._unwritten[host] += count

    async def turn(self, day: date) -> None:
        """Write what is not written; take over what others have counted; begin anew on a new day.

        Raises ``SQLAlchemyError`` where the archive can't be written; the counts are kept for the next time.
        """
        written, self._unwritten = self._unwritten, Counter()
        if self._engine is not None:
            try:
                totals = await asyncio.to_thread(self._write, self.day or day, written, day)
            except SQLAlchemyError:
                self._unwritten.update(written)
                raise
            self._total = Counter(totals) + self._unwritten
        elif day != self.day:
            self._total = Counter(self._unwritten)
        self.day = day

    async def close(self) -> None:
        """Write the rest."""
        if self.day is not None:
            await self.turn(self.day)
        if self._engine is not None:
            self._engine.dispose()

    def _write(self, counted_on: date, requests: Counter[str], today: date) -> dict[str, int]:
        assert self._engine is not None
        with self._engine.begin() as conn:
            totals = spend(conn, counted_on, requests)
            return totals if counted_on == today else spend(conn, today, {})
