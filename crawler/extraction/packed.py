"""Pages that are packed files themselves: sitemap.xml.gz."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Final

from crawler.items import NotArticle, Page

LARGEST_RATIO: Final = 100
"""Bytes from one byte. Text gives 3 to 10, a page that repeats one template 30 to 50, a bomb a thousand."""
SMALL: Final = 1024 * 1024
"""Bytes that are harmless whatever they were made from."""
LARGEST: Final = 50 * 1024 * 1024
"""Bytes of a sitemap, as its protocol has it."""
_GZIP = b"\x1f\x8b\x08"
_GZIP_FORMAT = 31
"""zlib's number for it."""


def unpacked(page: Page) -> Page | NotArticle:
    """The page as it was before it was packed; itself where it was not. Of a damaged file what can be read."""
    if not page.body.startswith(_GZIP):
        return page
    most = min(max(SMALL, LARGEST_RATIO * len(page.body)), LARGEST)
    parts: list[bytes] = []
    size, rest = 0, page.body
    while rest.startswith(_GZIP):
        reader = zlib.decompressobj(_GZIP_FORMAT)
        try:
            part = reader.decompress(rest, most - size + 1)
        except zlib.error as error:
            if parts:
                break
            return NotArticle(kind="other", reason=f"a gzip file that can't be unpacked: {error}")
        parts.append(part)
        size += len(part)
        if size > most:
            return NotArticle(kind="too-large", reason=f"more than {most} bytes from {len(page.body)}")
        rest = reader.unused_data
    return replace(page, body=b"".join(parts))
