"""The days that a document names: written, in force, until when, and when comments close."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipelines.policy.titles import kinds_of, title_key
from pipelines.text.dates import parse_date

_GAP: Final = r"[ \u3000]{0,3}"
_YEAR: Final = r"(?:(?:20|19)\d\d|二[〇○零OＯ][〇○零OＯ一二三四五六七八九]{2})"
_NTH: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_COUNT: Final = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_DAY: Final = (
    rf"(?P<year>{_YEAR}){_GAP}(?:年|[-/.]){_GAP}(?P<month>{_NTH}){_GAP}(?:月|[-/.]){_GAP}(?P<day>{_NTH}){_GAP}日?"
)
_NO_YEAR: Final = (
    rf"(?:(?P<year>{_YEAR}){_GAP}(?:年|[-/.]){_GAP}|(?P<next>[次翌]年){_GAP})?"
    rf"(?P<month>{_NTH}){_GAP}(?(year)(?:月|[-/.])|月){_GAP}(?P<day>{_NTH}){_GAP}(?(year)日?|日)"
)
_LATER_DAY: Final = rf"(?:{_YEAR}{_GAP}(?:年|[-/.]){_GAP})?{_NTH}{_GAP}(?:月|[-/.]){_GAP}{_NTH}{_GAP}日?"
_TO: Final = rf"{_GAP}(?:起|开始)?{_GAP}(?:至|到|—{{1,2}}|--?|~|～){_GAP}"
_EFFECTIVE: Final = re.compile(
    rf"(?:自|从|于)?{_GAP}{_DAY}(?:{_TO}{_LATER_DAY}{_GAP}(?:止|期间)?)?"
    rf"{_GAP}(?:零时|0时)?{_GAP}(?:起|开始)?{_GAP}(?:正式)?{_GAP}(?:施行|实施|生效|执行|试行|起实行)"
)
_LABELLED: Final = re.compile(rf"^{_GAP}(?:施行|实施|生效)日期{_GAP}[：:]{_GAP}{_DAY}", re.MULTILINE)
_FROM_ISSUE: Final = re.compile(
    "自(?:印发|发布|公布|下发|颁布|公告|发文|本文件印发)之日起?"
    f"(?:满?(?P<later>{_COUNT})日)?(?:后|起)?(?:正式)?(?:施行|实施|生效|执行|试行|，)"
)
_TERM: Final = "(?:有效|执行|实施|施行|试行)(?:期限|期|时间)"
"""What a document calls the time in which it is in force."""
_LAST_DAY: Final = (
    rf"(?:(?P<last_year>{_YEAR}){_GAP}(?:年|[-/.]){_GAP})?"
    rf"(?P<last_month>{_NTH}){_GAP}(?:月|[-/.]){_GAP}(?P<last_day>{_NTH})"
)
_SPAN: Final = re.compile(rf"{_TERM}{_GAP}(?:为|是|自|从|[：:]){{0,2}}{_GAP}{_DAY}{_TO}{_LAST_DAY}")
_UNTIL: Final = re.compile(
    "(?:有效期(?:限)?(?:为)?|执行期限?|实施期限|施行|执行|有效期自[^。]{0,20})"
    rf"[^。\d]{{0,6}}?(?:至|到|截至|截止){_GAP}{_DAY}"
)
_YEARS: Final = re.compile(
    rf"(?:有效|试行)期限?(?:为|是)?{_GAP}"
    rf"(?:(?P<years>{_COUNT}){_GAP}年(?:零?{_GAP}(?P<more>{_COUNT}){_GAP}个月)?|(?P<months>{_COUNT}){_GAP}个月)"
)
_COMMENTS: Final = (
    re.compile(rf"(?:截止|截至|至|到|—|--|-|~|～){_GAP}(?:时间|日期)?[：:为]?{_GAP}(?:到|至)?{_GAP}{_NO_YEAR}"),
    re.compile(
        rf"{_NO_YEAR}{_GAP}(?:（[^）]{{0,12}}）|\([^)]{{0,12}}\))?{_GAP}"
        r"(?:\d{1,2}[：:时]\d{0,2})?(?:之?前|以前|下班前)"
    ),
    re.compile(
        rf"(?:(?P<year>{_YEAR}){_GAP}年{_GAP}|(?P<next>[次翌]年){_GAP})?"
        rf"(?P<month>{_NTH}){_GAP}月{_GAP}{_NTH}{_GAP}日?{_TO}(?P<day>{_NTH}){_GAP}日"
    ),
)
_WITHIN: Final = re.compile(
    f"(?:(?:公告|通告|通知|发布|公布|公示|刊登|见报)之日起|(?:期限?|时间)(?:为|[：:])){_GAP}(?P<days>{_COUNT})(?:个自然)?[日天]"
)
_HEAD: Final = 600
"""Characters in which a call says how many days it is open; the draft below counts days of its own."""
_BEGUN: Final = re.compile(_DAY)
_TITLE: Final = re.compile("《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_OF_WHAT: Final = re.compile("[^，。；]{0,4}?的(?:《|原|旧|[^，。；]{2,40}(?:废止|失效))")
"""Behind a day that tells which document is meant: 2016年5月1日起施行的《X》."""
_KIND: Final = "(?:条例|办法|规定|细则|意见|通知|措施|方案|规划|公告|通告|命令|标准|政策|决定|清单|预案|文件)"
_OF_THIS: Final = re.compile(rf"本[^，。；]{{0,6}}?{_KIND}|^[该此新]?{_KIND}|{_KIND}》?的?$|施行|实施|生效|执行|试行")
"""Before 有效期, what says that it is a document's: a certificate's has none of it."""
_ITEM: Final = re.compile(r"^[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．]")
_LAW: Final = re.compile(r"(?:法典|(?<![办方做无])法)(?:正式)?(?:已|将|已经)?$")
"""A law right before a day: 民法典2021年1月1日起施行."""
_CLAUSE: Final = "，。；！？\n"
_SENTENCE: Final = 300
"""Characters in which a sentence says what a day in it is for."""
_AUTUMN, _SPRING = 9, 4
"""Months from which a day of the next year, and up to which one of that year, is asked for."""
_THIS: Final = re.compile(rf"本{_KIND}|(?:^|[》、…：: \u3000])[该新]?{_KIND}[^，。]{{0,4}}$")
"""What says that a day is of this text: 本办法自…, 条例自…."""
_ASKED: Final = re.compile("反馈|意见|建议|征求|征集|公示|提出|报送|发送|邮箱|邮件|来信|来函|寄")
_HOW: Final = re.compile(
    "(?:反馈|提出|提交|发送|报送|邮|寄|来信|来函|书面)[^。]{0,40}(?:意见|建议)|(?:意见|建议)[^。]{0,20}(?:反馈|发|报|邮|寄)"
)
"""Behind a day, what may be done until then: 2024年7月31日前，通过以下方式提出意见."""
_SENT: Final = re.compile("反馈|截止|报送|发送|提出")
_NOT_ASKED: Final = re.compile("规划期|会议|召开|精神|通过|备案|有效期|执行期|施行|实施|印发|出台")
_PERIOD: Final = re.compile("时间|期限|为期|期间|截止|截至|起|^[（(]?(?:从|自|于|至)?(?:即日|20)|前$|止")
_DEADLINE: Final = re.compile("(?:意见)?(?:截止|征集|公示)(?:时间|日期|期限)")
_CHINESE: Final = (
    {char: value for value, char in enumerate("〇一二三四五六七八九十")} | dict.fromkeys("○零ＯO", 0) | {"两": 2}
)
_SIGNED: Final = re.compile(_DAY)
_ORGAN_BEFORE: Final = re.compile(
    r"[^\W\d][^，。；：:《》\d]{2,60}(?:局|厅|委|会|政府|办公室|办公厅|部|署|院|中心|指挥部|小组)[ \u3000\t]+"
    rf"(?P<signed>{_YEAR}年.*日)"
)
"""A line that has the signature and its day: 攀枝花市人民政府 2024年5月6日."""


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


def _number(text: str) -> int:
    """12, 十二, 三十 or, digit by digit, 二〇二四."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    units = int("".join(str(_CHINESE[char]) for char in ones)) if ones else 0
    return (_number(tens) if tens else 1) * 10 + units if ten else units


