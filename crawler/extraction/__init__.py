"""Bytes of a page to what it says. Pure: no network, no clock, no settings."""

from __future__ import annotations

from crawler.extraction.parts import MOST_PARTS, join
from crawler.extraction.reading import read, read_article, read_listing

__all__ = ["MOST_PARTS", "join", "read", "read_article", "read_listing"]
