"""Article -> Issues: what is odd about one, told to whom it concerns; the article is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from crawler.items import Article, Issue

_AHEAD = timedelta(days=1)
"""How far a page's clock may be ahead of ours."""
_SHOWN = 80
"""Characters of a dropped line that are told."""


def check(article: Article, dropped: Sequence[str], *, goes_on: str | None, now: datetime) -> tuple[Issue, ...]:
    """The issues of an article that was read at ``now``, with the lines that were ``dropped`` as the site's own.

    ``goes_on``: the address of a further page of it that was not at hand.
    """
    return tuple(_issues(article, dropped, goes_on, now))


def _issues(article: Article, dropped: Sequence[str], goes_on: str | None, now: datetime) -> Iterator[Issue]:
    if not article.title:
        yield Issue(kind="no-title", detail="the page says no title")
    if not article.body:
        yield Issue(kind="no-body", detail="no line of the page was text")
    if article.published_at is None:
        yield Issue(kind="no-date", detail="the page says no day of publication that could be read")
    elif article.published_at > now + _AHEAD:
        yield Issue(kind="future-date", detail=f"published {article.published_at.isoformat()}, read {now.isoformat()}")
    if goes_on is not None:
        yield Issue(kind="incomplete", detail=f"it goes on on {goes_on}, which was not at hand")
    for line in dropped:
        yield Issue(kind="dropped-line", detail=line[:_SHOWN])
