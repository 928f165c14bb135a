"""Which pages are read by themselves.

Most pages are read some at a time. One that could keep a parser busy for long is read alone, so that whatever becomes
of the process that reads it, no other page has to be read again.
"""

from __future__ import annotations

LARGE = 1_000_000
"""Bytes from which a page is read alone."""
MOST_TAGS = 20_000
SHORTEST_TAG = 3
"""Bytes: ``<b>``."""
LONGEST_TAG = 65_536
"""Bytes without a ``>``: a tag with thousands of attributes keeps a parser busy for their square."""


def is_strange(body: bytes) -> bool:
    """Whether reading the page may take long or much memory."""
    if len(body) < SHORTEST_TAG * MOST_TAGS:
        return False
    if len(body) > LARGE or body.count(b"<") > MOST_TAGS:
        return True
    return len(body) > LONGEST_TAG and max(map(len, body.split(b">"))) > LONGEST_TAG
