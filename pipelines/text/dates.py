"""Dates as Chinese pages write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Literal

Precision = Literal["day", "minute", "second"]
Dated = tuple[datetime, Precision]

_NOON = 12
_FARTHEST = timedelta(hours=14)
"""From UTC, of any time zone."""
SHANGHAI = timezone(timedelta(hours=8), "+08:00")

_MORNING = ("凌晨", "清晨", "早上", "早晨", "上午")
_NIGHT = ("晚上", "晚间", "晚間", "夜间", "晚")
_AFTERNOON = ("中午", "午间", "午間", "下午", "午后", "傍晚")
_HALF = "|".join((*_MORNING, *_AFTERNOON, *_NIGHT, r"[AaPp]\.?[Mm]\.?"))
_ZONE = r"(?:GMT|UTC)(?:[+-]\d{1,2}(?::?\d\d)?)?|CST|Z|[+-]\d\d:?\d\d"
_BETWEEN = r"[日号]?[\sT,，(（]{0,4}(?:(?:星期|周|週).)?\s?[)）]?[\s,，]{0,4}"
_TIME = (
    rf"(?:{_BETWEEN}(?P<half>{_HALF})?\s?"
    r"(?P<hour>[01]?\d|2[0-3])\s?(?:[:：]\s?(?P<minute>[0-5]?\d)|[时時點点](?:\s?(?P<point>[0-5]?\d)(?!\d))?)"
    r"(?:\s?[:：分]\s?(?P<second>[0-5]\d))?(?:\.\d{1,9})?分?秒?"
    rf"(?:\s?(?P<after>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?(?:\s?(?P<zone>{_ZONE})(?![A-Za-z\d]))?)?"
)
_SEPARATOR = "[-/.—–－]"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FULL = re.compile(
    rf"(?<!\d){_YEAR}\s?(?:年\s?(?P<month>1[0-2]|0?[1-9])\s?月\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号]?"
    rf"|(?P<sep>{_SEPARATOR})\s?(?P<month2>1[0-2]|0?[1-9])\s?(?P=sep)\s?(?P<day2>3[01]|[12]\d|0?[1-9])(?!\d))" + _TIME
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<year>20\d\d|199\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:\s?(?P<hour>[01]\d|2[0-3]):?(?P<minute>[0-5]\d)(?::?(?P<second>[0-5]\d))?)?(?!\d)"
)
_YEARLESS = re.compile(
    r"(?<![\d年./-])(?:(?P<month>1[0-2]|0?[1-9])\s?月\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号]"
    r"|(?P<month2>1[0-2]|0[1-9])[-/](?P<day2>3[01]|[12]\d|0[1-9])(?![\d/-]))" + _TIME
)
_RELATIVE = re.compile(r"(?P<days>今天|今日|昨天|昨日|大前天|前天|前日|(?<!\d)\d{1,3}\s?天前)" + _TIME)
_DAYS = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3}
_EPOCH = re.compile(r"(1\d{9}|[89]\d{8})(?:\d{3})?")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_RFC = re.compile(rf"\d{{1,2}} (?:{_MONTHS}) \d{{4}} \d\d:\d\d(?::\d\d)? ?(?:GMT|UTC|CST|[+-]\d{{4}})")
_UNIX = re.compile(
    rf"(?P<month>{_MONTHS}) {{1,2}}(?P<day>\d{{1,2}}) (?P<time>\d\d:\d\d:\d\d) (?P<zone>GMT|UTC|CST) (?P<year>\d{{4}})"
)
_NUMERAL = re.compile(
    "(?:[一二][〇○OＯ零0一二三四五六七八九]{3}年)?[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]"
)
_DIGITS = str.maketrans("〇○OＯ零一二三四五六七八九", "00000123456789")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_CLOCK = (
    rf"(?:{_BETWEEN}(?:{_HALF})?\s*\d{{1,2}}\s*[:：时時点點](?:\s*\d{{1,2}}"
    r"(?:\s*[:：分]\s*\d{1,2}(?:\.\d+)?秒?)?(?:\s*分)?)?"
    rf"(?:\s?[AaPp]\.?[Mm](?![A-Za-z]))?(?:\s?(?:{_ZONE})(?![A-Za-z\d]))?)?"
)
WRITTEN = re.compile(
    rf"(?:(?:19|20|１９|２０)(?<!\d\d\d)\d\d\s*(?:{_SEPARATOR}\s*\d{{1,2}}\s*{_SEPARATOR}\s*\d{{1,2}}|年\s*\d{{1,2}}\s*月\s*\d{{1,2}}\s*日?)"
    rf"|[一二](?<!\d.)[〇○OＯ零一二三四五六七八九]{{3}}年[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日){_CLOCK}"
)
"""Where a text has a date with its year, and its time where one follows. What stands before it is looked at last, as
most is no 19. ``parse_date`` says what it is."""
SHORT = re.compile(
    rf"(?:(?<![\d年./-])(?:\d{{1,2}}\s?月\s?\d{{1,2}}\s?日|[01]\d[-/][0-3]\d(?![\d/-]))|今天|今日|昨天|昨日|大?前天|前日|\d{{1,3}}\s?天前)"
    rf"{_CLOCK}"
)
"""The same without a year, or told from the day of reading."""


def parse_date(text: str, *, today: date | None = None) -> Dated | None:
    """The date that the text says, with its precision, in China's time (+08:00); None where there is none.

    A date with its year goes before one without, and that before 昨天; among equals the first counts. ``today`` is the
    day that 昨天 and dates without a year are relative to; without it they are not read. A date without a year is the
    latest such day up to the day after ``today``.
    """
    if not text.isascii():
        text = _NUMERAL.sub(_arabic, text.translate(_WIDE))
    return next(_candidates(text.strip(), today), None)


def _candidates(text: str, today: date | None) -> Iterator[Dated]:
    for pattern in (_FULL, _COMPACT):
        for match in pattern.finditer(text):
            if dated := _dated(match, int(match["year"])):
                yield dated
    if (rfc := _RFC.search(text)) and (dated := _rfc(rfc[0])):
        yield dated
    if unix := _UNIX.search(text):  # Sat Apr 11 09:30:00 CST 2020
        dated = _rfc(f"{unix['day']} {unix['month']} {unix['year']} {unix['time']} {unix['zone']}")
        if dated:
            yield dated
    if epoch := _EPOCH.fullmatch(text):
        yield datetime.fromtimestamp(int(epoch[1]), SHANGHAI), "second"
    if today is not None:
        yield from _relative(text, today)


def _relative(text: str, today: date) -> Iterator[Dated]:
    for match in _YEARLESS.finditer(text):
        dates = (_dated(match, year) for year in range(min(today.year + 1, 9999), max(today.year - 5, 0), -1))
        if dated := next((d for d in dates if d and d[0].date() <= today + timedelta(days=1)), None):
            yield dated
    if ago := _RELATIVE.search(text):
        days = _DAYS.get(ago["days"])
        day = today - timedelta(days=int(re.sub(r"\D", "", ago["days"])) if days is None else days)
        if dated := _timed(ago, day):
            yield dated


def _rfc(text: str) -> Dated | None:
    try:
        return parsedate_to_datetime(text.replace("CST", "+0800")).astimezone(SHANGHAI), "second"
    except ValueError:  # 31 Jun is no date
        return None


def _dated(match: re.Match[str], year: int) -> Dated | None:
    part = match.groupdict()
    try:
        day = date(year, int(part.get("month") or part["month2"]), int(part.get("day") or part["day2"]))
    except ValueError:  # 31 June is no date
        return None
    return _timed(match, day)


def _timed(match: re.Match[str], day: date) -> Dated | None:
    part = match.groupdict()
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    if part["hour"] is None:
        return midnight, "day"
    hour, later = _hour(int(part["hour"]), part.get("half") or part.get("after"))
    minute = int(part["minute"] or part.get("point") or 0)
    at = midnight.replace(hour=hour, minute=minute, second=int(part["second"] or 0))
    if later and day < date.max:
        at += timedelta(days=1)
    if zone := part.get("zone"):
        offset = _offset(zone)
        if offset is None:
            return midnight, "day"
        at = at.replace(tzinfo=timezone(offset)).astimezone(SHANGHAI)
    return at, "second" if part["second"] else "minute"


def _hour(hour: int, half: str | None) -> tuple[int, bool]:
    """The hour of the day, and whether it is of the following one: 晚上12点 is the night's end."""
    if half is None or hour > _NOON:
        return hour, False
    half = half.replace(".", "").upper()
    if hour == _NOON:
        return (0, half in _NIGHT) if half in {*_NIGHT, "凌晨", "AM"} else (hour, False)
    noon = half in {"中午", "午间", "午間"} and hour >= _NOON - 2  # 中午11点30分
    return (hour + _NOON, False) if half in {*_AFTERNOON, *_NIGHT, "PM"} and not noon else (hour, False)


def _offset(zone: str) -> timedelta | None:
    """What a zone is ahead of UTC; CST is China's here. None where there is no such zone."""
    if zone == "CST":
        return timedelta(hours=8)
    named = zone.removeprefix("GMT").removeprefix("UTC")
    if named in {"", "Z"}:
        return timedelta(0)
    digits = named[1:].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])  # noqa: PLR2004
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if named[0] == "-" else 1)
    return offset if abs(offset) <= _FARTHEST else None


def _arabic(found: re.Match[str]) -> str:
    """二〇二〇年四月十一日 -> 2020年4月11日; what is no number stays."""
    year, _, rest = found[0].rpartition("年")
    month, _, day = rest[:-1].partition("月")
    numbers = (_number(month), _number(day))
    if None in numbers:
        return found[0]
    years = f"{year.translate(_DIGITS)}年" if year else ""
    return f"{years}{numbers[0]}月{numbers[1]}日"


def _number(numeral: str) -> int | None:
    """1 to 99 in Chinese numerals."""
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return None
    digits = "一二三四五六七八九"
    return (digits.find(tens) + 1 if tens else 1) * 10 * bool(ten) + (digits.find(ones) + 1 if ones else 0)
