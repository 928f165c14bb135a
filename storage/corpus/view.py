"""What an export reads from: the archive's tables, or what stood in them earlier."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import FromClause

from storage.schema import article, related_link


@dataclass(frozen=True, slots=True)
class View:
    """Two relations with the columns of ``article`` and of ``related_link``."""

    articles: FromClause = article
    links: FromClause = related_link
