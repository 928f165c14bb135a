"""The document itself: by the form of its title and by how its text begins."""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.issuers import Place, issuers, organs
from pipelines.policy.numbers import numbers
from pipelines.policy.paper import HEAD, Paper
from pipelines.policy.phrases import documents, mentioned, titles, together, unquoted
from pipelines.policy.rules import LEAD, Reading, Span, rules
from pipelines.policy.titles import Quoted, kinds_of, plain, unwrapped

_NUMBERED: Final = re.compile(
    r"(?:令|公告|通告)\s?(?:[（(〔\[]?\s?(?:20\d\d年?)?[〕\]]?第?\s?[\d一二三四五六七八九十百〇]+\s?号[）)]?)$"
    r"|第[\d一二三四五六七八九十百〇]+号(?:令|公告|通告)$"
)
_UNNAMED: Final = re.compile("(?:政府|委员会|常委会|大会|国务院|[部委局厅])(?:令|公告)$")
"""An order whose number stands in its text: 攀枝花市人民政府令."""
_PASSED: Final = re.compile(r"[^。《》\n]{0,90}?(?:通过|批准|(?:予以?|正式)(?:公布|发布|颁布))")
"""Behind what an order makes known: 《X》已经…通过，现予公布."""
_HEREBY: Final = re.compile("(?:现|兹)(?:将|予以?)?(?:公布|发布|颁布)(?:修[订改]后的)?$")
"""Before it: 现公布《X》."""
_TELLING: Final = re.compile("^[^关]{0,30}(?:[:：]|发布|出台|公布|下发|颁布)")
_JOINTLY: Final = re.compile("联合(?:通告|公告|命令|通知)")
_PASSED_ON: Final = re.compile("(?:转发|印发|批转)《》的(?:补充|紧急)?通知$")
_PASSES: Final = re.compile("(?:转发|批转)[^《》]{0,20}《》$")
_PASSED_TO: Final = re.compile("(?:转发|批转)(?:给)?(?:你们|各)")
"""转发省财政厅《X》 is a notice where its text hands the document on; else news."""
_HEADLINE_OF: Final = re.compile("^[^关《]{2,40}(?:印发|转发|批转)关于(?!.*(?:通知|函|公告|通告|决定|批复)$)")
"""省委省政府印发关于…的实施意见: a document would end …的通知."""
_PROPOSAL: Final = re.compile("^(?:中共|中国共产党)[^，。]{2,20}关于[^，。]+的建议$")
_ACTS: Final = re.compile("(?:决议|决定|命令|意见|批复|通知)$")
"""Kinds whose titles may do without 关于; 某局取水许可公告 is daily business."""
_MADE_KNOWN: Final = re.compile("印发|转发|发布|公布|颁布|批转")
_OF_A_RULE: Final = re.compile("(?:办法|细则|规定|方案|规划)的通知$")
_WIRE: Final = re.compile(r"[^，。：\n]{0,16}(?:消息|讯|电)\s?[（(][^）)\n]{1,12}[）)][:：]?+[ \u3000]*+\S")
"""A text that begins with its medium, and goes on in the same line."""
_HANDED_ON: Final = re.compile("给你们|印发你们|请认真|请遵照|请各|请你们")
_CHOSEN: Final = re.compile("名单|结果|公示|称号|批次|获奖|总结|报告$")
_RULE: Final = re.compile("办法|方案|规定|细则|意见|规划")
_LEGAL: Final = re.compile(
    r"第[一二三四五六七八九十]+[条章]|[（(][一二三四五六七八九十]+[）)]|^[ \u3000]{0,8}一、", re.MULTILINE
)
_ORGAN: Final = 24
"""Characters of a title in which the organ that it begins with ends."""
_GLIMPSE: Final = 80
"""Characters of a text that is too short to show whether it is a document's."""
_PRESS: Final = 160
"""Characters in which a reporter's text says that it is one."""


def document(paper: Paper, title: str) -> Reading | None:
    """The document itself, by the form of its title and by how its text begins."""
    said, text, place = rules(), paper.text, paper.place
    outside = unquoted(title)
    is_text = bool(said.opening.search(text[:HEAD])) and not _told_by_press(text)
    passed_on = bool(_PASSES.search(outside) and _PASSED_TO.search(text[:LEAD]))
    is_text = is_text or passed_on
    if "签署" in outside or (not is_formed(title, place) and not (passed_on or _shown(paper, title, is_text=is_text))):
        return None
    by, about, _ = outside.partition("关于")
    by = re.split("印发|转发|批转", by)[0] if about else ""
    if (said.enterprise.search(by) and not issuers(by, place)) or is_routine(title):
        return None
    if text and not is_text and not paper.official:
        official = said.statutory.search(outside) or _NUMBERED.search(plain(title)) or _LEGAL.search(text)
        if _told_by_press(text) or not (official or (about and len(text) <= _GLIMPSE)):
            return None
    own = titles(documents(title)) if passed_on else own_titles(plain(title), _own_named(plain(title)))
    return Reading("document", Span(title, -1), made_known(plain(title), text) or own, by or outside)


