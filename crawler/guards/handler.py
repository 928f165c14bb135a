"""Scrapy's HTTP/1.1 handler, with a bound on response heads and refusals that say why.

It is pinned in the settings: other handlers go round the resolver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadFailedError
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.web._newclient import ResponseFailed

from crawler.guards.manners import Manners
from crawler.guards.refused import Refused, TooLarge
from crawler.guards.resolver import GuardedResolver, Refusal

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

LARGEST_HEAD = 28 * 1024
"""Bytes of status line and headers, those of interim (1xx) responses included. Readers of WARC stop at 32 kB."""


class HeadTooLarge(Exception):  # noqa: N818  a fact about the response
    """A response's head went past ``LARGEST_HEAD``."""


class _Parser(_LenientHTTPClientParser):
    head = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self.head += len(line) + 2
        if self.head > LARGEST_HEAD:
            raise HeadTooLarge
        super().lineReceived(line)


class _Protocol(_LenientHTTP11ClientProtocol):
    def request(self, request: TxRequest) -> Deferred[IResponse]:
        response = super().request(request)
        # As Scrapy does for its own parser, and for the same reason: the class is hardcoded in Twisted.
        assert self._parser is not None
        self._parser.__class__ = _Parser
        return response


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _Protocol:  # noqa: ARG002, N802
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class GuardedHandler(HTTP11DownloadHandler):
    """Downloads by http and https; raises `Refused` where a guard says no."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory  # noqa: SLF001  as the parent sets it
        self._stats = crawler.stats

    async def download_request(self, request: Request) -> Response:
        """The response; `Refused` for a closed address, an endless head or a body past DOWNLOAD_MAXSIZE.

        Raises `Postponed` where the host has asked for a pause while the request stood in line.
        """
        manners = self._crawler.get_downloader_middleware(Manners)
        if manners is None:
            return await self._download(request)
        manners.send(request)
        response = await self._download(request)
        manners.received(request, response)
        return response

    async def _download(self, request: Request) -> Response:
        try:
            return await super().download_request(request)
        except CannotResolveHostError as error:
            if (refusal := _refused(urlparse_cached(request).hostname or "")) is not None:
                self._count(refusal.network)
                raise Refused(f"refused: {refusal.reason}") from error
            raise
        except DownloadCancelledError as error:
            self._count("size")
            raise TooLarge(f"too large: more than {self._default_maxsize} bytes") from error
        except DownloadFailedError as error:
            cause = error.__cause__
            if isinstance(cause, ResponseFailed) and any(one.check(HeadTooLarge) for one in cause.reasons):
                self._count("head")
                raise TooLarge(f"too large: a head of more than {LARGEST_HEAD} bytes") from error
            raise

    def _count(self, kind: str) -> None:
        self._stats.inc_value(f"guards/refused/{kind}")


def _refused(host: str) -> Refusal | None:
    from twisted.internet import reactor

    resolver = reactor.resolver
    return resolver.refused(host) if isinstance(resolver, GuardedResolver) else None
