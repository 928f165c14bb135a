"""What there is to read: an article's title and text, and what its page says beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from crawler.items import OfficialTable
from pipelines.policy.issuers import Place

HEAD: Final = 1500
"""How many characters of a text can name the document that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One article as the rules of this package read it."""

    title: str
    text: str
    place: Place
    """What 市 and 省 mean in it."""
    table: OfficialTable | None = None
    columns: tuple[str, ...] = ()
    attachments: str = ""
    """The names of its attachments."""
    published: date | None = None

    @property
    def official(self) -> bool:
        """Whether the page has the table of a government document."""
        return self.table is not None and bool(self.table.number or self.table.title)
