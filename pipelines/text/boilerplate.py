"""Lines that a site puts around every text: rights, share bars, neighbours, font switches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pipelines.text import headings, widgets

Kind = Literal["rights", "credits", "bar", "neighbour", "further"]

_LONGEST = {"rights": 1000, "credits": 120, "bar": 60, "neighbour": 60, "further": 20}
_LINES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("rights", re.compile(widgets.NOTICE)),
    (
        "credits",
        re.compile(
            r"^[【\[(（〔]?\s?(?:责\s?任\s?编\s?辑|责\s?编|(?:网络|网站|新媒体|值班|本期|见习|实习)编辑|编\s?辑|编审|责任校对|校\s?对|审\s?核|审\s?校|审签|初审|复审|终审|签发|监制|录入"
            r"|值班编委|来\s?源|稿源|信息来源|文章来源|转\s?自|转载自|摘自|作\s?者|撰文|撰稿|供稿|原标题|原题)\s?[:：丨｜|]"
        ),
    ),
    (
        "bar",
        re.compile(
            r"^[【\[(（<《]?\s?(?:(?:分享|转发|收藏)(?:到|至|给|本文|此文|[:：])?(?:朋友圈|微信|微博|空间|好友|[\sA-Za-z:：、|]|QQ|人人网|腾讯|新浪)*"
            rf"|{widgets.SCAN}.{{0,30}}|{widgets.FOLLOW}|(?:长按|识别).{{0,4}}二维码.{{0,20}}"
            r"|(?:点击|点此|请点击)(?:查看|进入|下载|阅读|这里|此处)[^，。]{0,30}|查看(?:原文|更多|全文)|阅读(?:原文|全文|更多)|展开全文|更多.{0,8}(?:>>|»|>)"
            r"|(?:选择)?(?:阅读)?(?:(?:字号|字体)(?:大小)?(?:[:：\s【\[].{0,20})?|文字大小.{0,20})|(?:【|\[)?\s?大\s+中\s+小\s?(?:】|\])?|[Aa][+-](?:\s?[Aa][+-])?"
            r"|(?:【?\s?(?:打印|关闭|返回|收藏|推荐|纠错|顶部|返回顶部|返回首页|打印本页|关闭窗口|关闭本页|打印此页|我要纠错|大|中|小)\s?】?[\s|｜/]*){1,6}"
            r"|(?:阅读|浏览|点击|访问)(?:次数|量|数)[:：]?\s?\d*\s?次?|(?:我要|发表|网友)评论\s?[（(\d]?.{0,8}[)）]?|相关附件[:：]?|上一页.{0,20}下一页.{0,6}|责任编辑)[】\])）>》]?$"
        ),
    ),
    (
        "neighbour",
        re.compile(
            r"^[<《【\[]?\s?(?:上一篇|下一篇|上一篇文章|下一篇文章|上一个|下一个|上一条|下一条|上篇|下篇|前一篇|后一篇)\s?(?:[】\]]?\s?[:：>》].{0,56}|[】\]]?\s?(?:没有了|无)?)$"
        ),
    ),
)
_HINT = re.compile(
    "[【\\[(（<《■●▍◆|]?[版免特郑法重风投图信内素部新见实著若欢搜订用手支读来转声凡本未如以文责网编审校初复终签监录值来稿信摘作撰供原分收扫长识微关欢点请查阅展更选字大Aa打返推纠顶我中小浏访相上下前后延猜热精最今为您]"
)


_LITTLE = 40
"""Characters of a salutation and a signature."""
_SENTENCE = re.compile("[。！？；]")


def is_little(lines: Sequence[str]) -> bool:
    """Whether the lines are no text by themselves: a signature, a day, a salutation."""
    return sum(map(len, lines)) <= _LITTLE and not any(map(_SENTENCE.search, lines))


def kind(line: str) -> Kind | None:
    """What a whole line is when it is no text of the article's; None for text.

    rights: a site's statement on copyright or liability; credits: 来源, 转自, 编辑 and the like; bar: buttons;
    neighbour: 上一篇：…, and 上篇：…, which may head a part of the text too; further: the heading of a list of related
    links. Expects simplified characters.
    """
    line = line.strip()
    if len(line) <= _LONGEST["further"] and headings.named(line) is not None:
        return "further"
    if _HINT.match(line) is None:
        return None
    return next((name for name, rule in _LINES if len(line) <= _LONGEST[name] and rule.match(line)), None)
