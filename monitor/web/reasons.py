"""Why a run ended, a source is ill or an address was set aside, in Chinese: the archive has it in English, for logs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_SAID: Final = (
    ("every visit failed", "每次访问都失败了"),
    ("max_pages", "到了指定的页数"),
    ("shutdown", "有人中止了采集"),
    ("archive_error", "档案库写不进去"),
    ("killed", "采集程序被终止"),
    ("no whole crawl yet", "还没有完整采集过一次"),
    (r"the last whole crawl ended (.+)", r"上一次完整采集结束于 \1"),
    (r"nothing new since (.+); (\d+) days are normal", r"自 \1 起没有新文章；平常最多隔 \2 天"),
    (r"(\d+) new articles in a week, at most (\d+) are normal", r"一周内新增 \1 篇，平常最多 \2 篇"),
    (r"(\d+) new articles in a week, at least (\d+) are normal", r"一周内新增 \1 篇，平常至少 \2 篇"),
    (r"([\d.]+) rows a listing, ([\d.]+) are usual", r"每个列表页 \1 条，平常 \2 条"),
    (r"Forbidden by robots\.txt", "robots.txt 不允许访问"),
    ("no layout fits", "没有合用的版式定义"),
    ("no list of titles and addresses in the JSON", "JSON 里没有标题和网址的列表"),
    ("not well-formed: (.*)", r"格式不完整：\1"),
    ("the feed is empty", "订阅源是空的"),
    ("no rows were found", "列表页没有条目"),
    ("no title was found", "没有找到标题"),
    ("no running text was found", "没有找到正文"),
    ("pictures and no text", "只有图片，没有文字"),
    ("a film and no text", "只有视频，没有文字"),
    ("the page has no text(; scripts make it)?", "网页没有文字"),
    ("the page says (.*)", r"网页写着 \1"),
    (r"a listing of (\d+) rows", r"是有 \1 条的列表页"),
    (r"a text of (\d+) characters", r"正文长达 \1 字"),
)
_LED: Final = (
    ("the crawl did not end well: ", "采集没有正常结束："),
    ("articles can't be read: ", "文章读不出来："),
    ("no article: ", "不是文章："),
    ("reading or cleaning failed: ", "读取或清洗失败："),
    ("cleaning failed: ", "清洗失败："),
    ("not stored: ", "没有存入："),
)
"""What stands in front of another reason."""
_EMPTY: Final = re.compile(r"articles come without (\w+)")
_PATTERNS: Final = tuple((re.compile(pattern), chinese) for pattern, chinese in _SAID)


def in_chinese(reason: str, fields: Mapping[str, str]) -> str:
    """The reason for a reader; an unknown one stands as it is. ``fields``: what fields of articles are called."""
    for english, chinese in _LED:
        if reason.startswith(english):
            return chinese + in_chinese(reason.removeprefix(english), fields)
    if lost := _EMPTY.fullmatch(reason):
        return f"文章缺少{fields.get(lost[1], lost[1])}"
    for pattern, chinese in _PATTERNS:
        if found := pattern.fullmatch(reason):
            return found.expand(chinese)
    return reason
