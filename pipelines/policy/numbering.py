"""Which of the numbers that a page names is its document's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.policy.numbers import Number, numbers, standard
from pipelines.policy.paper import HEAD, Paper
from pipelines.policy.rules import LEAD, Reading, rules
from pipelines.policy.titles import quoted, title_key

_LABEL: Final = re.compile("(?:发文字号|文号|字号|文件编号)[】]?[:：]?$")
_SENTENCE: Final = re.compile("[，。《》：根据按照]")
_MENTION: Final = re.compile("[，。《》]|文件|规定|精神|要求|收悉")
_BEHIND: Final = re.compile(r"(?:废止.*|转发的)(?:决定|通知|公告|通告|函)[\s（(【〔\[]*$")
"""Before a number of its own, a title that repeals or passes on what stands in 《》; that is left out here."""
_OF_ANOTHER: Final = re.compile("[）)】\\]〕]?(?:的|文件|精神|要求|规定)")
"""Behind a number in a title: 关于《X》（攀府函〔2017〕44号）的补充通知."""
_AROUND: Final = " \t\n\u3000\xa0（）()【】[]〔〕"
"""Blanks and brackets around a number."""
_APART: Final = re.compile(r"[）)】\]〕]{0,2}(?:\s|各)")
_STOP: Final = re.compile("[。！？；]")
_REFERS: Final = re.compile(
    "(?:[》，、]|根据|按照|依据|依照|(?<!意)见|执行|废止|替代|原|和|与|及|文件|(?:附件|依据|链接|参考|如下)[：:])$"
)
FORWARDS: Final = re.compile("转发|批转|转印|翻印")
"""What is passed on has a number of its own, that of whoever made it."""
_MADE_KNOWN: Final = re.compile("公布|发布|颁布")
_AS: Final = re.compile("(?:以|发布|公布|印发|签署|签发)[^，。]{0,10}$")
_THEN: Final = re.compile("^[）)]?(?:令|公告|文|文件)?[，,]?(?:正式)?(?:印发|发布|公布|下发|颁布)")
_ACCORDING: Final = re.compile("根据|按照|依据")
_BRACKET: Final = 2
"""Characters before a number that begins a text: an opening bracket."""
_CALLED: Final = re.compile("(令|公告|通告)$")
_BARE: Final = re.compile(
    r"[（(]?\s*((?:20\d\d\s*年|[〔\[（(]20\d\d[〕\]）)])?\s*第\s*(?:\d{1,4}|[一二三四五六七八九十百〇零]{1,7})\s*号)\s*[）)]?"
)
_LINES: Final = 4
"""Lines under a title, before the first sentence, in which its number stands alone."""
_NOTE: Final = 60
"""Where the note under a title ends: （2022年8月1日攀枝花市人民政府令第128号公布…）."""
_ORGAN: Final = 24
"""Characters of an organ's name before its number on a line: 攀枝花市人民政府公告2021年第3号."""
_REST: Final = 12


def own_number(paper: Paper, reading: Reading, documents: tuple[str, ...]) -> Number | None:
    """The document's own number: from the table, the title, a line of its own, or right behind its name.

    A number that is only referred to (根据攀办发〔2020〕12号) is none. Where it does not stand in the text, ``start``
    is -1.
    """
    return next(_candidates(paper, reading, documents), None)


def _candidates(paper: Paper, reading: Reading, documents: tuple[str, ...]) -> Iterator[Number]:
    text, table = paper.text, paper.table
    if table and table.number and (own := standard(table.number)):
        at = text.find(table.number)
        yield Number(at, at + len(table.number), own) if at >= 0 else Number(-1, -1, own)
    outside = re.sub("[《〈][^《》]*[》〉]", "", paper.title)
    if inside := [one for one in numbers(outside) if not _OF_ANOTHER.match(outside, one.end)]:
        before = outside[: inside[0].start]
        if not re.search("转发|废止", before) or _BEHIND.search(before):
            yield Number(-1, -1, inside[-1].value)
    forwards = bool(FORWARDS.search(outside))
    found = numbers(text[: _passed_on_at(text, documents)] if forwards else text)
    if reading.relation in ("document", "repeal", "draft"):
        yield from _under(text, outside)
        yield from (one for one in found if one.start <= HEAD and _alone(text, one))
        yield from (one for one in found if (one.start <= HEAD or one is found[-1]) and _apart(text, one))
    if reading.relation != "repeal" and not forwards:
        yield from (one for one in found if _behind(text, one, documents))
    if reading.relation == "report":
        yield from (one for one in found if one.start < LEAD and _issued_under(text, one))
    if reading.relation == "document" and not forwards:
        yield from (Number(-1, -1, one.value) for one in numbers(paper.attachments))


