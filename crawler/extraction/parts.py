"""Articles in several pages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction import pager
from crawler.extraction.document import Document
from crawler.items import ScrapedArticle

MOST_PARTS: Final = 30
"""Pages of one article that are looked at."""
_PART = re.compile(r"(?:[_-]\d{1,3}(?:\.\w{2,5})?|/\d{1,3}|\.\w{2,5})$")
_PART_QUERY = re.compile(r"(?:^|&)(?:p|page|pn|pageno)=\d{1,3}", re.IGNORECASE)


def next_page(document: Document, around: LexborNode) -> str | None:
    """The address of the article's following page; None on the last, and where the next is another article.

    ``around`` is the element whose links are looked at: the one around the text.
    """
    url = pager.following(document, around.css("a"))
    return url if url is not None and _stem(url) == _stem(document.link(document.url) or document.url) else None


def _stem(url: str) -> tuple[str, str]:
    """What the addresses of an article's pages have in common."""
    parts = urlsplit(url)
    return parts.netloc + _PART.sub("", parts.path, count=1), _PART_QUERY.sub("", parts.query)


def join(first: ScrapedArticle, rest: Iterable[ScrapedArticle]) -> ScrapedArticle:
    """The article of its first page with the text, pictures and files of the following ones, in their order."""
    whole = first
    for part in rest:
        whole = replace(
            whole,
            paragraphs=whole.paragraphs + part.paragraphs,
            tail=whole.tail + tuple(line for line in part.tail if line not in whole.tail),
            editor=whole.editor or part.editor,
            reprinted_from=whole.reprinted_from or part.reprinted_from,
            related=whole.related or part.related,
            attachments=tuple(dict.fromkeys(whole.attachments + part.attachments)),
            images=tuple(dict.fromkeys(whole.images + part.images)),
        )
    return replace(whole, next_page=None)
