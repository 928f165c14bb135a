"""Who wrote, edited and first printed an article, where the page's markup says it without a label.

What labels say (来源：…, 作者：…, 责任编辑：…) is read by ``pipelines.text.attribution``; here it is given one element at a
time, so that a value ends where its element does. The rest only the page itself can tell: an element called ``source``
or ``author``, a name beside the date, a reporter in brackets at the head of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.extraction import words
from crawler.extraction.blocks import Block
from crawler.extraction.dateline import DATE
from crawler.extraction.document import Document, where
from crawler.items import Evidence, How
from pipelines.text.attribution import attribute

_AUTHOR = re.compile(r"(?:^|[-_ \d])(?:author|writer|reporter|zuozhe|nick_?name|account|user_?name|editor_?name)(?:$|[-_ \d])", re.I)
_ORIGIN = re.compile(r"(?:^|[-_ ])(?:(?:ent-)?source|laiyuan|origin|media_?name|mediaid|from|ly)(?:$|[-_ \d])", re.I)
_LABEL = re.compile(
    r"来\s*源|來源|稿源|出处|出處|作\s*者|记\s*者|記者|编\s*辑|編輯|撰文|责编|責編|供稿|发布(?:者|单位|机构)|信息提供|文\s*[:：/／]|通讯员|转自|摘自"
)
_COUNTER = re.compile(
    r"\d+\s*(?:人|次|条|個|个|跟|评|評|赞|閱|阅)|评论|評論|参与|參與|阅读|閱讀|浏览|瀏覽|点击|點擊|字号|字號|字体|分享|打印|收藏|举报|推荐|订阅|关注"
    r"|大\s*中\s*小|纠错|原创|優質|优质|扫码|手机|微博|微信|客户端|APP",
    re.IGNORECASE,
)
_TIME_LABEL = re.compile(
    r"(?:发布|發布|發佈|发表|發表|刊登|更新|上传|录入|添加|创建|编辑|最后)?(?:时间|時間|日期|于|於)?\s*[:：]\s*$|^(?:发布|發布|更新|发表)(?:于|於)\s*$"
)
_MEDIUM = re.compile(
    r"(?:网|網|报|報|社|台|臺|电视|電視|新闻|新聞|在线|在線|财经|財經|周刊|週刊|杂志|雜誌|频道|頻道|客户端|官网|传媒|传播|融媒|日报|晚报|发布|政府|局|委|办|厅|中心|News|TV)$"
)
_NAME = r"[\u4e00-\u9fff·]{2,4}"
_NAMES = rf"({_NAME}(?:\s*[、，,\s／/&]\s*{_NAME}){{0,4}})"
_WHO = r"(?:特约|見習|见习|实习|全媒体|融媒体|首席|特派|驻\S{2,4}|駐\S{2,4}|本报|本網|本网|本刊)*(?:记者|記者|通讯员|通訊員|特約記者)"
_IN_BRACKETS = re.compile(rf"[（(〔【\[][^（(〔【\[）)〕】\]。]{{0,16}}?{_WHO}\s*[:：]?\s*{_NAMES}\s*[^（(〔【\[）)〕】\]。]{{0,16}}[）)〕】\]]")
_REPORTING = re.compile(rf"^[^。，]{{0,12}}?{_WHO}\s*{_NAMES}\s*[／/]\s*\S{{0,8}}(?:報導|报导|報道|报道|綜合|综合|电|電)")
_ALONE = re.compile(rf"^\S{{0,8}}?{_WHO}\s+{_NAMES}$")
_NAME_AND_MEDIUM = re.compile(rf"^{_NAMES}\s*[/／|｜]\s*(\S{{2,15}})$")
_NOT_NAMES = frozenset(
    "整合 综合 綜合 报道 報導 报导 報道 摄影 攝影 编译 編譯 摄 文图 图文 通讯员 记者 記者 从近期 获悉 采访 了解 实习生 编辑 整理 发自 专访 評論 评论".split()
)
_META_AUTHOR = ("author", "article:author", "og:article:author", "dable:author", "byl")
_LONGEST = 24
_CODE = re.compile(r"[\s_]*(?<![A-Za-z])[A-Z]{1,4}\d{3,}$")
_PLACEHOLDER = re.compile(r"(?:系统|网站|超级)?管理员|admin\w*|佚名|未知|匿名|本站|小编", re.IGNORECASE)
_PHOTO = re.compile(r"[图圖摄攝]")


_Take = Callable[[str, str | None, How, str], None]
"""Notes a find: field, value, how, where."""


@dataclass(slots=True)
class Credits:
    """What was found; None where nothing says it."""

    origin: str | None = None
    reprinted_from: str | None = None
    author: str | None = None
    editor: str | None = None
    evidence: tuple[Evidence, ...] = ()


def find(document: Document, header: Sequence[Block], text: Sequence[Block], tail: Sequence[Block]) -> Credits:
    """The credits from the blocks between title and text (``header``), behind the text (``tail``), at the head of the
    text and in the meta tags. The national meta tag is believed first, then labels, then names of elements, then
    places."""
    found: dict[str, tuple[str, How, str]] = {}

    def take(name: str, value: str | None, how: How, place: str) -> None:
        if value is not None:
            found.setdefault(name, (value, how, place))

    take("origin", document.meta.get("contentsource"), "meta", "contentsource")
    for block in [*header, *tail]:
        _from_labels(block, take)
    for block in header:
        _from_names(block, take)
    for block in header:
        _from_place(block, take)
    for block in text[:4]:
        take("author", _reporters(block.text), "pattern", where(block.box.node))
    _from_data(document, take)
    return Credits(
        **{name: value for name, (value, _, _) in found.items()},
        evidence=tuple(Evidence(field=name, how=how, where=at, value=value) for name, (value, how, at) in found.items()),
    )


def _from_labels(block: Block, take: _Take) -> None:
    """来源：… and the like; a label whose value stands in the next element is joined with it."""
    place = where(block.box.node)
    pieces = _pieces(block)
    for index, piece in enumerate(pieces):
        line = piece
        if piece.endswith((":", "：")) and index + 1 < len(pieces):
            line = f"{piece}{pieces[index + 1]}"
        said = attribute(line)
        take("origin", said.origin, "pattern", place)
        take("reprinted_from", said.reprinted_from, "pattern", place)
        take("author", said.author, "pattern", place)
        take("editor", _person(said.editor), "pattern", place)


def _pieces(block: Block) -> list[str]:
    """The block's text, an element a piece."""
    node = block.box.block.node
    if _size(node) > 2 * len(block.text) + 20:  # the element holds more than this line
        return [block.text]
    texts = (" ".join(part.text_content.split()) for part in node.traverse(include_text=True) if part.is_text_node and part.text_content)
    return [text for text in texts if text]


