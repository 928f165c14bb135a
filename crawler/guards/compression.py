"""Scrapy's decompression, for bodies that grow as text grows and not as a bomb does."""

from __future__ import annotations

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Request, Response

from crawler.extraction.packed import LARGEST_RATIO, SMALL
from crawler.guards.refused import TooLarge

MOST_LAYERS = 2
"""Encodings upon encodings: one is usual, two happen behind a proxy."""


class BoundedCompression(HttpCompressionMiddleware):
    """Refuses what grows too much; DOWNLOAD_MAXSIZE bounds the rest."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        layers = b",".join(response.headers.getlist("Content-Encoding")).count(b",") + 1
        if layers > MOST_LAYERS:
            raise TooLarge(f"too large: {layers} layers of compression")
        packed = len(response.body)
        result = super().process_response(request, response)
        if isinstance(result, Response) and len(result.body) > max(SMALL, LARGEST_RATIO * packed):
            raise TooLarge(f"too large: {len(result.body)} bytes from {packed}")
        return result