def _under(text: str, title: str) -> Iterator[Number]:
    """The number that stands alone under 攀枝花市人民政府令 or …公告: 第131号, 2024年第3号."""
    kind = _CALLED.search(title.strip())
    start = 0
    for line in text.split("\n", _LINES)[:_LINES] if kind else ():
        assert kind is not None
        if _STOP.search(line):
            return
        under = _BARE.fullmatch(line.strip())
        if under and (value := standard(kind[1] + under[1])):
            yield Number(start, start + len(line), value)
        start += len(line) + 1


def _alone(text: str, number: Number) -> bool:
    """Whether a number stands on a line of its own, behind a label, or in the note under the title."""
    start, end = text.rfind("\n", 0, number.start) + 1, text.find("\n", number.end)
    raw = text[start : number.start].strip()
    before = raw.strip(" \u3000\t（(【[")
    after = text[number.end : end if end >= 0 else len(text)].strip(" \u3000\t）)】]")
    if _LABEL.search(before):
        return True
    if number.start < _NOTE and raw.startswith(("（", "(")) and _MADE_KNOWN.match(after):
        return True
    if number.start <= _BRACKET and not re.match("的|要求|文件|规定|精神", after):
        return True
    organ = not before or (len(before) < _ORGAN and not _SENTENCE.search(before))
    if organ and not start and text[number.end : number.end + 1].isspace():
        return True
    return organ and len(after) < _REST and not _MENTION.search(after)


def _apart(text: str, number: Number) -> bool:
    """Whether a number stands apart from the words around it, before a text's first sentence or as its last words."""
    before, after = text[: number.start], text[number.end :]
    if after.strip(_AROUND) and (_STOP.search(before) or not _APART.match(after) or _MENTION.match(after.strip())):
        return False
    bare = before.rstrip(_AROUND)
    begun = bare != before or before.endswith("。") or rules().statutory.search(before)
    return bool(begun) and not _REFERS.search(bare)


def _behind(text: str, number: Number, documents: tuple[str, ...]) -> bool:
    """Whether a number stands right behind the main document: 《X》（攀办发〔2020〕12号，以下简称…）."""
    before = text[max(0, number.start - 200) : number.start].rstrip(" （(，,\u3000")
    if number.value.endswith("令") or number.value.startswith("公告"):
        before = re.sub(r"》[（(][^（()），,。]{2,24}$", "》", before)
    inside = quoted(before) if before.endswith("》") else ()
    around = before[_clause_start(before) :] + text[number.end : number.end + _REST]
    if FORWARDS.search(re.sub("《[^》]*》", "", around)):
        return False
    return bool(inside) and title_key(inside[-1].title) in {title_key(one) for one in documents[:1]}


def _clause_start(before: str) -> int:
    """Where the clause begins that these words end with; what stands in 《》 parts no clauses."""
    bare = re.sub("《[^《》]*》", lambda found: "〇" * len(found.group()), before)
    return max(bare.rfind(mark) for mark in "。，；：\n") + 1


def _passed_on_at(text: str, documents: tuple[str, ...]) -> int:
    """Where in a notice that forwards a document that document begins, under its title on a line of its own."""
    keys = {title_key(one) for one in documents[:1]}
    at = 0
    for line in text.split("\n"):
        if at and line.strip() and title_key(line.strip()) in keys and not FORWARDS.search(line):
            return at
        at += len(line) + 1
    return len(text)


def _issued_under(text: str, number: Number) -> bool:
    """Whether an organ issues something as this number: 市政府以攀府发〔2020〕3号印发, 签署第120号令公布."""
    before, after = text[max(0, number.start - _REST) : number.start], text[number.end : number.end + _REST]
    return bool(_AS.search(before) or _THEN.search(after)) and not _ACCORDING.search(before)
