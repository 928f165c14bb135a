"""Whether a page is an article at all, and if not, what it is."""

from __future__ import annotations

import re

from crawler.extraction import body, title
from crawler.extraction.document import Document
from crawler.items import NotArticle

_ERROR = re.compile(
    r"^\W*(?:404|403|500|502|503)\b|(?:页面|頁面|网页|文章|内容|信息|您访问的\S{0,4})(?:不存在|找不到|已(?:被)?删除|已下线|出错)|找不到(?:页面|网页|頁面)"
    r"|not found|forbidden|bad gateway|service unavailable|访问(?:出错|受限|被拒绝)|系统(?:出错|错误|维护)|无法访问|安全验证|访问验证",
    re.IGNORECASE,
)
_LIST_TYPE = re.compile(r"列表|目录|首页")
_ENOUGH = 30
"""Characters of running text that make an article where nothing else speaks for one."""
_ENOUGH_UNDER_TITLE = 8
"""The same, under a heading that is surely the title."""


def refuse(
    document: Document, found: body.Body | None, heading: title.Found | None, *, sure: bool
) -> NotArticle | None:
    """Why the page is no article; None where it is one. ``sure`` says that the heading surely is the page's title."""
    blocks = document.blocks
    inside = blocks[found.start : found.stop] if found is not None else []
    text = sum(body.weight(block) for block in inside)
    links = [block for block in inside if len(block.text) >= 8 and block.links >= 0.8 * len(block.text)]  # noqa: PLR2004
    elsewhere = sum(len(block.text) >= 8 and block.links >= 0.5 * len(block.text) for block in blocks)  # noqa: PLR2004
    declared = (
        "articletitle" in document.meta or document.meta.get("og:type") == "article" or bool(document.linked_data)
    )
    head = heading.text if heading is not None else document.heading
    if not blocks:
        scripted = len(document.tree.css("script")) > 0
        return NotArticle(
            kind="empty", reason="the page has no text; it is made by scripts" if scripted else "the page has no text"
        )
    if text < 200 and _ERROR.search(f"{document.heading}\n{head}") and not declared:  # noqa: PLR2004
        return NotArticle(kind="error-page", reason=f"the page says {head!r}")
    if len(links) >= 4 and len(links) >= 0.3 * len(inside) and not declared:  # noqa: PLR2004
        return NotArticle(kind="listing", reason=f"{len(links)} of {len(inside)} lines of its main part are links")
    if heading is None:
        return NotArticle(kind="other", reason="no title was found")
    if text < (_ENOUGH_UNDER_TITLE if sure else _ENOUGH):
        if document.tree.css_first("video, embed[src], object[data], [class*=video-player], #video") is not None:
            return NotArticle(kind="video", reason="a film and no text")
        if elsewhere >= 8 and not declared:  # noqa: PLR2004
            return NotArticle(kind="listing", reason=f"{elsewhere} lines are links and no text was found")
        if len(document.tree.css("img")) >= 6 and not declared:  # noqa: PLR2004
            return NotArticle(kind="gallery", reason="pictures and no text")
        if not declared:
            return NotArticle(kind="empty", reason="no running text was found")
    return None
