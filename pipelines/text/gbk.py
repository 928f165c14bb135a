"""GBK as a grid of lead and trail bytes: what characters stand there."""

from __future__ import annotations

from functools import cache, lru_cache

from pipelines.text import script

_TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
_PAIR = 2


@lru_cache(maxsize=65_536)
def pair(character: str) -> bytes | None:
    """The character's two bytes, private use included; None where GBK writes it otherwise."""
    try:
        raw = character.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return raw if len(raw) == _PAIR else None


@cache
def character(raw: bytes) -> str | None:
    """The character of two bytes; None where there is none."""
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if len(text) == 1 else None


def row(lead: int) -> list[str]:
    """The characters of one lead byte."""
    return [c for trail in _TRAILS if (c := character(bytes((lead, trail)))) is not None]


@cache
def changed(lead: int) -> tuple[str, ...]:
    """The characters of one lead byte that conversion to simplified changes."""
    return tuple(c for c in row(lead) if script.convert(c) != c)


@cache
def grid() -> tuple[str | None, ...]:
    """The character of every two bytes, at ``lead * 256 + trail``."""
    return tuple(character(bytes((lead, trail))) for lead in range(256) for trail in range(256))
