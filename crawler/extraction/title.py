"""The article's title: what its heading says, checked against what the page says of itself elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.extraction.blocks import Block
from crawler.extraction.cut import is_byline, is_noise
from crawler.extraction.document import Document, where
from crawler.items import How

META = ("articletitle", "og:title", "headline", "twitter:title", "title")
_NAMED = re.compile(r"title|headline|biaoti|(?:^|[-_ ])bt(?:$|[-_ \d])|subject|heading", re.IGNORECASE)
_STYLED = re.compile(
    r"font-weight\s*:\s*(?:bold|[6-9]00)|font-size\s*:\s*(?:1[89]|[23]\d)(?:\.\d+)?p[xt]"
    r"|font-size\s*:\s*(?:1\.[5-9]|2)\d*r?em"
)
_SECOND = re.compile(r"sub-?title|second|subhead|fubiaoti|futi|fbt|(?:^|[-_ ])sub(?:$|[-_ ])", re.IGNORECASE)
_CRUMB = re.compile(
    r"(?:位置|位於|首页|首頁)\s*[:：>›»]|^(?:网站)?首[页頁]\s*(?:[-—|/·]|\S{2,8}$)|(?:>|›|»|→).*(?:>|›|»|→"
    r"|正文)|^[>›»→]"
)
_DELIMITER = re.compile(r"\s*(?:_+|\||｜|–|—{1,2}|-{2,}|\s-\s?|::|«|»|<|>|丨)\s*|(?<=[^\d\sA-Za-z])-(?=[^\d\s])")
_BAR = re.compile(r"\s*(?:_+|\||｜)\s*")
_SITE = re.compile(
    r"网$|網$|网站|網站|新闻|新聞|在线|在線|频道|頻道|政府|门户|官网|报$|報$|日报|晚报|时报|日報|時報|晚報"
    r"|客户端|中心$|平台$|网站$"
    r"|\.(?:com|cn|net|org|tw|hk)|(?:委员会|厅|局|办公室|学会|协会|集团|公司|杂志|传媒|资讯|快讯|要闻|动态|财经"
    r"|体育|娱乐|社会|即時)$",
    re.IGNORECASE,
)
_LONGEST = 150
"""Characters; no title is longer."""


@dataclass(frozen=True, slots=True)
class Found:
    """A title, where it was found, and the block that shows it (None where only the page's head has it)."""

    text: str
    how: How
    where: str
    index: int | None = None


def bare(text: str) -> str:
    """Letters, digits and Han alone, in lower case: what two settings of one title share."""
    return "".join(character for character in text.lower() if character.isalnum())


def without_site(title: str, site: str | None = None) -> str:
    """What <title> says without the names of columns and site behind it (or the site's before it)."""
    first = _BAR.split(title)[0].strip()
    if len(bare(first)) >= 5:  # noqa: PLR2004 bars never stand inside a title
        title = first
    parts = [part.strip() for part in _DELIMITER.split(title)]
    if len(parts) == 1:
        return title.strip()
    kept = title.strip()
    for part in reversed(parts[1:]):
        names_site = part == site or _SITE.search(part) is not None or len(part) <= 6  # noqa: PLR2004 columns are short
        if not part or (names_site and len(part) <= 24):  # noqa: PLR2004
            end = kept.rfind(part) if part else len(kept)
            shorter = _strip_delimiter(kept[:end]) if end > 0 else kept
            if len(bare(shorter)) < 5:  # noqa: PLR2004 what is left is no title
                break
            kept = shorter
        else:
            break
    return kept


def _strip_delimiter(text: str) -> str:
    return text.rstrip(" \t_|｜–—-:«»<>丨")


def anchor(document: Document) -> int | None:
    """The block that is surely the title's: a heading, or named so, that says what <title> or the meta tags say."""
    names = _declared_names(document)
    best: int | None = None
    highest = 5.5
    for index, block in enumerate(document.blocks):
        text = block.text
        if not 4 <= len(text) <= _LONGEST or block.links * 2 > len(text):  # noqa: PLR2004
            continue
        score = _score(block, _whole(document.blocks, index), names)
        if score > highest:
            best, highest = index, score
    return best


def _declared_names(document: Document) -> list[str]:
    names = (document.meta.get("articletitle"), document.meta.get("og:title"), document.heading)
    return [bare(name) for name in names if name]


def declared(document: Document) -> Found | None:
    """The title as the page's head gives it."""
    meta = document.meta
    for name in META:
        if name in meta:
            text = without_site(meta[name], meta.get("sitename") or meta.get("og:site_name"))
            return Found(text, "opengraph" if name.startswith("og:") else "meta", name)
    headline = document.linked_data.get("headline")
    if isinstance(headline, str) and headline.strip():
        return Found(headline.strip(), "json-ld", "headline")
    if document.heading:
        site = meta.get("sitename") or meta.get("og:site_name")
        return Found(without_site(document.heading, site), "meta", "title")
    return None


def find(document: Document, before: int) -> Found | None:
    """The article's title: the best heading among the blocks up to ``before``, where the text begins.

    A heading is believed for its tag, its class, its place close over the text, and for standing in <title> or the
    meta tags. Where no block is convincing, what the page's head says is the title.
    """
    names = _declared_names(document)
    best: Found | None = None
    highest = 2.0
    blocks = document.blocks
    for index in range(min(before, len(blocks))):
        block = blocks[index]
        text = _whole(blocks, index)
        size = len(text)
        if not 4 <= size <= _LONGEST or _CRUMB.search(text) or is_noise(block):  # noqa: PLR2004
            continue
        score = _score(block, text, names)
        if score <= 0 or (is_byline(text) and score < 4):  # noqa: PLR2004
            continue
        score += 1.5 / (1 + (before - index) / 4)
        if any(is_byline(follower.said) for follower in blocks[index + 1 : index + 3]):
            score += 1.0
        if score >= highest:
            best, highest = Found(text, "heuristic", where(block.box.node), index), score
    if best is not None:
        return best
    return declared(document)


def _score(block: Block, text: str, names: list[str]) -> float:
    node = (block.heading or block.box.block).node
    score = 0.0
    if block.heading is not None:
        score += {"h1": 3.0, "h2": 2.0, "h3": 1.5}.get(node.tag or "", 1.0)
    if _NAMED.search(_names(block.box.node)) or _NAMED.search(_names(node)):
        score += 1.5
    if block.bold >= len(text) - 1:
        score += 0.3
    if _STYLED.search(" ".join(box.node.attrs.sget("style") for box in islice(block.box.ancestors(), 3))):
        score += 1.2
    score += _agreement(bare(text), names)
    if block.links > 0.5 * len(text):
        score -= 2.5
    return score


def _agreement(short: str, names: list[str]) -> float:
    """How well a heading agrees with what the page's head says its title is."""
    if len(short) < 4:  # noqa: PLR2004
        return 0.0
    for name in names:
        if short == name:
            return 4.0
        if name.startswith(short):
            return 2.0 + 2.0 * min(1.0, len(short) / 12)
        if len(short) >= 8 and (short in name or (len(name) >= 8 and name in short)):  # noqa: PLR2004
            return 2.5
    return 0.0


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    return f"{attributes.get('id') or ''} {attributes.get('class') or ''}"


def _whole(blocks: list[Block], index: int) -> str:
    """The text of the heading the block begins, where <br> divides it."""
    block = blocks[index]
    home = block.heading
    if home is None or (index and blocks[index - 1].heading is home):
        return block.text
    text = block.text
    for follower in blocks[index + 1 : index + 5]:
        if follower.heading is not home:
            break
        text = f"{text}{follower.text}" if _joins(text, follower.text) else f"{text} {follower.text}"
    return text


def _joins(left: str, right: str) -> bool:
    return not (left[-1:].isascii() and right[:1].isascii())


def subtitle(document: Document, title: Found, before: int) -> str | None:
    """The line under the title that belongs to it: a smaller heading, or one that begins with a dash."""
    if title.index is None:
        return None
    blocks = document.blocks
    home = blocks[title.index].heading
    for block in blocks[title.index + 1 : min(before, title.index + 6)]:
        if home is not None and block.heading is home:
            continue
        text = block.text
        if not 4 <= len(text) <= 80 or is_byline(text) or is_noise(block) or bare(text) == bare(title.text):  # noqa: PLR2004
            continue
        marked = text.startswith(("——", "—", "--", "－－"))
        named = _SECOND.search(_names(block.box.node)) or _SECOND.search(_names(block.box.block.node))
        if (marked or named or block.heading is not None) and block.links == 0:
            return text
    return None
