"""What of the body's blocks is text, and what pages put before, between and behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.extraction import words
from crawler.extraction.blocks import Block
from crawler.extraction.body import weight

_CREDIT_AT_END = re.compile(
    r"[（(【\[]\s*(?:责任编辑|責任編輯|责编|編輯|编辑|核稿編輯|譯者"
    r"|编译)\s*[:：/／][^（）()【】\[\]]{2,30}[）)】\]]\s*\d{0,8}$"
)
_ONWARD = re.compile(r"[【\[（(]?(?:返回\S{2,6}[，,]\s?查看更多|(?:查看|阅读)(?:更多|原文|全文))\s*[>»】\]）)]*$")
_DATE = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
_LINE = 120
_HEADING = 16
"""Characters; longer ones are no line, no heading."""
_SENTENCE = re.compile(r"[。？！?!，]")
_OVER_LINKS = re.compile(r"[:：】]\s*$|更多|相关|相關|延伸|推[荐薦]|也看|阅读|閱讀")
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
            _DATE.search(text) is not None
            and (len(text) <= 25 or (_LABEL.search(text) is not None and _SENTENCE.search(text) is None))  # noqa: PLR2004
        )
        or (is_credit(text) and len(text) <= 60 and not text.endswith("。"))  # noqa: PLR2004
    )


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
        if short and words.RELATED.match(text) and _heads_links(blocks, index):
            if left <= 0.4 * whole:
                break
            skipped_in = block.box.block.parent
            if skipped_in is not None and skipped_in in blocks[start].box.ancestors():
                skipped_in = block.box.block
            continue
        if short and _closes(text) and left <= 0.4 * whole:
            break
        _keep(block, result)
    _trim(result)
    if result.text:
        result.first, result.last = blocks.index(result.text[0]), blocks.index(result.text[-1])
        _split_credit(result)
    return result


def _keep(block: Block, result: Cut) -> None:
    """Takes the block for text, unless it is a notice, a tool or a way to another article."""
    if words.DISCLAIMER.match(block.said):
        result.rights = result.rights or block.text
    elif not (is_noise(block) or leads_away(block)):
        result.text.append(block)


def _closes(text: str) -> bool:
    """Whether the line stands behind every text: the next article, comments, rankings."""
    named = len(text) <= _HEADING or text.lstrip(" 【[").startswith(("上一", "下一"))
    return named and words.END.match(text) is not None


def _heads_links(blocks: list[Block], index: int) -> bool:
    """Whether links follow the heading: a section of the text may be called 政策解读 too."""
    following = blocks[index + 1 : index + 4]
    return not following or any(block.links * 2 > len(block.text) for block in following)


def _start(blocks: list[Block], title: str) -> int:
    """The first block that is text: after title and byline where these stand inside the body's element."""
    bare = _bare(title)
    start = 0
    for index, block in enumerate(blocks[:40]):
        text = block.said
        if (bare and index <= 25 and _bare(text) == bare) or (is_byline(text) and index <= start + 10):  # noqa: PLR2004
            start = index + 1
        elif (heavy := weight(block)) >= 60 or (heavy and text.endswith(_SENTENCE_ENDS)):  # noqa: PLR2004
            break  # the text has begun
    return start


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
    result.text = text[:first]


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
