"""What an article is to an official document: the document, a report, an interpretation, a draft, a repeal, or nothing.

Official news says what it does in its title or in its first two sentences; only these are read. A document that is
named further down, or after words such as 根据 and 落实, is only mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.items import Relation
from pipelines.policy.issuers import Place, organs
from pipelines.policy.numbers import numbers
from pipelines.policy.paper import Paper
from pipelines.policy.terms import HAN, any_of, terms
from pipelines.policy.titles import Quoted, is_document, kinds_of, plain, quoted, unwrapped

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
class _Rules:
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
    veto: re.Pattern[str]
    announcement: re.Pattern[str]
    published: re.Pattern[str]
    ending: re.Pattern[str]
    meeting: re.Pattern[str]
    award: re.Pattern[str]
    enterprise: re.Pattern[str]
    foreign: re.Pattern[str]
    opening: re.Pattern[str]
    journalism: re.Pattern[str]
    statutory: re.Pattern[str]
    named: re.Pattern[str]
    nouns: re.Pattern[str]


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    words = terms()
    verbs, outcomes = any_of(words["announcing"]["verbs"]), any_of(words["announcing"]["outcomes"])
    nouns = any_of(words["announcing"]["nouns"])
    statutory = any_of(words["kinds"]["statutory"])
    kinds = any_of([*words["kinds"]["carried"], *words["kinds"]["qualified_statutory"]])
    note = r"(?:\s*[（(〔\[【][^）)〕\]】]{0,40}[）)〕\]】])*"
    return _Rules(
        hint=re.compile(
            any_of(
                [
                    "《",
                    "印发",
                    "出台",
                    "颁布",
                    "通知",
                    "意见",
                    "决定",
                    "公告",
                    "通告",
                    "办法",
                    "规定",
                    "细则",
                    "条例",
                    "方案",
                    "规划",
                    "措施",
                    "政策",
                    "新政",
                    "新规",
                    "号令",
                    "令第",
                    "令（",
                    "令(",
                    "批复",
                    "解读",
                    "征求",
                    "废止",
                    "失效",
                    "纲要",
                    "预案",
                    "通报",
                    "决议",
                    "议案",
                    "计划",
                    "目录",
                    "清单",
                    "指南",
                    "标准",
                    "规范",
                    "读懂",
                    "命令",
                    "函",
                    "条",
                ]
            )
        ),
        draft=re.compile(
            any_of(words["drafts"]["marks"])
            + r"|征求[^。，]{0,60}意见|公开征[集询求]|(?:向社会|面向社会)[^。]{0,12}征[集求]"
        ),
        repeal=re.compile(any_of(words["repeals"]["marks"])),
        interpretation=re.compile(any_of(words["interpretations"]["marks"])),
        announce=re.compile(
            rf"(?P<verb>{verbs})(?!以来|后|之[前后]|会)(?:了|实施了|实施|施行|并实施)?(?P<between>[^。，；《》\n]{{0,16}}?)[：:]?\s*(?=《)"
        ),
        outcome=re.compile(
            rf"^(?:\s*[（(][^）)]{{0,40}}[）)])*[{HAN}\d年月日于自起近日前今已正式式经、·“”\s，]{{0,24}}?(?P<verb>{outcomes})(?!以来|后|之[前后]|的|情况|过程|期间|近?[一二三四五六七八九十两\d]+(?:周年|年|个月)|[{HAN}]{{0,4}}周年)"
        ),
        passing=re.compile(any_of(words["announcing"]["passing"])),
        naming=re.compile(any_of(words["announcing"]["naming"]) + "[^，。《》]{0,6}$"),
        future=re.compile(any_of(words["announcing"]["future"]) + r"[^，。]{0,4}$"),
        recent=re.compile(any_of(words["announcing"]["recent"]) + r"|\d{1,2}月\d{1,2}日|^\d{1,2}日"),
        headline=re.compile(
            rf"(?P<verb>{verbs}|敲定|实施|施行|通过)(?!会|的)(?P<object>[^。，；]*?(?:{nouns}|“[^”]{{2,16}}条”))(?!发布会|宣讲|宣传|培训|座谈|资金|项目名单|兑现|落地)"
            rf"|(?P<object2>(?:{nouns}|{kinds})[”》]?)(?:(?:近日|日前|正式|今日|今起|\d{{1,2}}月\d{{1,2}}日(?:起)?|\d{{4}}年|将?于|将|[一二三四五六七八九十]月起|全文){{0,3}}(?P<verb2>出台|印发|发布|公布|颁布|出炉|获批|获批复|来了)|(?:正式|今日|今起|\d{{1,2}}月\d{{1,2}}日|\d{{4}}年|将?于|将|起|[一二三四五六七八九十]月){{1,4}}(?P<verb3>施行|实施|生效))(?!会|以来|后|情况|成效|近|[一二三四五六七八九十两]+年|一周年|周年|的)"
        ),
        veto=re.compile(any_of(words["acts"]["vetoes"])),
        announcement=re.compile(any_of(words["acts"]["announcements"])),
        published=re.compile(rf"(?:公告|通告|公报|通报|函|决定书|启事){note}$"),
        ending=re.compile(any_of(words["acts"]["endings"]) + note + "$"),
        meeting=re.compile(any_of(words["acts"]["meetings"])),
        award=re.compile(any_of(words["acts"]["awards"])),
        enterprise=re.compile(any_of(words["acts"]["enterprises"])),
        foreign=re.compile(any_of(words["acts"]["foreign"])),
        opening=re.compile(any_of(words["documents"]["openings"])),
        journalism=re.compile(any_of(words["documents"]["journalism"])),
        statutory=re.compile(rf"(?:的?(?:{statutory})|(?:制定|完善|建设|推进|推动)[^《》]*的建议){note}$"),
        named=re.compile(rf"(?:{kinds}){note}$"),
        nouns=re.compile(rf"{nouns}|{kinds}"),
    )


# --- the title --------------------------------------------------------------------------------------------

_COLUMN: Final = re.compile(r"^[【\[［][^】\]］]{1,12}[】\]］]\s*|^[^《丨｜|]{1,10}[丨｜|]\s*")
_PUBLIC: Final = re.compile(r"^我[市省县区州]|^全[市省县区州]|^国家")


def _subjects(text: str, home: Place) -> bool:
    """Whether the words before a verb can be an organ or a place, and no enterprise."""
    if _rules().enterprise.search(text):
        return bool(organs(text, home))
    return True


def _documents(text: str) -> tuple[Quoted, ...]:
    return tuple(found for found in quoted(text) if is_document(found.title))


def _titles(found: tuple[Quoted, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.title for one in found))


def hints(title: str, text: str) -> bool:
    """Whether anything in the title or at the head of the text can announce a document: cheap, and most often no."""
    if "《" in title or _rules().hint.search(title):
        return True
    lead = text[:LEAD]
    return "《" in lead or "现印发" in lead or "现将" in lead or "解读" in lead or "征求" in lead or "第一条" in lead


def read(paper: Paper) -> Reading | None:
    """What the article is to a document; None where it announces none."""
    title, text, home = paper.title, paper.text, paper.place
    official, columns = paper.official, paper.columns
    rules = _rules()
    column = _COLUMN.match(title)
    bare = title[column.end() :] if column and not title.startswith("《") else title
    named = _documents(bare)
    proof = Span(title, -1)
    policy_column = bool(column and "政策" in column.group()) or any("解读" in one for one in columns)
    explained = rules.interpretation.search(_unquoted(title))
    about = bool(named) or bool(rules.nouns.search(_unquoted(bare)))
    if explained and (about or policy_column) and not _calls_for_comments(bare) and not rules.ending.search(bare):
        return Reading("interpretation", proof, _titles(named), bare)
    if (drafted := _draft(bare, text, named)) is not None:
        return drafted
    if (repealed := _repeal(bare, text, home)) is not None:
        return repealed
    if policy_column and any("解读" in one for one in columns) and about:
        return Reading("interpretation", proof, _titles(named), bare)
    if not official and rules.ending.search(bare):
        return None
    document = _document(bare, text, home, official=official)
    if document is not None:
        return document
    return _report(bare, text, home, named) or _explained_in_text(bare, text)


def _unquoted(title: str) -> str:
    """A title without what stands in 《》: the words that say what is done with the document."""
    found = quoted(title)
    for one in reversed(found):
        title = title[: one.start] + "《》" + title[one.end :]
    return title


def _calls_for_comments(title: str) -> bool:
    return bool(_rules().draft.search(_unquoted(title)))


# --- drafts, repeals, interpretations ---------------------------------------------------------------------

_DRAFT_NAME: Final = re.compile(r"征求意见稿|意见征集稿|公示稿|送审稿|草案|讨论稿|修订稿|初稿|代拟稿")


def _draft(title: str, text: str, named: tuple[Quoted, ...]) -> Reading | None:
    rules = _rules()
    outside = _unquoted(title)
    in_title = rules.draft.search(outside)
    draft_named = _DRAFT_NAME.search(title)
    if in_title or (draft_named and not rules.outcome.match("") and _asks(title, text)):
        if named:
            return Reading("draft", Span(title, -1), _titles(named), title)
        if rules.nouns.search(_before_comments(outside)) or draft_named:
            inner = _about(title)
            lead = _documents(text[:LEAD])
            return Reading("draft", Span(title, -1), _titles(lead[:1]) or ((inner,) if inner else ()), title)
        return None
    for sentence in _sentences(text):
        if rules.draft.search(_unquoted(sentence.text)) and (inside := _documents(sentence.text)):
            own = tuple(one for one in inside if not _mentioned(sentence.text[: one.start]))
            if own and re.search("公开征|现向社会|向社会|征求[^。]{0,8}意见|征集意见", sentence.text):
                return Reading("draft", sentence, _titles(own), sentence.text)
    return None


def _asks(title: str, text: str) -> bool:
    """Whether a title that names a draft, or the text under it, asks for comments."""
    return (
        not text
        or bool(_rules().draft.search(text[:1200]))
        or title.endswith(("征求意见稿）", "征求意见稿)", "征求意见稿"))
    )


def _before_comments(title: str) -> str:
    return re.sub("意见(?:建议)?的?(?:公告|通告|通知|函|公示|启事)?$|意见", "", title)


def _about(title: str) -> str | None:
    """The document that 关于对X公开征求意见的公告 names without 《》."""
    match = re.search(
        r"关于(?:对|就|向社会|面向社会|公开|再次|)*(?:公开征求|公开征集|征求|征集)?(?P<inner>.{4,}?(?:草案|稿[）)]?|办法|规定|细则|规划|方案|条例|意见|措施|政策|标准|目录|清单|预案|计划|决定))"
        r"(?:公开|向社会|面向社会|进行|再次)*(?:征求|征集|听取|的?意见|意见)",
        title,
    )
    return match["inner"] if match else None


def _repeal(title: str, text: str, home: Place) -> Reading | None:
    rules = _rules()
    outside = _unquoted(title)
    objects = re.search("《》|文件|办法|规定|规章|法规|条例|政策|细则|决定|意见|通知|方案|制度", outside)
    if rules.repeal.search(outside) and objects and not re.search("合同|协议|证书|执照|资质|许可证", outside):
        inside = _documents(title)
        if not inside:
            inside = tuple(
                one
                for sentence in _sentences(text)
                if rules.repeal.search(sentence.text)
                for one in _documents(sentence.text)
                if not _mentioned(sentence.text[: one.start])
            )
        return Reading("repeal", Span(title, -1), _titles(inside), title)
    if re.search("清理结果", outside) and rules.repeal.search(text[:LEAD]):
        return Reading("repeal", Span(title, -1), (), title)
    for sentence in list(_sentences(text))[:2]:
        if (
            re.search(
                "(?:决定|宣布|予以|将|正式|已|被)[^。，]{0,30}(?:废止|失效)|(?:废止|宣布失效)了?《",
                _unquoted(sentence.text).replace("《》", "《"),
            )
            and not re.search("同时废止|同步废止|（废止|废止）", sentence.text)
            and not rules.opening.search(title)
            and not _kind_title(title, home)
            and (inside := _documents(sentence.text))
        ):
            return Reading(
                "repeal",
                sentence,
                _titles(tuple(o for o in inside if not _mentioned(sentence.text[: o.start])) or inside),
                sentence.text,
            )
    return None


def _explained_in_text(title: str, text: str) -> Reading | None:
    """An interpretation whose title does not say so: 现就《X》解读如下."""
    for sentence in _sentences(text):
        if re.search(
            r"解读如下|作如下解读|进行(?:了)?(?:如下|政策)?解读(?:如下|：)|现(?:对|就|将)[^。]{0,80}解读|答记者问|回答了记者(?:的)?提问",
            sentence.text,
        ) and (named := _documents(sentence.text)):
            return Reading("interpretation", sentence, _titles(named[:1]), sentence.text)
    return None


# --- the document itself ----------------------------------------------------------------------------------


def _kind_title(title: str, home: Place) -> bool:
    """Whether a title has the form of an official document's."""
    rules = _rules()
    bare = plain(title)
    outside = _unquoted(bare)
    if re.search(r"[！!？?]|^\s*图|签署", outside):
        return False
    if re.search(
        r"(?:政府|委员会|国务院|主席|常委会|部|局|厅|委)?(?:令|公告|通告)\s*(?:[（(〔\[]?\s*(?:20\d\d年?)?[〕\]]?第?\s*[\d一二三四五六七八九十百〇]+\s*号[）)]?)$",
        bare,
    ):
        return True
    if re.search("关于", outside) and rules.statutory.search(outside) and not re.search(r"^[^关]{0,30}[:：]", outside):
        return True
    if re.fullmatch(r"《[^》]*》", outside) or not re.search("关于", outside):
        inner = bare[1:-1] if re.fullmatch("《》", outside) else bare
        own = organs(inner[:24], home)
        headed = bool(own) and own[0][0] == 0
        if (
            inner.endswith("法")
            and not inner.startswith("中华人民共和国")
            and inner == bare
            and not inner.endswith("办法")
        ):
            return False
        return bool(rules.named.search(inner) or (rules.statutory.search(inner) and headed)) and not _news_verb(inner)
    return bool(rules.named.search(outside))


