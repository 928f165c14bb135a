"""What of a text is compared: its words, without the paper's name in front and the editors behind."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from crawler.items import SHANGHAI
from pipelines.dedupe.letters import ENDS, letters

FRESH = timedelta(days=3)
"""How far two publications of one story lie apart, unless the text itself says more."""

HALF_YEAR = timedelta(days=183)

HEAD = re.compile(
    r"\s*(?:【[^】\n]{1,12}】\s*)?(?:[(（]?[^\s，。；：:！？、（(]{0,24}(?:消息|[报社网台日][^\s，。；：:！？（(]{0,16}[电讯]))"
    r"\s*(?:[（(][^）)\n]{0,40}[）)])?\s*[：:，,]?\s*(?:本台消息|本报讯|记者.{2,12}报道)?[：:，,]?\s*"
)
"""新华社北京4月11日电（记者 …） · 央视网消息（新闻联播）：本台消息， · 本报讯"""
HEAD_LINE = re.compile(
    r"[^\S\n]*(?:来源|稿源|转自|时间|日期|发布时间|发布日期|发表时间|作者|记者|编辑|责任编辑|字号|字体|阅读次数|浏览次数|点击)"
    r"\s*[:：][^\n]{0,80}\n"
)
"""来源：… 时间：2020-04-11, where it got into the text."""
LABELS = (
    r"(?:责任|视频|文字)?编辑|责编|[来稿]源|转载?自|作者|记者|通讯员|校对|审核|监制|原标题|关键词|(?:免责|版权)?声明"
)
FOOT_LINE = re.compile(
    rf"\s*(?:(?:{LABELS})\s*[:：]|[（(【\[]\s*(?:{LABELS}|版权)|(?:延伸阅读|相关阅读|扫一扫|分享到|上一篇|下一篇))"
)
FOOT_NOTE = re.compile(
    r"\s*[（(][^（()）\n]{0,60}(?:编辑|记者|校对|责编|通讯员|完|来源[:：])[^（()）\n]{0,60}[）)]\s*$"
)
SENTENCE_END = re.compile(f"[{ENDS}]")
LIKE_WORDS = {
    "今天": "今日|当天|当日|昨天|昨日|日前|近日|近期",
    "目前": "当前|现在|如今|眼下",
    "表示": "介绍说|指出|强调|认为|介绍|谈到|提出|透露|说|称",
    "记者": "笔者",
}
"""Words that an editor changes throughout a text."""
LIKE_WORD = re.compile("|".join(f"({like})" for like in LIKE_WORDS.values()))
NOT_WORD = re.compile(r"[^\w\n]+|_+")


def sentences(text: str) -> list[str]:
    """The words of each sentence: letters, digits and Han characters alone, in one form (NFKC, lower case)."""
    plain = letters(text)
    if plain is None:
        bare = NOT_WORD.sub("", SENTENCE_END.sub("\n", text))
        plain = unicodedata.normalize("NFKC", bare).lower()
    return plain.split("\n")


def words(text: str) -> str:
    """The words of a text as one string."""
    return "".join(sentences(text))


def levelled(core: str) -> str:
    """The words with one for all that mean as much in a report: what differs still is another wording or thing."""
    plain = tuple(LIKE_WORDS)
    return LIKE_WORD.sub(lambda found: plain[(found.lastindex or 1) - 1], core)


def trimmed(body: str) -> str:
    """The body without dateline, editors' lines and notes of origin; whole where nothing would be left."""
    start = 0
    while line := HEAD_LINE.match(body, start):
        start = line.end()
    if head := HEAD.match(body, start):
        start = head.end()
    end = len(body.rstrip())
    while end > start:
        last = body.rfind("\n", start, end) + 1
        if last > start and FOOT_LINE.match(body, last, end):
            end = last - 1
        elif note := FOOT_NOTE.search(body, max(start, end - 140), end):
            end = note.start()
        else:
            break
    return body[start:end] if end > start else body


# --- the day a text is from -------------------------------------------------------------------------------

DATE = r"(?:(?P<year>20\d\d|19\d\d)年)?(?P<month>1[0-2]|0?[1-9])月(?P<day>3[01]|[12]\d|0?[1-9])日"
DATELINE = re.compile(DATE + r"\s*(?:[电讯]|消息)")
LABELLED = re.compile(
    r"(?:时间|日期|发布)\s*[:：]?\s*(?P<year>20\d\d|19\d\d)\s?[-/.年]\s?(?P<month>1[0-2]|0?[1-9])\s?[-/.月]\s?"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
)
LEAD = re.compile(
    r"[^。！？\n]{0,30}?(?<![\d至到自从前])(?<![定将拟须应截]于)(?<!截至)(?<!截止)" + DATE + "(?!前|起|至|到|—|-)"
)
"""The first date of the first sentence, unless it is one that something is to begin or to end."""
SIGNED = re.compile(r"[（(]?" + DATE + r"[）)]?\s*$")
LEAD_SPAN = 120
SIGNED_SPAN = 60


def day_of(moment: datetime) -> date:
    """The calendar day in China."""
    return moment.astimezone(SHANGHAI).date()


def stated_day(body: str, published: date | None) -> date | None:
    """The day the text dates itself: by a label (时间：), a dateline (4月11日电), its first words, or its signature.

    A date without a year is the last such day not after ``published``, at most half a year back: what is further
    is rather a day to come. A day after the publication is none.
    """
    head, foot = body[:LEAD_SPAN], body[-SIGNED_SPAN:]
    found = LABELLED.search(head) or LABELLED.search(foot)
    if found is None and "日" in head:
        found = DATELINE.search(head) or LEAD.match(trimmed(head))
    if found is None and "日" in foot and (signed := SIGNED.search(foot)) and signed["year"]:
        found = signed
    return None if found is None else _resolved(found, published)


def _resolved(found: re.Match[str], published: date | None) -> date | None:
    month, day = int(found["month"]), int(found["day"])
    if found["year"]:
        years = [int(found["year"])]
    elif published is not None:
        years = [published.year, published.year - 1]
    else:
        return None
    for year in years:
        try:
            stated = date(year, month, day)
        except ValueError:  # 2月29日 of a year that has none
            continue
        if published is None or (stated <= published and (found["year"] or published - stated <= HALF_YEAR)):
            return stated
    return None


def story_days(body: str, published_at: datetime | None) -> tuple[date, ...]:
    """The days the story may be from: its publication's, then the text's own where that is earlier."""
    published = None if published_at is None else day_of(published_at)
    stated = stated_day(body, published)
    if published is None:
        return () if stated is None else (stated,)
    return (published,) if stated is None or published - stated <= FRESH else (published, stated)
