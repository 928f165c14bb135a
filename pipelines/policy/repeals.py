"""Documents that are declared invalid."""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.documents import is_formed
from pipelines.policy.issuers import organs
from pipelines.policy.paper import HEAD, Paper
from pipelines.policy.phrases import documents, mentioned, sentences, titles, unquoted
from pipelines.policy.rules import LEAD, Reading, Span, rules

_REPEALABLE: Final = re.compile("文件|办法|规定|规章|法规|条例|政策|细则|决定|意见|通知|方案|制度")
_NOT_REPEALABLE: Final = re.compile("合同|协议|证书|执照|资质|许可证")
_REPEALED: Final = re.compile("(?:决定|宣布|予以|将|正式|已|被)[^。，]{0,30}(?:废止|失效)|(?:废止|宣布失效)了?《")
_REPEALED_TOO: Final = re.compile("同时废止|同步废止|（废止|废止）")


def repeal(paper: Paper, title: str) -> Reading | None:
    """That documents end: by the title, or by a sentence that decides it."""
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
    if is_formed(title, paper.place):
        return None
    for sentence in sentences(text)[:2]:
        bare = unquoted(sentence.text).replace("《》", "《")
        if _REPEALED.search(bare) and not _REPEALED_TOO.search(sentence.text) and (inside := documents(sentence.text)):
            return Reading("repeal", sentence, _own([sentence.text]) or titles(inside), sentence.text)
    return None


def _own(told: list[str]) -> tuple[str, ...]:
    """The documents of some sentences that are not only mentioned."""
    return titles(one for text in told for one in documents(text) if not mentioned(text[: one.start]))
