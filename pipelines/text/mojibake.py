"""Text that was decoded wrongly before it reached us: repaired where the way back is exact."""

from __future__ import annotations

import re

_BOM = re.compile("ï»¿|锘(?:\ufeff|匡豢|縷)?(?=$|[\\s<\u3400-\u9fff])")
_WRONG: tuple[tuple[re.Pattern[str], str, str], ...] = (
    # UTF-8 read as Windows-1252 or Latin-1: ä¸­å›½
    (
        re.compile("[\u00c2-\u00f4][\u0080-\u00ff\u0152-\u2122]{1,3}(?:[\u0080-\u00ff\u0152-\u2122])*"),
        "cp1252",
        "utf-8",
    ),
    # GBK read as Latin-1: ÖÐ¹ú
    (re.compile("(?:[\u00a1-\u00fe]{2}){2,}"), "latin-1", "gb18030"),
    # UTF-8 read as GBK: 涓浗
    (re.compile("[\u2010-\u2642\u3000-\u303f\u3400-\u9fff\ue000-\uf8ff\uff01-\uffe5]{3,}"), "gb18030", "utf-8"),
)
_SIGNS = re.compile("[\u00c0-\u00ff]{2}|[\u00c2-\u00f4][\u0080-\u00bf]|[锛銆鐨鈥][^\x00-\x7f]")
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uff5e\u2010-\u2026\u00b7]+")


def repair(text: str) -> str:
    """Takes back a wrong decoding wherever all its bytes are there and give Chinese; other text stays."""
    text = _BOM.sub("", text) if "ï»¿" in text or "锘" in text else text
    if _SIGNS.search(text) is None:
        return text
    for pattern, wrong, right in _WRONG:
        text = pattern.sub(lambda found, w=wrong, r=right: _reread(found[0], w, r), text)  # type: ignore[misc]
    return text


def _reread(run: str, wrong: str, right: str) -> str:
    raw = _bytes(run, wrong)
    if raw is None:
        return run
    try:
        read = raw.decode(right)
    except UnicodeDecodeError:
        return run
    return read if _CHINESE.fullmatch(read) else run


def _bytes(run: str, codec: str) -> bytes | None:
    try:
        if codec == "cp1252":  # its five holes are C1 controls in practice
            return b"".join(c.encode("latin-1" if c <= "\xff" else codec) for c in run)
        if codec == "gb18030":  # browsers read a lone 80 as €
            return b"\x80".join(part.encode(codec) for part in run.split("€"))
        return run.encode(codec)
    except UnicodeEncodeError:
        return None
