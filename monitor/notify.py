"""Sending one message to one channel: by Apprise, or as a signed webhook."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import requests

from monitor.channels import Channel
from monitor.messages import LONGEST, Message
from monitor.wire import ClosedNetworkError, Refusal, recorded

TIMEOUT: Final = (10.0, 20.0)
"""Seconds to connect, and to wait for a reply."""
_CODES: Final = ("errcode", "code", "StatusCode", "errno", "ret")
_ADDRESS: Final = re.compile(r"^https?://\S+$", re.MULTILINE)
"""A line that is an address."""
_FINE: Final = (0, 200, "0", "200", None)


class NotSentError(Exception):
    """A message that its channel did not take, with why; never with the channel's address or secret."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


def send(channel: Channel, message: Message, *, now: datetime, refusal: Refusal) -> None:
    """Send a message; returns where it was taken, else raises NotSentError.

    ``refusal`` judges the addresses that are connected to over HTTP. E-mail goes to the server that is configured.
    """
    try:
        with recorded(refusal, allow=channel.allow) as replies:
            if channel.webhook:
                _webhook(channel, message, now)
            else:
                _apprise(channel, message, replies)
    except ClosedNetworkError as error:
        raise NotSentError(str(error)) from None
    except NotSentError as error:
        raise NotSentError(redacted(str(error), channel), retry_after=error.retry_after) from None


# --- a plain webhook --------------------------------------------------------------------------------------


def _webhook(channel: Channel, message: Message, now: datetime) -> None:
    body = orjson.dumps(
        {"key": message.key, "title": message.title, "text": message.text, "alerts": list(message.alerts)}
    )
    stamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "panxi",
        "Idempotency-Key": message.key,
        "X-Panxi-Timestamp": stamp,
    }
    if channel.secret is not None:
        headers["X-Panxi-Signature"] = signature(channel.secret, stamp, body)
    try:
        reply = requests.post(
            channel.url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
        )
    except requests.RequestException as error:
        raise NotSentError(_reason(error)) from None
    with reply:
        if not HTTPStatus.OK <= reply.status_code < HTTPStatus.MULTIPLE_CHOICES:
            raise NotSentError(f"HTTP {reply.status_code}", retry_after=_retry_after(reply))


def signature(secret: str, stamp: str, body: bytes) -> str:
    """``sha256=`` and the hexadecimal HMAC-SHA256 of the time stamp, a full stop and the body."""
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


# --- Apprise ----------------------------------------------------------------------------------------------


def _apprise(channel: Channel, message: Message, replies: list[requests.Response]) -> None:
    from apprise import Apprise, LogCapture

    plugin = Apprise.instantiate(channel.url, suppress_exceptions=True)
    if plugin is None:
        raise NotSentError("Apprise does not know this kind of address")
    headers = getattr(plugin, "headers", None)
    if isinstance(headers, dict):  # e-mail, and Apprise's own webhooks
        headers["X-Panxi-Key"] = message.key
    with LogCapture(fmt="%(message)s") as log:  # type: ignore[no-untyped-call]
        form = plugin.resolve_format()
        # A service without titles gets the title in its text.
        title = message.title if plugin.title_maxlen > 0 else _written(message.title, form)
        taken = plugin.notify(body=_written(message.text[:LONGEST], form), title=title, body_format=form)
        said = log.getvalue().strip().splitlines()
    for reply in replies:
        if (complaint := verdict(reply)) is not None:
            raise NotSentError(complaint, retry_after=_retry_after(reply))
    if not taken:
        raise NotSentError(said[-1] if said else "not taken, no reason given")


def _written(text: str, form: str) -> str:
    """Plain text in the form that a service shows: its lines stay lines there, and its signs what they are.

    Apprise converts too, but its HTML has no blank at which a line may end, and its Markdown no line ends.
    """
    match form:
        case "html":
            return _ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(text)).replace("\n", "<br/>")
        case "markdown":
            return text.replace("\n", "  \n")
        case _:
            return text


def verdict(reply: requests.Response) -> str | None:
    """What the vendor complains of in its reply; None where it took the message.

    Feishu, DingTalk and WeCom answer 200 with an error in the body, which Apprise takes for success.
    """
    if reply.status_code >= HTTPStatus.BAD_REQUEST:
        return f"HTTP {reply.status_code}"
    try:
        body = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        return None  # not every service answers in JSON; its status says that it took the message
    if not isinstance(body, dict):
        return None
    wrong = [body[name] for name in _CODES if name in body and body[name] not in _FINE]
    if wrong or body.get("ok") is False or body.get("success") is False:
        return f"HTTP {reply.status_code}, but {_complaint(body, wrong)}"
    return None


def _complaint(body: Mapping[str, Any], codes: list[Any]) -> str:
    words = next(
        (body[name] for name in ("errmsg", "msg", "StatusMessage", "description", "message") if body.get(name)), ""
    )
    return " ".join(str(part) for part in (*codes[:1], words) if part != "")[:200] or "refused"


def _retry_after(reply: requests.Response) -> timedelta | None:
    seconds = reply.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(seconds), 86_400)) if seconds.isdigit() else None


def _reason(error: requests.RequestException) -> str:
    """Why a request failed, without its address: the exceptions' own words hold it whole."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ClosedNetworkError):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()


def redacted(text: str, channel: Channel) -> str:
    """The text without the channel's secret and without anything of its address but a webhook's host."""
    parts = urlsplit(channel.url)
    pieces = {channel.url, parts.path, parts.query, parts.netloc, channel.secret or ""}
    pieces |= set(re.split(r"[/?&=:@,]", channel.url.partition("://")[2]))
    host = parts.hostname if channel.webhook else None  # feishu://TOKEN
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) > 5 and piece != host:  # noqa: PLR2004 - shorter ones are words and ports
            text = text.replace(piece, "***")
    return text[:500]
