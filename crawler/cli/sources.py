"""``panxi sources``: what is known, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import (
    DEFAULT_DB,
    AllowLoopback,
    AsJson,
    Db,
    Sources,
    archive,
    console,
    emit,
    local,
    missing,
    page,
    sites,
)
from crawler.cli.help import examples

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.check_source import SourceCheck
    from crawler.items import Page
    from crawler.site import Site

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples("panxi sources", "panxi sources --json | jq -r .name", "panxi sources cinic 攀枝花日报 --check")
)
def sources(
    names: Sources = None,
    check: Annotated[
        bool, typer.Option("--check", help="Visit each and say which fields read and which don't (needs the network).")
    ] = False,
    allow_loopback: AllowLoopback = False,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """The sources: name, title, home, how often they are crawled, and when they were last (+08:00)."""
    chosen = sites(names)
    if check:
        raise typer.Exit(_check(chosen, allow_loopback=allow_loopback, as_json=as_json))
    last = _last_crawled(db)
    rows = [_row(site, last) for site in chosen]
    if as_json:
        for row in rows:
            emit(row)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("name", "title and home", "every", "last crawled"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        title = Text.assemble(row["title"], "\n", (row["home"], "dim"))
        table.add_row(row["name"], title, f"{row['every_hours']:g} h", local(row["last_crawled"]))
    page().print(table)
    live = sum(row["verified"] is not None for row in rows)
    page().print(
        f"\nSeen to read the live site: {live} of {len(rows)} (panxi sources --check). Times: +08:00.", style="dim"
    )


def _row(site: Site, last: dict[str, datetime]) -> dict[str, Any]:
    return {
        "name": site.name,
        "title": site.title,
        "home": site.home,
        "every_hours": site.every.total_seconds() / 3600,
        "verified": site.verified.isoformat() if site.verified else None,
        "last_crawled": last.get(site.name),
    }


def _last_crawled(db: str) -> dict[str, datetime]:
    """Name to time of the last crawl; empty where there is no archive yet."""
    from storage.runs import last_runs

    if missing(db):
        return {}
    with archive(db) as engine, engine.connect() as connection:
        return last_runs(connection)


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
