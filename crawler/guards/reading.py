"""Reading of pages that are large or strange, in a process that can be killed.

Most pages are read in the crawl's own process. A page that could keep a parser busy for long goes to a child
with limits on time and memory; whatever happens to the child, the crawl gets an answer.
"""

from __future__ import annotations

import pickle
import resource
import signal
import subprocess
import sys

from crawler.items import Listing, NotArticle, Page, ScrapedArticle, VisitKind
from crawler.site import Site

LARGE = 1_000_000
"""Bytes from which a page is read in a child."""
MOST_TAGS = 20_000
SHORTEST_TAG = 3
"""Bytes: ``<b>``."""
LONGEST_TAG = 65_536
"""Bytes without a ``>``: a tag with thousands of attributes keeps a parser busy for their square."""
SECONDS = 8.0
"""The child's wall-clock time, its start included."""
MEMORY = 1024 * 1024 * 1024
"""Bytes of address space of the child."""

LONGEST_TEXT = 500_000
"""Characters of an article's text; a five-year plan has a fifth of it. What cleans it runs in the crawl's process."""

Reading = ScrapedArticle | Listing | NotArticle


class ReadingError(Exception):
    """The child failed as the reader would have here: an error of ours."""


def is_strange(body: bytes) -> bool:
    """Whether reading the page may take long or much memory."""
    if len(body) < SHORTEST_TAG * MOST_TAGS:
        return False
    if len(body) > LARGE or body.count(b"<") > MOST_TAGS:
        return True
    return len(body) > LONGEST_TAG and max(map(len, body.split(b">"))) > LONGEST_TAG


def read_bounded(page: Page, site: Site | None, *, kind: VisitKind | None = None) -> Reading:
    """As `crawler.extraction.read`, within ``SECONDS`` and ``MEMORY`` whatever the page is.

    Blocks until the answer is there: call it from a thread (`asyncio.to_thread`). A page that can't be read
    within the limits is `NotArticle` of the kind ``too-large``. Raises `ReadingError` for errors of the reader.
    """
    question = pickle.dumps((page, site, kind))
    try:
        child = subprocess.run(  # noqa: S603  ourselves, with nothing of the page in the arguments
            [sys.executable, "-m", __name__], input=question, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return NotArticle(kind="too-large", reason=f"reading did not end within {SECONDS:g} s")
    if child.returncode < 0:
        return NotArticle(kind="too-large", reason=f"reading ended by {signal.Signals(-child.returncode).name}")
    if child.returncode > 0:
        last = child.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        if last.startswith("MemoryError"):
            return NotArticle(kind="too-large", reason=f"reading took more than {MEMORY >> 20} MB")
        raise ReadingError(last)
    reading: Reading = pickle.loads(child.stdout)  # noqa: S301  written by our own child
    if isinstance(reading, ScrapedArticle) and (length := sum(map(len, reading.paragraphs))) > LONGEST_TEXT:
        return NotArticle(kind="too-large", reason=f"a text of {length} characters")
    return reading


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS) + 1))
    from crawler.extraction import read

    page, site, kind = pickle.load(sys.stdin.buffer)  # noqa: S301  written by our own parent
    sys.stdout.buffer.write(pickle.dumps(read(page, site, kind=kind)))


if __name__ == "__main__":
    _main()
