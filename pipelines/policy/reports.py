"""News of a document: in the headline, in the first sentences, under its own title."""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.announced import announced
from pipelines.policy.documents import is_formed, is_routine, own_titles
from pipelines.policy.headline import headline
from pipelines.policy.issuers import organs
from pipelines.policy.paper import Paper
from pipelines.policy.phrases import GATHERING, clause, documents, past, sentences, titles, unquoted
from pipelines.policy.rules import LEAD, Reading, Span, rules
from pipelines.policy.titles import kinds_of, plain

_ENDING: Final = re.compile("关于(?:公布|宣布)?(?:废止|失效|停止)")
"""In a document's own title: it ends others."""
_SINGLE_ACT: Final = re.compile("[，,：:](?:正式|决定)?(?:批准|核准|认定|授予|注销|吊销|撤销|同意|任命|公布)")
_FROM_NOW: Final = re.compile("自[^，。]{2,14}起")
_COMMON: Final = 8
"""Characters in a row that a headline shares with the document that it is about."""


def report(paper: Paper, title: str) -> Reading | None:
    """News of a document: told by the title, by one of the first sentences, or without its 《》."""
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
        if head is None and elsewhere and (index or GATHERING.search(outside) or not _same_matter(outside, found[0])):
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
    first = next(iter(sentences(paper.text)), None)
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
    own = is_formed(title, paper.place) and not is_routine(title)
    return Reading("report", first, own_titles(plain(title), ()) if own else (), before)


def _goes_on(text: str, named: tuple[str, ...]) -> bool:
    """Whether the text goes on about the document: it gives it a short name, or names it again."""
    return (
        "简称" in text[: LEAD * 2] or "下称" in text[: LEAD * 2] or any(text.count(f"《{one}》") > 1 for one in named)
    )


def _who(text: str) -> str:
    """Where a headline names no issuer: the words before the verb in the text's first sentences."""
    matches = (rules().announce.search(sentence.text) for sentence in sentences(text))
    return next((match.string[: match.start()] for match in matches if match), "")
