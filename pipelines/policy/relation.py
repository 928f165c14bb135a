"""What an article is to an official document: the document, a report, an interpretation, a draft, a repeal, or nothing.

Official news says what it does in its title or in its first two sentences; only these are read. A document that is
named further down, or after words such as 根据 and 落实, is only mentioned.
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.announced import announced
from pipelines.policy.headline import headline
from pipelines.policy.issuers import Place, organs
from pipelines.policy.numbers import numbers
from pipelines.policy.paper import HEAD, Paper
from pipelines.policy.phrases import clause, documents, mentioned, past, sentences, titles, unquoted
from pipelines.policy.rules import LEAD, Reading, Span, rules
from pipelines.policy.titles import Quoted, is_document, kinds_of, plain, quoted, unwrapped

_COLUMN: Final = re.compile(r"^[【\[［][^】\]］]{1,12}[】\]］]\s*|^[^《丨｜|]{1,10}[丨｜|]\s*")
_TOLD: Final = (
    *("《", "印发", "下发", "现将", "解读", "征求", "第一条", "发布关于"),
    *("发出通知", "发布通知", "发布通告", "发布公告"),
)
"""Without one of these at its head, a text announces nothing."""
_DRAFT_NAME: Final = re.compile(
    "征求意见稿|意见征集稿|公示稿|送审稿|草案(?!的(?:报告|说明|决议|审查|议案|汇报))|讨论稿|修订稿|初稿|代拟稿"
)
_SPOKESMAN: Final = re.compile("外交部|国防部|发言人")
"""Who answers journalists on much else than documents."""
_PASSED: Final = re.compile("通过|审议|提请")
_ASKING: Final = re.compile("公开征|现向社会|向社会|征求[^。]{0,8}意见|征集意见")
_INTERNAL: Final = re.compile("征求[^。，]{0,6}(?:部门|单位|各方)[^。，]{0,4}意见")
_CALL: Final = re.compile("征求对?《》|《》[^，。]{0,8}(?:公开|向社会)[^，。]{0,8}征[求集]")
"""What comments are asked for is a document, whatever it is called."""
_ABOUT: Final = re.compile(
    "关于(?:对|就|向社会|面向社会|公开|再次)*(?:公开征求|公开征集|征求|征集)?"
    "(?P<inner>.{4,}?(?:草案|稿[）)]?|办法|规定|细则|规划|方案|条例|意见|措施|政策|标准|目录|清单|预案|计划|决定))"
    "(?:公开|向社会|面向社会|进行|再次)*(?:征求|征集|听取|的?意见|意见)"
)
_REPEALABLE: Final = re.compile("文件|办法|规定|规章|法规|条例|政策|细则|决定|意见|通知|方案|制度")
_NOT_REPEALABLE: Final = re.compile("合同|协议|证书|执照|资质|许可证")
_REPEALED: Final = re.compile("(?:决定|宣布|予以|将|正式|已|被)[^。，]{0,30}(?:废止|失效)|(?:废止|宣布失效)了?《")
_REPEALED_TOO: Final = re.compile("同时废止|同步废止|（废止|废止）")
_ENDING: Final = re.compile("关于(?:公布|宣布)?(?:废止|失效|停止)")
"""In a document's own title: it ends others."""
_GATHERING: Final = re.compile("召开|举行|主持|座谈|论坛|开幕|闭幕")
_EXPLAINED: Final = re.compile(
    "解读如下|作如下解读|进行(?:了)?(?:如下|政策)?解读(?:如下|：)|现[对就将][^。]{0,80}解读|答记者问|回答了记者(?:的)?提问"
    "|(?:就|围绕|针对)《[^》]+》[^。]{0,20}(?:专访|采访)"
)
_NUMBERED: Final = re.compile(
    r"(?:令|公告|通告)\s?(?:[（(〔\[]?\s?(?:20\d\d年?)?[〕\]]?第?\s?[\d一二三四五六七八九十百〇]+\s?号[）)]?)$"
)
_TELLING: Final = re.compile("^[^关]{0,30}(?:[:：]|发布|出台|公布|下发|颁布)")
_PASSED_ON: Final = re.compile("(?:转发|印发|批转)《》的(?:补充|紧急)?通知$")
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
_SINGLE_ACT: Final = re.compile("[，,：:](?:正式|决定)?(?:批准|核准|认定|授予|注销|吊销|撤销|同意|任命|公布)")
_FROM_NOW: Final = re.compile("自[^，。]{2,14}起")
_COMMON: Final = 8
"""Characters in a row that a headline shares with the document that it is about."""
_PRESS: Final = 160
"""Characters in which a reporter's text says that it is one."""


def hints(title: str, text: str) -> bool:
    """Whether anything in the title or at the head of the text can announce a document: cheap, and most often no."""
    if "《" in title or rules().hint.search(title):
        return True
    lead = text[:LEAD]
    return any(word in lead for word in _TOLD)


