"""A definition and an empty case for a new source, from one look at a page of it."""

from __future__ import annotations

import gzip
import json
import re
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from crawler.extraction import read_article, read_listing
from crawler.extraction.document import Document
from crawler.extraction.title import without_site
from crawler.items import Listing, NotArticle, Page, ScrapedArticle

_SUFFIX = re.compile(r"(?:\.(?:com|net|org|gov|edu|co))?\.(?:cn|com|net|org|tw|hk|mo|sg|example)$")
_GENERIC_HOSTS = ("www.", "m.", "wap.", "news.")
_SEVERAL = 3
"""Rows that make a listing."""


def name_of(url: str) -> str:
    """A short ASCII name for the source of the address: its host without www and endings."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return re.sub(r"[^a-z0-9]+", "-", _SUFFIX.sub("", host)).strip("-") or "source"


def draft(page: Page) -> str:
    """The text of a site file for the page's source.

    A column page becomes the entrance, an article gives the form of the articles' addresses. Raises ValueError where
    the page can't be parsed or its address is none.
    """
    document = Document.of(page)
    if isinstance(document, NotArticle):
        raise ValueError(f"{page.url!r} can't be read: {document.reason}")  # noqa: TRY004 the page is wrong, not a type
    parts = urlsplit(page.url)
    host = parts.hostname
    if parts.scheme not in {"http", "https"} or host is None:
        raise ValueError(f"{page.url!r} is no address of a page")
    home = f"{parts.scheme}://{parts.netloc}/"
    entrances, example = [home], page.url
    article, listing = read_article(page, None), read_listing(page, None)
    if isinstance(article, NotArticle):
        listed = listing.rows if isinstance(listing, Listing) else ()
        rows = [row.url for row in listed if urlsplit(row.url).hostname == host]
        if not rows:
            raise ValueError(f"{page.url!r} has neither an article nor a list of its site's: {article.reason}")
        if len(rows) >= _SEVERAL:
            entrances, example = [page.url], rows[0]
    domain = next((host.removeprefix(prefix) for prefix in _GENERIC_HOSTS if host.startswith(prefix)), host)
    template = Template((files("crawler") / "templates" / "site.py.txt").read_text("utf-8"))
    return template.substitute(
        title=_literal(_title(document, domain)),
        url=_literal(page.url),
        name=name_of(page.url),
        home=_literal(home),
        hosts=", ".join(json.dumps(one) for one in dict.fromkeys((host, domain))),
        entrances=",\n        ".join(f'Entrance(url="{_literal(url)}")' for url in entrances),
        article_url=_pattern(example),
        domain=domain,
    )


def write(page: Page, sites: Path, cases: Path, *, case: str = "first") -> tuple[Path, ...]:
    """Writes the definition into ``sites`` and the page as a case without expectation into ``cases``.

    Returns the files written. Raises FileExistsError where the source is there already: nothing is overwritten.
    """
    name = name_of(page.url)
    definition = sites / f"{name.replace('-', '_')}.py"
    folder = cases / name / case
    if definition.exists():
        raise FileExistsError(f"{definition} is there already")
    kind = "article" if isinstance(read_article(page, None), ScrapedArticle) else "listing"
    response = {"url": page.url, "content_type": page.content_type, "kind": kind}
    text = draft(page)
    folder.mkdir(parents=True)
    definition.write_text(text, "utf-8")
    (folder / "page.html.gz").write_bytes(gzip.compress(page.body, 9, mtime=0))
    (folder / "response.json").write_text(json.dumps(response, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return definition, folder / "page.html.gz", folder / "response.json"


def _title(document: Document, domain: str) -> str:
    """What the site calls itself: in the meta tags, or behind the page's own title."""
    for name in ("sitename", "og:site_name", "application-name"):
        if name in document.meta:
            return document.meta[name]
    heading = document.heading
    behind = heading.removeprefix(without_site(heading))
    parts = re.split(r"[_|｜—–-]+", behind) if behind else re.split(r"[_|｜]+", heading)
    return parts[-1].strip() or heading or domain


def _pattern(url: str) -> str:
    """A regular expression on the addresses like this one: its digits may be others. ``None`` where it has none."""
    parts = urlsplit(url)
    last = parts.path.rpartition("/")[2] + (f"?{parts.query}" if parts.query else "")
    if not re.search(r"\d{3,}", last):
        return "None"
    return f'r"/{re.sub(r"[0-9]+", lambda _: chr(92) + "d+", re.escape(last))}$"'


def _literal(text: str) -> str:
    """The text for the inside of a string literal in double quotes."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
