"""Who wrote, edited and first printed an article.

What labels say (来源：…, 作者：…, 责任编辑：…) is read by ``pipelines.text.attribution``; here it is given one
element at a time, so that a value ends where its element does. The rest only the page itself can tell: an element
called ``source`` or ``author``, a name beside the date, a reporter in brackets at the head of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from selectolax.lexbor import LexborNode

from crawler.extraction import words
from crawler.extraction.blocks import Block, pieces
from crawler.extraction.dateline import DATE
from crawler.extraction.document import Document, where
from crawler.items import Evidence, How
from pipelines.text.attribution import attribute
from pipelines.text.dates import SHORT

_AUTHOR = re.compile(
    r"(?:^|[-_ \d])(?:author|writer|reporter|zuozhe|nick_?name|account|user_?name)(?:$|[-_ \d])", re.IGNORECASE
)
_ORIGIN = re.compile(r"(?:^|[-_ ])(?:source|laiyuan|origin|media_?name|mediaid|from|ly)(?:$|[-_ \d])", re.IGNORECASE)
"""Names of elements that hold an author, or a medium."""

_LABEL = re.compile(
    r"来\s*源|來源|稿源|出处|出處|作\s*者|记\s*者|記者|编\s*辑|編輯|撰文|责编|責編|供稿|发布(?:者|人|员|单位|机构)"
    r"|信息提供|文\s*[:：/／]"
    r"|通讯员|转自|轉自|转载自|轉載自|摘自"
)
_BEFORE_LABEL = re.compile(r"\s+(?=[^\s:：]{2,6}\s?[:：])")
_BAR = re.compile(r"^(\W*(?:责任编辑|責編|责编|编辑|作者|来源|审核|校对|文))\s*[|｜丨]\s*")
_TIME_LABEL = re.compile(
    r"(?:发布|發布|發佈|发表|發表|刊登|出版|更新|上传|录入|添加|创建|编辑|最后)?(?:时间|時間|日期|于|於)?\s*[:：]\s*$"
    r"|^(?:发布|發布|更新|发表)(?:于|於)\s*$"
)
_WEEKDAY = re.compile(r"星期[一二三四五六日天]|週[一二三四五六日]")
_COUNTER = re.compile(
    r"\d+\s*(?:人|次|条|個|个|跟|评|評|赞|閱|阅)|评论|評論|参与|參與|阅读|閱讀|浏览|瀏覽|点击|點擊|字号|字號"
    r"|字体|分享|打印|收藏|举报"
    r"|推荐|订阅|关注|大\s*中\s*小|纠错|原创|優質|优质|扫码|手机|微博|微信|客户端|APP",
    re.IGNORECASE,
)
"""Tools and counters that stand in the same lines."""

_MEDIUM = re.compile(
    r"(?:网|網|报|報|社|台|臺|电视|電視|新闻|新聞|在线|在線|财经|財經|周刊|週刊|杂志|雜誌|频道|頻道|客户端|官网"
    r"|传媒|传播|融媒|发布|政府"
    r"|局|委|办|厅|中心|News|TV)$"
)
_NAME = r"[\u4e00-\u9fff·]{2,4}"
_NAMES = rf"({_NAME}(?:\s*[、，,\s&]\s*{_NAME}){{0,4}})"
_WHO = r"(?:特约|见习|見習|实习|實習|全媒体|融媒体|首席|特派|本报|本報|本网|本網|本刊)*(?:记者|記者|通讯员|通訊員)"
_REPORTER = re.compile(rf"^\s*\S{{0,16}}?{_WHO}\s*[:：]?\s*")
_IN_BRACKETS = re.compile(
    rf"[（(〔【\[][^（(〔【\[）)〕】\]。]{{0,16}}?{_WHO}\s*[:：]?\s*([^（(〔【\[）)〕】\]。，：:]{{2,40}})[）)〕】\]]"
)
_REPORTING = re.compile(
    rf"^[^。，]{{0,14}}?{_WHO}\s*{_NAMES}\s*(?:[／/]\s*\S{{0,8}})?(?:報導|报导|報道|报道|綜合|综合|电|電)(?:$"
    rf"|[\s:：])"
)
_ALONE = re.compile(rf"^\S{{0,8}}?{_WHO}\s+{_NAMES}(?=$|\s)")
_DESK = re.compile(rf"^[\u4e00-\u9fff]{{2,6}}[／/]{_NAMES}(?:[／/]\S{{1,8}}?)?(?:綜合|综合|整理)?(?:報導|报道|報道)$")
"""Desk and name: 財經中心／某某報導."""
_AT_END = re.compile(rf"[（(]{_NAMES}[／/]\S{{1,8}}?(?:報導|报道|報道)[)）]$")
_BESIDE = re.compile(rf"{_WHO}\s*[:：]?\s*{_NAMES}")
_LEADING = re.compile(rf"^([\u4e00-\u9fff]{{2,8}}?)\s+{_WHO}\s*[\u4e00-\u9fff]")
"""A medium before its reporter: 某某報 記者某某／某地報導."""
_NAME_AND_MEDIUM = re.compile(rf"^{_NAMES}\s*[/／|｜]\s*(\S{{2,15}})$")
_CABLE = re.compile(
    r"^(?=([\u4e00-\u9fff]{2,3}))(?:\1[\u4e00-\u9fff]{2,3}?(?:\d{1,2}月)?\d{1,2}日?(?:電|电)"
    r"|[\u4e00-\u9fff]{5,6}?(?:綜合|综合|即時)?(?:報導|报道|報道))$"
)
"""Name, place and day of a news agency's cable, or a paper's: 王某某成都11日電, 王某某台北報導."""
_NOT_NAMES = frozenset(
    [
        "整合",
        "综合",
        "綜合",
        "报道",
        "報導",
        "报导",
        "報道",
        "摄影",
        "攝影",
        "编译",
        "編譯",
        "文图",
        "图文",
        "通讯员",
        "记者",
        "記者",
        "从近期",
        "获悉",
        "采访",
        "了解",
        "编辑",
        "整理",
        "发自",
        "专访",
    ]
)
_OTHERWISE = ("報導", "报道", "报导", "報道", "电", "電", "机场", "機場")
_AFFILIATED = re.compile(
    r"^([\u4e00-\u9fff]{2,4}?)(?:中国|中共|国家|国务院|全国|清华|复旦|北京|上海|天津|重庆|南京|武汉|广州|深圳"
    r"|西安|成都|浙江|四川|江苏"
    r"|山东|广东|湖北|湖南|河南|河北|福建|安徽|江西|云南|贵州|辽宁|吉林|陕西|甘肃|南开|同济|厦门|中央)"
    r"\S*(?:大学|学院|研究院|研究所|中心|教授|研究员|主任|院长|所长|局长|会长|专家|学者|书记|主席)$"
)
"""A name with its bearer's institution behind it."""
_CODE = re.compile(r"[\s_]*(?<![A-Za-z])[A-Z]{1,4}\d{3,}$")
_PLACEHOLDER = re.compile(r"(?:系统|网站|超级)?管理员|admin\w*|佚名|未知|匿名|本站|小编", re.IGNORECASE)
_HOST = re.compile(r"\.(?:cn|com|net|org|gov|tw|hk)\b|://", re.IGNORECASE)
_PHOTO = re.compile(r"[图圖摄攝]")
_META_AUTHOR = ("author", "article:author", "og:article:author", "dable:author", "byl")
_META_ORIGIN = ("source", "mediaid", "copyright-source", "article:source")
_LONGEST = 24
"""Characters; a longer text is no name."""
_BYLINE = 300
"""Characters; an element with more is no byline."""