def read(paper: Paper) -> Reading | None:
    """What the article is to a document; None where it announces none."""
    column = None if paper.title.startswith("《") else _COLUMN.match(paper.title)
    title = paper.title[column.end() :] if column else paper.title
    if rules().rumour.search(unquoted(title)):
        return None
    listed = rules().ending.search(title) and not paper.official
    return (
        _interpretation(paper, title, column.group() if column else "")
        or _draft(title, paper.text)
        or _repeal(paper, title)
        or (None if listed else _document(paper, title))
        or (None if listed else _report(paper, title))
        or (None if listed else _explained_in_text(paper.text))
    )


# --- interpretations, drafts, repeals ---------------------------------------------------------------------


def _interpretation(paper: Paper, title: str, column: str) -> Reading | None:
    explained = rules().interpretation.search(unquoted(paper.title)) is not None
    listed = any("解读" in one for one in paper.columns)
    outside, named = unquoted(title), documents(title)
    about = bool(named or rules().nouns.search(outside) or re.search("文件|政府工作报告", outside))
    if rules().draft.search(outside) or rules().ending.search(title) or (not named and _SPOKESMAN.search(outside)):
        return None
    first = next(sentences(paper.text), None) if "解读" in column else None
    about = about or bool(first and documents(first.text))
    if (explained and (about or listed or "政策" in column)) or (listed and about):
        return Reading("interpretation", Span(paper.title, -1), titles(named), title)
    return None


def _explained_in_text(text: str) -> Reading | None:
    """An interpretation whose title does not say so: 现就《X》解读如下."""
    for sentence in sentences(text):
        if _EXPLAINED.search(sentence.text) and (named := documents(sentence.text)):
            return Reading("interpretation", sentence, titles(named[:1]), sentence.text)
    return None


def _draft(title: str, text: str) -> Reading | None:
    return _called_for(title, text) or _called_for_in_text(text)


def _called_for(title: str, text: str) -> Reading | None:
    """A call for comments whose title says so."""
    outside, inside = unquoted(title), quoted(title)
    told = [one for one in inside if not mentioned(title[: one.start])]
    behind_doors = _INTERNAL.search(outside) or (_GATHERING.search(outside) and not _ASKING.search(outside))
    if not told and (inside or behind_doors):
        return None
    draft = _DRAFT_NAME.search(title)
    if not rules().draft.search(outside) and not (draft and not _PASSED.search(outside) and _asks(title, text)):
        return None
    if named := titles(one for one in told if _CALL.search(outside) or is_document(one.title)):
        return Reading("draft", Span(title, -1), named, title)
    if not draft and not rules().nouns.search(_without_call(outside)):
        return None
    about = _ABOUT.search(title)
    named = titles(documents(text[:LEAD])[:1]) or ((about["inner"],) if about else ())
    return Reading("draft", Span(title, -1), named, title)


def _called_for_in_text(text: str) -> Reading | None:
    for sentence in sentences(text):
        if rules().draft.search(unquoted(sentence.text)) and _ASKING.search(sentence.text):
            own = [one for one in documents(sentence.text) if not mentioned(sentence.text[: one.start])]
            if own:
                return Reading("draft", sentence, titles(own), sentence.text)
    return None


def _asks(title: str, text: str) -> bool:
    """Whether a title that names a draft, or the text under it, asks for comments."""
    return not text or bool(rules().draft.search(text[:HEAD])) or title.rstrip("）)").endswith("征求意见稿")


def _without_call(title: str) -> str:
    """A title without the 意见 that is asked for: what is left has to name a document."""
    return title.replace("意见", "")


def _repeal(paper: Paper, title: str) -> Reading | None:
    outside, text = unquoted(title), paper.text
    repealed = rules().repeal
    if rules().foreign.search(outside) and not organs(title, paper.place):
        return None
    what = documents(title) or _REPEALABLE.search(outside)
    if repealed.search(outside) and what and not _NOT_REPEALABLE.search(outside):
        told = [sentence for sentence in re.split("[。\n]", text[:HEAD]) if repealed.search(sentence)]
        return Reading("repeal", Span(title, -1), titles(documents(title)) or _own(told), title)
    if "清理结果" in outside and repealed.search(text[:LEAD]):
        return Reading("repeal", Span(title, -1), (), title)
    if _formed(title, paper.place):
        return None
    for sentence in list(sentences(text))[:2]:
        bare = unquoted(sentence.text).replace("《》", "《")
        if _REPEALED.search(bare) and not _REPEALED_TOO.search(sentence.text) and (inside := documents(sentence.text)):
            return Reading("repeal", sentence, _own([sentence.text]) or titles(inside), sentence.text)
    return None


def _own(told: list[str]) -> tuple[str, ...]:
    """The documents of some sentences that are not only mentioned."""
    return titles(one for text in told for one in documents(text) if not mentioned(text[: one.start]))


# --- the document itself ----------------------------------------------------------------------------------


