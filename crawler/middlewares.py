"""Small downloader middlewares; what Scrapy has is used as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares import redirect
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class _NoReferer(redirect.BaseRedirectMiddleware):
    """We send no Referer: nothing to hand on at a redirect, and no need to warn of it."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Nothing."""

    def _engine_started(self) -> None:
        """Nothing to look for."""


class RedirectMiddleware(_NoReferer, redirect.RedirectMiddleware):
    """Scrapy's."""


class MetaRefreshMiddleware(_NoReferer, redirect.MetaRefreshMiddleware):
    """Scrapy's, for the few pages that hold the tag: Scrapy's own decodes every page to look for it."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if b"refresh" not in response.body[:4096].lower():
            return response
        return super().process_response(request, response)


class ReplicaProxy:
    """Sends every request, robots.txt too, to the replica: it answers for made-up hosts as a proxy does."""

    def __init__(self, proxy: str) -> None:
        self.proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReplicaProxy:
        proxy = crawler.settings["PANXI_PROXY"]
        if not proxy:
            raise NotConfigured
        return cls(proxy)

    def process_request(self, request: Request) -> None:
        request.meta["proxy"] = self.proxy