Take = Callable[[str, str | None, How, str], None]
"""Notes a find: field, value, how, where. The first find of a field stays."""


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
    places.
    """
    found: dict[str, tuple[str, How, str]] = {}

    def take(name: str, value: str | None, how: How, place: str) -> None:
        if value is not None:
            found.setdefault(name, (value, how, place))

    take("origin", document.meta.get("contentsource"), "meta", "contentsource")
    responsible = sorted(tail, key=lambda block: "责" not in block.said and "責" not in block.said)
    for block, behind in zip_longest(header, header[1:]):
        _from_labels(block, take)
        if behind is not None and _is_label_cell(block):
            _from_line(f"{block.said}：{behind.said}", where(behind.box.node), take)
    for block in responsible:
        _from_labels(block, take)
    for block in header:
        _from_names(block, take)
    for block in [*header, *text[:4]]:
        take("author", _reporters(block.said), "pattern", where(block.box.node))
    for block in text[-3:]:
        closing = _AT_END.search(block.said)
        take("author", _people(closing[1]) if closing is not None else None, "pattern", where(block.box.node))
    for block in header:
        _from_place(block, take)
    _from_data(document, take)
    return Credits(
        **{name: value for name, (value, _, _) in found.items()},
        evidence=tuple(
            Evidence(field=name, how=how, where=place, value=value) for name, (value, how, place) in found.items()
        ),
    )


def _from_labels(block: Block, take: Take) -> None:
    """来源：… and the like; a label whose value stands in the next element is joined with it."""
    place = where(block.box.node)
    parts = [part for piece in pieces(block) for part in _BEFORE_LABEL.split(piece)]
    for index, part in enumerate(parts):
        line = _BAR.sub(r"\1：", part.replace("来源于", "来源", 1))
        if "\t" in block.text and _is_label(line):
            line = f"{line}："  # a cell of its own
        if line.endswith((":", "：")) and index + 1 < len(parts):
            line = f"{line}{parts[index + 1]}"
        if _LABEL.search(line) is None:
            continue
        _from_line(line, place, take)


def _from_line(line: str, place: str, take: Take) -> None:
    said = attribute(line)
    take("origin", said.origin, "pattern", place)
    take("reprinted_from", said.reprinted_from, "pattern", place)
    if _ALONE.match(line) is None:
        take("author", _person(said.author), "pattern", place)
    take("editor", _person(said.editor), "pattern", place)


def _is_label(text: str) -> bool:
    return _LABEL.fullmatch(text.strip().removeprefix("信息").removeprefix("文章")) is not None


def _is_label_cell(block: Block) -> bool:
    """Whether the block is a cell that holds a label and no more: its value is the next one."""
    return block.box.block.node.tag in {"td", "th", "dt"} and _is_label(block.said)


def _person(name: str | None) -> str | None:
    """The name without the code of the desk (王某_NB123) or an institution. None for a code or a placeholder alone."""
    if name is None:
        return None
    reporter = _REPORTER.match(name)
    if reporter is not None and (people := _people(name[reporter.end() :])) is not None:
        return people
    name = _AFFILIATED.sub(r"\1", _CODE.sub("", name)).strip(" _-()（）[]【】")
    return name if len(name) >= 2 and not _PLACEHOLDER.fullmatch(name) else None  # noqa: PLR2004


def _from_names(block: Block, take: Take) -> None:
    """Elements in the block, or around it alone, whose tag, class or id says what they hold."""
    home = block.box.block
    inside = home.node.css("[class], [id], [rel], [itemprop]") if home.size <= _BYLINE else []
    for one in inside:
        _from_name(one, one.text(), take)
    for box in islice(block.box.ancestors(), 4):
        if box.size > len(block.text) + 120:
            break
        _from_name(box.node, block.said, take)


def _from_name(node: LexborNode, text: str, take: Take) -> None:
    attributes = node.attributes
    names = " ".join((node.tag or "", *(attributes.get(key) or "" for key in ("class", "id", "rel", "itemprop"))))
    is_origin = _ORIGIN.search(names) is not None
    if not is_origin and not _AUTHOR.search(names):
        return
    value = None if is_origin else _reporters(" ".join(text.split()))
    if value is None:
        reporter = None if is_origin else _REPORTER.match(text)
        value = _value(text) if reporter is None else _people(text[reporter.end() :])
    take("origin" if is_origin else "author", value, "selector", where(node))


def _value(text: str) -> str | None:
    """The text as the name of a person or a medium: without date and label; None where it is not one."""
    text = " ".join(_WEEKDAY.sub(" ", DATE.sub(" ", text)).split())
    text = re.sub(r"^\W*(?:来源(?:于)?|來源|作者|记者|記者|文)\s*[:：/／]\s*", "", text).strip(" |｜·-—()（）[]【】")
    if not 2 <= len(text) <= _LONGEST or _COUNTER.search(text) or _LABEL.search(text):  # noqa: PLR2004
        return None
    if ":" in text or "：" in text or text.lower() == "by":
        return None  # a label that is not known, and no name
    if words.PUNCTUATION.search(text) or _HOST.search(text) or not re.search(r"[\u4e00-\u9fffA-Za-z]", text):
        return None
    return text


def _from_place(block: Block, take: Take) -> None:
    """A name before or behind the date of an unlabelled line: who posted it, or the medium it is from."""
    text = block.said
    place = where(block.box.node)
    both = _NAME_AND_MEDIUM.match(text)
    if both is not None and _MEDIUM.search(both[2]):
        take("author", _people(both[1]), "pattern", place)
        take("origin", both[2], "pattern", place)
        return
    leading = _LEADING.match(text)
    if leading is not None and _MEDIUM.search(leading[1]):
        take("origin", leading[1], "pattern", place)
    match = DATE.search(text) or SHORT.search(text)
    if match is None or len(text) > 120:  # noqa: PLR2004
        return
    before = _TIME_LABEL.sub("", text[: match.start()].strip()).strip()
    after = text[match.end() :].strip()
    for side in (before, after):
        reporter = _BESIDE.search(side)
        take("author", _people(reporter[1]) if reporter is not None else None, "pattern", place)
    before, after = (_BESIDE.split(side)[0].strip() for side in (before, after))
    if not _LABEL.search(after):
        take("origin", _first_name(after), "pattern", place)
    if before and not _LABEL.search(before):
        name = _first_name(before)
        take("author", name, "pattern", place)
        take("origin", name if name is not None and _MEDIUM.search(name) else None, "pattern", place)


def _first_name(text: str) -> str | None:
    """The first word that is neither a tool nor a counter, where it is a name."""
    part = next((part for part in re.split(r"[\s|｜]+", text) if part and not _COUNTER.search(part)), None)
    return _value(part) if part is not None else None


def _reporters(text: str) -> str | None:
    """The reporters that a byline or the head of the text names in the ways of papers and news agencies."""
    match = _IN_BRACKETS.search(text[:120]) or _REPORTING.match(text[:60]) or _DESK.match(text[:60])
    if match is None and len(text) <= 40:  # noqa: PLR2004
        match = _ALONE.match(text)
    return _people(match[1]) if match is not None and not _PHOTO.search(match[0]) else None


def _people(text: str) -> str | None:
    """The names of persons among what stands behind 记者, or None."""
    found: list[str] = []
    for part in re.split(r"[、，,\s／/&]+", text):
        if part.startswith(("实习生", "實習生")):
            break  # who learns is not named as an author
        cable = _CABLE.match(part)
        name = cable[1] if cable is not None else part
        if re.fullmatch(_NAME, name) and name not in _NOT_NAMES and not name.endswith(_OTHERWISE):
            found.append(name)
    return " ".join(found) or None


def _from_data(document: Document, take: Take) -> None:
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
    for key in _META_ORIGIN:
        take("origin", _value(document.meta.get(key, "")), "meta", key)