def _news_verb(title: str) -> bool:
    """Whether a headline tells what somebody does, as no document's title does."""
    verbs = any_of(
        [
            *terms()["announcing"]["verbs"],
            "实施",
            "施行",
            "召开",
            "举行",
            "解读",
            "落实",
            "执行",
            "学习",
            "落地",
            "助力",
            "获",
            "签署",
            "率先",
            "受益",
            "享受",
            "点赞",
            "听取",
            "欢迎",
            "通过",
            "审议",
            "讨论",
            "引领",
            "探索",
            "打造",
            "迎来",
            "突破",
            "记者",
        ]
    )
    match = re.search(rf"(?:{verbs})(?!办法|细则|方案|意见|规划|规定|条例|计划|纲要|标准|规范|规则)", title)
    return (
        bool(match)
        or (bool(re.search(r"[\s，,：:！!]", title.strip()))
        and not re.search(r"^\S+(?:委|府|局|会|厅|部|室)\s", title))
    )


def _document(title: str, text: str, home: Place, *, official: bool) -> Reading | None:
    rules = _rules()
    lead = text[:LEAD]
    formed = _kind_title(title, home)
    is_text = bool(rules.opening.search(text[:1500])) and not _told_by_press(lead)
    if not formed and not (official and rules.nouns.search(title)):
        numbered = bool(numbers(title)) and is_text
        carried = re.search(r"现将《[^》]+》[^。]{0,12}印发", lead)
        if not numbered and not (carried and re.search("通知|印发", title + lead[:60])):
            return None
    outside = _unquoted(title)
    issuing = bool(re.search("印发|转发|发布|公布|颁布|批转", outside)) or bool(
        rules.named.search(re.sub("[（(][^）)]*[）)]$", "", unwrapped(title)))
    )
    by, about, _ = outside.partition("关于")
    by = re.split("印发|转发|批转", by)[0] if about else ""
    if rules.enterprise.search(by) and not organs(by, home):
        return None
    routine = rules.veto.search(outside) or (rules.announcement.search(outside) and rules.published.search(outside))
    if routine and not (issuing and not _vetoed_inner(title)):
        return None
    if text and not is_text and not official and _told_by_press(lead):
        return None
    if (
        text
        and not is_text
        and not official
        and not rules.statutory.search(outside)
        and len(text) > 80
        and not _legal_text(text)
    ):
        return None
    named = _documents(title)
    return Reading("document", Span(title, -1), _own_titles(title, named), by or outside)


