"""Templates, and the few filters they use. Everything is escaped; nothing here marks a text of a page as safe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.items import SHANGHAI
from monitor.web import words
from monitor.web.reasons import in_chinese

HERE = Path(__file__).parent
STATIC = HERE / "static"
UNITS = ((86_400, "天"), (3_600, "小时"), (60, "分钟"))


def environment(now: Any) -> Environment:
    """The templates' environment; ``now()`` gives the time that ages are told from."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(
        day=day, minute=minute, iso=iso, number=number, percent=percent, span=span, host=host, outward=outward,
        path=path, word=word, lang=lang,
    )  # fmt: skip
    env.filters["reason"] = lambda reason: in_chinese(reason or "", words.FIELD)
    env.filters["ago"] = lambda moment: ago(moment, now())
    env.globals.update(static=static, words=words)
    return env


@cache
def static(name: str) -> str:
    """The address of a static file, with its content's hash: it may be kept for ever."""
    return f"/static/{name}?{sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def day(value: date | datetime | None) -> str:
    """2020年4月11日, in Shanghai; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI)
    return f"{value.year}年{value.month}月{value.day}日"


def minute(value: datetime | None) -> str:
    """2020-04-11 09:05, in Shanghai; nothing for None."""
    return "" if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def iso(value: date | datetime) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    return (
        value.astimezone(SHANGHAI).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
    )


def ago(value: datetime | None, now: datetime) -> str:
    """3小时前, 2天后, 刚刚; nothing for None."""
    if value is None:
        return ""
    seconds = (now - value).total_seconds()
    length = span(timedelta(seconds=abs(seconds)))
    if not length:
        return "刚刚" if seconds >= 0 else "马上"
    return f"{length}{'前' if seconds >= 0 else '后'}"


def span(value: timedelta | None) -> str:
    """A length of time in its largest unit: 3小时; nothing below a minute."""
    seconds = 0.0 if value is None else value.total_seconds()
    return next((f"{int(seconds // size)}{unit}" for size, unit in UNITS if seconds >= size), "")


def number(value: int) -> str:
    """12,345"""
    return f"{value:,}"


def percent(value: float | None) -> str:
    """98.5%; a dash where there is nothing to divide by."""
    return "—" if value is None else f"{value:.1%}"


def host(url: str) -> str:
    """The host of an address, to show beside a link."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def outward(url: str | None) -> str | None:
    """The address where a reader may be sent to it (http, https), else None: the link is dead."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def path(part: str) -> str:
    """A value as one segment of a path of ours."""
    return quote(part, safe="")


def word(code: str | None, table: Mapping[str, str]) -> str:
    """What a code is called; a code without a name stands as it is."""
    return "" if code is None else table.get(code, code)


def lang(script: str) -> str:
    """The language tag of a text in a script: it chooses the forms of the glyphs."""
    return "zh-Hans" if script == "simplified" else "zh-Hant"
