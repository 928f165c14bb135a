"""``panxi restore``: a backup becomes an archive again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.common import DEFAULT_DB, Db, WarcDir, a_path, existing, fail, page, progress, told_of_faults
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "panxi restore backups/2026-03-01 --db sqlite:///again.db",
        "panxi restore backups/2026-03-01 --db postgresql://panxi@db.example/panxi",
    )
)
def restore(
    source: Annotated[Path, typer.Argument(metavar="FOLDER", parser=a_path, help="A folder that panxi backup made.")],
    warc_dir: WarcDir = None,
    db: Db = DEFAULT_DB,
) -> None:
    """Copy a backup into an archive that does not exist yet, on either database."""
    from crawler.open_archive import raw_folder
    from storage.backup import DATABASE, RAW
    from storage.backup import restore as copy
    from storage.db import DatabaseError, open_engine

    for part in (source / DATABASE, source / RAW):
        if not part.exists():
            fail(f"there is no backup in {str(source)!r}: it has no {part.name!r}", hint="panxi backup makes one")
    if there := existing(db):
        fail(f"there is something at {there!r} already", hint="restore makes an archive: name another with --db")
    try:
        engine = open_engine(db)
        with told_of_faults(engine), progress() as told:
            copy(source, engine, raw_folder(db, warc_dir), told)
    except (DatabaseError, OSError) as error:
        fail(str(error))
    page().print("The archive is restored.")
