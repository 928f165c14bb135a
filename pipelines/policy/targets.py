"""Figures that a document sets as aims: 到2030年，工业总产值达到2000亿元以上."""

from __future__ import annotations

import re
from typing import Final

from crawler.items import Target
from pipelines.policy.terms import any_of

_SENTENCE: Final = re.compile(r"[。！？\n]")
_PART: Final = re.compile(r"[，,；;：:]")
_YEAR: Final = re.compile(r"(?:到|至|力争)\s*(20[2-9]\d)年(?:底|末)?")
_UNIT: Final = any_of(
    [
        "万亿元",
        "亿元",
        "万元",
        "元",
        "亿千瓦时",
        "万千瓦",
        "千瓦",
        "兆瓦",
        "万吨",
        "吨",
        "平方公里",
        "平方米",
        "公里",
        "万亩",
        "亩",
        "公顷",
        "万人次",
        "人次",
        "万人",
        "人",
        "万户",
        "户",
        "万家",
        "家",
        "个百分点",
        "个",
        "座",
        "项",
        "条",
        "张",
        "万辆",
        "辆",
        "架",
        "亿立方米",
        "万立方米",
        "立方米",
        "%",
        "％",
        "倍",
        "件",
        "种",
        "所",
        "处",
        "台",
        "套",
        "天",
    ]
)
_VALUE: Final = re.compile(rf"(?:约|超过|近)?(?<![\d,.])\d[\d,.]{{0,20}}\s?{_UNIT}(?:以上|左右|以下|以内)?")
_VERB: Final = re.compile(
    r"(?:力争|确保|基本|实现|累计)*(?:达到|达|突破|超过|超|增至|稳定在|保持在|控制在|不低于|不少于)?\s*$"
)
_FEWEST: Final = 2
_LONGEST: Final = 120
_MOST: Final = 40


def targets(text: str) -> tuple[Target, ...]:
    """The figures with their years, in reading order; at most 40. A figure without a year before it is no aim."""
    found: dict[Target, None] = {}
    for sentence in _SENTENCE.split(text):
        if not (first := _YEAR.search(sentence)):
            continue
        year: int | None = None
        for part in _PART.split(sentence[first.start() :]):
            if when := _YEAR.search(part):
                year = int(when[1])
            words = part[when.end() if when else 0 :]
            if year is not None and len(words) <= _LONGEST and (value := _VALUE.search(words)):
                what = _VERB.sub("", words[: value.start()].strip(" 、“”")).strip(" 、")
                if len(what) >= _FEWEST:
                    found[Target(year=year, what=what, value=value.group())] = None
            if len(found) == _MOST:
                return tuple(found)
    return tuple(found)
