"""Simplified and traditional: which a text is, and conversion by OpenCC."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import opencc

from pipelines.text.by_table import ByTable

Script = Literal["simplified", "traditional", "mixed"]

_OWN_WORDS = Path(__file__).with_name("simplified.txt")
"""Words that mainland news writes otherwise than OpenCC's t2s, in OpenCC's form: traditional, tab, simplified."""
_WORDS = Path(__file__).with_name("phrases.txt")
"""OpenCC's own TSPhrases, of which its wheel has a compiled form only: a page's fast way has to know all words."""
_HALF = re.compile("([\ud800-\udfff]+)")
_HAN = range(0x3400, 0xA000)
_THAN = re.compile(
    "於(?<=[位由对关至在处属等终基用便利敢忠善勇过大小高低多少优源限始生死免出急易难乐安甘胜甚陷见介居归趋力鉴得长早晚"
    "远近先同异类似无有次缘止起败毁亡服从求助屈苦疲忙勤专热流倾偏囿拘惯习]於)"
)
"""OpenCC keeps 於 as a surname before many characters; behind these it is the preposition."""
_WHILE = re.compile(
    "著(?:(?:(?<=代表著)|(?<=[随看跟沿朝向有带拿靠对顺趁为本凭依照沾接等听说想走跑坐站躺住活怀抱背握绕存味征临载负响行含满处持挥演续留藏"
    "笑哭忙领动变牵挂放闪透流飘守盯望指捧扛扶拉推隔迎伴陪护写摆装盖种开用过吃喝唱睡急赶追催盼念读做忍顶冒熬悬缺仗系缠"
    "执沉附衣胶穿志]著))(?![作名称述者录书有于])|(?<![名显专原编论译遗巨土昭卓合拙新所]著)(?=[力手眼重陆落实装火急迷想凉魔墨床]))"
)
"""OpenCC keeps 著, which Taiwan and Hong Kong write for 着 too; behind these and before these it is that."""
_ONLY_TRADITIONAL = frozenset("後麽菸")
"""GB 2312 has them beside their simplified forms, and nobody writes them."""
_MINOR = 0.05
"""Up to this share, characters of the other script are quotations or slips."""


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


@cache
def _to_simplified() -> opencc.OpenCC:
    """OpenCC's own t2s with our words before its own; OpenCC reads a configuration from a file only."""
    share = Path(opencc.__file__).parent / "clib" / "share" / "opencc"
    config = json.loads((share / "t2s.json").read_text(encoding="utf-8"))
    config.pop("normalization")  # compatibility characters: typography has made them plain
    dictionaries = config["conversion_chain"][0]["dict"]["dicts"]
    characters = [each for each in dictionaries if each["file"] != "TSPhrases.ocd2"]
    for each in characters:
        each["file"] = str(share / each["file"])
    dictionaries[:] = [{"type": "text", "file": str(words)} for words in (_OWN_WORDS, _WORDS)] + characters
    with TemporaryDirectory() as folder:
        path = Path(folder, "t2s.json")
        path.write_text(json.dumps(config), encoding="utf-8")
        return opencc.OpenCC(str(path))


def _words(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def own_words() -> list[tuple[str, str]]:
    """The words that we add to OpenCC's: simplified, traditional."""
    return [(simplified, traditional) for traditional, simplified in _words(_OWN_WORDS)]


@cache
def _pages_to_simplified() -> ByTable:
    return ByTable(convert, [word for path in (_OWN_WORDS, _WORDS) for word, _ in _words(path)])


def to_traditional(text: str) -> str:
    """Simplified to traditional (OpenCC's s2t, no regional phrases)."""
    return _converted(_to_traditional(), text)


def convert(text: str) -> str:
    """Traditional to simplified, character by character and word by word, whatever the text is."""
    return _converted(_to_simplified(), text)


def _converted(converter: opencc.OpenCC, text: str) -> str:
    try:
        return str(converter.convert(text))
    except UnicodeEncodeError:  # half a character of UTF-16, which OpenCC can't take
        pieces = _HALF.split(text)
        return "".join(str(converter.convert(piece)) if n % 2 == 0 else piece for n, piece in enumerate(pieces))


def to_simplified(text: str) -> str:
    """Traditional to simplified; text without a character that is traditional only is returned as it is."""
    if not has_traditional(text):
        return text
    converted = _pages_to_simplified()(text)
    if "於" in converted:
        converted = _THAN.sub("于", converted)
    if "著" in converted:
        converted = _WHILE.sub("着", converted)
    return _keep_letters(text, converted) if any(letter in text for letter in _letters()) else converted


def has_traditional(text: str) -> bool:
    """Whether a character stands there that simplified text does not use."""
    return _traditional_only().search(text) is not None


def detect(text: str) -> Script:
    """The script of a text, by the characters that only one of the two uses; simplified where none is."""
    traditional = len(_traditional_only().findall(text))
    if traditional == 0:
        return "simplified"
    simplified = len(_simplified_only().findall(text))
    share = traditional / (traditional + simplified)
    return "simplified" if share < _MINOR else "traditional" if share > 1 - _MINOR else "mixed"


def _keep_letters(text: str, converted: str) -> str:
    """Leaves 王丙乾 what it was: what is a letter of simplified text too was changed only if it comes back."""
    letters = [letter for letter in _letters() if letter in text]
    after = converted.split("\n")
    for number, old in enumerate(text.split("\n")):
        if any(letter in old for letter in letters):
            new = after[number]
            back = to_traditional(new)
            if len(old) == len(new) == len(back):
                after[number] = "".join(
                    a if a != c and a in letters else b for a, b, c in zip(old, new, back, strict=True)
                )
    return "\n".join(after)


def _is_in(codec: str, character: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _changed(converter: opencc.OpenCC) -> dict[str, str]:
    """What a conversion makes of each character that it changes."""
    characters = [chr(code) for code in _HAN]
    converted = converter.convert("\n".join(characters)).split("\n")
    return {a: b for a, b in zip(characters, converted, strict=True) if a != b}


@cache
def _traditional_only() -> re.Pattern[str]:
    changed = _changed(_to_simplified())
    return re.compile(f"[{''.join(c for c in changed if c in _ONLY_TRADITIONAL or not _is_in('gb2312', c))}]")


@cache
def _simplified_only() -> re.Pattern[str]:
    return re.compile(f"[{''.join(c for c in _changed(_to_traditional()) if not _is_in('big5', c))}]")


@cache
def _letters() -> frozenset[str]:
    """乾, 徵, 薹 …: conversion changes them, and simplified text has them all the same."""
    back = _changed(_to_traditional())
    changed = _changed(_to_simplified())
    return frozenset(c for c, b in changed.items() if _is_in("gb2312", c) and back.get(b, b) != c)
