"""What of the body's blocks is text, and what pages put before, between and behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.extraction import words
from crawler.extraction.blocks import Block
from crawler.extraction.body import weight
from crawler.extraction.dateline import DATE
from pipelines.text import boilerplate, headings
from pipelines.text.dates import SHORT

_CREDIT_AT_END = re.compile(
    r"[（(【\[]\s*(?:责任编辑|責任編輯|责编|編輯|编辑|核稿編輯|譯者"
    r"|编译)\s*[:：/／][^（）()【】\[\]]{2,30}[）)】\]]\s*\d{0,8}$"
)
_ONWARD = re.compile(r"[【\[（(]?(?:返回\S{2,6}[，,]\s?查看更多|(?:查看|阅读)(?:更多|原文|全文))\s*[>»】\]）)]*$")
_LINE = 120
_HEADING = 16
"""Characters; longer ones are no line, no heading."""
_SENTENCE = re.compile(r"[。？！?!，]")
_OVER_LINKS = re.compile(r"[:：】]\s*$|更多|相关|相關|延伸|推[荐薦]|也看|阅读|閱讀")
_HEAD = 26
"""Blocks among which title and byline stand."""
_HEAVY = 60
"""Weight of a paragraph that is surely text."""
_LABELLED = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fff \u3000]{0,11})(?:\s*[:：]\s*|(?<=[于於])\s*)$")
"""The label before a date."""
_PUBLISHED = re.compile(
    r"(?:(?:发布|發布|發佈|发表|發表|刊发|发稿|出版|上传|录入|更新|公开|公布|生成|最后更新|来源|來源)?"
    r"(?:时间|時間|日期)?(?:于|於)?)"
)
"""Of that, what says when a page was published; 开标时间 and 报价日期 are of its text."""
_BARE = frozenset({"时间", "時間", "日期"})
"""Labels that an event's day has too."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MEDIUM = re.compile(
    r"(?:网|網|报|報|社|台|臺|新闻|新聞|在线|在線|周刊|週刊|杂志|雜誌|频道|頻道|客户端|融媒|政府|局|委|办|厅)\W*$"
)
_CLOCKED = re.compile(r"\d\d[-/]\d\d\s{0,3}\d{1,2}[:：]\d\d(?:[:：]\d\d)?")
_PLACE = re.compile(r"^[\W\d]*[\u4e00-\u9fff]{0,4}(?:地点|地點|地址)\s*[:：]")
_CRUMBS = re.compile(r"位置\s*[:：]|首页|首頁|[>›»]")
_CLOSING = re.compile(r"编\s*[辑审校]|編輯|责|責|校对|校對|审|審|核|监制|監製|签发|值班|录入")
"""The last hands an article goes through."""
_NOTE = re.compile(r"^[\W\d一二三四五六七八九十]*[\u4e00-\u9fff]{2,10}\s*[:：]\s*\S")
_NOT_ALNUM = re.compile(r"[\W_]+")
_COLON = re.compile(r"[:：|｜丨/／]")
_SENTENCE_ENDS = ("。", "！", "？", "”", "；", "：", "…", "」")
_LABEL = re.compile(
    r"(?:来源|來源|时间|時間|日期|作者|记者|記者|責任編輯|编辑|浏览|阅读|点击|字号|发布|發布|信息来源)\s*[:：]?"
)


@dataclass(slots=True)
class Cut:
    """The article's text and the lines around it that tell of it."""

    text: list[Block] = field(default_factory=list)
    head: list[Block] = field(default_factory=list)
    """Lines over the text: title, date, source."""
    rights: str | None = None
    """The site's notice on rights or liability, where it stands in the body's element."""
    first: int = 0
    last: int = 0
    """The places of the first and the last block of text in the list that was cut."""
    tail: list[Block] = field(default_factory=list)
    """Lines behind the text that name source, authors and editors."""
    notices: list[Block] = field(default_factory=list)
    """Notices on rights or liability that were found behind text."""


def is_credit(text: str) -> bool:
    """Whether a line is a credit and no sentence: 责任编辑：…, but not 记者：您怎么看？"""
    return (
        len(text) <= 80  # noqa: PLR2004
        and words.CREDIT.match(text) is not None
        and _SENTENCE.search(text.rstrip("。 )）】")) is None
        and (_COLON.search(text) is not None or len(text) <= 30)  # noqa: PLR2004
    )


def is_byline(text: str) -> bool:
    """Whether a short line says when, by whom or where it was published, and no more."""
    return len(text) <= 120 and (  # noqa: PLR2004 bylines with counters and tools are long
        (
            DATE.search(text) is not None
            and (len(text) <= 25 or (_LABEL.search(text) is not None and _SENTENCE.search(text) is None))  # noqa: PLR2004
        )
        or (_is_dated_shortly(text) and len(text) <= 60 and _SENTENCE.search(text) is None)  # noqa: PLR2004
        or (is_credit(text) and len(text) <= 60 and not text.endswith("。"))  # noqa: PLR2004
    )


