"""Titles in 《》, what they are called (意见, 通知, 方案 …), and when two of them name one document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipelines.policy.terms import any_of, terms

_LONGEST: Final = 160
_TAIL: Final = (
    r"(?:[\s（(〔\[<〈【][^（()）〔〕\[\]<>〈〉【】]{0,40}[）)〕\]>〉】]|[—\-－]{1,2}.{0,12}|\s"
    "|第?[0-9０-９一二三四五六七八九十百〇零]{1,7}号|第|修订版|修订稿|送审稿|全文)*$"
)
_WRAPPED: Final = re.compile(
    r"(?:关于)?(?:修订)?(?:印发|(?P<passed>转发|批转)|颁布|发布|公布|下发)(?!.{0,12}等\S{0,3}(?:办法|制度|文件)的通知)"
    r"\s*(?P<inner>.{4,}?)的(?:补充|紧急)?(?:通知|公告|通告|决定|命令|令|函)$"
)


_GOES_ON: Final = re.compile(
    "(?:实施|管理|工作|操作)细则|(?:实施|暂行|管理|配套)办法|实施(?:方案|意见|规定)|(?:任务|重点任务)?分工方案"
)
"""A document of a document: 《X条例》实施细则."""


_AND_MORE: Final = re.compile("(?:等[^《》]{0,12})?")
"""Behind the first of several: 《X》等2个规范."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A title in 《》; ``start`` and ``end`` include the marks."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a document is called."""

    kind: str | None
    statutory: str | None
    carried: str | None


@lru_cache(maxsize=64)  # the rules ask for one title and one text again and again
def quoted(text: str) -> tuple[Quoted, ...]:
    """Every outermost 《…》 of a text. Nested 《》 and 〈〉 stay inside; one that is never closed is left out."""
    if "《" not in text:
        return ()
    found, depth, start = [], 0, 0
    for match in re.finditer("[《》]", text):
        if match.group() == "《":
            if depth and match.start() - start > _LONGEST:
                depth = 0
            if not depth:
                start = match.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth and match.start() - start <= _LONGEST:
                title = re.sub(r"\s+", " ", text[start + 1 : match.start()]).strip()
                end = match.end()
                if title and (goes_on := _GOES_ON.match(text, end)):
                    title, end = f"〈{title}〉{goes_on.group()}", goes_on.end()
                if title:
                    found.append(Quoted(start, end, title))
    return tuple(found)


_NUMBER: Final = r"[^（()）\s]{2,16}[〔\[【(（]\s*(?:19|20)\d\d\s*[〕\]】)）]\s*第?\s*\d+\s*号"


def plain(title: str) -> str:
    """A title without the document's number before or behind it, in brackets or not, and without its day."""
    bare = re.sub(rf"^{_NUMBER}[\s:：]*(?=.)", "", title.strip())
    return re.sub(rf"\s*[（(](?:{_NUMBER}|20\d\d年\d{{1,2}}月\d{{1,2}}日)[）)]$|\s+{_NUMBER}$", "", bare)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    kinds = terms()["kinds"]
    named = [*kinds["statutory"], *kinds["carried"], *kinds["qualified_statutory"]]
    return (
        re.compile(f"(?P<name>{any_of(named)}){_TAIL}"),
        re.compile(any_of(kinds["not_documents"]) + _TAIL),
        re.compile(any_of(kinds["statutory"]) + "$"),
    )


def _name(title: str) -> str | None:
    """The words at the end of a title that say what it is."""
    match = _patterns()[0].search(title)
    return match["name"] if match else None


def kinds_of(title: str) -> Kinds:
    """Kind, statutory kind and carried kind of a document's title.

    关于…的实施意见: 实施意见, 意见, None; 关于印发…方案的通知: 通知, 通知, 方案; …办法（试行）: 办法, None, 办法.
    """
    title = plain(title)
    name = _name(title)
    if name is None:
        return Kinds(None, None, None)
    statutory = _patterns()[2].search(name)
    inner = unwrapped(title)
    carried = _name(inner) if inner != title else (None if statutory else name)
    return Kinds(name, statutory.group() if statutory else None, carried)


def unwrapped(title: str) -> str:
    """The document that a 通知 carries: 关于印发《X》的通知 gives X; any other title is returned as it is."""
    bare = re.sub(r"[（(][^（()）]{0,30}[）)]$", "", plain(title))
    match = _WRAPPED.search(bare)
    if match is None:
        return title
    inner = match["inner"].strip()
    if match["passed"] and "关于" in inner and not re.search("[《〈<＜]", inner) and kinds_of(inner).kind is None:
        return inner + bare[match.end("inner") :]  # 转发省财政厅关于甲工作的通知: the one 通知 is what is passed on
    if inner.startswith("关于") and kinds_of(inner).kind is None:
        return title  # 发布关于…的公告 carries nothing: 公告 is the document
    names = quoted(inner)
    if names and names[0].start == 0 and _AND_MORE.fullmatch(inner, names[0].end):
        return names[0].title
    if inner[:1] in "〈<＜" and inner[-1:] in "〉>＞":
        return inner[1:-1]
    return inner if not names or kinds_of(inner).kind else names[0].title


def is_document(title: str) -> bool:
    """Whether a title in 《》 can be an official document's: by its last word, not a study, book, paper or contract."""
    named, other, _ = _patterns()
    if other.search(title):
        return False
    return named.search(title) is not None


_PUNCTUATION: Final = re.compile(r"[\s《》〈〉<>＜＞“”\"'‘’「」、，,。·•:：;；—－\-~～]+")
_BRACKETED: Final = re.compile(r"[（(【\[〔][^（()）【】\[\]〔〕]{0,30}[）)】\]〕]")


@lru_cache(maxsize=4096)
def title_key(title: str) -> str:
    """What two writings of one document's title have in common.

    Without the organ before 关于, the 印发…的通知 around it, marks and widths of punctuation, and notes in brackets
    such as （试行）, but not （2021—2025年）: a document of other years is another one.
    """
    text = unwrapped(plain(title))
    before, about, rest = text.partition("关于")
    if about and rest and not re.search(r"[《〈“]", before) and not re.search("(?:贯彻|落实|执行|实施)$", before):
        text = about + rest
    text = unwrapped(text)
    text = _BRACKETED.sub(lambda note: note.group()[1:-1] if re.search(r"\d", note.group()) else "", text)
    return _PUNCTUATION.sub("", text).removeprefix("关于").replace("年版", "版")