def _of(match: re.Match[str], *, year: int | None = None) -> Dated | None:
    written = _number(match["year"]) if match["year"] else year
    day = _made(written, _number(match["month"]), _number(match["day"])) if written else None
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
        if offset and (organ := _ORGAN_BEFORE.fullmatch(bare)):
            bare = organ["signed"]
        if len(bare) <= 18 and (day := parse_day(bare)) and _SIGNED.fullmatch(re.sub(r"\s", "", bare)):  # noqa: PLR2004
            found.append(Dated(day, offset, offset + len(line)))
        offset += len(line) + 1
    if len(found) > 1 and not text[: found[0].start].strip():
        return found[1]
    return found[0] if found else None


def effective_on(text: str, *, issued: date | None = None, documents: tuple[str, ...] = ()) -> Dated | None:
    """自2021年5月1日起施行, or the first day of 执行期限为…至…; 自印发之日起施行 is the day it was issued, 30日后 that
    many days later, where known.

    ``documents`` are the titles that the text is about; a day of another is not theirs: 2016年5月1日起施行的《X》废止.
    """
    if not re.search("施行|实施|执行|生效|试行|有效期", text):
        return None
    said = (*_EFFECTIVE.finditer(text), *_LABELLED.finditer(text), *_terms(_SPAN, text))
    own = [match for match in said if _is_own(text, match, documents)]
    for match in sorted(own, key=lambda match: not _says_this(text, match)):
        if found := _of(match):
            return found
    if issued and (counted := _FROM_ISSUE.search(text)):
        later = timedelta(days=_number(counted["later"] or "0"))
        return Dated(issued + later, counted.start(), counted.end())
    return None


