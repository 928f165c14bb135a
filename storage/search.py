"""Chinese full text: an index that finds candidates by pairs of characters, and the text that confirms them.

Han text is indexed as the set of its overlapping pairs (钒钛磁 as 钒钛, 钛磁), other text as its words. A word of two
characters is then one look-up, and a longer phrase the articles that hold all its pairs and, in fact, the phrase.
So SQLite (FTS5) and PostgreSQL (tsvector) give the same answers, from small indexes that keep no positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN: Final = re.compile(f"[{HAN}]+|[a-z0-9]+|[^\\W{HAN}a-z0-9_]+")
LONGEST_WORD: Final = 64
MOST_GRAMS: Final = 60_000
"""No text of a person has more different pairs; PostgreSQL takes no larger row."""


def grams(plain: str) -> list[str]:
    """The different index terms of a text, in the order they first appear."""
    found: dict[str, None] = {}
    for run in RUN.findall(lowered(plain)):
        if run[0] >= "\u3007" and is_han(run[0]):
            found.update(dict.fromkeys(map(str.__add__, run, run[1:])))
            found[run[-1]] = None  # so that one character is found as a prefix
        else:
            found[run[:LONGEST_WORD]] = None
    return list(found)[:MOST_GRAMS]


def lowered(plain: str) -> str:
    """The text with its ASCII capitals made small: what both databases can do alike."""
    return plain.encode("utf-8", "replace").lower().decode()


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return _HAN.match(character) is not None


_HAN: Final = re.compile(f"[{HAN}]")


def index(conn: Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Put articles (id and text) into the index, or, on PostgreSQL, replace them there."""
    if conn.dialect.name == "sqlite":
        rows: list[dict[str, Any]] = [{"id": number, "grams": " ".join(grams(plain))} for number, plain in texts]
        if rows:
            conn.execute(text("INSERT INTO article_search (rowid, grams) VALUES (:id, :grams)"), rows)
        return
    rows = [{"id": number, "grams": grams(plain)} for number, plain in texts]
    if rows:
        conn.execute(_PUT, rows)


def unindex(conn: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Take articles (id and the very text that was indexed) out of the index."""
    if not texts:
        return
    if conn.dialect.name == "sqlite":
        # A contentless index can't look up what it holds: it has to be told.
        rows = [{"id": number, "grams": " ".join(grams(plain))} for number, plain in texts]
        conn.execute(
            text("INSERT INTO article_search (article_search, rowid, grams) VALUES ('delete', :id, :grams)"), rows
        )
    else:
        conn.execute(text("DELETE FROM article_search WHERE article_id = :id"), [{"id": number} for number, _ in texts])


_PUT: Final = text(
    "INSERT INTO article_search (article_id, grams) VALUES (:id, array_to_tsvector(:grams)) "
    "ON CONFLICT (article_id) DO UPDATE SET grams = excluded.grams"
).bindparams(bindparam("grams", type_=ARRAY(Text)))