def _vetoed_inner(title: str) -> bool:
    """Whether what a 通知 makes known is itself a list of the chosen, not a rule."""
    inner = unwrapped(title)
    return (
        bool(re.search("名单|结果|公示|称号|批次|获奖|总结|报告$", inner))
        and kinds_of(inner).carried is None
        and not re.search("办法|方案|规定|细则|意见|规划", inner)
    )


def _legal_text(text: str) -> bool:
    return bool(
        re.search(
            r"第[一二三四五六七八九十]+[条章]|[（(][一二三四五六七八九十]+[）)]|^[ \u3000]{0,8}一、", text, re.MULTILINE
        )
    )


def _told_by_press(lead: str) -> bool:
    """Whether the text is told by a reporter: 近日 … 印发, and not 近日…印发…，现转发给你们."""
    return bool(_rules().journalism.search(lead[:160])) and not re.search(
        "给你们|印发你们|请认真|请遵照|请各|请你们", lead
    )


def _own_titles(title: str, named: tuple[Quoted, ...]) -> tuple[str, ...]:
    """What a document page is titled: the carried text first, or the whole title without its issuer."""
    inner = unwrapped(title)
    if inner != title:
        inside = [one.title for one in named if one.title in title]
        return tuple(
            dict.fromkeys([inner, *([] if len(inside) <= 1 else inside[1:] if inside[0] == inner else inside)])
        )
    if len(named) == 1 and title.strip() == f"《{named[0].title}》":
        return (named[0].title,)
    before, about, rest = title.partition("关于")
    return (
        about + rest if about and not re.search("[《“]", before) and not before.endswith("贯彻") else title.strip(),
    )


