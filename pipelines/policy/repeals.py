"""Documents that are declared invalid."""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.documents import is_formed, made_known
from pipelines.policy.issuers import organs
from pipelines.policy.paper import Paper
from pipelines.policy.phrases import documents, mentioned, sentences, titles, unquoted
from pipelines.policy.rules import LEAD, Reading, Span, rules
from pipelines.policy.titles import plain

_REPEALABLE: Final = re.compile("文件|办法|规定|规章|法规|条例|政策|细则|决定|意见|通知|方案|制度")
_NOT_REPEALABLE: Final = re.compile("合同|协议|证书|执照|资质|许可证")
_REPEALED: Final = re.compile("(?:决定|宣布|予以|将|正式|已|被)[^。，]{0,30}(?:废止|失效)|(?:废止|宣布失效)了?《")
_BESIDE: Final = re.compile("(?:印发|公布|发布|颁布)《》[^《》，]{0,6}废止")
"""What ends only because another comes: 公布《X（2024年版）》并废止《X（2020年版）》."""
_AND_MORE: Final = re.compile("》等")
"""A title that names the first of several: 废止《X》等3件文件."""
_LIST: Final = re.compile(r"(?:[：:]|(?:名单|目录|文件|规章)(?:[（(][^（()）]{1,12}[）)])?)\s*$")
_ENTRY: Final = re.compile(r"\s*(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,3})[）)、.．\s]|[^，：:]{0,60}《|$)")
"""A line of a list of documents, or an empty one."""
_NAMED: Final = re.compile("[〈《](?P<name>[^〈〉《》]+)[〉》]")
_UNNAMED: Final = re.compile("[〈《].*[〉》]")
_LONGEST: Final = 10_000
"""Characters of a list of documents that end."""
_REPEALED_TOO: Final = re.compile("同时废止|同步废止|（废止|废止）")


def repeal(paper: Paper, title: str) -> Reading | None:
    """That documents end: by the title, or by a sentence that decides it."""
    outside, text = unquoted(title), paper.text
    repealed = rules().repeal
    if rules().foreign.search(outside) and not organs(title, paper.place):
        return None
    what = documents(title) or _REPEALABLE.search(outside)
    if repealed.search(outside) and what and not _BESIDE.search(outside) and not _NOT_REPEALABLE.search(outside):
        named = titles(documents(title))
        if not named or _AND_MORE.search(outside):
            named = tuple(dict.fromkeys((*named, *_own(_told(text)))))
        return Reading("repeal", Span(title, -1), named, title)
    if "清理结果" in outside and repealed.search(text[:LEAD]):
        return Reading("repeal", Span(title, -1), (), title)
    return _by_order(title, text) or (None if is_formed(title, paper.place) else _in_text(text))


def _by_order(title: str, text: str) -> Reading | None:
    """That an order makes known a decision by which documents end: 令第132号, 《关于废止〈X〉的决定》已经…通过."""
    made = made_known(plain(title), text)
    outside = [_UNNAMED.sub("", one) for one in made]
    if not any(rules().repeal.search(one) for one in outside) or any("修改" in one for one in outside):
        return None
    ended = [match["name"] for one in made for match in _NAMED.finditer(one)]
    ended = ended or [one for one in _own(_told(text)) if one not in made]
    return Reading("repeal", Span(title, -1), tuple(dict.fromkeys(ended)), title)


def _in_text(text: str) -> Reading | None:
    for sentence in sentences(text)[:2]:
        bare = unquoted(sentence.text).replace("《》", "《")
        if _REPEALED.search(bare) and not _REPEALED_TOO.search(sentence.text) and (inside := documents(sentence.text)):
            return Reading("repeal", sentence, _own([sentence.text]) or titles(inside), sentence.text)
    return None


def _told(text: str) -> list[str]:
    """The sentences that say what ends, each with the list that it announces: 决定废止下列文件：1.《X》 2.《Y》."""
    told: list[str] = []
    listed = False
    for sentence in re.split("[。\n]", text[:_LONGEST]):
        ends = rules().repeal.search(sentence) is not None
        begins = _LIST.search(sentence) is not None
        listed = begins if ends else listed and not begins and _ENTRY.match(sentence) is not None
        if ends or listed:
            told.append(sentence)
    return told


def _own(told: list[str]) -> tuple[str, ...]:
    """The documents of some sentences that are not only mentioned."""
    return titles(one for text in told for one in documents(text) if not mentioned(text[: one.start]))
