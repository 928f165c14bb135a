"""Spaces, invisible and private-use characters, full-width letters, doubled marks, entities escaped twice."""

from __future__ import annotations

import html
import re
import unicodedata

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_SPACES = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVISIBLE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_PRIVATE = "\ue000-\uf8ff"
_WIDE = "０-９Ａ-Ｚａ-ｚ"
_RADICALS = "\u2e80-\u2fd5\uf900-\ufad9"
SIGNS = re.compile(f"[&{_SPACES}{_INVISIBLE}{_PRIVATE}{_WIDE}{_RADICALS}\r\u200d]")
_EDGE = re.compile(f"[ \t{_SPACES}{_PRIVATE}]*")
_NOT_PLAIN = re.compile(f"[{_SPACES}{_PRIVATE}]")
_SPACE = re.compile(f"[{_SPACES}]")
_NOTHING = re.compile(f"[{_INVISIBLE}]|\r(?=\n)|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
_LETTER = re.compile("[０-９][０-９．％]*|[Ａ-Ｚａ-ｚ]")
_RADICAL = re.compile(f"[{_RADICALS}]")
_ICON = re.compile(f"[{_PRIVATE}]")
_MISREAD = re.compile(r"[?？\ufffd][(（]?\s?[a-zɡāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,8}\s?[)）]")
_TWICE = re.compile(r"([，、；：])\1+|(?<!。)。。(?!。)|(?<=[\u3400-\u9fff]),,(?=[\u3400-\u9fff])")
TWICE = "，、；：。,"
"""Marks that are dirt where they stand twice."""
_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in (0x85, *range(0x91, 0x98))}


def tidy(text: str) -> str:
    """Makes a text's typography plain, line by line; what is plain already comes back as it is.

    Chinese punctuation keeps its width. Private-use characters are icons of a font, except in a line that a splice
    has put out of step: there they hold bytes, and stay.
    """
    if "&" in text and _ENTITY.search(text):
        text = _unescape(text)
    if SIGNS.search(text):
        text = _plain(text)
    if any(mark * 2 in text for mark in TWICE):
        text = _TWICE.sub(lambda found: found[0][0], text)
    return text


def _unescape(text: str) -> str:
    for _ in range(3):  # seen: escaped up to three times
        again = _ENTITY.sub(lambda found: html.unescape(found[0]).replace("\n", " "), text)
        if again == text:
            break
        text = again
    return text


def _plain(text: str) -> str:
    text = _NOTHING.sub("", text.translate(_C1))
    if _NOT_PLAIN.search(text):
        text = "\n".join(line if _MISREAD.search(line) else _ICON.sub("", _edges(line)) for line in text.split("\n"))
        text = _SPACE.sub(" ", text)
    text = _LETTER.sub(lambda found: "".join(chr(ord(c) - 0xFEE0) for c in found[0]), text)
    return _RADICAL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _edges(line: str) -> str:
    """Drops an indent or a tail that holds more than plain spaces."""
    for _ in range(2):
        edge = _EDGE.match(line)
        if edge and _NOT_PLAIN.search(edge[0]):
            line = line[edge.end() :]
        line = line[::-1]
    return line