def _is_dated_shortly(text: str) -> bool:
    """Whether a day without its year is labelled as that of publication, 时间：04-11 09:30, 发布于昨天, or stands as
    pages for telephones have it: 某某日报 04-11 09:30.
    """
    found = SHORT.search(text)
    if found is None:
        return False
    if _CLOCKED.fullmatch(found[0]):
        rest = f"{text[: found.start()]} {text[found.end() :]}".strip(" |｜·")
        if not rest or (len(rest) <= _HEADING and _MEDIUM.search(rest)):
            return True
    label = _label(text[: found.start()])
    return label is not None and _PUBLISHED.fullmatch(label) is not None


def _label(head: str) -> str | None:
    """The label that ends what stands before a date, without its blanks; behind the value of another label,
    来源：攀枝花日报 发布时间：, as much of it as says when a page was published.
    """
    found = _LABELLED.search(head)
    if found is None:
        return None
    words = found[1].split()
    if ":" in head[: found.start()] or "：" in head[: found.start()]:
        ends = ("".join(words[place:]) for place in range(len(words)))
        return next((end for end in ends if _PUBLISHED.fullmatch(end)), "".join(words))
    return "".join(words)


def is_noise(block: Block) -> bool:
    """Whether the block is a tool, a share bar, a prompt or the like, wherever it stands."""
    text = block.said
    size = len(text)
    if size <= 60 and words.NOISE.match(text):  # noqa: PLR2004
        return True
    if words.ORIGINAL_TITLE.match(text) and size <= 150:  # noqa: PLR2004
        return True
    if block.links >= 0.8 * size and size <= 14:  # noqa: PLR2004 a menu's word
        return not _is_file(block)
    return size <= 3 and not any(character.isalnum() for character in text)  # noqa: PLR2004


def _is_file(block: Block) -> bool:
    """Whether the block's link leads to a file that the article offers."""
    return any(words.FILE.search(box.node.attrs.sget("href")) for box in block.box.ancestors() if box.node.tag == "a")


def leads_away(block: Block) -> bool:
    """Whether the block is a line such as 延伸閱讀：… that is all link but for its label."""
    return (
        len(block.text) <= _LINE
        and block.links * 2 > len(block.text)
        and words.RELATED_LINE.match(block.said) is not None
    )


def cut(blocks: list[Block], title: str) -> Cut:
    """Divides the blocks of the body's element. Nothing that reads like running text is lost but what stands behind
    a heading of related articles or a closing mark.
    """
    result = Cut()
    start = _start(blocks, title)
    result.head = blocks[:start]
    plain = [len(block.text) - block.links for block in blocks]
    whole = sum(plain[start:])
    done = 0
    skipped_in = None
    for index in range(start, len(blocks)):
        block = blocks[index]
        left = whole - done
        done += plain[index]
        if skipped_in is not None:
            if skipped_in in block.box.ancestors():
                continue
            skipped_in = None
        text = block.said
        short = len(text) <= 40  # noqa: PLR2004
        if short and headings.named(text) and _heads_links(blocks, index):
            if left <= 0.4 * whole:
                break
            skipped_in = block.box.block.parent
            if skipped_in is not None and skipped_in in blocks[start].box.ancestors():
                skipped_in = block.box.block
            continue
        if short and _closes(text) and left <= 0.4 * whole:
            break
        _keep(block, result)
    _set_rights(blocks, result)
    _trim(result)
    if result.text:
        result.first, result.last = blocks.index(result.text[0]), blocks.index(result.text[-1])
        _split_credit(result)
    return result


def _keep(block: Block, result: Cut) -> None:
    """Takes the block for text, unless it is a tool, a way to another article, or a notice behind the text."""
    text = block.said
    if words.NOTICE.match(text) and any(one.said != text for one in result.text):
        result.notices.append(block)
    elif not (is_noise(block) or leads_away(block) or words.ABSTRACT.match(text)):
        result.text.append(block)


def _set_rights(blocks: list[Block], result: Cut) -> None:
    """The notice on rights among those that were taken out; they stay where hardly anything else is on the page."""
    if result.notices and not boilerplate.is_little([block.said for block in result.text]):
        result.rights = result.notices[0].text
    else:
        kept = {id(block) for block in (*result.text, *result.notices)}
        result.text = [block for block in blocks if id(block) in kept]


def _closes(text: str) -> bool:
    """Whether the line stands behind every text: the next article, comments, rankings."""
    named = len(text) <= _HEADING or text.lstrip(" 【[").startswith(("上一", "下一"))
    return named and words.END.match(text) is not None


def _heads_links(blocks: list[Block], index: int) -> bool:
    """Whether links follow the heading: a section of the text may be called 政策解读 too."""
    following = blocks[index + 1 : index + 4]
    return not following or any(block.links * 2 > len(block.text) for block in following)


