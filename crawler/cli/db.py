"""``panxi db``: the archive's schema."""

from __future__ import annotations

import typer

from crawler.cli.common import DEFAULT_DB, Db, archive, fail, page
from crawler.cli.help import examples

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The archive's schema.")


@app.command(epilog=examples("panxi db upgrade", "panxi db upgrade --db postgresql://panxi@db.example/panxi"))
def upgrade(db: Db = DEFAULT_DB) -> None:
    """Make the archive, or bring it to this version's schema. Nothing is lost; running it again does nothing."""
    from storage.db import check

    with archive(db, create=True) as engine:
        page().print(f"The archive is at revision {check(engine)}.")


@app.command(epilog=examples("panxi db check && panxi crawl"))
def check(db: Db = DEFAULT_DB) -> None:
    """Say whether the archive has this version's schema; code 2 where it does not."""
    from storage.db import DatabaseError
    from storage.db import check as check_schema

    with archive(db) as engine:
        try:
            page().print(f"The archive is at revision {check_schema(engine)}, as this version wants it.")
        except DatabaseError as error:
            fail(str(error))
