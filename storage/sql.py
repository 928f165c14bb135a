"""The few places where SQLite and PostgreSQL want different SQL for one thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.schema import Table

from storage.types import Json

RECORDING = 7405
"""The advisory lock of those that write articles."""


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT of the connection's dialect: the one with ``on_conflict_do_…``."""
    return (sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert)(table)


def among(connection: Connection, column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """``column`` is one of the strings of the list bound as ``name``: one parameter, however long the list."""
    if connection.dialect.name == "sqlite":
        values: BindParameter[Any] = bindparam(name, type_=Json)
        return column.in_(select(literal_column("value")).select_from(func.json_each(values)))
    return column == func.any(bindparam(name, type_=ARRAY(Text)))


def named(connection: Connection, names: Iterable[str]) -> list[str]:
    """Places for values by name in SQL that goes to the driver as it is.

    The rows of every page go this way: SQLAlchemy's own handling of values costs more there than the database does.
    """
    form = ":{}" if connection.dialect.name == "sqlite" else "%({})s"
    return [form.format(name) for name in names]


def insert_native(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, unless_known: bool = False
) -> None:
    """Insert rows of the database's own values; all have the same columns.

    ``unless_known``: a row that would break a unique constraint is left out.
    """
    if rows:
        columns = ", ".join(f'"{name}"' for name in rows[0])
        values = ", ".join(named(connection, rows[0]))
        statement = f"INSERT INTO {table.name} ({columns}) VALUES ({values})"  # noqa: S608 - names of the schema
        connection.exec_driver_sql(f"{statement} ON CONFLICT DO NOTHING" if unless_known else statement, list(rows))


def one_recorder(connection: Connection) -> None:
    """Let one transaction at a time write articles, as SQLite's write lock does by itself.

    Near-duplicates are only found among what is visible; two writers at once would miss each other's.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RECORDING})


def reserve(connection: Connection, table: Table, count: int) -> list[int]:
    """``count`` new ids of the table, ascending; call it only in a transaction that has the write lock."""
    if count == 0:
        return []
    if connection.dialect.name == "sqlite":
        top = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        return list(range(top + 1, top + 1 + count))
    found = connection.execute(
        text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"),
        {"name": table.name, "count": count},
    )
    return sorted(found.scalars())
