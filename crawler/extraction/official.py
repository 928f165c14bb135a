"""The public-information table of government pages, as table, definition list or lines of labels."""

from __future__ import annotations

import re
from itertools import zip_longest

from crawler.extraction.blocks import Block, pieces
from crawler.extraction.dateline import DATE
from crawler.items import OfficialTable

_LABELS = {
    "index_number": ("索引号", "索引號", "索取号", "信息索引号", "公开索引号"),
    "topic": ("主题分类", "主题类别", "信息分类", "信息类别", "公开类别", "分类"),
    "issuer": (
        "发文机关", "发布机构", "发文单位", "发布单位", "制发单位", "公开责任部门", "公开单位", "发文机构",
        "信息来源单位", "发布机关", "制发机关", "成文机关",
    ),
    "written": ("成文日期", "成文时间", "生成日期", "生成时间", "制发日期", "发文日期", "印发日期", "签发日期"),
    "published": ("发布日期", "发布时间", "公开日期", "公开时间", "公布日期"),
    "title": ("标题", "名称", "信息名称", "文件名称", "公文名称"),
    "number": ("发文字号", "文号", "公文文号", "文件编号", "文件号", "发文号"),
    "validity": ("有效性", "时效性", "信息时效性", "时效", "效力状态", "有效状态", "文件有效性", "效力"),
}  # fmt: skip
_OTHERS = (
    "关键词", "主题词", "信息状态", "公开形式", "公开方式", "体裁", "体裁分类", "组配分类", "来源", "实施日期",
    "废止日期", "公开范围", "公开时限", "内容概述", "语种", "浏览次数", "统一编号", "生效日期", "失效日期",
    "服务对象", "载体类型", "公文种类",
)  # fmt: skip


def _spaced(label: str) -> str:
    return r"\s*".join(map(re.escape, label))


_FIELD = {label: name for name, labels in _LABELS.items() for label in labels}
_ALL = sorted([*_FIELD, *_OTHERS], key=len, reverse=True)
_LABEL = re.compile(
    r"(?:^|(?<=[\s\t\u3000）)\]】;；|]))[\[【]?\s*("
    + ""
    r"|".join(map(_spaced, _ALL))
    + r")\s*[\]】]?\s*(?:[:：]\s*|\t|$)"
)
_NEXT_LABEL = re.compile(r"\t(?=\S{2,8}\s*[:：])")
"""Where a value ends at a label that is not known here."""
_DATES = frozenset({"written", "published"})
_APART = 12
"""Blocks; labels further apart are of no table."""
_LONGEST = 1_000
"""Characters of a row, at most."""
_LINE = 300
"""Characters; a longer block is no line of a table."""
_ENOUGH = 3
"""Labels that make a table of it."""


def find(blocks: list[Block], limit: int) -> tuple[OfficialTable, int, int] | None:
    """The table among the first ``limit`` blocks, with the range of blocks (end exclusive) that it fills."""
    values: dict[str, str] = {}
    first = last = -1
    waiting: str | None = None
    for index, block in enumerate(blocks[:limit]):
        text = block.text if "\t" in block.text or len(block.text) > _LINE else "\t".join(pieces(block))
        matches = list(_LABEL.finditer(text)) if len(text) <= _LONGEST else []
        if (
            waiting is not None
            and index == last + 1
            and len(text) <= _LINE
            and not (matches and matches[0].start() == 0)
        ):
            values.setdefault(waiting, text.strip())  # the value stands in an element of its own
            waiting, last = None, index
            continue
        waiting = None
        if not matches:
            continue
        if len(values) < _ENOUGH and first >= 0 and index - last > _APART:
            values, first = {}, -1  # what was found was no table
        waiting = _read(text, matches, values)
        first = index if first < 0 else first
        last = index
    if len(values) < _ENOUGH or not {"index_number", "number", "issuer"} & values.keys():
        return None
    return OfficialTable(**values), first, last + 1


def _read(text: str, matches: list[re.Match[str]], values: dict[str, str]) -> str | None:
    """Takes the values of a line's labels; returns the field whose value must follow in the next block."""
    waiting: str | None = None
    for match, follower in zip_longest(matches, matches[1:]):
        name = _FIELD.get("".join(match[1].split()))
        value = text[match.end() : follower.start() if follower is not None else len(text)]
        value = _NEXT_LABEL.split(value.strip("\t ;；|"))[0]
        if name in _DATES and (stamp := DATE.search(value)) is not None:
            value = stamp[0]
        if name is not None and value:
            values.setdefault(name, " ".join(value.split()))
        waiting = name if not value else None
    return waiting
