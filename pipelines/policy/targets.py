"""Figures that a document sets as aims: 到2030年，工业总产值达到2000亿元以上."""

from __future__ import annotations

import re
from typing import Final

from crawler.items import Target

_SENTENCE: Final = re.compile(r"[^。！？\n]*(?:到|至|力争)\s*(20[2-9]\d)年[^。！？\n]*")
_YEAR: Final = re.compile(r"(?:到|至|力争)\s*(?:到)?\s*(20[2-9]\d)年(?:底|末)?")
_PART: Final = re.compile(r"[^，,；;：:]+")
_UNIT: Final = (
    r"(?:万亿元|亿元|万元|元|亿千瓦时|万千瓦|千瓦|万吨|吨|平方公里|平方米|公里|万亩|亩|万人次|万人|人次|人|万户|户|万家|家|个|座|项|条|张|辆|架|"
    r"亿立方米|万立方米|立方米|个百分点|%|％|倍|件|种|所|处|台|套|万辆|兆瓦|公顷|天|以上)"
)
_VALUE: Final = re.compile(
    r"(?P<what>.*?)(?:达到|达|突破|超过|超|增至|提高到|提升到|提高至|提升至|稳定在|保持在|控制在|下降到|降至|降低到|实现|建成|新增|培育|"
    r"不低于|不少于|下降|增长|累计|年均增长|占[^\d]{0,16}(?:的比重|比重|比例)?(?:达到|达)?)?\s*"
    rf"(?P<value>(?:约|超过|近)?\d[\d,.]*\s*{_UNIT}(?:以上|左右|以下|以内)?)"
)
_FEWEST: Final = 2
_MOST: Final = 40


def targets(text: str) -> tuple[Target, ...]:
    """The figures with their years, in reading order; at most 40. A figure without a year before it is no aim."""
    found: list[Target] = []
    for sentence in _SENTENCE.finditer(text):
        year: int | None = None
        for part in _PART.finditer(sentence.group()):
            words = part.group()
            if when := _YEAR.search(words):
                year = int(when[1])
                words = words[when.end() :]
            if year is None or (value := _VALUE.search(words)) is None:
                continue
            what = _subject(words[: value.start("value")])
            if len(what) >= _FEWEST:
                found.append(Target(year=year, what=what, value=value["value"].strip()))
            if len(found) == _MOST:
                return tuple(found)
    return tuple(dict.fromkeys(found))


def _subject(words: str) -> str:
    """What a figure measures: the words before it without the verb."""
    words = re.sub(
        r"(?:力争|确保|基本|全市|实现|累计)?(?:达到|达|突破|超过|超|增至|稳定在|保持在|控制在|不低于|不少于)?\s*$",
        "",
        words.strip(" 、“”"),
    )
    return words.strip(" 、")
