"""What an article is to an official document: the document, a report, an interpretation, a draft, a repeal, or nothing.

Official news says what it does in its title or in its first two sentences; only these are read. A document that is
named further down, or after words such as 根据 and 落实, is only mentioned.
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.documents import document
from pipelines.policy.drafts import draft, is_over, outcome
from pipelines.policy.explained import explained_in_text, interpretation
from pipelines.policy.paper import Paper
from pipelines.policy.phrases import unquoted
from pipelines.policy.repeals import repeal
from pipelines.policy.reports import report
from pipelines.policy.rules import LEAD, Reading, rules

_COLUMN: Final = re.compile(r"^[【\[［][^】\]］]{1,12}[】\]］]\s*|^[^《丨｜|]{1,10}[丨｜|]\s*")
_TOLD: Final = (
    *("《", "印发", "下发", "现将", "解读", "征求", "第一条", "发布关于"),
    *("发出通知", "发布通知", "发布通告", "发布公告", "命令"),
)
"""Without one of these at its head, a text announces nothing."""


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
    if rules().rumour.search(unquoted(title)) or outcome(title):
        return None
    explained = interpretation(paper, title, column.group() if column else "")
    called = None if explained else draft(title, paper.text)
    if called is not None and is_over(title, paper.text):
        return None
    listed = rules().ending.search(title) and not paper.official
    return (
        explained
        or called
        or repeal(paper, title)
        or (None if listed else document(paper, title))
        or (None if listed else report(paper, title))
        or (None if listed else explained_in_text(paper.text))
    )
