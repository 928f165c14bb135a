"""Bytes to text: what a page is, not what it says it is."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s{0,3}=\s{0,3}["']?\s{0,3}([\w.:-]{2,40})""", re.IGNORECASE)
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
}
_HEAD = 4096
"""Bytes at the beginning of a page where a declaration is looked for."""
_SAMPLE = 16_384
"""Bytes from the first that is not ASCII on by which the encoding is told."""
_NO_PAGES = frozenset({"unicode-escape", "raw-unicode-escape", "utf-7"})
"""Codecs that no browser knows: what they read is no text until it is unescaped."""
_ANY = b"\x80\xff"
"""Bytes that each encoding of pages reads in some way."""
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_COMMON = re.compile(
    "[的一是不了在人有我他这中大来上个国和也地到说时要就出会可你对生能而子那得于着下自之年过发后作里用道行所然"
    "家种事成方多经去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想日者意无力它与长把机十"
    "民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体政美相见被利什二等产或新己制身果加"
    "西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活"
    "市会新闻报来源日记者編輯來這個國時說會對們後發裡學現開長經動從當業體關點問間報聞導聯網區產將與為過種樣還進"
    "，。、：；（）“”《》！？]"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text."""

    text: str
    """Without its byte order mark."""
    encoding: str
    """Python's name of the codec that read it."""
    damaged: bool
    """Whether U+FFFD stands in it, where bytes were met that this encoding does not have or had been lost before."""


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Reads a page by its bytes. Never raises.

    A declaration (``content_type``, meta tags) adds an encoding to the usual ones and breaks ties; one that doesn't
    fit the bytes is nothing.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _read(body[len(mark) :] if name in {"utf-8", "gb18030"} else body, name)
    if b"\0" in body[:_HEAD] and (wide := _wide(body)) is not None:
        return wide
    if body.isascii():
        return Decoded(body.decode("ascii"), "ascii", damaged=False)
    try:
        return Decoded(body.decode("utf-8"), "utf-8", damaged=False)
    except UnicodeDecodeError:
        pass
    declared = _declared(body, content_type)
    names = dict.fromkeys(["utf-8", "gb18030", "big5hkscs", *declared])
    start = next(_NOT_ASCII.finditer(body)).start()
    sample = body[start : start + _SAMPLE]
    return _read(body, max(names, key=lambda name: (_score(sample.decode(name, "replace")), name in declared)))


def _wide(body: bytes) -> Decoded | None:
    """UTF-16 without a mark: every other byte of its ASCII is 0."""
    head = body[:_HEAD]
    zeros = (head[::2].count(0), head[1::2].count(0))
    if max(zeros) * 8 < len(head) or min(zeros) * 4 > max(zeros):
        return None
    return _read(body, "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """The codecs that header and page name, as far as they are of text and take any bytes."""
    said = _DECLARED.findall((content_type or "").encode("utf-8", "replace")) + _DECLARED.findall(body[:_HEAD])
    names = []
    for label in said:
        try:
            name = codecs.lookup(label.decode("ascii", "ignore")).name
            if name in _NO_PAGES:
                continue
            name = _WIDER.get(name, name)
            _ANY.decode(name, "replace")
        except (LookupError, ValueError):  # unknown, not of text (hex, zlib), or without replacements (idna)
            continue
        names.append(name)
    return names


def _read(body: bytes, name: str) -> Decoded:
    text = body.decode(name, "replace")
    return Decoded(text, name, damaged="\ufffd" in text)


def _score(text: str) -> float:
    """How much it looks like Chinese prose: common characters less ruins."""
    return len(_COMMON.findall(text)) - 5 * text.count("\ufffd")
