"""The pages that follow: of a listing and of an article in parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.extraction.document import Document

_NEXT = re.compile(
    r"^\W*(?:下\s*一?\s*[页頁](?:\(\w{1,6}\))?|后一?页|下一?[页頁]\s*[>»›]*|next(?:\s*page)?)\W*$", re.IGNORECASE
)
"""A mirror writes a reading behind the character: 下一頁(yè)."""
_NUMBER = re.compile(r"^\W*(\d{1,4})\W*$")
_ARROW = re.compile(r"^[>›＞]$")
"""Alone it is the next page where the address says so; two of them lead to the last."""
_ATTRIBUTES = ("tagname", "data-href", "data-url", "data-link")
_QUOTED = re.compile(r"""['"]([^'"]{1,500})['"]""")
_ADDRESS = re.compile(r"^(?=.*[/.?])[\w%./~:?&=,;+-]+$")
"""No ``[NEXTPAGE]``, as a last page has it, and no ``{{url}}``."""
_NO_LINK = frozenset({"disabled", "disable", "nolink", "no-link", "nopage", "gray", "layui-disabled"})
_OF = re.compile(
    r"(?:第\s*)?(\d{1,4})\s*[/／]\s*(?:共\s*)?(\d{1,4})\s*页|第\s*(\d{1,4})\s*页\D{0,6}共\s*(\d{1,4})\s*页"
)
_CALL = re.compile(
    r"createPage(?:HTML|Html)?\s*\((?P<home>\s*['\"][^'\"]*['\"]\s*,)?\s*(?P<pages>[\w$.()'\"]{1,60}?)\s*,"
    r"\s*(?P<current>[\w$.()'\"]{1,60}?)\s*,\s*['\"](?P<name>[\w./-]+)['\"]\s*,\s*['\"](?P<ending>\w+)['\"]"
)
"""TRS and its kin write their pager by a script: number of pages, current page, name and ending of the files. With the
name of an element before them they count from 1."""
_MOST_CALLS = 5
"""Calls of a page that are looked at: a column has one."""
_LITERAL = re.compile(r"^(?:parseInt\()?['\"]?(\d{1,5})['\"]?(?:,10)?\)?$")
_PAGES = re.compile(
    r"(?P<named>\b\w*(?:page|total|count)\w*\s*=\s*)?parseInt\(\s*['\"]?(?P<pages>\d{1,5})['\"]?\s*(?:,\s*10\s*)?\)",
    re.IGNORECASE,
)
"""The number of pages, as the sites of a city's departments have it."""
_INDEX = re.compile(
    r"^(?P<folder>[^?#]*/)(?:(?P<name>index|list|default)(?:_(?P<page>\d{1,4}))?\.(?P<ending>s?html?|jhtml))?$"
)
_IN_URL = re.compile(r"(?:[_/-]|page[=/_-]?|[?&]p(?:age|n)?=)(\d{1,4})(?:\.\w+)?(?:/)?$", re.IGNORECASE)
_IN_QUERY = re.compile(r"[?&](?:p|pn|page|page_?(?:no|num|index)|cur(?:rent)?_?page)=(\d{1,4})(?=&|$)", re.IGNORECASE)
_STEM = re.compile(r"(?:/(?:index|default|page))?[_/-]?\d{0,4}(?:\.\w+)?/?$", re.IGNORECASE)


def following(document: Document, anchors: Iterable[LexborNode] | None = None) -> str | None:
    """The address of the page that follows this one in its listing or article, or None on the last.

    ``anchors`` narrows the links to look at; None looks at all. Links named 下一页 (by text, title or picture),
    ``rel=next``, numbered pages and the scripts ``createPageHTML(…)`` and ``parseInt(…)`` are understood. What leads
    back leads nowhere.
    """
    own = document.link(document.url) or document.url
    numbered: dict[int, str] = {}
    current: int | None = None
    for node in anchors if anchors is not None else document.tree.css(_LINKS):
        text = _name(node)
        if len(text) > 12:  # noqa: PLR2004 a title
            continue
        named = node.attrs.get("rel") == "next" or _NEXT.match(text) is not None
        arrow = _ARROW.match(text) is not None
        match = _NUMBER.match(text)
        if not named and not arrow and match is None:
            continue
        url = _target(document, node, own)
        if named and url is not None and not _leads_back(own, url) and not _is_off(node):
            return url
        if arrow and url is not None and _follows(own, url) and not _is_off(node):
            return url
        if match is None:
            continue
        if url is None or url == own or "current" in node.attrs.sget("class") or "active" in node.attrs.sget("class"):
            current = int(match[1])
        else:
            numbered.setdefault(int(match[1]), url)
    return _numbered(document, numbered, current) or _scripted(document) or _counted(document, own)


_LINKS = "a, link[rel=next], span[onclick], button[onclick], li[onclick], [tagname], [data-href]"


def _name(node: LexborNode) -> str:
    """What a link is called: its text, else its title, else its picture's."""
    if node.tag == "link":
        return ""
    text = node.text(strip=True)
    if text:
        return text
    picture = node.css_first("img")
    for one in (node, picture):
        for name in ("title", "aria-label", "alt"):
            if one is not None and (said := one.attrs.sget(name).strip()):
                return said
    return ""


