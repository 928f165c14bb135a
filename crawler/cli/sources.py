"""``panxi sources``: what is known, and how it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, archive, console, emit, fail, page

if TYPE_CHECKING:
    from crawler.check_source import SourceCheck
    from crawler.items import Page
    from crawler.site import Site

app = typer.Typer(add_completion=False)


@app.command(epilog="Examples:  panxi sources  ·  panxi sources --json | jq -r .name  ·  panxi sources cinic --check")
def sources(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Only these sources; none: all.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Visit each and say which fields read and which don't (needs the network).")
    ] = False,
    allow_loopback: Annotated[
        bool, typer.Option("--allow-loopback", help="Let addresses of this machine be fetched.")
    ] = False,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """The sources: name, title, home, how often they are crawled, and when they were last."""
    chosen = _chosen(names)
    if check:
        raise typer.Exit(_check(chosen, allow_loopback=allow_loopback, as_json=as_json))
    last = _last_crawled(db)
    rows = [_row(site, last) for site in chosen]
    if as_json:
        for row in rows:
            emit(row)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("name", "title", "home", "every", "verified", "last crawled"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            row["name"],
            row["title"],
            row["home"],
            f"{row['every_hours']:g} h",
            row["verified"] or "not yet",
            row["last_crawled"] or "never",
        )
    page().print(table)


def _chosen(names: list[str] | None) -> list[Site]:
    from crawler.sites import SITES

    for name in names or ():
        if name not in SITES:
            fail(f"unknown source {name!r}", hint=f"known are: {', '.join(sorted(SITES))}")
    return [SITES[name] for name in names or SITES]


def _row(site: Site, last: dict[str, str]) -> dict[str, Any]:
    return {
        "name": site.name,
        "title": site.title,
        "home": site.home,
        "every_hours": site.every.total_seconds() / 3600,
        "verified": site.verified.isoformat() if site.verified else None,
        "last_crawled": last.get(site.name),
    }


def _last_crawled(db: str) -> dict[str, str]:
    """Name to time of the last crawl; empty where there is no archive yet."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from storage.runs import last_runs

    try:
        url = make_url(db)
    except ArgumentError:
        fail(f"Not a database URL: {db!r}")
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return {}
    with archive(db) as engine, engine.connect() as connection:
        return {name: f"{at.astimezone():%Y-%m-%d %H:%M}" for name, at in last_runs(connection).items()}


def _check(sites: list[Site], *, allow_loopback: bool, as_json: bool) -> int:
    """Visits each source; 1 where one is not read as it should be."""
    from dataclasses import asdict

    from crawler.check_source import check
    from crawler.crawl import project_settings
    from crawler.fetch import fetcher

    healthy = True
    settings = project_settings(LOG_LEVEL="CRITICAL", RETRY_TIMES=1, PANXI_ALLOW_LOOPBACK=allow_loopback or None)
    with fetcher(settings) as fetch:

        def fetch_aloud(address: str) -> Page:
            console.print(f"looking at {address}", style="dim", markup=False)
            return fetch(address)

        for site in sites:
            found = check(site, fetch_aloud)
            healthy &= found.healthy
            if as_json:
                emit({**asdict(found), "fields": found.fields, "healthy": found.healthy})
            else:
                _tell(found)
    return 0 if healthy else 1


def _tell(found: SourceCheck) -> None:
    out = page()
    out.print(f"[bold]{found.source}[/]  {'[green]reads[/]' if found.healthy else '[red]does not read[/]'}")
    for entrance in found.entrances:
        told = f"{entrance.rows} rows, {entrance.titled} with a title, {entrance.dated} with a date"
        out.print(f"  {entrance.url}: {entrance.problem or told}", markup=False)
    for article in found.articles:
        if article.problem:
            out.print(f"  {article.url}: {article.problem}", markup=False)
    if found.articles:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in found.fields.items())
        out.print(f"  {len(found.articles)} articles: {shares}", markup=False)
