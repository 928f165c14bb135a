"""Simplified and traditional: which a text is, and conversion by OpenCC."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

import opencc

_CJK = range(0x3400, 0xA000)


@cache
def _converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def to_simplified_raw(text: str) -> str:
    """OpenCC's t2s alone."""
    converted: str = _converter("t2s").convert(text)
    return converted


def to_traditional(text: str) -> str:
    """Simplified to traditional (OpenCC's s2t, no regional phrases)."""
    converted: str = _converter("s2t").convert(text)
    return converted


def _is_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _only(config: str) -> re.Pattern[str]:
    """A class of the characters that only the script converted from uses."""
    characters = [chr(code) for code in _CJK]
    converted = _converter(config).convert("\n".join(characters)).split("\n")
    changed = [a for a, b in zip(characters, converted, strict=True) if a != b]
    if config == "t2s":  # 乾, 徵, 於 … are letters of simplified text too
        changed = [c for c in changed if not _is_gb2312(c)]
    return re.compile(f"[{''.join(changed)}]")


def has_traditional(text: str) -> bool:
    """Whether a character stands there that simplified text does not use."""
    return _only("t2s").search(text) is not None


def detect(text: str) -> Literal["simplified", "traditional", "mixed"]:
    """The script of a text, by the characters that only one of the two uses; simplified where none is."""
    traditional = len(_only("t2s").findall(text))
    if traditional == 0:
        return "simplified"
    simplified = len(_only("s2t").findall(_only("t2s").sub("", text)))
    if simplified * 20 <= traditional:
        return "traditional"
    if traditional * 200 <= simplified:
        return "simplified"
    return "mixed"


def to_simplified(text: str) -> str:
    """Traditional to simplified; text without a traditional character is returned as it is."""
    return to_simplified_raw(text) if has_traditional(text) else text
