"""The days that a document names: written, in force, until when, and when comments close."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipelines.policy.titles import kinds_of, title_key
from pipelines.text.dates import parse_date

_GAP: Final = r"[ \u3000]{0,3}"
_MONTH_DAY: Final = rf"(?P<month>\d{{1,2}}){_GAP}(?:月|[-/.]){_GAP}(?P<day>\d{{1,2}}){_GAP}日?"
_DAY: Final = rf"(?P<year>20\d\d|19\d\d){_GAP}(?:年|[-/.]){_GAP}{_MONTH_DAY}"
_NO_YEAR: Final = (
    rf"(?:(?P<year>20\d\d|19\d\d){_GAP}年{_GAP}|(?P<next>[次翌]年){_GAP})?"
    rf"(?P<month>\d{{1,2}}){_GAP}月{_GAP}(?P<day>\d{{1,2}}){_GAP}日"
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
_BEGUN: Final = re.compile(_DAY)
_TITLE: Final = re.compile("《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_OF_WHAT: Final = re.compile("[^，。；]{0,4}?的(?:《|原|旧|[^，。；]{2,40}(?:废止|失效))")
"""Behind a day that tells which document is meant: 2016年5月1日起施行的《X》."""
_LAW: Final = re.compile(r"(?:法典|(?<![办方做无])法)(?:正式)?(?:已|将|已经)?$")
"""A law right before a day: 民法典2021年1月1日起施行."""
_CLAUSE: Final = "，。；！？\n"
_SENTENCE: Final = 300
"""Characters in which a sentence says what a day in it is for."""
_AUTUMN, _SPRING = 9, 4
"""Months from which a day of the next year, and up to which one of that year, is asked for."""
_KIND: Final = "(?:条例|办法|规定|细则|意见|通知|措施|方案|规划|公告|通告|命令|标准|政策|决定|清单|预案|文件)"
_THIS: Final = re.compile(rf"本{_KIND}|(?:^|[》、…：: \u3000])[该新]?{_KIND}[^，。]{{0,4}}$")
"""What says that a day is of this text: 本办法自…, 条例自…."""
_ASKED: Final = re.compile("反馈|意见|建议|征求|征集|公示|提出|报送|发送|邮箱|邮件|来信|来函|寄")
_SENT: Final = re.compile("反馈|截止|报送|发送|提出")
_NOT_ASKED: Final = re.compile("规划期|会议|召开|精神|通过|备案|有效期|执行期|施行|实施|印发|出台")
_PERIOD: Final = re.compile("时间|期限|为期|期间|截止|截至|起|^[（(]?(?:从|自|于|至)?(?:即日|20)|前$|止")
_DEADLINE: Final = re.compile("(?:意见)?(?:截止|征集|公示)(?:时间|日期|期限)")
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
    """The day on a line of its own, as it stands under a document's issuer.

    The first such line: behind the signature come annexes, with days of theirs. One that the text begins with is none
    where another follows; it is that of the page.
    """
    found = []
    offset = 0
    for line in text.split("\n"):
        bare = line.strip(" \u3000\t（）()")
        if len(bare) <= 18 and (day := parse_day(bare)) and _SIGNED.fullmatch(re.sub(r"\s", "", bare)):  # noqa: PLR2004
            found.append(Dated(day, offset, offset + len(line)))
        offset += len(line) + 1
    if len(found) > 1 and not text[: found[0].start].strip():
        return found[1]
    return found[0] if found else None


def effective_on(text: str, *, issued: date | None = None, documents: tuple[str, ...] = ()) -> Dated | None:
    """自2021年5月1日起施行; 自印发之日起施行 is the day it was issued, 30日后 that many days later, where known.

    ``documents`` are the titles that the text is about; a day of another is not theirs: 2016年5月1日起施行的《X》废止.
    """
    if "施行" not in text and "实施" not in text and "执行" not in text and "生效" not in text:
        return None
    own = [match for match in _EFFECTIVE.finditer(text) if _is_own(text, match, documents)]
    for match in sorted(own, key=lambda match: not _says_this(text, match)):
        if found := _of(match):
            return found
    if issued and (counted := _FROM_ISSUE.search(text)):
        later = int(counted["later"] or 0)
        return Dated(date.fromordinal(issued.toordinal() + later), counted.start(), counted.end())
    return None


def expires_on(text: str, *, effective: date | None = None, documents: tuple[str, ...] = ()) -> Dated | None:
    """有效期至2025年12月31日, or 有效期5年 counted from the day it came into force."""
    if until := next((match for match in _UNTIL.finditer(text) if _is_own(text, match, documents)), None):
        return _of(until)
    if effective and (match := _YEARS.search(text)):
        years = _small(match["years"])
        day = _made(effective.year + years, effective.month, effective.day) or _made(effective.year + years, 2, 28)
        return Dated(day, match.start(), match.end()) if day else None
    return None


def comments_until(text: str, *, year: int | None = None, since: date | None = None) -> Dated | None:
    """The last day for comments; ``year`` is taken where the text gives month and day only.

    ``since`` is the day of the call: of one late in a year, the first months are those of the next.

    A day in a title, of a planning period, a meeting or a former act is none: the words around say what it is for.
    """
    masked = _TITLE.sub(lambda title: "〇" * len(title.group()), text)
    for pattern in _COMMENTS:
        for match in pattern.finditer(masked):
            if _is_for_comments(masked, match) and (found := _closing(masked, match, year, since)):
                return found
    return None


def _is_own(text: str, match: re.Match[str], documents: tuple[str, ...]) -> bool:
    """Whether a day is of the text's own document: no other title is right before it, and none is told by it."""
    if _OF_WHAT.match(text, match.end()):
        return False
    if _says_this(text, match):
        return True
    sentence = text[_behind("。；！？\n", text, match.start()) : match.start()]
    named = _TITLE.findall(sentence)
    if named and documents:
        last, keys = named[-1][1:-1], {title_key(one) for one in documents}
        short = kinds_of(last).kind == last  # 《办法》自…起施行
        return short or title_key(last) in keys
    return not _LAW.search(sentence)


