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
_NAMED = re.compile(r"title|headline|biaoti|(?:^|[-_ ])(?:bt|tit)(?:$|[-_ \d])|subject|heading", re.IGNORECASE)
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
_DECLARED = 600
"""Characters of what the page's head says that are looked at, title and names of sites: more is stuffed with words."""
_LINES = 6
"""Lines on which one title stands, at most."""
_MARKUP = re.compile(r"<[^<>]{1,40}>|&nbsp;")
"""Some sites write the line break of a title into its meta tag."""
_BEHIND_BAR = re.compile(r"\s*[_|｜]")
_BEHIND_DASH = re.compile(r"\s*(?:[_|｜]|\s-+\s|(?<=[^\d\sA-Za-z])-+(?=[^\d\s-]))")
"""What stands in <title> between an article's title and the names of column and site."""
_ISSUER = (
    *(
        "政府",
        "委员会",
        "委員會",
        "办公室",
        "辦公室",
        "办公厅",
        "辦公廳",
        "厅",
        "廳",
        "局",
        "院",
        "部",
        "委",
        "人大",
        "政协",
    ),
    *("总队", "支队", "中心", "集团", "公司"),
)
"""How the names of those who issue documents end."""
_OF_ISSUER = re.compile(
    r"^(?:关于|關於|印发|印發|转发|轉發|批转|批轉)|^(?:公告|通告|通知|公示|决定|決定|命令|令|意见|意見|通报|通報)$"
)
"""The line under the issuers of a document with which its title goes on."""


@dataclass(frozen=True, slots=True)
class Found:
    """A title, where it was found, and the block that shows it (None where only the page's head has it)."""

    text: str
    how: How
    where: str
    index: int | None = None
    end: int | None = None
    """Its last block, where it stands on several lines."""

    @property
    def last(self) -> int | None:
        """The block behind which the page goes on."""
        return self.index if self.end is None else self.end


@dataclass(frozen=True, slots=True)
class _Name:
    """A title as the page's head declares it."""

    short: str
    cut: bool
    """Whether it ends with dots: the page says more."""
    bars: frozenset[int]
    dashes: frozenset[int]
    """After how many of its characters the names of column and site may begin."""

    def goes_on(self, said: str, new: str, *, apart: bool) -> bool:
        """Whether ``new`` continues it where it has come to ``said``; ``apart`` if it stands in another element."""
        if len(said) in (self.dashes if apart else self.bars):
            return False
        joined = said + new
        return self.short.startswith(joined) or (self.cut and len(said) < len(self.short) and self.is_said(joined))

    def is_said(self, joined: str) -> bool:
        """Whether that is all of it."""
        return joined == self.short or (self.cut and joined.startswith(self.short))


def bare(text: str) -> str:
    """Letters, digits and Han alone, in lower case: what two settings of one title share."""
    return "".join(character for character in text.lower() if character.isalnum())


def _plain(declared: str) -> str:
    """A title as the page's head declares it, without markup."""
    return _MARKUP.sub("", declared[:_DECLARED])


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
    """The block that is surely the title's last: of a heading, or named so, that says what <title> or the meta tags
    say.
    """
    names, whole = _declared_names(document), _whole_names(document)
    best: int | None = None
    highest = 5.5
    for index, block in enumerate(document.blocks):
        text = block.text
        if not 4 <= len(text) <= _LONGEST or block.links * 2 > len(text):  # noqa: PLR2004
            continue
        last = _extent(document.blocks, index, whole)
        score = _score(document.blocks[index : last + 1], _joined(document.blocks[index : last + 1]), names)
        if score > highest:
            best, highest = last, score
    return best


def _declared_names(document: Document) -> list[str]:
    names = (document.meta.get("articletitle"), document.meta.get("og:title"), document.heading)
    return [bare(_plain(name)) for name in names if name]


