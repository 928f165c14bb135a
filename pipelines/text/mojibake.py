"""Text that was decoded wrongly before it reached us: repaired where the way back is exact."""

from __future__ import annotations

import re

from pipelines.text import prose

_BOM = re.compile("ï»¿|锘(?:\ufeff|匡豢|縷)?(?=$|[\\s<\u3400-\u9fff])")
_LATIN = "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
"""What bytes from 80 on become when read as Latin-1 or Windows-1252."""
_AS_LATIN = re.compile(f"[\u00c2-\u00f4][{_LATIN}]+")
_AS_GBK = re.compile("[^\x00-\x7f\ufffd]{2,}[?\ufffd]?")
SIGNS = re.compile("[ä-çï锛銆鐨鈥锘涓缁鍙鍥鍦鍏µÄÐÖ]")
"""Chinese of some length that was decoded wrongly has one of these, none a letter of pinyin; ï begins ï»¿."""
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uff5e\u2010-\u2026\u00b7]+")
_TEXT = 12.0
"""Mean cost in bits up to which a reading is text."""
_HOLE = "\ufffd"


def repair(text: str) -> str:
    """Takes back a wrong decoding wherever all its bytes are there and give Chinese; other text stays.

    UTF-8 read as Windows-1252, Latin-1 or GBK, and GBK read as Latin-1. Where UTF-8 read as GBK has lost the last byte
    of a run, its character becomes U+FFFD.
    """
    if SIGNS.search(text) is None:
        return text
    text = _AS_LATIN.sub(lambda found: _from_latin(found[0]), _BOM.sub("", text))
    return _AS_GBK.sub(lambda found: _from_gbk(found[0]), text)


def _from_latin(run: str) -> str:
    try:
        # the five holes of Windows-1252 are C1 controls in practice
        raw = b"".join(c.encode("latin-1" if c <= "\xff" else "cp1252") for c in run)
    except UnicodeEncodeError:
        return run
    for codec in ("utf-8", "gb18030"):
        try:
            read = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if _CHINESE.fullmatch(read) and (codec == "utf-8" or _is_text(read)):
            return read
    return run


def _is_text(read: str) -> bool:
    return len(read) > 1 and prose.text_cost(read) <= _TEXT * len(read)


def _from_gbk(found: str) -> str:
    run = found.rstrip(f"?{_HOLE}")
    lost = found[len(run) :]
    try:
        raw = b"\x80".join(part.encode("gb18030") for part in run.split("€"))  # browsers read a lone 80 as €
    except UnicodeEncodeError:
        return found
    try:
        read = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if not lost or error.start < len(raw) - 2:
            return found
        read, lost = raw[: error.start].decode("utf-8"), _HOLE
    return read + lost if len(read) > 1 and _CHINESE.fullmatch(read) else found
