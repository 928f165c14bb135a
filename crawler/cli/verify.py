"""``panxi verify``: database, raw pages and digests against each other."""

from __future__ import annotations

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, WarcDir, archive, emit, page, progress
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("panxi verify", "panxi verify --json | jq .what"))
def verify(warc_dir: WarcDir = None, db: Db = DEFAULT_DB, as_json: AsJson = False) -> None:
    """Read everything back and say what does not hold; nothing is changed. Code 1 where something does not."""
    from dataclasses import asdict

    from crawler.open_archive import raw_folder
    from storage.verify import verify as findings

    faults = 0
    with archive(db) as engine, progress() as told:
        for finding in findings(engine, raw_folder(db, warc_dir), told):
            faults += finding.kind != "note"
            if as_json:
                emit(asdict(finding))
            else:
                page().print(f"{finding.kind}: {finding.what}: {finding.detail}", markup=False)
    if as_json:
        emit({"kind": "summary", "faults": faults})
    else:
        page().print(f"{faults} faults." if faults else "All holds: every row, every record, every digest.")
    raise typer.Exit(1 if faults else 0)
