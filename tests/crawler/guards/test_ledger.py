"""Requests of the day, over restarts, processes and midnight."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from crawler.guards.ledger import Ledger
from storage.db import open_engine, upgrade

TODAY, TOMORROW = date(2025, 3, 10), date(2025, 3, 11)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'panxi.db'}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


def test_counts_outlive_the_process_and_add_up_over_processes(url: str) -> None:
    async def days() -> None:
        first, second = Ledger(url), Ledger(url)
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
        third = Ledger(url)
        await third.turn(TODAY)
        assert (third.spent("a.example"), third.spent("b.example"), third.spent("c.example")) == (4, 1, 0)
        await third.close()

    asyncio.run(days())


@pytest.mark.parametrize("kept", [True, False])
def test_a_new_day_begins_at_nothing(url: str, *, kept: bool) -> None:
    async def days() -> None:
        ledger = Ledger(url if kept else None)
        await ledger.turn(TODAY)
        ledger.count("a.example")
        await ledger.turn(TOMORROW)
        assert ledger.spent("a.example") == 0
        ledger.count("a.example")
        await ledger.turn(TOMORROW)
        assert ledger.spent("a.example") == 1
        await ledger.close()

    asyncio.run(days())


def test_what_is_counted_while_it_is_written_is_not_lost(url: str) -> None:
    async def busy() -> None:
        ledger = Ledger(url)
        await ledger.turn(TODAY)
        ledger.count("a.example")
        writing = asyncio.ensure_future(ledger.turn(TODAY))
        await asyncio.sleep(0)
        ledger.count("a.example")
        await writing
        assert ledger.spent("a.example") == 2
        await ledger.close()
        again = Ledger(url)
        await again.turn(TODAY)
        assert again.spent("a.example") == 2
        await again.close()

    asyncio.run(busy())


def test_what_can_not_be_written_is_kept_for_the_next_time(url: str) -> None:
    async def away() -> None:
        ledger = Ledger(url)
        await ledger.turn(TODAY)
        ledger.count("a.example")
        engine = open_engine(url)
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
        again = Ledger(url)
        await again.turn(TODAY)
        assert again.spent("a.example") == 1
        await again.close()

    asyncio.run(away())