# --- reports ----------------------------------------------------------------------------------------------

_CLAUSE: Final = re.compile(r"[^。！？；;\n]*$")


def _sentences(text: str) -> Iterator[Span]:
    """The sentences that can announce: the first two of a text, and a third that says it is recent."""
    start, count = 0, 0
    limit = min(len(text), LEAD)
    for match in re.finditer(r"[。！？\n]+|$", text[: limit + 200]):
        piece = text[start : match.end()]
        if len(piece.strip()) > 12:  # noqa: PLR2004 - a place line or a number is no sentence
            count += 1
            stripped = piece.lstrip()
            if count <= 2 or (count == 3 and re.search("近日|日前", piece)):  # noqa: PLR2004
                yield Span(stripped.rstrip(), start + len(piece) - len(stripped))
        start = match.end()
        if start >= limit or count >= 3:  # noqa: PLR2004
            return


def _clause(before: str) -> str:
    """The clause that ends here: after the last comma outside 《》 and brackets."""
    plain = re.sub("《[^《》]*》", lambda found: "〇" * len(found.group()), before)
    cut = max(plain.rfind(mark) for mark in "，,。；;：:！")
    return before[cut + 1 :]


def _mentioned(before: str) -> bool:
    """Whether a document that comes after these words is only mentioned."""
    clause = _clause(before)
    return bool(_rules().passing.search(clause) or _rules().naming.search(clause))


