"""What official notices are told apart by: their identifiers, the stage of an affair they are of, whom they list.

Notices on one template differ in nothing else, so each of these overrules any likeness of the texts, however long.
A reprint of one keeps all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

# --- identifiers ------------------------------------------------------------------------------------------

LABELLED = re.compile(
    r"(\w{0,2})(编号|文号|案号|证号|合同号|备案号|项目代码|信用代码)[^\S\n]*(?:[:：]|为|是)?[^\S\n]*"
    r"([(（〔\[【]?[\u4e00-\u9fff]{0,8}?[A-Za-z0-9(（〔\[【][\w\-/.〔〕\[\]()（）【】#]*)"
)
"""项目编号：N5104022026000011 · 宗地编号：PZH-2026-01 · 案号：（2026）川0402民初12号; the same numbers of other kinds
(a plan's, a tender's) are told apart by the two characters in front of 编号."""
TAIL = re.compile(r"(?<=[a-z0-9号])(?!号)[\u4e00-\u9fff].*")
"""What follows an identifier without a mark between: N5104022026000011项目名称."""
CODE = re.compile(r"[A-Za-z]{0,6}\d[\dA-Za-z-]{9,}")
"""A long number in a title: 采购公告（N5104022026000011）."""
NUMBERED = re.compile(
    r"([\u4e00-\u9fff]{0,12})\s?[〔\[（(【]?\s?((?:19|20)\d\d)\s?(?:[〕\]）)】]\s?第?|年第)\s?"
    r"(\d{1,5}|[一二三四五六七八九十百]{1,4})\s?号"
)
"""A document's number: 攀府办发〔2026〕5号, 公告2026年第5号."""
CASE = re.compile(r"[（(〔]((?:19|20)\d\d)[）)〕]\s?([\u4e00-\u9fff]{1,2}\d{2,4}[\u4e00-\u9fff]{1,4})(\d{1,6})号")
"""A court's: （2026）川0402民初12号."""
OWN_HEAD, OWN_FOOT = 120, 60
"""Characters at the head and the foot of a text where its own number stands: further in are those it cites."""
BARE = re.compile(r"[\W_]+")


class Number(NamedTuple):
    """A document's number, 攀府办发〔2026〕5号; the office with what stands in front of it: no mark divides them."""

    office: str
    year: str
    number: str

    def means(self, other: Number) -> bool:
        a, b = self.office, other.office
        alike = a.endswith(b) or b.endswith(a) or a[-3:] == b[-3:]
        return alike and self.year == other.year and self.number == other.number


def identifiers(text: str) -> dict[str, set[str]]:
    """The labelled identifiers of a text, by their label; in one form."""
    if "号" not in text and "代码" not in text:
        return {}
    found: dict[str, set[str]] = {}
    for prefix, label, value in LABELLED.findall(text):
        plain = BARE.sub("", unicodedata.normalize("NFKC", value).lower())
        if re.search(r"\d", plain):
            whole = plain[: plain.index("号") + 1] if "号" in plain else TAIL.sub("", plain)
            found.setdefault((prefix + label)[-4:], set()).add(whole)
    return found


def identifiers_conflict(one: Mapping[str, set[str]], two: Mapping[str, set[str]]) -> bool:
    """Whether both give an identifier of one kind, and share none of that kind: cut off by a space it is the same."""
    return any(
        not any(a.startswith(b) or b.startswith(a) for a in one[label] for b in two[label])
        for label in one.keys() & two.keys()
    )


def numbers(text: str) -> set[Number]:
    """The documents' numbers in a text."""
    if "号" not in text:
        return set()
    cases = {Number(court, year, number) for year, court, number in CASE.findall(text)}
    return cases | {Number(office, year, number.lstrip("0")) for office, year, number in NUMBERED.findall(text)}


def codes(title: str) -> set[str]:
    """The long numbers of a title."""
    return set(CODE.findall(title))


def own_numbers(title: str, body: str) -> set[Number]:
    """Those that may be the text's own: of its title, its head and its signature."""
    return numbers(title) | numbers(body[:OWN_HEAD]) | numbers(body[-OWN_FOOT:])


def numbers_conflict(own: tuple[set[Number], set[Number]], told: tuple[set[Number], set[Number]]) -> bool:
    """Whether each of two texts has a number of its own that the other does not tell of at all."""
    return all(
        any(not any(number.means(other) for other in others) for number in mine)
        for mine, others in ((own[0], told[1]), (own[1], told[0]))
    )


# --- stages -----------------------------------------------------------------------------------------------

