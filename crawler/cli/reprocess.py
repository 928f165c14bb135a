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
    from crawler.sites import SITES
    from crawler.wiring import join_clusters, read_again, tell
    from storage.archive import Archive
    from storage.reprocess import reprocess as again
    from storage.runs import last_runs

    kinds: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    undefined: set[str] = set()
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
            known=SITES,
            after=[join_clusters, tell],
            write=not dry_run,
        )
        total = Archive(engine).status()["articles"]
        for result in track(results, "reading again", total=total, console=console, disable=not console.is_terminal):
            kinds[result.kind] += 1
            fields.update(result.fields)
            if result.kind == "left" and result.source is not None:
                undefined.add(result.source)
            if as_json:
                emit(asdict(result))
            elif result.lost is not None:
                lost[result.lost] += 1
            elif result.kind in ("unread", "no-page"):
                console.print(f"{result.kind}: {result.url}: {result.reason}", markup=False)
    for what, count in lost.items():
        console.print(f"no-page: {what}: {count} {plural(count, 'page')} stood there", markup=False)
    if not as_json:
        _tell(kinds, fields, undefined, dry_run=dry_run)
    raise typer.Exit(1 if kinds["unread"] or kinds["no-page"] else 0)


def _tell(kinds: Counter[str], fields: Counter[str], undefined: set[str], *, dry_run: bool) -> None:
    out = page()
    would = "would change" if dry_run else "changed"
    left = kinds.pop("left", 0)
    out.print(f"{kinds.total()} kept pages read again: {kinds['changed']} {would}, {kinds['same']} the same.")
    if kinds["found"]:
        found = "would be found" if dry_run else "found"
        out.print(f"{kinds['found']} {plural(kinds['found'], 'article')} {found} on pages that had given none.")
    for name, count in fields.most_common():
        out.print(f"  {count:>6}  {name}")
    if left:
        whose = "whose source is not defined here are left alone"
        out.print(f"{left} {plural(left, 'article')} {whose}: {', '.join(sorted(undefined))}.", markup=False)
    if kinds["unread"] or kinds["no-page"]:
        out.print(f"{kinds['unread']} could not be read, {kinds['no-page']} have no page; they stay as they were.")
