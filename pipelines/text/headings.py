"""The headings that stand over lists of other articles, in both scripts, however they are decorated."""

from __future__ import annotations

import re
from typing import Final

_OWN: Final = (
    r"(?:延伸|拓展|扩展|擴展|延展|推荐|推薦|关联|關聯|相关|相關)(?:阅读|閱讀)|延伸(?:推荐|推薦)"
    r"|(?:相关|相關)(?:新闻|新聞|链接|鏈接|連結|报道|報導|報道|文章|文件|解读|解讀|稿件|资讯|資訊|政策)(?:阅读|閱讀)?"
    r"|(?:新闻|新聞)(?:链接|鏈接|連結)|政策(?:解读|解讀|原文)(?:链接)?"
)
"""Of an article's own further reading."""
_OWN_SIGN: Final = re.compile("[阅閱荐薦闻聞链鏈連报報章件读讀稿资資政]")
"""One of these stands in each of them."""
_NEEDS_LINKS: Final = r"(?:相关|相關)(?:政策|资讯|資訊)|(?:新闻|新聞)(?:链接|鏈接|連結)"
"""Of those, what sections of a text are called too."""
_OTHER: Final = (
    r"(?:相关|相關)(?:推荐|推薦|信息|专题|專題|内容|內容|附件链接)|(?:推荐|推薦)(?:新闻|新聞|文章)"
    r"|(?:猜|看)?[你您](?:可能)?(?:还|還)?(?:会|會|感)?(?:喜欢|喜歡|兴趣|興趣)的?\S{0,4}|[为為][你您](?:推荐|推薦)"
    r"|(?:喜欢|喜歡)(?:此|这篇|這篇)(?:内容|內容|文章)的人(?:还|還|也)(?:喜欢|喜歡)"
    r"|更多\S{0,10}?(?:阅读|新闻|报道|相关|内容|文章|閱讀|新聞|報導|相關|內容)|看了[這这]\S{2,14}也看了\S{0,4}"
    r"|(?:热门|熱門|热点|熱點)(?:推荐|推薦|新闻|新聞|文章|阅读|閱讀|视频|舆情)|精彩(?:推荐|推薦|阅读)"
    r"|往期(?:回顾|推荐|精彩)|(?:本文)?(?:关联|關聯)(?:新闻|新聞)|(?:同类|同類)(?:新闻|文章)|(?:解读|原文)链接"
    r"|最新文章|今日热点|热文排行|大家都在看"
)
"""Of what a site recommends."""
_HEADING = re.compile(rf"(?P<own>(?:本文)?(?:{_OWN}))|{_OTHER}")
_SOFT = re.compile(_NEEDS_LINKS)
_COUNTED = frozenset("条篇則则多")
"""What ends a counter or "more", but for digits and Latin letters."""
_COUNT = re.compile(r"[\W_]*(?:共?\d{1,3}[条篇則则]?|更多|more|[A-Za-z][A-Za-z ]{2,30})[\W_]*$", re.IGNORECASE)
_APART = re.compile(r"(?<=[\u4e00-\u9fff])[\s·・]+(?=[\u4e00-\u9fff])")
_BARS = re.compile(r"\s*[|｜/／丨]\s*|\s+")
_LONGEST: Final = 40


def bare(text: str) -> str:
    """The heading without marks, blanks between its characters, counters, "more" and a translation."""
    text = _trimmed(text)
    while text and (text[-1] in _COUNTED or text[-1].isascii() or text[-1].isdecimal()):
        shorter = _trimmed(_COUNT.sub("", text))
        if shorter == text:
            break
        text = shorter
    return text


def _trimmed(text: str) -> str:
    """The text from its first letter, digit or Han character to its last."""
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


def named(text: str) -> str | None:
    """The heading that the line is, plainly; None for any other line."""
    if len(text) > _LONGEST:
        return None
    plain = bare(text)
    whole = _APART.sub("", plain)
    if _HEADING.fullmatch(whole):
        return whole
    parts = _BARS.split(plain)  # 延伸阅读 | 热点新闻
    return parts[0] if len(parts) > 1 and all(map(_HEADING.fullmatch, parts)) else None


def may_be_own(text: str) -> bool:
    """Whether a heading of an article's own further reading may stand in the line: of most that is told at once."""
    return _OWN_SIGN.search(text) is not None


def is_own(heading: str) -> bool:
    """Whether what stands under a heading is the article's own further reading."""
    found = _HEADING.fullmatch(heading)
    return found is not None and found["own"] is not None


def is_soft(heading: str) -> bool:
    """Whether a section of the text may be called so: then only links make a list."""
    return _SOFT.fullmatch(heading) is not None
