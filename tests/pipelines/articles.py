"""Articles for the tests of what is made of their text."""

from __future__ import annotations

from datetime import datetime

from crawler.items import Article


def article(body: str, title: str = "标题", published: datetime | None = None) -> Article:
    """An article of which only the text, and perhaps the day, matters."""
    return Article(
        url="http://www.cinic.example/1.html",
        source=None,
        title=title,
        title_original=title,
        body=body,
        body_original=body,
        script="simplified",
        content_sha256="",
        published_at=published,
    )