def _past(sentence: str) -> bool:
    """Whether the sentence tells of a former year and of nothing recent."""
    rules = _rules()
    if re.search(
        r"近年来|多年来|先后|相继|陆续|历年|去年|前年|早在|此前|曾于|以来|[一二三四五六七八九十两几数\d]+年前|当年|如今",
        _unquoted(sentence),
    ):
        return True
    year = re.search(r"(?:19|20)\d\d年(?!\s*\d{1,2}月\s*\d{1,2}日)", _clause_head(sentence))
    return bool(year) and not rules.recent.search(sentence)


def _clause_head(sentence: str) -> str:
    """The sentence up to its first 《."""
    return sentence.partition("《")[0]


def _report(title: str, text: str, home: Place, named: tuple[Quoted, ...]) -> Reading | None:
    rules = _rules()
    if rules.foreign.search(_unquoted(title)) and not organs(title, home):
        return None
    announced = _announced(title, home)
    if announced:
        return Reading("report", Span(title, -1), announced[0], announced[1] or _subject_in(text, announced[0]))
    headline = _headline(title, home)
    meeting = rules.meeting.search(_unquoted(title)) or rules.award.search(_unquoted(title))
    private = rules.enterprise.search(_unquoted(title)) and not organs(title, home)
    for index, sentence in enumerate(_sentences(text)):
        found = _announced(sentence.text, home, body=True)
        if not found or _past(sentence.text):
            continue
        if private and not organs(_clause_head(sentence.text), home):
            continue
        if (meeting and not headline) or (rules.ending.search(title)):
            break
        if (
            index
            and not headline
            and not named
            and not rules.recent.search(sentence.text)
            and not _again(text, found[0])
        ):
            continue
        return Reading("report", sentence, found[0], found[1] or sentence.text)
    if headline:
        return Reading("report", Span(title, -1), _titles(named), headline)
    return None


