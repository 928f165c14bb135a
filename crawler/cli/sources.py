"""``panxi sources``: what is known, and how it stands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, emit, page

app = typer.Typer(add_completion=False)


@app.command(epilog="Examples:  panxi sources  ·  panxi sources --json | jq -r .name")
def sources(
    check: Annotated[
        bool, typer.Option("--check", help="Visit each source and say which fields read (needs the network).")
    ] = False,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """The sources: name, title, home, how often they are crawled, and when they were last."""
    if check:
        from crawler.cli.check_sources import check_sources

        check_sources(as_json=as_json)
        return
    rows = [_row(name, db) for name in _sites()]
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


def _sites() -> dict[str, Any]:
    from crawler.sites import SITES

    return dict(SITES)


def _row(name: str, db: str) -> dict[str, Any]:
    from crawler.sites import SITES

    site = SITES[name]
    return {
        "name": site.name,
        "title": site.title,
        "home": site.home,
        "every_hours": site.every.total_seconds() / 3600,
        "verified": site.verified.isoformat() if site.verified else None,
        "last_crawled": _last_crawled(db).get(name),
    }


def _last_crawled(db: str) -> dict[str, str]:
    """Name to time of the last crawl; empty where there is no archive yet."""
    import os

    from sqlalchemy import make_url, select

    from crawler.cli.common import archive
    from storage.schema import source

    url = make_url(db)
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):  # noqa: PTH110
        return {}
    with archive(db) as engine, engine.connect() as connection:
        rows = connection.execute(select(source.c.name, source.c.last_run_at).where(source.c.last_run_at.is_not(None)))
        return {row.name: row.last_run_at.astimezone().strftime("%Y-%m-%d %H:%M") for row in rows}
