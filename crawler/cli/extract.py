"""``panxi extract``: reads one page and prints the article."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import AllowLoopback, a_page, a_path, a_web_address, console, emit, fail, known
from crawler.cli.help import examples

if TYPE_CHECKING:
    from crawler.items import Page
    from crawler.site import Site

app = typer.Typer(add_completion=False)

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""How an address begins, of whatever kind."""


@app.command(
    epilog=examples(
        "panxi extract page.html --url https://www.cinic.org.cn/xy/sc/1.html",
        "panxi extract https://www.cinic.org.cn/xy/sc/1.html --explain",
        "curl -s https://www.cinic.org.cn/xy/sc/1.html | panxi extract -",
    )
)
def extract(
    file_or_url: Annotated[str, typer.Argument(help="A saved page, an address, or - for standard input.")],
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", parser=a_web_address, help="The address the saved page came from."),
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Read it as a page of this source.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Also say where each field came from.")] = False,
    allow_loopback: AllowLoopback = False,
) -> None:
    """Read one page and print the article as one JSON object, storing nothing.

    A page that gives no article ends with code 1 and one line that says why.
    """
    from dataclasses import asdict, replace
    from datetime import UTC, datetime

    from crawler.wiring import read_article
    from storage.archive import article_json

    page = _page(file_or_url, url, allow_loopback=allow_loopback)
    site = _site(source, url or file_or_url)
    if page.fetched_at is None:
        page = replace(page, fetched_at=datetime.now(UTC))
    unnamed = source is not None and not SCHEME.match(url or file_or_url)  # no address says that it is an article
    article = read_article(page, site, kind="article" if unnamed else None)
    if isinstance(article, str):
        fail(f"{file_or_url}: no article: {article}", code=1)
    emit(article_json(article))
    if explain:
        for evidence in article.evidence:
            console.print(
                f"{evidence.field:14} {evidence.how:10} {evidence.where}  ← {evidence.value[:80]!r}", markup=False
            )
        for issue in article.issues:
            console.print(f"issue          {asdict(issue)}", markup=False)


def _site(name: str | None, address: str) -> Site | None:
    from crawler.cli import names
    from crawler.sites import SITES, site_for

    if name is None:
        return site_for(address) if SCHEME.match(address) else None
    return SITES[known(names.source, [name])[0]]


def _page(file_or_url: str, url: str | None, *, allow_loopback: bool) -> Page:
    from crawler.items import Page

    if file_or_url == "-":
        return Page(url=url or "http://localhost/", body=a_page(sys.stdin.buffer, "standard input"))
    path = Path(file_or_url)
    if SCHEME.match(file_or_url) and not path.exists():
        return _fetched(a_web_address(file_or_url), allow_loopback=allow_loopback)
    try:
        with a_path(file_or_url).open("rb") as file:
            body = a_page(file, repr(file_or_url))
    except OSError as error:
        fail(
            f"{file_or_url!r}: {error.strerror}",
            hint="a saved page, or an address that begins with http:// or https://",
        )
    return Page(url=url or path.resolve().as_uri(), body=body)


def _fetched(address: str, *, allow_loopback: bool) -> Page:
    from crawler.crawl import project_settings
    from crawler.fetch import FetchError, fetch

    try:
        return fetch(address, project_settings(LOG_LEVEL="CRITICAL", PANXI_ALLOW_LOOPBACK=allow_loopback or None))
    except FetchError as error:
        fail(str(error), code=1)
