"""``panxi status``: the archive and its sources at a glance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, archive, emit, facts, local, page
from crawler.cli.help import examples

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy import Engine

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("panxi status", "panxi status --json | jq .articles"))
def status(db: Db = DEFAULT_DB, as_json: AsJson = False) -> None:
    """How each source stands, what is in the archive, what waits on the frontier, and how the last crawl ended.

    Times are +08:00.
    """
    from rich.text import Text

    from storage.archive import Archive

    with archive(db) as engine:
        told = Archive(engine).status() | {"health": standing(engine, datetime.now(UTC))}
        told["unreadable_watches"] = unreadable(engine)
    if as_json:
        emit(told | {"sources": {name or "unknown": count for name, count in told["sources"].items()}})
        return
    out = page()
    table = facts()
    for name in ("articles", "revisions", "clusters", "captures", "gone"):
        table.add_row(Text(f"{told[name]:,}", "bold", justify="right"), MEANINGS[name])
    out.print(table)
    if told["sources"]:
        out.print("\n[dim]articles by source[/]")
    for source, count in told["sources"].items():
        out.print(f"  {count:>7,}  {source or '(no source: named by a person)'}", markup=False)
    out.print("\n[dim]addresses on the frontier[/]")
    for state, count in sorted(told["frontier"].items()):
        out.print(f"  {count:>7,}  {state}")
    _tell_sources(out, told["health"])
    for one in told["unreadable_watches"]:
        out.print(f"\nThe watch {one['name']} can't be read and tells nothing: {one['reason']}", markup=False)
    run = told["last_run"]
    if run is not None:
        ended = f"{run['state']} {local(run['finished_at'], '')}".rstrip()
        out.print(f"\nLast crawl: {run['source'] or 'named addresses'}, {ended}", markup=False)
    out.print("Times: +08:00.", style="dim")


def standing(engine: Engine, now: datetime) -> list[dict[str, Any]]:
    """Each source that was ever crawled, the troubled first: state, why, last whole crawl, next run."""
    from sqlalchemy import select

    from crawler.health import habits
    from crawler.schedule import all_taken_up, next_run
    from crawler.sites import SITES
    from monitor import health
    from storage import runs
    from storage.schema import source

    with engine.connect() as connection:
        verdicts = health.standing(connection, habits(SITES.values()), now)
        lasts = runs.last(connection, now)
        rows = {row.name: row for row in connection.execute(select(source))}
    again = all_taken_up(lasts)
    found = [
        {
            "name": name,
            "state": verdict.state,
            "reason": verdict.reason,
            "example": verdict.example,
            "last_success_at": rows[name].last_success_at,
            "last_run": lasts[name].state if name in lasts else None,
            "next_run_at": next_run(SITES[name], rows[name].last_run_at, now, again.get(name)),
        }
        for name, verdict in verdicts.items()
        if name in rows
    ]
    return sorted(found, key=lambda one: (one["state"] == "ok", one["name"]))


def unreadable(engine: Engine) -> list[dict[str, str]]:
    """The watches that are on and can't be read: name and reason."""
    from monitor import watches

    with engine.connect() as connection:
        others = watches.read(connection)[1]
    return [{"name": one.name, "reason": one.reason} for one in others if one.active]


def _tell_sources(out: Console, found: list[dict[str, Any]]) -> None:
    for state in dict.fromkeys(one["state"] for one in found):
        out.print(f"\n[dim]sources that are[/] [{COLOURS.get(state, 'bold red')}]{state}[/]")
        for one in (one for one in found if one["state"] == state):
            last, due = (local(one[name]) for name in ("last_success_at", "next_run_at"))
            since = "" if one["last_run"] in (None, "finished") else f", one since: {one['last_run']}"
            out.print(f"  {one['name']:<20}  last whole crawl {last}{since}, next {due}", markup=False)
            if one["reason"]:
                out.print(f"    {one['reason']}{'  ' if one['example'] else ''}{one['example'] or ''}", markup=False)


COLOURS = {"ok": "green", "new": "dim"}
MEANINGS = {
    "articles": "articles",
    "revisions": "earlier texts of articles whose page changed",
    "clusters": "clusters of reprints",
    "captures": "raw pages kept",
    "gone": "articles whose page has vanished; they are kept",
}