def _whole_names(document: Document) -> list[_Name]:
    """The declared titles by which a title on several lines is put together, with and without the site's name."""
    meta = document.meta
    headline = document.linked_data.get("headline")
    said = [meta.get("articletitle"), meta.get("og:title"), document.heading, headline]
    site = meta.get("sitename") or meta.get("og:site_name")
    found: dict[str, _Name] = {}
    for raw in said:
        text = _plain(raw).strip() if isinstance(raw, str) else ""
        for form in (text, without_site(text, site)):
            short = bare(form)
            if short:
                found.setdefault(
                    short,
                    _Name(
                        short=short,
                        cut=form.endswith(("…", "...")),
                        bars=frozenset(len(bare(form[: match.start()])) for match in _BEHIND_BAR.finditer(form)),
                        dashes=frozenset(len(bare(form[: match.start()])) for match in _BEHIND_DASH.finditer(form)),
                    ),
                )
    return list(found.values())


def declared(document: Document) -> Found | None:
    """The title as the page's head gives it."""
    meta = document.meta
    for name in META:
        if name in meta:
            text = without_site(_plain(meta[name]), meta.get("sitename") or meta.get("og:site_name"))
            return Found(text, "opengraph" if name.startswith("og:") else "meta", name)
    headline = document.linked_data.get("headline")
    if isinstance(headline, str) and headline.strip():
        return Found(_plain(headline).strip(), "json-ld", "headline")
    if document.heading:
        site = meta.get("sitename") or meta.get("og:site_name")
        return Found(without_site(_plain(document.heading), site), "meta", "title")
    return None


def find(document: Document, before: int) -> Found | None:
    """The article's title: the best heading among the blocks up to ``before``, where the text begins.

    A heading is believed for its tag, its class, its place close over the text, and for standing in <title> or the
    meta tags. One on several lines is one title. Where no block is convincing, what the page's head says is the title.
    """
    names, whole = _declared_names(document), _whole_names(document)
    best: Found | None = None
    highest = 2.0
    covered = -1
    blocks = document.blocks
    for index in range(min(before, len(blocks))):
        block = blocks[index]
        if len(block.text) > _LONGEST:
            continue
        last = _extent(blocks, index, whole)
        lines = blocks[index : last + 1]
        text = _joined(lines)
        if index <= covered and not any(name.is_said(bare(text)) for name in whole):
            continue  # a later line of a title is none by itself, unless the page's head says so
        if last > index or block.heading is not None:
            covered = max(last, _end_of_heading(blocks, index))
        size = len(text)
        if not 4 <= size <= _LONGEST or _CRUMB.search(text) or is_noise(block):  # noqa: PLR2004
            continue
        score = _score(lines, text, names)
        if score <= 0 or (is_byline(text) and score < 4):  # noqa: PLR2004
            continue
        score += 1.5 / (1 + (before - index) / 4)
        if any(is_byline(follower.said) for follower in blocks[last + 1 : last + 3]):
            score += 1.0
        if score >= highest:
            best, highest = Found(text, "heuristic", where(block.box.node), index, last), score
    if best is not None:
        return best
    return declared(document)


def _score(lines: list[Block], text: str, names: list[str]) -> float:
    """How much speaks for the lines as the title: the look of the one that looks most like it, and what they say."""
    score = max(_look(block) for block in lines) + _agreement(bare(text), names)
    if sum(block.links for block in lines) > 0.5 * len(text):
        score -= 2.5
    return score


def _look(block: Block) -> float:
    node = (block.heading or block.box.block).node
    score = 0.0
    if block.heading is not None:
        score += {"h1": 3.0, "h2": 2.0, "h3": 1.5}.get(node.tag or "", 1.0)
    if _NAMED.search(_names(block.box.node)) or _NAMED.search(_names(node)):
        score += 1.5
    if block.bold >= len(block.text) - 1:
        score += 0.3
    if _STYLED.search(" ".join(box.node.attrs.sget("style") for box in islice(block.box.ancestors(), 3))):
        score += 1.2
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


