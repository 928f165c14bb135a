"""``panxi backup`` and ``panxi restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.common import DEFAULT_DB, Db, WarcDir, a_path, archive, fail, page, progress
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("panxi backup backups/$(date +%F)"))
def backup(
    target: Annotated[Path, typer.Argument(metavar="FOLDER", parser=a_path, help="A folder that does not exist yet.")],
    warc_dir: WarcDir = None,
    db: Db = DEFAULT_DB,
) -> None:
    """Copy the archive and its raw pages, as they stand at one moment, while crawls go on.

    The backup is an archive itself: panxi status --db sqlite:///TARGET/panxi.db reads it; panxi restore puts it back.
    """
    from crawler.open_archive import raw_folder
    from storage.backup import backup as copy
    from storage.raw import RawError

    with archive(db) as engine, progress() as told:
        try:
            copy(engine, raw_folder(db, warc_dir), target, told)
        except RawError as error:
            fail(
                f"{error}: nothing was copied",
                hint="panxi doctor says how much is missing; name the folder with --warc-dir or PANXI_WARC_DIR",
            )
        except FileExistsError as error:
            fail(str(error))
        except OSError as error:
            fail(f"nothing can be copied to {str(target)!r}: {error.strerror or error}")
    page().print(f"The archive is copied to {target}.", markup=False)
