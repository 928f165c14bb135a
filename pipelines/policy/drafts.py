"""Calls for comments on a draft."""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.paper import HEAD
from pipelines.policy.phrases import GATHERING, documents, mentioned, sentences, titles, unquoted
from pipelines.policy.rules import LEAD, Reading, Span, rules
from pipelines.policy.titles import is_document, quoted

_DRAFT_NAME: Final = re.compile(
    "征求意见稿|意见征集稿|公示稿|送审稿|草案(?!的(?:报告|说明|决议|审查|议案|汇报))|讨论稿|修订稿|初稿|代拟稿"
)
_PASSED: Final = re.compile("通过|审议|提请")
_ASKING: Final = re.compile("公开征|现向社会|向社会|征求[^。]{0,8}意见|征集意见")
_OPEN: Final = re.compile("公开|向社会")
_INTERNAL: Final = re.compile("征求[^。，]{0,6}(?:部门|单位|各方)[^。，]{0,4}意见")
_CALL: Final = re.compile("征求对?《》|《》[^，。]{0,8}(?:公开|向社会)[^，。]{0,8}征[求集]")
"""What comments are asked for is a document, whatever it is called."""
_OUTCOME: Final = re.compile(
    "(?:征求|征集|听取)[^，。]{0,16}(?:意见|建议)(?:建议)?(?:的)?(?:结果|反馈|采纳|情况|汇总|答复|回复|处理|吸收)"
    "|(?:征求|征集|听取)(?:意见|建议)?[^，。]{0,8}(?:结果|情况)的?(?:反馈|公告|公示|通告|说明|通报|报告)"
    "|(?:意见|建议)(?:征求|征集)的?(?:结果|反馈|情况|汇总)"
    "|(?:意见|建议)的?(?:采纳|吸收|处理|收集|反馈|汇总)(?:[、及和与](?:采纳|处理|反馈|答复))?的?(?:情况|结果|说明)"
)
"""What became of a call for comments that is over: 公开征求意见结果反馈, 采纳情况的说明."""
_CALLED: Final = re.compile("征求|征集|听取|草案|稿")
_RECEIVED: Final = re.compile(
    r"(?:收到|收集|征集)到?[^。，]{0,24}(?:意见|建议)[^。，]{0,6}?(?:\d|[一二三四五六七八九十两]+条)"
    r"|(?:共|累计|总计)(?:收到|收集|征集)|(?:未|没有|无)收到[^。，]{0,16}(?:意见|建议)|采纳\s?\d+\s?条"
    "|(?:征求|征集)意见(?:期|工作)?已经?(?:结束|截止)"
)
_CALLING: Final = re.compile(
    "(?:现|再次|二次|重新)[^。]{0,40}(?:征求|征集|听取)(?![^。，]{0,10}(?:情况|结果|采纳))"
    "|(?<!提)请[^。]{0,60}(?:反馈|提出|发送|寄|提交)|欢迎[^。]{0,40}(?:意见|建议)"
)
_ABOUT: Final = re.compile(
    "关于(?:对|就|向社会|面向社会|公开|再次)*(?:公开征求|公开征集|征求|征集)?"
    "(?P<inner>.{4,}?(?:草案|稿[）)]?|办法|规定|细则|规划|方案|条例|意见|措施|政策|标准|目录|清单|预案|计划|决定))"
    "(?:公开|向社会|面向社会|进行|再次)*(?:征求|征集|听取|的?意见|意见)"
)


def outcome(title: str) -> bool:
    """Whether a title says what became of a call for comments."""
    return bool(_CALLED.search(title) and _OUTCOME.search(unquoted(title)))


def is_over(title: str, text: str) -> bool:
    """Whether an article that names a draft only tells what was received, and asks for nothing."""
    return bool(_RECEIVED.search(text[:LEAD]) and not _CALLING.search(f"{unquoted(title)}。{text[:HEAD]}"))


def draft(title: str, text: str) -> Reading | None:
    """A call for comments, whose title or text says so; None where there is none."""
    return None if _behind_doors(unquoted(title)) else _called_for(title, text) or _called_for_in_text(text)


def _behind_doors(title: str) -> bool:
    """Whether a meeting hears opinions, or departments are asked, and not the public."""
    met = GATHERING.search(title) or "会议听取" in title
    return bool(_INTERNAL.search(title) or (met and not _OPEN.search(title)))


def _called_for(title: str, text: str) -> Reading | None:
    """A call for comments whose title says so."""
    outside, inside = unquoted(title), quoted(title)
    told = [one for one in inside if not mentioned(title[: one.start])]
    if inside and not told:
        return None
    is_draft = _DRAFT_NAME.search(title)
    if not rules().draft.search(outside) and not (is_draft and not _PASSED.search(outside) and _asks(title, text)):
        return None
    if named := titles(one for one in told if _CALL.search(outside) or is_document(one.title)):
        return Reading("draft", Span(title, -1), named, title)
    if not is_draft and not rules().nouns.search(_without_call(outside)):
        return None
    about = _ABOUT.search(title)
    named = titles(documents(text[:LEAD])[:1]) or ((about["inner"],) if about else ())
    return Reading("draft", Span(title, -1), named, title)


def _called_for_in_text(text: str) -> Reading | None:
    for sentence in sentences(text):
        if rules().draft.search(unquoted(sentence.text)) and _ASKING.search(sentence.text):
            own = [one for one in documents(sentence.text) if not mentioned(sentence.text[: one.start])]
            if own:
                return Reading("draft", sentence, titles(own), sentence.text)
    return None


def _asks(title: str, text: str) -> bool:
    """Whether a title that names a draft, or the text under it, asks for comments."""
    return not text or bool(rules().draft.search(text[:HEAD])) or title.rstrip("）)").endswith("征求意见稿")


def _without_call(title: str) -> str:
    """A title without the 意见 that is asked for: what is left has to name a document."""
    return title.replace("意见", "")