def _extent(blocks: list[Block], index: int, whole: list[_Name]) -> int:
    """The last line of the title that the block begins.

    Lines of one element, and of neighbours, go on as long as they say what the page's head declares. Where it
    declares nothing like it, the lines of one heading are one title, and so are a document's issuers and what they
    issue.
    """
    last, issue = _end_of_heading(blocks, index), _end_of_issue(blocks, index)
    exact, fitting = _said_until(blocks, index, whole)
    if exact in {None, index} and issue > (index if fitting is None else fitting):
        return issue  # what the head declares may be the site's name, which is an issuer's too
    if fitting is not None and fitting >= last:
        return fitting
    return exact if exact is not None else last


def _end_of_heading(blocks: list[Block], index: int) -> int:
    home = blocks[index].heading
    last = index
    if home is None or (index and blocks[index - 1].heading is home):
        return last
    for follower in blocks[index + 1 : index + _LINES]:
        if follower.heading is not home or is_byline(follower.said):
            break
        last += 1
    return last


def _said_until(blocks: list[Block], index: int, whole: list[_Name]) -> tuple[int | None, int | None]:
    """The line to which the lines are all of a declared title, and the one to which they are at least its beginning."""
    exact = fitting = None
    said = ""
    first = blocks[index]
    begins = next(filter(str.isalnum, first.text.lower()), "")
    whole = [name for name in whole if name.short[0] == begins]
    if not whole:
        return None, None
    of_kind = True
    for place in range(index, min(index + _LINES, len(blocks))):
        block = blocks[place]
        new = bare(block.text)
        apart = place > index and not _is_same(first, block)
        if not new or (apart and (block.links or first.links)):
            break
        whole = [name for name in whole if name.goes_on(said, new, apart=apart)]
        if not whole:
            break
        said += new
        of_kind = of_kind and (not apart or _is_akin(first, block))
        if any(name.is_said(said) for name in whole):
            exact = place
        if of_kind or exact == place:
            fitting = place
    return exact, fitting


def _end_of_issue(blocks: list[Block], index: int) -> int:
    """The last line of a document's title whose first lines name its issuers: 攀枝花市人民政府 / 关于…的意见."""
    first = blocks[index]
    for place in range(index, min(index + _LINES, len(blocks)) - 1):
        block, follower = blocks[place], blocks[place + 1]
        if not block.said.endswith(_ISSUER) or len(block.said) > 30:  # noqa: PLR2004 a name, no sentence
            break
        if block.links or follower.links or not (_is_same(first, follower) or _is_akin(first, follower)):
            break
        if _OF_ISSUER.search(follower.said):
            return place + 1
    return index


def _is_same(one: Block, other: Block) -> bool:
    """Whether both are lines of one element."""
    if one.heading is not None or other.heading is not None:
        return one.heading is other.heading
    return one.box.block is other.box.block


def _is_akin(one: Block, other: Block) -> bool:
    """Whether both stand side by side in elements of one kind."""
    left, right = (one.heading or one.box.block), (other.heading or other.box.block)
    return left.node.tag == right.node.tag and left.parent is right.parent


def _joined(lines: list[Block]) -> str:
    text = lines[0].text
    for line in lines[1:]:
        text = f"{text}{line.text}" if _joins(text, line.text) else f"{text} {line.text}"
    return text


def _joins(left: str, right: str) -> bool:
    return not (left[-1:].isascii() and right[:1].isascii())


def subtitle(document: Document, title: Found, before: int) -> str | None:
    """The line under the title that belongs to it: a smaller heading, or one that begins with a dash."""
    if title.last is None:
        return None
    blocks = document.blocks
    for block in blocks[title.last + 1 : min(before, title.last + 6)]:
        text = block.text
        if not 4 <= len(text) <= 80 or is_byline(text) or is_noise(block) or bare(text) == bare(title.text):  # noqa: PLR2004
            continue
        marked = text.startswith(("——", "—", "--", "－－"))
        named = _SECOND.search(_names(block.box.node)) or _SECOND.search(_names(block.box.block.node))
        if (marked or named or block.heading is not None) and block.links == 0:
            return text
    return None
