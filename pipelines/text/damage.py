"""Where a text is broken beyond exact repair: marked, never mended by sense."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipelines.text import gbk
from pipelines.text.annotations import CLOSING, OPENING, SYLLABLE, doubtful
from pipelines.text.splices import LOST

Kind = Literal["splice", "lost-bytes", "replacement", "private-use", "question-mark", "aid"]

_HAN = "\u3400-\u9fff"
_BEHIND_QUOTE = "".join(c for trail in range(0xA1, 0xFF) if (c := gbk.character(bytes((0xB1, trail)))))
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("splice", re.compile(rf"[{LOST}]{OPENING}?\s?{SYLLABLE}\s?{CLOSING}[^\x00-\x7f]{{0,400}}")),
    ("lost-bytes", re.compile("(?:锟斤拷|烫烫烫|屯屯屯)[锟斤拷烫屯]*")),
    # UTF-8 read as GBK, with bytes lost on the way: what 的, ，, 。 and quotation marks become
    ("lost-bytes", re.compile("[锛銆鐨鈥涓][^\x00-\x7f]{0,400}\ufffd[^\x00-\x7f]{0,400}")),
    # UTF-8 read as Windows-1252
    ("lost-bytes", re.compile("(?:[ä-é][\u0080-\u00bf\u0152-\u2122\ufffd]{1,2}){2,}")),
    # 。” or 保” with its first byte lost: A3 A1 is read as ！, and B1 begins the next character
    ("lost-bytes", re.compile(rf"(?<![!-~])[?\ufffd][!！](?=[{_BEHIND_QUOTE}])")),
    ("replacement", re.compile("\ufffd+")),
    ("private-use", re.compile("[\ue000-\uf8ff]+")),
    ("question-mark", re.compile(rf"(?<=[{_HAN}])\?(?=[{_HAN}])|(?<=[年月])\?|(?<=\d)\?(?=[年月日])")),
)
_SIGNS = re.compile("[\ufffd\ue000-\uf8ff?？锟烫屯ä-ç]")
_ASKS = re.compile("[吗呢么吧谁哪几何怎]|什么|多少|是否|能否|可否|为啥|是不是|有没有|要不要|能不能|会不会")
_CLAUSE = re.compile("[^，。！？；：,.!?;:“”\n]{1,60}$")


@dataclass(frozen=True, slots=True)
class Span:
    """A broken piece of a text, from ``start`` to before ``end`` in characters."""

    start: int
    end: int
    kind: Kind


def find(text: str) -> tuple[Span, ...]:
    """The broken spans of a text in order; none overlaps another."""
    spans = [Span(start, end, "aid") for start, end in doubtful(text)]
    if _SIGNS.search(text) is None:
        return tuple(spans)
    taken = bytearray(len(text))
    for span in spans:
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
    for kind, pattern in _KINDS:
        for found in pattern.finditer(text):
            start, end = found.span()
            if any(taken[start:end]) or ("?" in found[0] and kind != "splice" and _asks(text, start)):
                continue
            taken[start:end] = b"\1" * (end - start)
            spans.append(Span(start, end, kind))
    return tuple(sorted(spans, key=lambda span: span.start))


def _asks(text: str, mark: int) -> bool:
    """Whether the clause before a question mark is a question; else the mark stands for a lost ·."""
    clause = _CLAUSE.search(text, max(0, mark - 60), mark)
    return clause is not None and _ASKS.search(clause[0]) is not None
