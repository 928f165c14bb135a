"""Small things that several views share."""

from __future__ import annotations

from collections.abc import Callable

from monitor.web.answer import Asked, Entry
from monitor.web.reads.articles import Row


def source_title(asked: Asked, name: str | None) -> str:
    """What readers call a source."""
    card = asked.config.sources.get(name or "")
    return card.title if card else (name or "未知来源")


def entry(row: Row, text: str | None = None) -> Entry:
    """An article as an entry of a feed."""
    return Entry(
        path=f"/articles/{row['id']}",
        title=row["title"],
        updated=row["changed_at"],
        published=row["published_at"],
        text=row.get("body", "") if text is None else text,
        author=row["origin"],
        link=row["url"],
    )


def code_of(typed: str, lookup: Callable[[str], str]) -> str:
    """The archive's code for what people call it; what nobody has a name for stays: the archive may hold it."""
    try:
        return lookup(typed)
    except ValueError:
        return typed
