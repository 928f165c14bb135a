"""One crawl of a source at a time, over all machines that share a PostgreSQL archive.

The lock belongs to the connection: it ends with the process that holds it, however that ends. On SQLite, which is one
machine's, the schedule's own lock does this work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, text

SPACE: Final = 7407
"""Our part of PostgreSQL's advisory locks."""


@contextmanager
def held(engine: Engine, sources: Sequence[str]) -> Iterator[bool]:
    """Holds the locks of the sources; yields False, holding none, where another process has one of them."""
    if engine.dialect.name != "postgresql":
        yield True
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        try:
            ask = text("SELECT pg_try_advisory_lock(:space, hashtext(:name))")
            yield all(conn.execute(ask, {"space": SPACE, "name": name}).scalar_one() for name in sorted(sources))
        finally:
            conn.invalidate()  # closes it, and so gives all of them back