def _again(text: str, documents: tuple[str, ...]) -> bool:
    """Whether the text goes on about the document: it names it again or gives it a short name."""
    return bool(re.search("以下简称|下称|简称", text[: LEAD * 2])) or any(
        text.count(f"《{one}》") > 1 for one in documents
    )


def _subject_in(text: str, documents: tuple[str, ...]) -> str:
    """Where a headline names no issuer: the sentence of the text that names the document with a verb."""
    for sentence in _sentences(text):
        if _rules().announce.search(sentence.text):
            match = _rules().announce.search(sentence.text)
            return sentence.text[: match.start()] if match else ""
    del documents
    return ""


_TITLE_ONLY: Final = ("来了", "落地", "上线", "亮相", "面世", "出炉")
"""Outcomes that announce in a headline; in a text they tell of effects."""
_AFTERWARDS: Final = re.compile(
    r"(?:[（(][^）)]{0,60}[）)])?(?:后|以来|之后|以后|[一二三四五六七八九十两]+(?:周年|年来))"
)


def _announced(sentence: str, home: Place, *, body: bool = False) -> tuple[tuple[str, ...], str] | None:
    """The documents that a sentence makes known and the words before them that name who does."""
    rules = _rules()
    inside = quoted(sentence)
    if not inside:
        return None
    for match in rules.announce.finditer(sentence):
        if any(one.start < match.start() < one.end for one in inside):
            continue
        clause = _clause(sentence[: match.start()])
        between = match["between"]
        if match["between"].startswith("的") and not rules.recent.search(clause):
            continue
        if (
            rules.passing.search(clause)
            or rules.future.search(clause)
            or not _subjects(_subject(sentence[: match.start()]), home)
        ):
            continue
        if re.search("根据|依据|按照|贯彻|落实|名单|入选|关于(?!$)|会|榜", between):
            continue
        run = _run(sentence, inside, match.end())
        named = tuple(one.title for one in run if is_document(one.title))
        if named and not _AFTERWARDS.match(sentence[run[-1].end :]):
            return tuple(dict.fromkeys(named)), sentence[: match.start()]
    for index, one in enumerate(inside):
        after = sentence[inside[_run_end(sentence, inside, index)].end :]
        outcome = rules.outcome.match(after)
        if outcome is None or not is_document(one.title) or _mentioned(sentence[: one.start]):
            continue
        if rules.future.search(outcome.group()[: outcome.start("verb")]) and outcome["verb"] not in (
            "施行",
            "实施",
            "执行",
            "生效",
        ):
            continue
        if body and outcome["verb"] in _TITLE_ONLY:
            continue
        if (
            body
            and outcome["verb"] in ("实施", "执行", "通过", "批准")
            and not rules.recent.search(sentence)
            and not re.search("起$|起正式$", outcome.group()[: outcome.start("verb")])
        ):
            continue
        if not _subjects(_subject(sentence[: one.start]) + after[: outcome.start("verb")], home):
            continue
        documents = [
            entry.title for entry in inside[index : _run_end(sentence, inside, index) + 1] if is_document(entry.title)
        ]
        return tuple(dict.fromkeys(documents)), sentence[: one.start] + after[: outcome.end()]
    return None


