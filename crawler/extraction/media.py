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
from crawler.urls import canonical

_GENERIC = re.compile(
    r"^[\s\[【（(]*(?:点击|點擊)?(?:此处|这里)?(?:下载|下載|查看|附件\d*|download)(?:附件|文件)?[\s\]】）)：:]*$",
    re.IGNORECASE,
)
_FRAMES = frozenset({"iframe", "embed", "object"})
_SHOWS = "iframe[src], iframe[data-src], embed[src], object[data]"
_OFFERS = f"a[href], a[onclick], button[onclick], span[onclick], {_SHOWS}"
_ADDRESSES = ("href", "src", "data", "data-src")
_PAGE = re.compile(r"\.[sj]?html?(?:[?#]|$)|/$|^#|^$", re.IGNORECASE)
"""The address of a page: its link may be called like a file."""
_PAGES = ("/", ".html", ".htm", ".shtml", ".jhtml")
_QUOTED = re.compile(r"""['"]([^'"]{3,500})['"]""")
_FILE_NAME = re.compile(
    r"[^\s.]\.(pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|csv|rtf)\s*(?:[（(【\[][^（()）]{1,20}[)）】\]])?\s*$",
    re.IGNORECASE,
)
"""The name of a file, with its size or 下载 behind it."""
_VIEWER = re.compile(r"viewer|pdf\.?js|preview", re.IGNORECASE)
_GIVEN = re.compile(r"[?&](?:file|url|src|pdf|path)=([^&#]+)", re.IGNORECASE)
_OF_SITE = re.compile(
    r"foot|copyright|side-?bar|friend-?link|(?:^|[-_ ])(?:nav|navbar|menu|header|top|topbar|banner)(?:$|[-_ \d])",
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


def attachments(
    document: Document, root: LexborNode, *, text: LexborNode | None = None, foot: LexborNode | None = None
) -> tuple[Attachment, ...]:
    """The files that links inside ``root`` lead to, or that it shows in frames, once each.

    Outside the element ``text`` not those in menus and the like, nor those from the element ``foot`` on: what stands
    there is the site's.
    """
    offers = [(node, offered) for node in root.css(_OFFERS) if (offered := _offered(document, node)) is not None]
    if foot is not None and text is not None and _is_within(foot, text.mem_id):
        text = None  # it is all of the page
    outside = [node for node, _ in offers if text is None or not _is_within(node, text.mem_id)]
    of_site = {node.mem_id for node in outside if _is_site_s(node, root.mem_id)}
    if foot is not None and outside:
        over = _before(document.root, foot.mem_id)
        of_site.update(node.mem_id for node in outside if node.mem_id not in over)
    found: dict[str, Attachment] = {}
    for frames in (False, True):  # a link says more of a file than the frame that shows it
        for node, (url, kind) in offers:
            if (node.tag in _FRAMES) is frames and node.mem_id not in of_site and url not in found:
                name = _shown_name(node, url) if frames else _name(node, url)
                found[url] = Attachment(url=url, name=name, kind=kind)
    return tuple(found.values())


def shows_file(document: Document) -> bool:
    """Whether the page shows a file in a frame: a document that is its text."""
    return any(_offered(document, node) is not None for node in document.tree.css(_SHOWS))


def offers_file(document: Document) -> bool:
    """Whether any link of the page leads to a file, or a frame shows one."""
    return any(_offered(document, node) is not None for node in document.tree.css(_OFFERS))


def _offered(document: Document, node: LexborNode) -> tuple[str, str] | None:
    """Address and kind of the file that the link or frame offers; None where it is none."""
    attributes = node.attributes
    href = next((href for name in _ADDRESSES if (href := (attributes.get(name) or "").strip())), "")
    script = attributes.get("onclick") or ""
    if href[:11].lower() == "javascript:":
        script += href
    # Most links are of pages, and that is told at once.
    plain = not script and href.endswith(_PAGES) and not any(sign in href for sign in "?#&")
    return None if plain else _file(document, node, href, script)


def _file(document: Document, node: LexborNode, href: str, script: str) -> tuple[str, str] | None:
    """As ``_offered``: by an address, by what a script is given, or by what the link is called."""
    if _VIEWER.search(href) is not None and (url := document.link(href)) is not None and (viewed := _viewed(url)):
        return viewed
    match = FILE.search(href)
    if match is not None and (url := document.link(href)) is not None:
        return url, match[1].lower()
    for said in _QUOTED.finditer(script):
        match = FILE.search(said[1])
        if match is not None and (url := document.link(said[1].strip())) is not None:
            return url, match[1].lower()
    if node.tag != "a" or _PAGE.search(href) is not None:
        return None
    attributes = node.attributes
    for name in (attributes.get("download") or "", flat(node), attributes.get("title") or ""):
        match = _FILE_NAME.search(name) if "." in name else None
        if match is not None and not name.lower().startswith(("http:", "https:", "www.")):
            url = document.link(href)
            return (url, match[1].lower()) if url is not None and url != document.link(document.url) else None
    return None


def _viewed(url: str) -> tuple[str, str] | None:
    """The file that a viewer in the page is given: …/pdfjs/web/viewer.html?file=/f/x.pdf."""
    if _VIEWER.search(url.partition("?")[0]) is None:
        return None
    match = _GIVEN.search(url)
    given = unquote(match[1]) if match is not None else ""
    kind = FILE.search(given)
    link = canonical(given, url) if kind is not None else None
    return (link, kind[1].lower()) if kind is not None and link is not None else None


def _is_within(node: LexborNode, element: int) -> bool:
    above: LexborNode | None = node
    while above is not None and above.mem_id != element:
        above = above.parent
    return above is not None


def _is_site_s(node: LexborNode, root: int) -> bool:
    """Whether the link stands in a menu, a side bar or the foot of the site."""
    above = node.parent
    while above is not None and above.mem_id != root:
        if above.tag in {"footer", "nav", "aside"}:
            return True
        if _OF_SITE.search(f"{above.attrs.sget('id')} {above.attrs.sget('class')}"):
            return True
        above = above.parent
    return False


def _before(root: LexborNode, element: int) -> set[int]:
    """The elements of the page before this one."""
    over: set[int] = set()
    for node in root.traverse():
        if node.mem_id == element:
            break
        over.add(node.mem_id)
    return over


def _shown_name(node: LexborNode, url: str) -> str:
    title = " ".join(node.attrs.sget("title").split())
    return title or unquote(basename(urlsplit(url).path)) or url


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
