"""The patterns that the rules look for, and what they make of an article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.items import Relation
from pipelines.policy.terms import HAN, any_of, terms

LEAD: Final = 420
"""How many characters of a body can announce something."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the title (``start`` is -1) or of the body."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of an article, with the piece that proves it."""

    relation: Relation
    proof: Span
    documents: tuple[str, ...] = ()
    by: str = ""
    """The words that name the issuers."""


@dataclass(frozen=True, slots=True)
class Rules:
    hint: re.Pattern[str]
    draft: re.Pattern[str]
    repeal: re.Pattern[str]
    interpretation: re.Pattern[str]
    announce: re.Pattern[str]
    outcome: re.Pattern[str]
    passing: re.Pattern[str]
    naming: re.Pattern[str]
    future: re.Pattern[str]
    recent: re.Pattern[str]
    headline: re.Pattern[str]
    told: re.Pattern[str]
    veto: re.Pattern[str]
    announcement: re.Pattern[str]
    published: re.Pattern[str]
    ending: re.Pattern[str]
    meeting: re.Pattern[str]
    award: re.Pattern[str]
    enterprise: re.Pattern[str]
    company: re.Pattern[str]
    foreign: re.Pattern[str]
    opening: re.Pattern[str]
    journalism: re.Pattern[str]
    told_before: re.Pattern[str]
    rumour: re.Pattern[str]
    news_verb: re.Pattern[str]
    wares: re.Pattern[str]
    statutory: re.Pattern[str]
    named: re.Pattern[str]
    nouns: re.Pattern[str]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules' patterns, made of the words of ``policy_terms.toml`` once."""
    words = terms()
    verbs, outcomes = any_of(words["announcing"]["verbs"]), any_of(words["announcing"]["outcomes"])
    nouns = any_of(words["announcing"]["nouns"])
    statutory = any_of(words["kinds"]["statutory"])
    kinds = any_of([*words["kinds"]["carried"], *words["kinds"]["qualified_statutory"]])
    note = r"(?:\s*[（(〔\[【][^）)〕\]】]{0,40}[）)〕\]】])*"
    return Rules(
        hint=re.compile(
            any_of(
                [
                    *("《", "印发", "出台", "颁布", "号令", "令第", "令（", "令("),
                    *words["announcing"]["nouns"],
                    *words["kinds"]["carried"],
                    *words["kinds"]["statutory"],
                    *words["drafts"]["marks"],
                    *words["repeals"]["marks"],
                    *words["interpretations"]["marks"],
                ]
            )
        ),
        draft=re.compile(
            any_of(words["drafts"]["marks"])
            + r"|征[求集][^。，]{0,60}意见|公开征[集询求]|(?:向社会|面向社会)[^。]{0,12}征[集求]"
        ),
        repeal=re.compile(any_of(words["repeals"]["marks"])),
        interpretation=re.compile(any_of(words["interpretations"]["marks"])),
        announce=re.compile(
            rf"(?P<verb>{verbs}|(?<=人大|大会|会议)通过|(?<=常委会)通过)(?!以来|后|之[前后]|会)(?:了|实施了|实施|施行|并实施)?(?P<between>[^。，；《》\n]{{0,16}}?)[：:]?\s*(?=《)"
        ),
        outcome=re.compile(
            rf"^(?:\s*[（(][^）)]{{0,40}}[）)])*[{HAN}\d年月日于自起近日前今已正式式经、·“”\s，]{{0,24}}?(?P<verb>{outcomes})(?!会|以来|后|之[前后]|的|情况|过程|期间|(?:颁布|实施|施行|出台)?近?[一二三四五六七八九十两\d]+(?:周年|年|个月)|[{HAN}]{{0,4}}周年)"
        ),
        passing=re.compile(any_of(words["announcing"]["passing"])),
        naming=re.compile(any_of(words["announcing"]["naming"]) + "[^，。《》]{0,6}$"),
        future=re.compile(any_of(words["announcing"]["future"]) + r"[^，。]{0,4}$"),
        recent=re.compile(r"(?<!\d)" + any_of(words["announcing"]["recent"]) + r"|\d{1,2}月\d{1,2}日|^\d{1,2}日"),
        headline=re.compile(
            rf"(?P<verb>{verbs}|敲定|实施|施行|通过)(?!会|的)(?P<object>[^。，；]*?(?:{nouns}|“[^”]{{2,16}}条”))(?!后|以来|发布会|宣讲|宣传|培训|座谈|资金|项目名单|兑现|落地)"
            rf"|(?P<object2>(?:{nouns}|{kinds})[”》]?)(?:(?:近日|日前|正式|今日|今起|\d{{1,2}}月\d{{1,2}}日(?:起)?|\d{{4}}年|将?于|将|[一二三四五六七八九十]月起|全文){{0,3}}(?P<verb2>出台|印发|发布|公布|颁布|出炉|获批|获批复|获[^，。\s]{{1,8}}(?:批准|批复)|来了)|(?:正式|今日|今起|\d{{1,2}}月\d{{1,2}}日|\d{{4}}年|将?于|将|起|[一二三四五六七八九十]月){{1,4}}(?P<verb3>施行|实施|生效))(?!会|以来|后|情况|成效|近|[一二三四五六七八九十两]+年|一周年|周年|的)"
        ),
        told=re.compile(
            r"(?P<verb>印发|下发|出台|制发|发布|发出)了?(?P<object>[^，。；《》]{0,6}(?:通知|意见|措施|公告|通告|命令)(?=[，。、])"
            rf"|关于[^，。；《》]{{4,80}}的(?:{statutory}|{kinds})(?=[，。、]))"
        ),
        veto=re.compile(any_of(words["acts"]["vetoes"])),
        announcement=re.compile(any_of(words["acts"]["announcements"])),
        published=re.compile(rf"(?:公告|通告|公报|通报|函|决定书|启事){note}$"),
        ending=re.compile(any_of(words["acts"]["endings"]) + note + "$"),
        meeting=re.compile(any_of(words["acts"]["meetings"])),
        award=re.compile(any_of(words["acts"]["awards"])),
        enterprise=re.compile(any_of(words["acts"]["enterprises"])),
        company=re.compile(any_of(words["acts"]["companies"])),
        foreign=re.compile(any_of(words["acts"]["foreign"])),
        opening=re.compile(any_of(words["documents"]["openings"])),
        journalism=re.compile(r"(?<!\d)" + any_of(words["documents"]["journalism"])),
        told_before=re.compile(
            any_of(words["announcing"]["told_before"])
            + r"|[一二三四五六七八九十两几数\d]+年前|今年(?:初|\d{1,2}月(?! ?\d))"
        ),
        rumour=re.compile(any_of(words["announcing"]["rumours"])),
        news_verb=re.compile(
            any_of([*words["announcing"]["verbs"], *words["announcing"]["news_verbs"]])
            + "|(?:实施|施行|落实|执行)(?!办法|细则|方案|意见|规划|规定|条例|计划|纲要|标准|规范|规则)"
        ),
        wares=re.compile(any_of(words["announcing"]["wares"])),
        statutory=re.compile(rf"的?(?:{statutory}){note}$"),
        named=re.compile(rf"(?:{kinds}){note}$"),
        nouns=re.compile(nouns),
    )
