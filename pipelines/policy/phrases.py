"""Sentences, clauses and the titles in them: what is told, and what is only mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from pipelines.policy.issuers import Place, organs
from pipelines.policy.rules import LEAD, Span, rules
from pipelines.policy.titles import Quoted, is_document, quoted

GATHERING: Final = re.compile("召开|举行|主持|座谈|论坛|开幕|闭幕")
"""Headlines of what people meet for: a document is talked of there, not made known."""
_SHORTEST: Final = 12
"""Characters of a sentence; a place line or a number is none."""
_SUBJECT: Final = 3
"""Characters of a clause that can name who acts; 并, 联合, 近日 do not."""
_TOGETHER: Final = re.compile(r"(?:[（(][^）)]{0,60}[）)])?[、，,\s和及与]{0,4}(?:以及|和)?")


_BEYOND: Final = 200
"""Characters behind the lead in which a sentence that began there may end."""


def unquoted(text: str) -> str:
    """A text with every 《…》 emptied: the words that say what is done with the document."""
    for one in reversed(quoted(text)):
        text = text[: one.start] + "《》" + text[one.end :]
    return text


def documents(text: str) -> tuple[Quoted, ...]:
    """The titles in 《》 that can be official documents'."""
    return tuple(found for found in quoted(text) if is_document(found.title))


def titles(found: Iterable[Quoted]) -> tuple[str, ...]:
    """Each title once, in order."""
    return tuple(dict.fromkeys(one.title for one in found))


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences that can announce: the first two of a text, and a third that says it is recent."""
    return _first_sentences(text[: LEAD + _BEYOND])


@lru_cache(maxsize=64)  # the rules ask for one text again and again
def _first_sentences(text: str) -> tuple[Span, ...]:
    found = []
    start, count = 0, 0
    limit = min(len(text), LEAD)
    for match in re.finditer(r"[。！？\n]+|$", text[: limit + _BEYOND]):
        piece = text[start : match.end()]
        if len(piece.strip()) > _SHORTEST:
            count += 1
            stripped = piece.lstrip()
            if count <= 2 or (count == 3 and re.search("近日|日前", piece)):  # noqa: PLR2004
                found.append(Span(stripped.rstrip(), start + len(piece) - len(stripped)))
        start = match.end()
        if start >= limit or count >= 3:  # noqa: PLR2004
            break
    return tuple(found)


def clause(before: str) -> str:
    """The clause that ends here: after the last comma outside 《》."""
    bare = re.sub("《[^《》]*》", lambda found: "〇" * len(found.group()), before)
    return before[max(bare.rfind(mark) for mark in "，,。；;：:！") + 1 :]


def subject(before: str) -> str:
    """Who acts, as far as the words before a verb say: the last clause, or the one before where it names nobody."""
    last = clause(before)
    if len(last.strip()) > _SUBJECT or last == before:
        return last
    return clause(before[: len(before) - len(last) - 1])


def acts_for_the_state(text: str, home: Place) -> bool:
    """Whether the words before a verb can be an organ or a place: no enterprise, or an organ beside it."""
    return not rules().enterprise.search(text) or bool(organs(text, home))


def mentioned(before: str) -> bool:
    """Whether a document that comes after these words is only mentioned: 根据《…》, 学习《…》."""
    last = clause(before)
    return bool(rules().passing.search(last) or rules().naming.search(last))


def past(sentence: str) -> bool:
    """Whether the sentence tells of a former year and of nothing recent."""
    if rules().told_before.search(unquoted(sentence)):
        return True
    year = re.search(r"(?:19|20)\d\d年(?! ?\d{1,2}月 ?\d{1,2}日)", sentence.partition("《")[0])
    return bool(year) and not rules().recent.search(sentence)


def together(sentence: str, inside: tuple[Quoted, ...], first: int) -> tuple[Quoted, ...]:
    """The titles that stand in one list with the ``first``: 《A》《B》和《C》."""
    last = first
    while last + 1 < len(inside) and _TOGETHER.fullmatch(sentence[inside[last].end : inside[last + 1].start]):
        last += 1
    return inside[first : last + 1]