def _says_this(text: str, match: re.Match[str]) -> bool:
    return _THIS.search(text[_behind(_CLAUSE, text, match.start()) : match.start()]) is not None


def _behind(marks: str, text: str, end: int) -> int:
    """The place behind the last of these marks before a place, or as far back as a sentence goes."""
    start = max(0, end - _SENTENCE)
    return max((at + 1 for mark in marks if (at := text.rfind(mark, start, end)) >= 0), default=start)


def _clause(text: str, match: re.Match[str]) -> str:
    """The clause around a day."""
    last = match.end() + _SENTENCE
    ends = [at for mark in _CLAUSE if (at := text.find(mark, match.end(), last)) >= 0]
    return text[_behind(_CLAUSE, text, match.start()) : min(ends, default=last)]


def _is_for_comments(text: str, match: re.Match[str]) -> bool:
    clause = _clause(text, match)
    if _ASKED.search(clause):
        return bool(_SENT.search(clause) or not _NOT_ASKED.search(clause))
    if _DEADLINE.match(clause.strip()):
        return True
    before = text[_behind("。！？\n", text, match.start()) : match.start()]
    return bool(_ASKED.search(before) and _PERIOD.search(clause) and not _NOT_ASKED.search(clause))


def _closing(text: str, match: re.Match[str], year: int | None, since: date | None) -> Dated | None:
    """The day, in the year that is written, or that of the days before it; in the next one where those are later."""
    found = _of(match, year=_year_before(text, match.start()) or year)
    if found is None or match["year"]:
        return found
    begun = [day for one in _BEGUN.finditer(text[max(0, match.start() - 30) : match.start()]) if (day := _of(one))]
    turned = since is not None and since.month >= _AUTUMN and found.day.month <= _SPRING and found.day < since
    if match["next"] or turned or (begun and begun[-1].day > found.day):
        later = _made(found.day.year + 1, found.day.month, found.day.day)
        return Dated(later, found.start, found.end) if later else None
    return found


def _year_before(text: str, end: int) -> int | None:
    """The last year that the clause names before a place in it: 2021年5月1日至5月10日."""
    years = re.findall(r"(20\d\d)年", text[max(_behind(_CLAUSE, text, end), end - 60) : end])
    return int(years[-1]) if years else None