def _size(node: LexborNode) -> int:
    """Characters of the element's text, white space aside."""
    return len("".join(node.text().split()))


def _person(name: str | None) -> str | None:
    """The name without the code of the desk: 王某_NB123. None for a code or a placeholder alone."""
    if name is None:
        return None
    name = _CODE.sub("", name).strip(" _-()（）[]【】")
    return name if len(name) >= 2 and not _PLACEHOLDER.fullmatch(name) else None  # noqa: PLR2004


def _from_names(block: Block, take: _Take) -> None:
    """Elements in the block, or around it alone, whose class or id says what they hold."""
    node = block.box.block.node
    inside = node.css("[class], [id], [rel], [itemprop]") if _size(node) <= 300 else []  # noqa: PLR2004 no byline
    for one in inside:
        _from_name(one, one.text(), take)
    for box in islice(block.box.ancestors(), 4):
        if _size(box.node) > len(block.text) + 120:  # noqa: PLR2004 it holds other things too
            break
        _from_name(box.node, block.text, take)


def _from_name(node: LexborNode, text: str, take: _Take) -> None:
    attributes = node.attributes
    names = " ".join(attributes.get(key) or "" for key in ("class", "id", "rel", "itemprop"))
    value = _value(text) if names.strip() else None
    if value is None:
        return
    if _ORIGIN.search(names):
        take("origin", value, "selector", where(node))
    elif _AUTHOR.search(names):
        take("author", value, "selector", where(node))


def _value(text: str) -> str | None:
    """The text as the name of a person or a medium: without date and label; None where it is not one."""
    text = " ".join(DATE.sub(" ", text).split())
    text = re.sub(r"^\W*(?:来源(?:于)?|來源|作者|记者|記者|文)\s*[:：/／]\s*", "", text).strip(" |｜·-—()（）[]【】")
    if not 2 <= len(text) <= _LONGEST or _COUNTER.search(text) or _LABEL.search(text):  # noqa: PLR2004
        return None
    if words.PUNCTUATION.search(text) or not re.search(r"[\u4e00-\u9fffA-Za-z]", text):
        return None
    return text


def _from_place(block: Block, take: _Take) -> None:
    """A name before or behind the date of an unlabelled line: who posted it, or the medium it is from."""
    text = block.text
    place = where(block.box.node)
    both = _NAME_AND_MEDIUM.match(text)
    if both is not None and _MEDIUM.search(both[2]):
        take("author", _people(both[1]), "pattern", place)
        take("origin", both[2], "pattern", place)
        return
    match = DATE.search(text)
    if match is None or len(text) > 120:  # noqa: PLR2004
        return
    before = _TIME_LABEL.sub("", text[: match.start()].strip()).strip()
    after = text[match.end() :].strip()
    reporter = re.search(rf"{_WHO}\s*[:：]?\s*{_NAMES}", after)
    if reporter is not None:
        take("author", _people(reporter[1]), "pattern", place)
        after = after[: reporter.start()].strip()
    if not _LABEL.search(after):
        take("origin", _first_name(after), "pattern", place)
    if before and not _LABEL.search(before):
        name = _first_name(before)
        take("author", name, "pattern", place)
        if name is not None and _MEDIUM.search(name):
            take("origin", name, "pattern", place)


def _first_name(text: str) -> str | None:
    for part in re.split(r"[\s|｜]+", text):
        if _COUNTER.search(part):
            continue
        value = _value(part)
        if value is not None:
            return value
        return None
    return None


def _reporters(text: str) -> str | None:
    """The reporters that the head of the text names in the ways of news agencies."""
    match = _IN_BRACKETS.search(text[:120]) or _REPORTING.match(text[:60]) or (_ALONE.match(text) if len(text) <= 40 else None)  # noqa: PLR2004
    return _people(match[1]) if match is not None and not _PHOTO.search(match[0]) else None


def _people(text: str) -> str | None:
    names = [
        name
        for name in re.split(r"[、，,\s／/&]+", text)
        if name and name not in _NOT_NAMES and not name.endswith(("報導", "报道", "报导", "報道", "电", "電"))
    ]
    return " ".join(names) or None


def _from_data(document: Document, take: _Take) -> None:
    """What the page's head says for machines; numbers and the names of accounts are no authors."""
    author = document.linked_data.get("author")
    for one in author if isinstance(author, list) else [author]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str):
            take("author", _value(name), "json-ld", "author.name")
    for key in _META_AUTHOR:
        name = document.meta.get(key)
        if name is not None and re.fullmatch(_NAMES, name):
            take("author", _people(name), "meta", key)
    for key in ("source", "mediaid", "copyright-source", "article:source"):
        take("origin", _value(document.meta.get(key, "")), "meta", key)
