"""``panxi status``: the archive and its sources at a glance."""

from __future__ import annotations

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, archive, emit, page

app = typer.Typer(add_completion=False)


@app.command(epilog="Examples:  panxi status  ·  panxi status --json | jq .articles")
def status(db: Db = DEFAULT_DB, as_json: AsJson = False) -> None:
    """What is in the archive, what waits on the frontier, and how the last crawl ended."""
    from rich.table import Table

    from storage.archive import Archive

    with archive(db) as engine:
        told = Archive(engine).status()
    if as_json:
        emit(told)
        return
    out = page()
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    table.add_column()
    for name in ("articles", "revisions", "clusters", "captures", "gone"):
        table.add_row(f"{told[name]:,}", MEANINGS[name])
    out.print(table)
    out.print("\n[dim]articles by source[/]")
    for source, count in told["sources"].items():
        out.print(f"  {count:>7,}  {source or '(no source: named by a person)'}", markup=False)
    out.print("\n[dim]addresses on the frontier[/]")
    for state, count in sorted(told["frontier"].items()):
        out.print(f"  {count:>7,}  {state}")
    run = told["last_run"]
    if run is not None:
        ended = f"{run['state']} {run['finished_at']:%Y-%m-%d %H:%M} UTC" if run["finished_at"] else run["state"]
        out.print(f"\nLast crawl: {run['source'] or 'named addresses'}, {ended}", markup=False)


MEANINGS = {
    "articles": "articles",
    "revisions": "earlier texts of articles whose page changed",
    "clusters": "clusters of reprints",
    "captures": "raw pages kept",
    "gone": "articles whose page has vanished; they are kept",
}
