"""Images with captions, and files that an article offers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction.blocks import flat
from crawler.extraction.document import Document
from crawler.extraction.words import FILE
from crawler.items import Attachment, Image

_GENERIC = re.compile(
    r"^[\s\[【（(]*(?:点击|點擊)?(?:此处|这里)?(?:下载|下載|查看|附件\d*|download)(?:附件|文件)?[\s\]】）)：:]*$",
    re.IGNORECASE,
)
_SOURCES = ("data-original", "data-src", "data-lazy-src", "data-echo", "original", "_src", "src")
_CAPTION = re.compile(
    r"^\s*(?:[▲△↑▼■]|图[为：:/／一二三四五\d]|圖[為：:/／]|\(图|（图|（圖)|(?:摄|攝|供图|供圖|资料图"
    r"|資料圖)[)）。]?\s*$"
)
_NO_PICTURE = re.compile(
    r"(?:icon|logo|qrcode|qr_?code|erweima|blank|spacer|loading|placeholder|1x1|weixin|wechat|share)", re.IGNORECASE
)


def attachments(document: Document, root: LexborNode) -> tuple[Attachment, ...]:
    """The files that links inside ``root`` lead to, once each."""
    found: dict[str, Attachment] = {}
    for node in root.css("a[href]"):
        href = node.attrs.sget("href")
        match = FILE.search(href)
        if match is None:
            continue
        url = document.link(href)
        if url is None or url in found:
            continue
        found[url] = Attachment(url=url, name=_name(node, url), kind=match[1].lower())
    return tuple(found.values())


def _name(node: LexborNode, url: str) -> str:
    text = flat(node)
    title = " ".join(node.attrs.sget("title").split())
    for name in (text, title):
        if name and not _GENERIC.match(name):
            return name
    above = node.parent
    around = flat(above) if above is not None else ""
    around = around.replace(text, "").strip(" ：:[]【】()（）")
    if 2 <= len(around) <= 80:  # noqa: PLR2004
        return around
    return unquote(basename(urlsplit(url).path)) or text or url


def images(document: Document, root: LexborNode, skip: Iterable[LexborNode] = ()) -> tuple[Image, ...]:
    """The pictures inside ``root`` with what stands under them, less those inside the elements ``skip``."""
    found: dict[str, Image] = {}
    skipped = {node.mem_id for inner in skip for node in inner.css("img")}
    for node in root.css("img"):
        if node.mem_id in skipped:
            continue
        attributes = node.attributes
        url = next((link for name in _SOURCES if (link := document.link(attributes.get(name)))), None)
        if url is None or url in found or _NO_PICTURE.search(basename(urlsplit(url).path)):
            continue
        found[url] = Image(url=url, caption=_caption(node))
    return tuple(found.values())


def _caption(node: LexborNode) -> str | None:
    above = node.parent
    for _ in range(4):
        if above is None:
            break
        if above.tag == "figure":
            caption = above.css_first("figcaption")
            if caption is not None:
                return flat(caption) or None
        own = flat(above)
        if own:
            return own if len(own) <= 120 and _CAPTION.search(own) else None  # noqa: PLR2004
        follower = above.next
        while follower is not None and not follower.is_element_node:
            follower = follower.next
        if follower is not None:
            text = flat(follower)
            if text:
                return text if len(text) <= 120 and _CAPTION.search(text) else None  # noqa: PLR2004
        above = above.parent
    return None
