"""Column types that mean the same on SQLite and PostgreSQL."""

# ruff: noqa: ARG002 - the signatures are SQLAlchemy's
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UnreadableError(ValueError):
    """A stored value that its column can't hold: the database is damaged."""


Key = BigInteger().with_variant(Integer, "sqlite")
"""A primary key of 64 bits; SQLite numbers rows by itself only where the type is INTEGER."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z; raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError(f"A time without a zone: {moment!r}")
    return (moment - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """The time in UTC, of microseconds since 1970-01-01T00:00Z."""
    return EPOCH + timedelta(microseconds=value)


class Moment(TypeDecorator[datetime]):
    """An instant, kept as microseconds since 1970-01-01T00:00Z: exact, ordered and alike on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        try:
            return None if value is None else moment(value)
        except (TypeError, OverflowError) as error:
            raise UnreadableError(f"not a time: {value!r:.60}") from error


class Day(TypeDecorator[date]):
    """A calendar day, kept as ISO text so that it sorts and reads alike on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        try:
            return None if value is None else date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise UnreadableError(f"not a day: {value!r:.60}") from error


class Json(TypeDecorator[Any]):
    """JSON as text, by orjson, which takes the vocabulary's dataclasses, dates and tuples as they are."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        try:
            return None if value is None else orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise UnreadableError(f"not JSON ({error}): {value!r:.60}") from error
