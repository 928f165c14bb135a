"""Requests of the day, over restarts, processes and midnight."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from crawler.guards.ledger import Ledger
from storage.db import open_engine

TODAY, TOMORROW = date(2025, 3, 10), date(2025, 3, 11)


def test_counts_outlive_the_process_and_add_up_over_processes(archive_url: str) -> None:
    async def days() -> None:
        first, second = Ledger(archive_url), Ledger(archive_url)
        for ledger in (first, second):
            await ledger.turn(TODAY)
        for _ in range(3):
            first.count("a.example")
        second.count("a.example")
        second.count("b.example")
        assert (first.spent("a.example"), second.spent("a.example")) == (3, 1)
        await first.turn(TODAY)
        await second.turn(TODAY)
        assert second.spent("a.example") == 4
        second.count("a.example")
        second.take_back("a.example")
        await second.close()
        await first.close()
        third = Ledger(archive_url)
        await third.turn(TODAY)
        assert (third.spent("a.example"), third.spent("b.example"), third.spent("c.example")) == (4, 1, 0)
        await third.close()

    asyncio.run(days())


@pytest.mark.parametrize("kept", [True, False])
def test_a_new_day_begins_at_nothing(archive_url: str, *, kept: bool) -> None:
    async def days() -> None:
        ledger = Ledger(archive_url if kept else None)
        await ledger.turn(TODAY)
        ledger.count("a.example")
        await ledger.turn(TOMORROW)
        assert ledger.spent("a.example") == 0
        ledger.count("a.example")
        await ledger.turn(TOMORROW)
        assert ledger.spent("a.example") == 1
        await ledger.close()

    asyncio.run(days())


def test_what_is_counted_while_it_is_written_is_not_lost(archive_url: str) -> None:
    async def busy() -> None:
        ledger = Ledger(archive_url)
        await ledger.turn(TODAY)
        ledger.count("a.example")
        writing = asyncio.ensure_future(ledger.turn(TODAY))
        await asyncio.sleep(0)
        ledger.count("a.example")
        await writing
        assert ledger.spent("a.example") == 2
        await ledger.close()
        again = Ledger(archive_url)
        await again.turn(TODAY)
        assert again.spent("a.example") == 2
        await again.close()

    asyncio.run(busy())


def test_what_can_not_be_written_is_kept_for_the_next_time(archive_url: str) -> None:
    async def away() -> None:
        ledger = Ledger(archive_url)
        await ledger.turn(TODAY)
        ledger.count("a.example")
        engine = open_engine(archive_url)
        with engine.begin() as conn:
            conn.execute(text("ALTER TABLE budget RENAME TO away"))
        with pytest.raises(SQLAlchemyError):
            await ledger.turn(TODAY)
        assert ledger.spent("a.example") == 1
        with engine.begin() as conn:
            conn.execute(text("ALTER TABLE away RENAME TO budget"))
        engine.dispose()
        await ledger.turn(TODAY)
        await ledger.close()
        again = Ledger(archive_url)
        await again.turn(TODAY)
        assert again.spent("a.example") == 1
        await again.close()

    asyncio.run(away())