def expires_on(text: str, *, effective: date | None = None, documents: tuple[str, ...] = ()) -> Dated | None:
    """有效期至2025年12月31日, or 有效期5年 counted from the day it came into force."""
    for match in _terms(_SPAN, text):
        if _is_own(text, match, documents) and (day := _span_end(match)):
            return Dated(day, match.start(), match.end())
    untils = (match for match in _UNTIL.finditer(text) if "期" not in match[0][:3] or _is_term(text, match))
    if until := next((match for match in untils if _is_own(text, match, documents)), None):
        return _of(until)
    for match in _terms(_YEARS, text) if effective else ():
        assert effective is not None
        months = 12 * _number(match["years"] or "0") + _number(match["more"] or match["months"] or "0")
        if day := _months_later(effective, months):
            return Dated(day, match.start(), match.end())
    return None


def _span_end(match: re.Match[str]) -> date | None:
    """The last day of a span, in the year of its first one where it names none."""
    year = match["last_year"] or match["year"]
    return _made(_number(year), _number(match["last_month"]), _number(match["last_day"]))


def _months_later(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return _made(year, month + 1, day.day) or _made(year, month + 1, 28)


def _terms(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Where a pattern finds a term of validity that is a document's."""
    return (match for match in pattern.finditer(text) if _is_term(text, match))


def _is_term(text: str, match: re.Match[str]) -> bool:
    """Whether a term of validity is a document's, and not that of a certificate that it speaks of: the words before it
    in its clause say so, or else those of its sentence; one on a line of its own is.
    """
    for marks in (_CLAUSE, "。；！？\n"):
        before = _ITEM.sub("", text[_behind(marks, text, match.start()) : match.start()].strip(" \u3000（(，"))
        if before:
            return _OF_THIS.search(before) is not None
    return True


def comments_until(text: str, *, year: int | None = None, since: date | None = None) -> Dated | None:
    """The last day for comments; ``year`` is taken where the text gives month and day only.

    ``since`` is the day of the call: of one late in a year, the first months are those of the next; and 30日内 is
    counted from it.

    A day in a title, of a planning period, a meeting or a former act is none: the words around say what it is for.
    """
    masked = _TITLE.sub(lambda title: "〇" * len(title.group()), text)
    for pattern in _COMMENTS:
        for match in pattern.finditer(masked):
            if _is_for_comments(masked, match) and (found := _closing(masked, match, year, since)):
                return found
    for match in _WITHIN.finditer(masked, 0, _HEAD) if since else ():
        assert since is not None
        if _is_for_comments(masked, match):
            return Dated(since + timedelta(days=_number(match["days"])), match.start(), match.end())
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
    if not _PERIOD.search(clause) or _NOT_ASKED.search(clause):
        return False
    before = text[_behind("。！？\n", text, match.start()) : match.start()]
    behind = re.split("[。！？\n]", text[match.end() : match.end() + _SENTENCE], maxsplit=1)[0]
    return bool(_ASKED.search(before) or (clause.endswith("前") and _HOW.search(behind)))


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
    years = re.findall(rf"({_YEAR})年", text[max(_behind(_CLAUSE, text, end), end - 60) : end])
    return _number(years[-1]) if years else None