def _start(blocks: list[Block], title: str) -> int:
    """The first block that is text: behind the title, where it stands inside the body's element, and behind an
    unbroken run of bylines and tools. What reads as text is never stepped over, as notices have short lines that
    look like bylines.
    """
    start = under = _behind_title(blocks, _bare(title))
    for index in range(start, min(len(blocks), start + _HEAD)):
        block = blocks[index]
        if _introduces(blocks, index, titled=0 < start == under):
            start = index + 1
        elif not (is_noise(block) or (under and _under_title(block))):
            break
    return start


def _behind_title(blocks: list[Block], title: str) -> int:
    """The block behind the last one at the head that says the title; 0 where none does.

    Over a heading of the page stands nothing of the text; over a line that repeats the title a document's number may.
    """
    behind = 0
    for index, block in enumerate(blocks[: _HEAD if title else 0]):
        says = _bare(block.said)
        home = block.heading
        if says == title or (home is not None and len(says) > 1 and says in title):
            if home is None and not all(_is_furniture(one) for one in blocks[behind:index]):
                break
            behind = index + 1
        elif (heavy := weight(block)) >= _HEAVY or (heavy and block.said.endswith(_SENTENCE_ENDS)):
            break  # the text has begun
    return behind


def _introduces(blocks: list[Block], index: int, *, titled: bool) -> bool:
    """Whether the line is a byline of the page: with no other date than that of publication, and no event's.

    ``titled`` says that it is the first under the title: a name beside the date need not be known as a medium's.
    """
    text = blocks[index].said
    if not is_byline(text):
        return False
    date = DATE.search(text) or SHORT.search(text)
    if date is None:
        return True  # a credit
    label = _label(text[: date.start()])
    if label is not None and _PUBLISHED.fullmatch(label) is None:
        return False
    rest = text[: date.start()] + text[date.end() :]
    if label is None and not (titled or _LABEL.search(rest) or not _HAN.search(rest) or _MEDIUM.search(rest)):
        return False
    if label is None or label not in _BARE:
        return True
    lines = (block.said for block in blocks[index : index + 3])
    return not any(_PLACE.match(line) for line in lines)


def _under_title(block: Block) -> bool:
    """Whether the line may stand between a title and its byline: a second heading, or one behind a dash."""
    return block.heading is not None or block.said.startswith(("——", "—", "--"))


def _is_furniture(block: Block) -> bool:
    """Whether the line is of the page and not of its text: a tool, a byline, links, breadcrumbs."""
    text = block.said
    return is_noise(block) or is_byline(text) or block.links * 2 > len(text) or _CRUMBS.search(text) is not None


def _trim(result: Cut) -> None:
    """Moves the credits at the end of the text to the tail, and drops a list of links there."""
    text = result.text
    links = len(text)
    while links > 1 and text[links - 1].links >= 0.9 * len(text[links - 1].text) and not _is_file(text[links - 1]):
        links -= 1
    if links < len(text):
        heading = text[links - 1].said
        text = text[: links - 1 if links > 1 and len(heading) <= 20 and _OVER_LINKS.search(heading) else links]  # noqa: PLR2004
    total = sum(len(block.text) for block in text)
    behind = 0
    first = len(text)
    for index in range(len(text) - 1, 0, -1):
        block = text[index]
        credit = is_credit(block.said)
        behind += len(block.text)
        if credit:
            first = index
        if behind > 0.12 * total and behind > 60 and not credit:  # noqa: PLR2004
            break
    result.tail = [block for block in text[first:] if is_credit(block.said)]
    result.text = text[:first] + _behind_credits(text[first:])


def _behind_credits(blocks: list[Block]) -> list[Block]:
    """What is text among the credits that end an article: behind a 来源 all that is none, behind editors and
    proofreaders only what bears a label or a date, 联系电话：…; the rest is the site's.
    """
    text: list[Block] = []
    closed = False
    for block in blocks:
        if is_credit(block.said):
            closed = closed or _CLOSING.search(block.said) is not None
        elif not closed or _NOTE.match(block.said) or DATE.fullmatch(block.said):
            text.append(block)
    return text


def _split_credit(result: Cut) -> None:
    """Takes the credit in brackets from the end of the last paragraph: …。（編輯：林某）1130411"""
    last = result.text[-1]
    onward = _ONWARD.search(last.text) if last.links else None
    if onward is not None and onward.start():
        last = result.text[-1] = Block(last.box, last.text[: onward.start()].rstrip(), 0, last.bold)
    match = _CREDIT_AT_END.search(last.text)
    if match is None or match.start() == 0:
        return
    result.text[-1] = Block(last.box, last.text[: match.start()].rstrip(), last.links, last.bold)
    result.tail.insert(0, Block(last.box, match[0], 0, 0))


def _bare(text: str) -> str:
    """Letters, digits and Han alone: what two settings of one title share."""
    return _NOT_ALNUM.sub("", text)
