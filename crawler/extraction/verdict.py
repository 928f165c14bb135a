"""Whether a page is an article at all, and if not, what it is."""

from __future__ import annotations

import re

from crawler.extraction import body, media, title
from crawler.extraction.blocks import Block
from crawler.extraction.document import Document
from crawler.items import NotArticle

_ERROR = re.compile(
    r"^\W*(?:404|403|500|502|503)\b|(?:页面|頁面|网页|文章|内容|信息|您访问的\S{0,4})(?:不存在|找不到"
    r"|已(?:被)?删除|已下线|出错)"
    r"|找不到(?:页面|网页|頁面)|not found|forbidden|bad gateway|service unavailable|访问(?:出错|受限|被拒绝)"
    r"|系统(?:出错|错误|维护)|无法访问"
    r"|安全验证|访问验证",
    re.IGNORECASE,
)
_TITLE = 8
"""Characters of a title in a list, at least."""
_LIST = 4
"""Titles that make a list."""
_PICTURES = 6
"""Pictures that make a gallery."""
_LINES = 3
"""Lines of the shortest verse."""
_SAFE = 200
"""Characters of running text that no error page has."""
_ENOUGH = 30
"""Characters of running text that make an article where nothing else speaks for one."""
_ENOUGH_UNDER_TITLE = 8
"""The same, under a heading that is surely the title."""


def refuse(
    document: Document, found: body.Body | None, heading: title.Found | None, *, sure: bool
) -> NotArticle | None:
    """Why the page is no article; None where it is one. ``sure`` says that the heading surely is the page's title: by
    what the page's head says, or by the date under it.
    """
    blocks = document.blocks
    if not blocks:
        scripted = document.tree.css_first("script") is not None
        return NotArticle(kind="empty", reason=f"the page has no text{'; scripts make it' if scripted else ''}")
    inside = blocks[found.start : found.stop] if found is not None else []
    text = sum(body.weight(block) for block in inside)
    if heading is not None and _says_so(document):
        return None if text or media.offers_file(document) else _thin(document)
    head = heading.text if heading is not None else document.heading
    if text < _SAFE and _ERROR.search(f"{document.heading}\n{head}"):
        return NotArticle(kind="error-page", reason=f"the page says {head!r}")
    return _refuse_text(document, inside, heading, enough=_ENOUGH_UNDER_TITLE if sure else _ENOUGH, sure=sure)


def _refuse_text(
    document: Document, inside: list[Block], heading: title.Found | None, *, enough: int, sure: bool
) -> NotArticle | None:
    """Why the lines of the main part make no article."""
    text = sum(body.weight(block) for block in inside)
    links = sum(len(block.text) >= _TITLE and block.links >= 0.8 * len(block.text) for block in inside)
    if links >= _LIST and links >= 0.3 * len(inside):
        return NotArticle(kind="listing", reason=f"{links} of {len(inside)} lines of its main part are links")
    if heading is None:
        return NotArticle(kind="other", reason="no title was found")
    if text >= enough or (sure and (_is_verse(inside) or media.shows_file(document))):
        return None
    return _thin(document)


def _is_verse(inside: list[Block]) -> bool:
    """Whether short lines without punctuation and links stand under the title."""
    return len(inside) >= _LINES and not any(block.links for block in inside)


def _says_so(document: Document) -> bool:
    """Whether the page's head says that it is an article."""
    meta = document.meta
    return "articletitle" in meta or meta.get("og:type") == "article" or bool(document.linked_data)


def _thin(document: Document) -> NotArticle:
    """What a page without running text is."""
    if document.tree.css_first("video, embed[src], object[data], [class*=video-player], #video") is not None:
        return NotArticle(kind="video", reason="a film and no text")
    links = sum(len(block.text) >= _TITLE and block.links >= 0.5 * len(block.text) for block in document.blocks)
    if links >= 2 * _LIST:
        return NotArticle(kind="listing", reason=f"{links} lines are links and no text was found")
    if len(document.tree.css("img")) >= _PICTURES:
        return NotArticle(kind="gallery", reason="pictures and no text")
    return NotArticle(kind="empty", reason="no running text was found")
