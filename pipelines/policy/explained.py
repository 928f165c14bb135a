"""Interpretations: 解读, 图解, 政策问答, an interview about a document."""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.issuers import begins_with_place
from pipelines.policy.paper import Paper
from pipelines.policy.phrases import documents, sentences, titles, unquoted
from pipelines.policy.rules import Reading, Span, rules
from pipelines.policy.titles import kinds_of

_BEFORE_IT: Final = re.compile(
    r"^(?:[【\[]?(?:(?:一图|一文|带你|帮你)?[读看弄搞]懂|(?:政策|图文|视频|部门|专家)?解读|(?:政策|一图)?图解|图说)[】\]]?[\s:：丨｜|—-]*)+"
)
_ABOUT_IT: Final = re.compile(r"[\s的]*(?:(?:政策|图文|视频|部门|专家)?(?:解读|图解|问答)|的?(?:起草|编制|制定)说明)$")
_LOOSE: Final = frozenset({"政策", "标准", "措施", "清单", "目录", "指南", "制度", "计划", "要点", "法", "十条"})
"""What is called so without 《》 may be anything: 攀枝花市人才政策."""
_SENTENCE: Final = re.compile(r"[\s，。！？!?：:、《》]")
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


def titled(title: str) -> str | None:
    """The document that a title explains without 《》: 一图读懂｜攀枝花市数据条例, 攀枝花市数据条例政策解读.

    It has to begin with whose it is and to end with what it is; 人才政策解读 is of no document.
    """
    bare = _ABOUT_IT.sub("", _BEFORE_IT.sub("", title.strip())).strip()
    kind = kinds_of(bare).kind
    whose = bare.startswith(("关于", "中华人民共和国")) or begins_with_place(bare)
    return bare if kind and kind not in _LOOSE and whose and not _SENTENCE.search(bare) else None


def explained_in_text(text: str) -> Reading | None:
    """An interpretation whose title does not say so: 现就《X》解读如下."""
    for sentence in sentences(text):
        if _EXPLAINED.search(sentence.text) and (named := documents(sentence.text)):
            return Reading("interpretation", sentence, titles(named[:1]), sentence.text)
    return None
