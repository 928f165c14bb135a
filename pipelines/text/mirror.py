"""What the mirrors do to a page, run forward: simplified to traditional, with reading aids strewn in.

The inverse of a damage counts as proved only where this, run on the repaired text, gives the damaged text again.
The replica site and the benchmark make their mirrored pages with it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache

from pipelines.text import readings, script


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a mirror writes its aids, and what its decoder does with a byte pair that is no character."""

    brackets: tuple[str, str] = ("(", ")")
    tones: bool = True
    latin_g: bool = True
    """False writes ɡ (U+0261)."""
    umlaut: str = "ü"
    space: str = ""
    """Stands before the closing bracket."""
    lost: str = "?"
    """What the reader sees for a byte pair that is no character."""
    swallows: bool = True
    """Whether the byte behind a lone lead byte is lost with it, as in the seed."""
    halfwidth: bool = False
    """Whether ，：（） and the like are folded to ASCII after decoding."""


_NOT_ASCII = 0x80

SEED = Style()
"""The converter of the page that the project started from."""


@cache
def reading(character: str) -> str | None:
    """The reading a mirror's table gives the character: the dictionary's first."""
    found = readings.readings(character)
    return found[0] if found else None


def aid(character: str, style: Style = SEED) -> str:
    """The bracketed syllable a mirror writes behind the character; empty where it has no reading."""
    syllable = reading(character)
    if syllable is None:
        return ""
    if not style.tones:
        syllable = readings.toneless(syllable)
    if not style.latin_g:
        syllable = syllable.replace("g", "ɡ")
    opening, closing = style.brackets
    return f"{opening}{syllable.replace('ü', style.umlaut)}{style.space}{closing}"


def annotate(text: str, annotated: Container[str], style: Style = SEED) -> str:
    """Puts the aid behind every character of ``annotated``."""
    return "".join(c + aid(c, style) if c in annotated else c for c in text)


def annotate_bytes(text: str, annotated: Iterable[str], style: Style = SEED) -> str:
    """The same as blind replaces on the text's GBK bytes, in the order given, decoded again: with its splices."""
    raw = text.encode("gb18030")
    for character in annotated:
        pair = character.encode("gb18030")
        raw = raw.replace(pair, pair + aid(character, style).encode("gb18030"))
    return "".join(decode(line, style) for line in raw.splitlines(keepends=True))


def decode(raw: bytes, style: Style = SEED) -> str:
    """GBK with its private-use areas as the mirrors' decoder reads it: pairs that are no character are lost."""
    out: list[str] = []
    start = 0
    while start < len(raw):
        if raw[start] < _NOT_ASCII:
            out.append(chr(raw[start]))
            start += 1
        elif length := next((n for n in (2, 4) if _is_character(raw[start : start + n], n)), 0):
            out.append(raw[start : start + length].decode("gb18030"))
            start += length
        else:
            out.append(style.lost)
            lone = raw[start] in {0x80, 0xFF} or raw[start + 1 : start + 2] in {b"\n", b"\r"}
            start += 2 if style.swallows and not lone else 1
    text = "".join(out)
    return text.translate(_HALFWIDTH) if style.halfwidth else text


def _is_character(raw: bytes, length: int) -> bool:
    try:
        return len(raw) == length and len(raw.decode("gb18030")) == 1
    except UnicodeDecodeError:
        return False


_HALFWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HAN = re.compile("[\u3400-\u9fff]")


def garble(text: str, *, share: float = 1.0, bytewise: bool = False, style: Style = SEED, seed: int = 0) -> str:
    """Simplified text as a mirror shows it.

    ``share`` (0 to 1) of the characters that conversion changes are annotated, each at all its occurrences.
    ``bytewise`` does it on GBK bytes, with splices. The same arguments give the same text.
    """
    traditional = script.to_traditional(text)
    changed = sorted({c for c in _HAN.findall(traditional) if script.convert(c) != c})
    drawn = random.Random(seed)
    annotated = dict.fromkeys(c for c in changed if drawn.random() < share)
    return (annotate_bytes if bytewise else annotate)(traditional, annotated, style)
