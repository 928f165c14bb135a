"""Interpretations: 解读, 图解, 政策问答, an interview about a document."""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.paper import Paper
from pipelines.policy.phrases import documents, sentences, titles, unquoted
from pipelines.policy.rules import Reading, Span, rules

_SPOKESMAN: Final = re.compile("外交部|国防部|发言人")
"""Who answers journalists on much else than documents."""
_EXPLAINED: Final = re.compile(
    "解读如下|作如下解读|进行(?:了)?(?:如下|政策)?解读(?:如下|：)|现[对就将][^。]{0,80}解读|答记者问|回答了记者(?:的)?提问"
    "|(?:就|围绕|针对)《[^》]+》[^。]{0,20}(?:专访|采访)"
)


def interpretation(paper: Paper, title: str, column: str) -> Reading | None:
    """What an article that explains a document says of it; ``column`` is what stood before its title: 政策解读丨."""
    explained = rules().interpretation.search(unquoted(paper.title)) is not None
    listed = any("解读" in one for one in paper.columns)
    outside, named = unquoted(title), documents(title)
    about = bool(named or rules().nouns.search(outside) or re.search("文件|政府工作报告", outside))
    if rules().draft.search(outside) or rules().ending.search(title) or (not named and _SPOKESMAN.search(outside)):
        return None
    first = next(iter(sentences(paper.text)), None) if "解读" in column else None
    about = about or bool(first and documents(first.text))
    if (explained and (about or listed or "政策" in column)) or (listed and about):
        return Reading("interpretation", Span(paper.title, -1), titles(named), title)
    return None


def explained_in_text(text: str) -> Reading | None:
    """An interpretation whose title does not say so: 现就《X》解读如下."""
    for sentence in sentences(text):
        if _EXPLAINED.search(sentence.text) and (named := documents(sentence.text)):
            return Reading("interpretation", sentence, titles(named[:1]), sentence.text)
    return None
