"""How to cite an article: GB/T 7714—2015 and BibTeX."""

from __future__ import annotations

import re
from datetime import datetime

from crawler.items import SHANGHAI

SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}"} | {char: "\\" + char for char in "&%$#_"}


def gbt7714(
    *, title: str, author: str | None, origin: str | None, published_at: datetime | None, seen_at: datetime, url: str
) -> str:
    """An electronic bulletin, [EB/OL]: author. title [EB/OL]. medium, (date) [date of citation]. address."""
    day = f"({published_at.astimezone(SHANGHAI):%Y-%m-%d})" if published_at else ""
    medium = f"{origin}, {day}" if origin and day else (origin or day)
    who = author or origin or "佚名"
    where = f"{medium}" if medium else ""
    return f"{who}. {title}[EB/OL]. {where}[{seen_at.astimezone(SHANGHAI):%Y-%m-%d}]. {url}."


def bibtex(
    *,
    key: str,
    title: str,
    author: str | None,
    origin: str | None,
    published_at: datetime | None,
    seen_at: datetime,
    url: str,
) -> str:
    """An ``@online`` entry of biblatex."""
    entries = {
        "author": f"{{{_tex(author or origin)}}}" if author or origin else None,
        "title": _tex(title),
        "organization": _tex(origin) if origin else None,
        "date": f"{published_at.astimezone(SHANGHAI):%Y-%m-%d}" if published_at else None,
        "url": re.sub(r"[{}\\\s]", "", url),
        "urldate": f"{seen_at.astimezone(SHANGHAI):%Y-%m-%d}",
        "langid": "chinese",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in entries.items() if value is not None)
    return f"@online{{{key},\n{lines}}}"


def _tex(text: str | None) -> str:
    return "".join(SPECIAL.get(char, char) for char in (text or ""))
