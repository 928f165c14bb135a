from datetime import date, datetime

import pytest

from pipelines.text.dates import SHANGHAI, SHORT, WRITTEN, parse_date

TODAY = date(2020, 6, 1)


def at(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "when", "precision"),
    [
        ("2020-04-11", at(2020, 4, 11), "day"),
        ("2020/4/11 9:30:15", at(2020, 4, 11, 9, 30, 15), "second"),
        ("2020.04.11", at(2020, 4, 11), "day"),
        ("2020年4月11日 09:30", at(2020, 4, 11, 9, 30), "minute"),
        ("2020年4月11日09时30分", at(2020, 4, 11, 9, 30), "minute"),
        ("2020年4月11日下午3点20分", at(2020, 4, 11, 15, 20), "minute"),
        ("2020 年 4 月 11 日 星期六 10:05", at(2020, 4, 11, 10, 5), "minute"),
        ("２０２０年４月１１日", at(2020, 4, 11), "day"),
        ("二〇二〇年四月十一日", at(2020, 4, 11), "day"),
        ("二○二○年十二月三十一日", at(2020, 12, 31), "day"),
        ("20200411", at(2020, 4, 11), "day"),
        ("20200411093015", at(2020, 4, 11, 9, 30, 15), "second"),
        ("2020-04-11T01:30:00Z", at(2020, 4, 11, 9, 30), "second"),
        ("2020-04-11T09:30:00.123+08:00", at(2020, 4, 11, 9, 30), "second"),
        ("Sat, 11 Apr 2020 01:30:00 GMT", at(2020, 4, 11, 9, 30), "second"),
        ("1586568600", at(2020, 4, 11, 9, 30), "second"),
        ("1586568600000", at(2020, 4, 11, 9, 30), "second"),
        ("04月11日", at(2020, 4, 11), "day"),
        ("4月11日", at(2020, 4, 11), "day"),
        ("四月十一日", at(2020, 4, 11), "day"),
        ("04-11 09:30", at(2020, 4, 11, 9, 30), "minute"),
        ("12月31日", at(2019, 12, 31), "day"),
        ("2月29日", at(2020, 2, 29), "day"),
        ("昨日", at(2020, 5, 31), "day"),
        ("昨天 18:20", at(2020, 5, 31, 18, 20), "minute"),
        ("今天", at(2020, 6, 1), "day"),
        ("3天前", at(2020, 5, 29), "day"),
        ("2020/4/11 3:20:00 PM", at(2020, 4, 11, 15, 20), "second"),
        ("2020-04-11 PM 3:20", at(2020, 4, 11, 15, 20), "minute"),
        ("2020-04-11 12:20 a.m.", at(2020, 4, 11, 0, 20), "minute"),
        ("2020-04-11 12:20 PM", at(2020, 4, 11, 12, 20), "minute"),
        ("2020年4月11日中午1点30分", at(2020, 4, 11, 13, 30), "minute"),
        ("2020年4月11日中午11:50", at(2020, 4, 11, 11, 50), "minute"),
        ("2020年4月11日中午12点", at(2020, 4, 11, 12), "minute"),
        ("2020年4月11日 凌晨12:30", at(2020, 4, 11, 0, 30), "minute"),
        ("2020年4月11日晚上12点", at(2020, 4, 12), "minute"),
        ("2020年4月11日晚間8時5分", at(2020, 4, 11, 20, 5), "minute"),
        ("2020年4月11日 上午9时", at(2020, 4, 11, 9), "minute"),
        ("2020年4月11日 周六 下午2:05", at(2020, 4, 11, 14, 5), "minute"),
        ("2020-4-11 9:5", at(2020, 4, 11, 9, 5), "minute"),
        ("2020-04-11 01:30:00 GMT", at(2020, 4, 11, 9, 30), "second"),
        ("2020-04-11 01:30 UTC", at(2020, 4, 11, 9, 30), "minute"),
        ("2020-04-11 09:30:00 CST", at(2020, 4, 11, 9, 30), "second"),
        ("2020-04-11 10:30 UTC+9", at(2020, 4, 11, 9, 30), "minute"),
        ("2020-04-11 01:30 GMT+00:00", at(2020, 4, 11, 9, 30), "minute"),
        ("Sat, 11 Apr 2020 09:30:00 CST", at(2020, 4, 11, 9, 30), "second"),
        ("Sat Apr 11 09:30:00 CST 2020", at(2020, 4, 11, 9, 30), "second"),
        ("2020—04—11", at(2020, 4, 11), "day"),
        ("大前天", at(2020, 5, 29), "day"),
        ("2020-04-11 13:20 PM", at(2020, 4, 11, 13, 20), "minute"),
        ("2020-04-11 3:20 Amazon", at(2020, 4, 11, 3, 20), "minute"),
        ("来源：攀枝花日报 2026/01/24 阅读：100", at(2026, 1, 24), "day"),
        ("4月1日至2020年4月11日", at(2020, 4, 11), "day"),
    ],
)
def test_forms(text, when, precision):
    assert parse_date(text, today=TODAY) == (when, precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020",
        "2020年",
        "2020年4月",
        "2020-13-01",
        "2020年2月30日",
        "电话010-65367254",
        "产值2000亿元",
        "京ICP备11041399号",
        "1.2.2020",
        "127.0.0.1",
        "http://a.cn/12-345.html",
        "31 Jun 2020 10:00 GMT",
        "99月99日",
    ],
)
def test_what_is_no_date(text):
    assert parse_date(text, today=TODAY) is None


def test_relative_forms_need_a_day():
    for text in ("昨日", "04月11日", "3天前"):
        assert parse_date(text) is None


def test_the_time_is_chinas():
    found = parse_date("2020-04-11")
    assert found
    assert found[0].isoformat() == "2020-04-11T00:00:00+08:00"


@pytest.mark.parametrize(
    "text",
    [
        "2020-04-11", "2020年4月11日 09:30", "2020/4/11 3:20:00 PM", "2020-04-11 PM 3:20", "2020年4月11日下午3点20分", "二〇二〇年四月十一日", "２０２０年４月１１日",
        "2020-04-11T01:30:00Z", "2020-04-11 01:30:00 GMT", "2020 年 4 月 11 日 星期六 10:05", "2020—04—11", "2020年4月11日（星期六） 10:05",
    ],
)  # fmt: skip
def test_what_is_found_in_a_line_is_what_is_read(text):
    found = WRITTEN.search(f"发布时间：{text}　来源：攀枝花日报 阅读：12")
    assert found
    assert found[0].rstrip() == text
    assert parse_date(found[0]) == parse_date(text) is not None


@pytest.mark.parametrize("text", ["04-11 09:30", "4月11日", "昨天 18:20", "3天前", "大前天"])
def test_short_dates_are_found_too(text):
    found = SHORT.search(f"时间：{text} 来源：攀枝花日报")
    assert found
    assert found[0] == text
    assert parse_date(found[0], today=TODAY)


@pytest.mark.parametrize("text", ["电话0812-04-11", "2020年", "产值04/115亿元", "第12-3号", "2020-04-11"])
def test_what_is_no_short_date(text):
    assert SHORT.search(text) is None
