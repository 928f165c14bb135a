"""``panxi reprocess``: reads the kept pages again, without the network."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, WarcDir, archive, console, emit, known, page, plural
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("panxi reprocess --dry-run", "panxi reprocess --source cinic"))
def reprocess(
    source: Annotated[list[str] | None, typer.Option("--source", help="Only articles of these sources.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, tell what would change.")] = False,
    warc_dir: WarcDir = None,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Run extraction and cleaning again over the raw pages that are kept: a better rule improves the whole past."""
    from dataclasses import asdict
    from datetime import UTC, datetime
    from functools import partial

    from rich.progress import track

    from crawler.cli import names
    from crawler.open_archive import raw_folder
    from crawler.wiring import join_clusters, read_again, tell
    from storage.archive import Archive
    from storage.reprocess import reprocess as again
    from storage.runs import last_runs

    kinds: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    with archive(db) as engine:
        with engine.connect() as connection:
            kept = last_runs(connection)
        wanted = known(partial(names.source, kept=kept), source)
        results = again(
            engine,
            raw_folder(db, warc_dir),
            read_again,
            now=datetime.now(UTC),
            anew=partial(read_again, kind=None),
            sources=wanted or None,
            after=[join_clusters, tell],
            write=not dry_run,
        )
        total = Archive(engine).status()["articles"]
        for result in track(results, "reading again", total=total, console=console, disable=not console.is_terminal):
            kinds[result.kind] += 1
            fields.update(result.fields)
            if as_json:
                emit(asdict(result))
            elif result.kind in ("unread", "no-page"):
                console.print(f"{result.kind}: {result.url}: {result.reason}", markup=False)
    if not as_json:
        out = page()
        would = "would change" if dry_run else "changed"
        out.print(f"{kinds.total()} kept pages read again: {kinds['changed']} {would}, {kinds['same']} the same.")
        if kinds["found"]:
            found = "would be found" if dry_run else "found"
            out.print(f"{kinds['found']} {plural(kinds['found'], 'article')} {found} on pages that had given none.")
        for name, count in fields.most_common():
            out.print(f"  {count:>6}  {name}")
        if kinds["unread"] or kinds["no-page"]:
            out.print(f"{kinds['unread']} could not be read, {kinds['no-page']} have no page; they stay as they were.")
    raise typer.Exit(1 if kinds["unread"] or kinds["no-page"] else 0)