def _subject(before: str) -> str:
    """Who acts, as far as the words before a verb say: the last clause, or the one before where it names nobody."""
    clause = _clause(before)
    if len(clause.strip()) > 3:  # noqa: PLR2004 - 并, 联合, 近日
        return clause
    return _clause(before[: len(before) - len(clause) - 1]) if clause != before else clause


def _run(sentence: str, inside: tuple[Quoted, ...], start: int) -> tuple[Quoted, ...]:
    """The titles that stand together from ``start`` on: 《A》《B》和《C》."""
    first = next((index for index, one in enumerate(inside) if one.start >= start), None)
    return () if first is None else inside[first : _run_end(sentence, inside, first) + 1]


def _run_end(sentence: str, inside: tuple[Quoted, ...], index: int) -> int:
    while index + 1 < len(inside) and re.fullmatch(
        r"(?:[（(][^）)]{0,60}[）)])?[、，,\s和及与]*(?:以及|和)?",
        sentence[inside[index].end : inside[index + 1].start],
    ):
        index += 1
    return index


def _headline(title: str, home: Place) -> str | None:
    """The words before the verb of a headline such as 攀枝花出台20条措施支持企业复工; None where it announces nothing."""
    rules = _rules()
    outside = _unquoted(title)
    match = rules.headline.search(outside)
    if match is None or rules.ending.search(title) or rules.foreign.search(title):
        return None
    verb = match["verb"] or match["verb2"] or match["verb3"]
    before = outside[: match.start("verb") if match["verb"] else match.start("object2")]
    wanted = match["object"] or match["object2"] or ""
    if re.search(
        "产品|数据|报告|榜|指数|成果|招标|预警|倡议|新闻|机遇|投资|名单|技术标准|项目清单|机会清单|团体标准|企业标准",
        wanted,
    ) and not re.search("若干|政策|措施|意见|办法", wanted):
        return None
    if wanted.endswith("条") and not re.search(r"[\d一二三四五六七八九十]+条|“[^”]+条", wanted):
        return None
    if verb in ("实施", "施行", "通过", "落地", "敲定") and match["verb"]:
        return None
    if rules.passing.search(_clause(before)) or rules.future.search(before) or rules.meeting.search(before):
        return None
    if rules.enterprise.search(before) and not organs(before, home):
        return None
    if not (
        home.city
        or home.province
        or organs(title, home)
        or _PUBLIC.search(title)
        or re.match(rf"[{HAN}]{{1,4}}[县区市州省]", before)
        or re.search("部门|国家|两部|央行|部委", title)
    ):
        return None
    return before or title