def _document(paper: Paper, title: str) -> Reading | None:
    said, text, place = rules(), paper.text, paper.place
    outside = unquoted(title)
    is_text = bool(said.opening.search(text[:HEAD])) and not _told_by_press(text)
    if "签署" in outside or (not _formed(title, place) and not _shown(paper, title, is_text=is_text)):
        return None
    by, about, _ = outside.partition("关于")
    by = re.split("印发|转发|批转", by)[0] if about else ""
    if (said.enterprise.search(by) and not organs(by, place)) or _routine(title):
        return None
    if text and not is_text and not paper.official:
        official = said.statutory.search(outside) or _NUMBERED.search(plain(title)) or _LEGAL.search(text)
        if _told_by_press(text) or not (official or (about and len(text) <= _GLIMPSE)):
            return None
    return Reading("document", Span(title, -1), _own_titles(plain(title), documents(title)), by or outside)


def _formed(title: str, home: Place) -> bool:
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
    return bool(said.named.search(inner) or headed) and not _is_headline(inner)


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


def _routine(title: str) -> bool:
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


def _own_titles(title: str, named: tuple[Quoted, ...]) -> tuple[str, ...]:
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


# --- reports ----------------------------------------------------------------------------------------------


def _report(paper: Paper, title: str) -> Reading | None:
    said, place = rules(), paper.place
    outside = unquoted(title)
    public = bool(organs(title, place))
    if said.foreign.search(outside) and not public:
        return None
    if told := announced(title, place):
        return _telling(Span(title, -1), _in_full(told[0], paper), told[1] or _who(paper.text))
    head = headline(title, place)
    if head is None and said.award.search(outside):
        return None
    elsewhere = said.meeting.search(outside) and "通过" not in outside
    private = bool(said.enterprise.search(outside)) and not public
    sure = head is not None or bool(documents(title))
    for index, sentence in enumerate(sentences(paper.text)):
        found = announced(sentence.text, place, body=True)
        if not found or past(sentence.text) or (private and not organs(sentence.text.partition("《")[0], place)):
            continue
        if head is None and elsewhere and (index or _GATHERING.search(outside) or not _same_matter(outside, found[0])):
            continue
        if not index or sure or said.recent.search(sentence.text) or _goes_on(paper.text, found[0]):
            return _telling(sentence, found[0], found[1] or sentence.text)
    if head:
        return Reading("report", Span(title, -1), titles(documents(title)), head)
    return None if elsewhere else _told_without_marks(paper, title)


def _in_full(named: tuple[str, ...], paper: Paper) -> tuple[str, ...]:
    """A headline's 《政府定价目录》, which the text does not know, as the text announces it: 《攀枝花市定价目录》."""
    if len(named) != 1 or not paper.text or named[0] in paper.text:
        return named
    for sentence in sentences(paper.text):
        found = announced(sentence.text, paper.place, body=True)
        if found and len(found[0]) == 1 and kinds_of(found[0][0]).kind == kinds_of(named[0]).kind:
            return found[0]
    return named


def _telling(proof: Span, named: tuple[str, ...], by: str) -> Reading:
    """A report; where the document that it tells of ends others, a repeal."""
    ends = bool(named) and all(_ENDING.search(one) for one in named)
    return Reading("repeal" if ends else "report", proof, named, by)


def _same_matter(title: str, named: tuple[str, ...]) -> bool:
    """Whether a headline and a document's title have words in common."""
    return any(title[at : at + _COMMON] in one for one in named for at in range(len(title) - _COMMON + 1))


def _told_without_marks(paper: Paper, title: str) -> Reading | None:
    """A report that names its document without 《》: under the document's own title, or as 近日，某局印发通知."""
    first = next(sentences(paper.text), None)
    if first is None or past(first.text):
        return None
    match = rules().told.search(unquoted(first.text))
    news = rules().recent.search(first.text) or _FROM_NOW.search(first.text)
    if match is None or not news or rules().wares.search(match["object"]):
        return None
    before, after = unquoted(first.text)[: match.start()], unquoted(first.text)[match.end() :]
    if _SINGLE_ACT.match(after) or rules().veto.search(after):
        return None
    said = clause(before)
    if rules().passing.search(said) or rules().future.search(said) or not organs(before, paper.place):
        return None
    own = _formed(title, paper.place) and not _routine(title)
    return Reading("report", first, _own_titles(plain(title), ()) if own else (), before)


def _goes_on(text: str, named: tuple[str, ...]) -> bool:
    """Whether the text goes on about the document: it gives it a short name, or names it again."""
    return (
        "简称" in text[: LEAD * 2] or "下称" in text[: LEAD * 2] or any(text.count(f"《{one}》") > 1 for one in named)
    )


def _who(text: str) -> str:
    """Where a headline names no issuer: the words before the verb in the text's first sentences."""
    matches = (rules().announce.search(sentence.text) for sentence in sentences(text))
    return next((match.string[: match.start()] for match in matches if match), "")
