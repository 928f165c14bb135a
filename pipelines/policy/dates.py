"""The days that a document names: written, in force, until when, and when comments close."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipelines.text.dates import parse_date

_GAP: Final = r"[ \u3000]{0,3}"
_MONTH_DAY: Final = rf"(?P<month>\d{{1,2}}){_GAP}(?:月|[-/.]){_GAP}(?P<day>\d{{1,2}}){_GAP}日?"
_DAY: Final = rf"(?P<year>20\d\d|19\d\d){_GAP}(?:年|[-/.]){_GAP}{_MONTH_DAY}"
_NO_YEAR: Final = (
    rf"(?:(?P<year>20\d\d|19\d\d){_GAP}年{_GAP})?(?P<month>\d{{1,2}}){_GAP}月{_GAP}(?P<day>\d{{1,2}}){_GAP}日"
)
_EFFECTIVE: Final = re.compile(
    rf"(?:自|从|于)?{_GAP}{_DAY}{_GAP}(?:零时|0时)?{_GAP}(?:起|开始)?{_GAP}(?:正式)?(?:施行|实施|生效|执行|起实行)"
)
_FROM_ISSUE: Final = re.compile(
    r"自(?:印发|发布|公布|下发|颁布|公告|本文件印发)之日(?:起)?(?P<later>\d{1,3})?日?(?:后|起)?(?:正式)?(?:施行|实施|生效|执行|，)"
)
_UNTIL: Final = re.compile(
    "(?:有效期(?:限)?(?:为)?|执行期限?|实施期限|施行|执行|有效期自[^。]{0,20})"
    rf"[^。\d]{{0,6}}(?:至|到|截至|截止){_GAP}{_DAY}"
)
_YEARS: Final = re.compile(rf"有效期(?:限)?(?:为|是)?{_GAP}(?P<years>\d{{1,2}}|[一二两三四五六七八九十]){_GAP}年")
_COMMENTS: Final = (
    re.compile(rf"(?:截止|截至|至|到|—|--|-|~|～){_GAP}(?:时间|日期)?[：:为]?{_GAP}(?:到|至)?{_GAP}{_NO_YEAR}"),
    re.compile(
        rf"{_NO_YEAR}{_GAP}(?:（[^）]{{0,12}}）|\([^)]{{0,12}}\))?{_GAP}"
        r"(?:\d{1,2}[：:时]\d{0,2})?(?:之?前|以前|下班前)"
    ),
)
_CHINESE: Final = (
    {char: value for value, char in enumerate("〇一二三四五六七八九十")} | dict.fromkeys("○零ＯO", 0) | {"两": 2}
)
_SIGNED: Final = re.compile(
    rf"{_DAY}|(?P<cyear>二[〇○零OＯ][〇○零OＯ一二三四五六七八九]{{2}})年"
    r"(?P<cmonth>[一二三四五六七八九十]{1,2})月(?P<cday>[一二三四五六七八九十]{1,3})日"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A day and the words that gave it."""

    day: date
    start: int
    end: int


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None  # 2月30日 is a slip of the page; no day is better than a wrong one


def _small(text: str) -> int:
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0)
    return _CHINESE[text]


def _of(match: re.Match[str], *, year: int | None = None) -> Dated | None:
    written = int(match["year"]) if match["year"] else year
    day = _made(written, int(match["month"]), int(match["day"])) if written else None
    return Dated(day, match.start(), match.end()) if day else None


def parse_day(text: str | None) -> date | None:
    """The day of a table's cell: 2020年4月3日, 2020-04-03, 二〇二〇年四月三日."""
    found = _SIGNED.search(text or "")
    read = parse_date(found[0]) if found is not None else None
    return read[0].date() if read is not None else None


def signed_on(text: str) -> Dated | None:
    """The day on a line of its own, as it stands under a document's issuer; the last such line of the document.

    Where an annex follows, the signature is the last one before it.
    """
    found = None
    offset = 0
    for line in text.split("\n"):
        bare = line.strip(" \u3000\t（）()")
        if len(bare) <= 18 and (day := parse_day(bare)) and _SIGNED.fullmatch(re.sub(r"\s", "", bare)):  # noqa: PLR2004
            found = found or Dated(day, offset, offset + len(line))
        offset += len(line) + 1
    return found


def effective_on(text: str, *, issued: date | None = None) -> Dated | None:
    """自2021年5月1日起施行; 自印发之日起施行 is the day it was issued, 30日后 that many days later, where known."""
    if "施行" not in text and "实施" not in text and "执行" not in text and "生效" not in text:
        return None
    for match in _EFFECTIVE.finditer(text):
        if found := _of(match):
            return found
    if issued and (counted := _FROM_ISSUE.search(text)):
        later = int(counted["later"] or 0)
        return Dated(date.fromordinal(issued.toordinal() + later), counted.start(), counted.end())
    return None


def expires_on(text: str, *, effective: date | None = None) -> Dated | None:
    """有效期至2025年12月31日, or 有效期5年 counted from the day it came into force."""
    if until := _UNTIL.search(text):
        return _of(until)
    if effective and (match := _YEARS.search(text)):
        years = _small(match["years"])
        day = _made(effective.year + years, effective.month, effective.day) or _made(effective.year + years, 2, 28)
        return Dated(day, match.start(), match.end()) if day else None
    return None


def comments_until(text: str, *, year: int | None = None) -> Dated | None:
    """The last day for comments; ``year`` is taken where the text gives month and day only."""
    for pattern in _COMMENTS:
        for match in pattern.finditer(text):
            if found := _of(match, year=_year_before(text, match.start()) or year):
                return found
    return None


def _year_before(text: str, end: int) -> int | None:
    """The last year that a text names before a place in it: 2021年5月1日至5月10日."""
    years = re.findall(r"(20\d\d)年", text[max(0, end - 60) : end])
    return int(years[-1]) if years else None
