"""Channels: where alerts go. Their addresses and secrets come from the environment or a file of the operator's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Final

from crawler.items import SHANGHAI

PREFIX: Final = "PANXI_CHANNEL_"
FILE: Final = "PANXI_CHANNELS"


class ChannelError(ValueError):
    """A channel that is configured wrongly; the message never holds its address or secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One receiver. The name is all that the archive knows of it."""

    name: str
    url: str = field(repr=False)
    """An Apprise URL (mailto://…, feishu://…, dingtalk://…, tgram://…), or http(s):// for a plain webhook."""
    secret: str | None = field(default=None, repr=False)
    """What a plain webhook is signed with."""
    quiet: tuple[time, time] | None = None
    """From when to when nothing is sent, in Asia/Shanghai; may run over midnight."""
    allow: tuple[str, ...] = ()
    """Hosts inside the own network that it may send to."""

    @property
    def webhook(self) -> bool:
        """Whether it is a plain webhook."""
        return self.url.startswith(("http://", "https://"))

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is sent now."""
        if self.quiet is None:
            return False
        begin, end = self.quiet
        local = now.astimezone(SHANGHAI).time()
        return begin <= local < end if begin <= end else local >= begin or local < end


def channels(environment: Mapping[str, str]) -> dict[str, Channel]:
    """The channels by name, as the environment has them.

    ``PANXI_CHANNEL_MAIL=mailto://…`` is the channel ``mail``; with ``PANXI_CHANNEL_MAIL_SECRET``, ``…_QUIET``
    (22:00-07:00) and ``…_ALLOW`` (hosts, by commas) beside it. ``PANXI_CHANNELS`` names a TOML file with a table for
    each channel and the keys url, secret, quiet, allow; the environment wins. Raises ChannelError.
    """
    tables: dict[str, dict[str, str]] = {}
    if file := environment.get(FILE):
        tables.update(_from_file(file))
    for key, value in environment.items():
        if not key.startswith(PREFIX):
            continue
        name, part = key.removeprefix(PREFIX).lower(), "url"
        for ending in ("secret", "quiet", "allow"):
            if name.endswith(f"_{ending}"):
                name, part = name.removesuffix(f"_{ending}"), ending
        tables.setdefault(name, {})[part] = value
    return {name: _channel(name, table) for name, table in sorted(tables.items())}


def _from_file(file: str) -> dict[str, dict[str, str]]:
    if "://" in file:  # and it is not told back: it may hold a password
        raise ChannelError(f"{FILE} names a file, and was given an address; one channel is set as {PREFIX}MAIL=address")
    try:
        data = tomllib.loads(Path(file).read_text("utf-8"))
    except OSError as error:
        raise ChannelError(
            f"{FILE} names a file of channels, and {file!r} can't be read: {error.strerror}; "
            f"a single channel is set as {PREFIX}MAIL=address"
        ) from None
    except UnicodeDecodeError:
        raise ChannelError(f"{FILE}: {file!r} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ChannelError(f"{FILE}: {file!r} is not TOML: {error}") from None
    tables: dict[str, dict[str, str]] = {}
    for name, table in data.items():
        if not isinstance(table, dict) or not set(table) <= {"url", "secret", "quiet", "allow"}:
            raise ChannelError(f"{FILE}: channel {name!r} may have url, secret, quiet and allow, nothing else")
        tables[name.lower()] = {
            key: ",".join(value) if isinstance(value, list) else str(value) for key, value in table.items()
        }
    return tables


def _channel(name: str, table: Mapping[str, str]) -> Channel:
    if "url" not in table:
        raise ChannelError(f"Channel {name!r} has no address: set {PREFIX}{name.upper()}")
    return Channel(
        name=name,
        url=table["url"],
        secret=table.get("secret"),
        quiet=_hours(name, table["quiet"]) if table.get("quiet") else None,
        allow=tuple(host.strip() for host in table.get("allow", "").split(",") if host.strip()),
    )


def _hours(name: str, text: str) -> tuple[time, time]:
    match = re.fullmatch(r"\s*(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)\s*", text)
    try:
        if match is None:
            raise ValueError(text)  # noqa: TRY301 - one message for both ways to be wrong
        return time.fromisoformat(match[1].zfill(5)), time.fromisoformat(match[2].zfill(5))
    except ValueError:
        raise ChannelError(f"Channel {name!r}: quiet hours are written 22:00-07:00, not {text!r}") from None