def _target(document: Document, node: LexborNode, own: str) -> str | None:
    """Where a link leads: its address, else what its script or a further attribute names; None for nowhere else."""
    href = node.attrs.sget("href").strip()
    url = document.link(href)
    if url is not None and url != own:
        return url
    scripts = (node.attrs.sget("onclick"), href if href.lower().startswith("javascript:") else "")
    said = [node.attrs.sget(name).strip() for name in _ATTRIBUTES]
    said += [match[1].strip() for script in scripts for match in _QUOTED.finditer(script)]
    links = (document.link(address) for address in said if _ADDRESS.match(address))
    return next((link for link in links if link is not None and link != own), url)


def _is_off(node: LexborNode) -> bool:
    """Whether the link is shown only: of a class that says so, or beside 3/3页."""
    around = node.parent
    for one in (node, around):
        if one is not None and (
            _NO_LINK & set(one.attrs.sget("class").lower().split())
            or "disabled" in one.attributes
            or one.attrs.sget("aria-disabled") == "true"
        ):
            return True
    text = around.text(separator=" ") if around is not None and around.tag not in {"body", "html"} else ""
    match = _OF.search(text) if len(text) <= 400 else None  # noqa: PLR2004 a pager is short
    return match is not None and int(match[1] or match[3]) >= int(match[2] or match[4])


def _page_of(url: str) -> int | None:
    match = _IN_QUERY.search(url) or _IN_URL.search(url)
    return int(match[1]) if match is not None else None


def _stem(url: str) -> str:
    """What the addresses of a listing's pages have in common."""
    path, _, query = url.partition("?")
    return _STEM.sub("", path) + "?" + _IN_QUERY.sub("", f"?{query}").lstrip("?&")


def _leads_back(own: str, url: str) -> bool:
    """Whether the address is this page's or an earlier one's."""
    if url == own:
        return True
    if _stem(url) != _stem(own):
        return False
    here, there = _page_of(own), _page_of(url)
    return here is not None and (there is None or there <= here)


def _follows(own: str, url: str) -> bool:
    """Whether the address is surely a later page of the same listing."""
    return _stem(url) == _stem(own) and (_page_of(url) or 0) > (_page_of(own) or 0)


def _numbered(document: Document, numbered: dict[int, str], current: int | None) -> str | None:
    """The numbered page behind the current one; which is current the page, its address or the gap in the row tells."""
    if not numbered:
        return None
    if current is None:
        match = _IN_URL.search(document.url)
        if match is not None and int(match[1]) not in numbered:
            current = int(match[1])
        else:  # the page that is not a link is this one
            missing = [number for number in range(1, max(numbered)) if number not in numbered]
            if len(missing) != 1:
                return None
            current = missing[0]
    return numbered.get(current + 1)


def _scripted(document: Document) -> str | None:
    if b"createPage" not in document.html:
        return None
    html = document.html.decode()
    for match in islice(_CALL.finditer(html), _MOST_CALLS):
        pages, current = _value(html, match["pages"], match.start()), _value(html, match["current"], match.start())
        if pages is None or current is None:
            continue
        if current + 1 >= pages + (match["home"] is not None):
            return None
        return document.link(f"{match['name']}_{current + 1}.{match['ending']}")
    return None


def _value(html: str, said: str, before: int) -> int | None:
    """The number that a script's expression is: itself, or what its variable was set to last."""
    literal = _LITERAL.match(said)
    if literal is not None:
        return int(literal[1])
    if not re.fullmatch(r"[\w$]+", said):
        return None
    setting = re.compile(rf"(?<![\w$.]){re.escape(said)}\s*=\s*(?:parseInt\(\s*)?['\"]?(\d{{1,5}})\b")
    found = [match[1] for match in setting.finditer(html, 0, before)] or [m[1] for m in setting.finditer(html, before)][
        :1
    ]
    return int(found[-1]) if found else None


def _counted(document: Document, own: str) -> str | None:
    """The following page of a column whose script says only how many there are: index.shtml, index_2.shtml, …"""
    match = _INDEX.match(document.url) or _INDEX.match(own)
    if match is None or b"parseInt(" not in document.html:
        return None
    found = [one for script in document.tree.css("script") for one in _pages_in(script.text())]
    counts = {int(one["pages"]) for one in found if one["named"]} or {int(one["pages"]) for one in found}
    if len(counts) != 1:
        return None
    name, ending = match["name"] or "index", match["ending"] or _ending(document.html)
    from_zero = f"{name}_1.".encode() in document.html
    pages, current = counts.pop(), int(match["page"] or (0 if from_zero else 1))
    if current + from_zero >= pages:
        return None
    return document.link(f"{match['folder']}{name}_{current + 1}.{ending}")


def _ending(html: bytes) -> str:
    """How the files of the site end, where the page's own address does not say: as most links do."""
    counts = {ending: html.count(f".{ending}".encode()) for ending in ("shtml", "html", "jhtml", "htm")}
    counts["htm"] -= counts["html"]
    return max(counts, key=lambda ending: counts[ending])


def _pages_in(script: str) -> Iterator[re.Match[str]]:
    """The numbers that a script may mean by its pages; none in one that does not speak of pages."""
    return iter(()) if "page" not in script.lower() else _PAGES.finditer(script)