def is_formed(title: str, home: Place) -> bool:
    """Whether a title has the form of an official document's."""
    said, bare = rules(), plain(title)
    outside = unquoted(bare)
    if re.search("[！!？?]|^图", outside) or _HEADLINE_OF.search(outside):
        return False
    if _NUMBERED.search(re.sub("[（(]关于.*[）)]$", "", bare)) or _PROPOSAL.search(bare) or _PASSED_ON.search(outside):
        return True
    if "关于" in outside:
        statutory = said.statutory.search(outside) and not _TELLING.search(outside)
        return bool(statutory or said.named.search(outside))
    inner = bare[1:-1] if outside == "《》" else bare
    law = inner.endswith("法") and not inner.endswith("办法")
    if law and inner == bare and not inner.startswith("中华人民共和国"):
        return False  # 攀枝花为康养产业立法
    own = organs(inner[:_ORGAN], home)
    headed = (
        bool(own)
        and own[0][0] == 0
        and (_ACTS.search(inner) or len(kinds_of(inner).kind or "") == len(inner) - own[0][1])
    )
    jointly = bool(own) and _JOINTLY.fullmatch(inner, own[-1][1]) is not None
    return bool(said.named.search(inner) or headed or jointly) and not _is_headline(inner)


def _is_headline(title: str) -> bool:
    """Whether a title tells what somebody does, as no document's does."""
    if rules().news_verb.search(title) or rules().award.search(title):
        return True
    return bool(re.search(r"[\s，,：:！!]", title.strip())) and not re.search(r"^\S+[委府局会厅部室]\s", title)


def _shown(paper: Paper, title: str, *, is_text: bool) -> bool:
    """Whether a page shows a document though its title has not the form of one."""
    if paper.official and rules().nouns.search(title):
        return True
    if numbers(title) and is_text:
        return True
    lead = paper.text[:LEAD]
    carried = re.search("现将《[^》]+》[^。]{0,12}印发", lead)
    return bool(carried and re.search("通知|印发", title + lead[:60]))


def is_routine(title: str) -> bool:
    """Whether an official title is of daily business (任免, 招标, 表彰, 公示 …) and makes no rule known."""
    said, outside = rules(), unquoted(title)
    if title.endswith("决议"):
        return False
    if not said.veto.search(outside) and not (said.announcement.search(outside) and said.published.search(outside)):
        return False
    inner = unwrapped(title)
    makes_known = (
        _MADE_KNOWN.search(outside)
        or _OF_A_RULE.search(outside)
        or said.named.search(re.sub("[（(][^）)]*[）)]$", "", inner))
    )
    chosen = _CHOSEN.search(inner) and kinds_of(inner).carried is None and not _RULE.search(inner)
    return not makes_known or bool(chosen)


def _told_by_press(text: str) -> bool:
    """Whether the text is told by a reporter: 近日 … 印发, and not 近日…印发…，现转发给你们."""
    told = _WIRE.match(text) or rules().journalism.search(text[:_PRESS])
    return bool(told) and not _HANDED_ON.search(text[:LEAD])


def _own_named(title: str) -> tuple[Quoted, ...]:
    """The titles in a title that are made known, and neither the reason for another one nor what it replaces: of
    关于贯彻《甲条例》印发《乙方案》的通知 and 公布《乙目录》并废止《甲目录》 the 乙.
    """
    found = documents(title)
    before = [title[end : one.start] for one, end in zip(found, (0, *(one.end for one in found)), strict=False)]
    return tuple(
        one
        for one, words in zip(found, before, strict=True)
        if not mentioned(words) and not rules().repeal.search(words)
    )


def own_titles(title: str, named: tuple[Quoted, ...]) -> tuple[str, ...]:
    """What a document page is titled: the carried text, or the whole title without its issuer."""
    inner = unwrapped(title)
    if inner != title:
        others = titles(named) if len(named) > 1 else ()
        return tuple(dict.fromkeys((inner, *others) if inner in others or not others else others))
    if len(named) == 1 and title.strip() == f"《{named[0].title}》":
        return (named[0].title,)
    before, about, rest = title.partition("关于")
    bare = about and not re.search("[《“]", before) and not before.endswith("贯彻")
    return (about + rest if bare else title.strip(),)


def made_known(title: str, text: str) -> tuple[str, ...]:
    """What an order or announcement that has nothing but a number for a title makes known: 《X》已经…通过，现予公布."""
    if "关于" in title or "《" in title or not (_NUMBERED.search(title) or _UNNAMED.search(title)):
        return ()
    lead = text[:LEAD]
    named = documents(lead)
    for index, one in enumerate(named):
        run = together(lead, named, index)
        before = lead[: one.start]
        if not mentioned(before) and (_PASSED.match(lead, run[-1].end) or _HEREBY.search(before)):
            return titles(run)
    return ()
