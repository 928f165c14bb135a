"""``panxi doctor``: is this machine fit to keep an archive."""

from __future__ import annotations

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, WarcDir, archive, emit, facts, page
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)

STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


@app.command(epilog=examples("panxi doctor", "panxi doctor --json | jq -r 'select(.level != \"ok\").message'"))
def doctor(warc_dir: WarcDir = None, db: Db = DEFAULT_DB, as_json: AsJson = False) -> None:
    """Look at the database, the folder of raw pages and the machine; say what to mend. Code 1 for an error."""
    from dataclasses import asdict

    from rich.text import Text

    from crawler.open_archive import raw_folder
    from storage.doctor import doctor as look

    with archive(db) as engine:
        checks = look(engine, raw_folder(db, warc_dir))
    table = facts(columns=3)
    for check in checks:
        if as_json:
            emit(asdict(check))
        else:
            table.add_row(Text(check.level, STYLES[check.level]), check.name, Text(check.message))
    if not as_json:
        page().print(table)
    raise typer.Exit(1 if any(check.level == "error" for check in checks) else 0)