FORMAL = re.compile(
    r"(?:公告|公示|通知|通告|公报|布告|启事|批复|决定书?|名单|目录|稿|草案|办法|规定|细则|条例|措施|方案|规划|计划|预案"
    r"|标准|指南|意见|函|修订|修正|许可|结果|成交|中标|预警|信号).{0,5}$"
)
"""What a notice's or a document's title says at its end, but for its number or its round."""
AGAIN = r"第?[二2两][次轮](?!会议|全体|集体)|(?:重新|再次)(?:组织|发布|进行)?(?:招|采|公|挂|拍|询|磋|谈|征|竞)"
THIRD = r"第?[三3][次轮](?!会议|全体|集体)"
STAGES: Mapping[str, str] = {
    "second round": AGAIN,
    "third round": THIRD,
    "draft": r"征求意见|征询意见|公开征求|征求\w{1,40}意见|意见稿|讨论稿|草案|草稿|初稿|修改稿",
    "submitted": r"送审稿|报审稿|审议稿|报批稿|评审稿|论证稿|[一二三四]审稿",
    "proposed": r"(?<![模虚草比])拟(?![人态合定])|候选人",
    "shown": r"公示",
    "received": r"受理",
    "amended": r"修订|修正|修改",
    "corrected": r"更正|勘误|澄清|变更|补遗|补充公告",
    "ended": r"终止|废标|流标|中止|暂停|撤销|取消|作废|废止|失效|解除",
    "extended": r"延期|延长|顺延",
    "awarded": r"中标|成交|结果|竞得",
    "accepted": r"验收",
    "contract": r"合同",
    "intended": r"意向",
}
"""The stages of an affair by the words that name them; a notice of none is of the first or the last."""
ANYWHERE = frozenset({"second round", "third round", "draft", "submitted", "proposed", "shown", "amended"})
"""Those of which a text speaks only where it is of them; of the others a tender's clauses speak as well."""
STAGE = {name: re.compile(words) for name, words in STAGES.items()}
DRAFT = frozenset({"draft", "submitted"})
ISSUED = re.compile(r"印发|颁布|施行|出台|发布实施|正式")
"""What a draft no longer is when a title has it."""
TELLING_HEAD = 200
"""Characters of a text in which it says what stage it is of, should its title not."""


def formal(title: str) -> bool:
    """Whether a title, as words, is a notice's or a document's."""
    return FORMAL.search(title) is not None


@lru_cache(128)
def stages(title: str) -> frozenset[str]:
    """The stages that a title, as words, names."""
    return frozenset(name for name, pattern in STAGE.items() if pattern.search(title))


@dataclass(frozen=True, slots=True)
class Notice:
    """What a text says of itself as a notice."""

    title: str
    """Its words."""
    head: str
    """The words of its title and of the beginning of its text."""
    text: str

    def says(self, stage: str, *, whole: bool) -> bool:
        """Whether it says it in its head, or where the ``whole`` of it counts, anywhere."""
        return STAGE[stage].search(self.text if whole else self.head) is not None


def stages_conflict(one: Notice, two: Notice, *, close: bool, same_text: bool) -> bool:
    """Whether two notices' titles name two stages of one affair: a tender and its second round, a draft and what was
    issued.

    A stage that one title alone names counts where the titles are ``close`` and the other text does not say it in its
    head (anywhere, if both have the same words): a reprint with a shorter title says it there.
    """
    mine, theirs = stages(one.title), stages(two.title)
    if mine == theirs or not (formal(one.title) and formal(two.title)):
        return False
    for stages_of, other in ((mine - theirs, two), (theirs - mine, one)):
        unsaid = [stage for stage in stages_of if not other.says(stage, whole=same_text and stage in ANYWHERE)]
        if (unsaid and close) or (DRAFT.intersection(unsaid) and ISSUED.search(other.title)):
            return True
    return False


# --- people -----------------------------------------------------------------------------------------------

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
    "谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文樊兰殷施洪翟安倪"
)
"""Surnames of nine in ten people."""
PERSON = rf"[{SURNAMES}][\u4e00-\u9fff·]{{1,2}}"
GAP = r"(?:[、，,；;\s]\s{0,8}|\s{0,8}\n\s{0,8})(?:\d{1,3}\s?[.．、]\s?)?"
PEOPLE = re.compile(rf"(?<![\u4e00-\u9fff]){PERSON}(?:{GAP}{PERSON}){{2,}}(?![\u4e00-\u9fff])")
"""Three names or more, one behind the other, and nothing else between two marks."""


def people(body: str) -> set[str]:
    """The people that a text lists."""
    return {name for run in PEOPLE.findall(body) for name in re.split(r"[^\u4e00-\u9fff·]+", run) if name}
