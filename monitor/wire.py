"""The way out: HTTP replies are kept to be read, and only open networks are connected to."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

Refusal = Callable[[str], str | None]
"""From an IP address to the name of the closed network it is in, or None."""

_ONE_AT_A_TIME: Final = threading.RLock()
_TALKATIVE: Final = ("apprise", "urllib3", "requests")
"""Loggers that write addresses with tokens in them below WARNING."""


class ClosedNetworkError(OSError):
    """An address that must not be connected to."""


@contextmanager
def recorded(refusal: Refusal, *, allow: tuple[str, ...] = ()) -> Iterator[list[requests.Response]]:
    """While it lasts, what ``requests`` sends goes to open networks only, round no proxy, and its replies are listed.

    ``allow`` names hosts that may be anywhere. The judged address is the one that is connected to. Apprise's plugins
    call ``requests`` themselves and keep their replies, so this stands where they all pass: ``Session.send``.
    """
    replies: list[requests.Response] = []
    send = requests.Session.send
    adapter = _adapter(refusal, allow)

    def guarded(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.mount("http://", adapter)
        self.mount("https://", adapter)
        reply = send(self, request, **(options | {"proxies": {}}))
        replies.append(reply)
        return reply

    with _ONE_AT_A_TIME, _hushed():
        requests.Session.send = guarded  # type: ignore[method-assign]
        try:
            yield replies
        finally:
            requests.Session.send = send  # type: ignore[method-assign]
            adapter.close()


@contextmanager
def _hushed() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(max(logger.level, logging.WARNING))
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _adapter(refusal: Refusal, allow: tuple[str, ...]) -> HTTPAdapter:
    class Guarded:
        """Connects to the address that was judged, so that no second look-up can give another."""

        def _new_conn(self: Any) -> socket.socket:
            if self.host not in allow:
                self._dns_host = _judged(self, refusal)
            return super()._new_conn()  # type: ignore[misc,no-any-return]

    class Plain(Guarded, HTTPConnection):
        pass

    class Secure(Guarded, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return adapter


def _judged(connection: Any, refusal: Refusal) -> str:
    host = connection.host.strip("[]")
    try:
        found = socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NewConnectionError(connection, f"no such host: {type(error).__name__}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if (network := refusal(address)) is not None:
            raise ClosedNetworkError(f"{host} is in a closed network ({network})")
    return addresses[0]
