"""What a view is asked and what it gives back; views know no more of the web than this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from monitor.web.config import Config

Form = Literal["html", "json", "atom", "feed.json"]
"""The endings of a view's address."""
FORMS: tuple[Form, ...] = ("feed.json", "json", "atom", "html")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, as a view sees it."""

    config: Config
    conn: Connection
    now: datetime
    pairs: tuple[tuple[str, str], ...] = ()
    """Names and values of the query string."""
    path: Mapping[str, Any] = field(default_factory=dict)
    """What the path names."""

    def id(self, name: str = "id") -> int:
        """A row's number that the path names; refused where no row can have it."""
        number: int = self.path[name]
        if number > LARGEST_ID:
            raise Refused(404, "没有这个编号。")
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a view's feed."""

    path: str
    """Of the page it is about, on this server."""
    title: str
    updated: datetime
    published: datetime | None = None
    text: str = ""
    """Plain; paragraphs are lines."""
    author: str | None = None
    link: str | None = None
    """The original's address, where it has one: it outlasts any server of ours, and names the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A view's answer. ``json`` and ``feed`` are only made when they are asked for."""

    template: str
    title: str
    context: Mapping[str, Any] = field(default_factory=dict)
    json: Callable[[], Any]
    feed: Callable[[], Sequence[Entry]]


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request that gets no answer of its kind: a status, and a sentence for the reader."""

    def __init__(self, status: int, sentence: str, *, hint: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.hint = hint
        self.headers = dict(headers or {})
