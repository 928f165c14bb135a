"""``panxi merge``: an export and a delta become the newer export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.common import a_path, console, fail, plural
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("panxi merge corpus/manifest.json delta/manifest.json corpus-new"))
def merge(
    before: Annotated[
        Path, typer.Argument(metavar="MANIFEST", parser=a_path, help="The manifest of the export you have.")
    ],
    delta: Annotated[Path, typer.Argument(metavar="DELTA", parser=a_path, help="The manifest of the delta to it.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", parser=a_path, help="Where the newer export goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what is at PATH.")] = False,
) -> None:
    """Apply a delta that panxi export --since-export made, without the archive.

    The result is, to the byte, what the export would have been when the delta was made.
    """
    from crawler.cli.export import needs_arrow

    needs_arrow()
    if str(path) == "-":
        fail("an export is several files: name a file or a folder")
    from storage.corpus.fields import CorpusError
    from storage.corpus.merge import merge as run

    try:
        done = run(before, delta, path, force=force)
    except CorpusError as error:
        fail(str(error))
    except OSError as error:
        fail(
            f"{error.filename or path}: {error.strerror}", hint="nothing was exported; what was there still is", code=1
        )
    told = f"{done.articles:,} {plural(done.articles, 'article')} in {done.files} {plural(done.files, 'file')}"
    console.print(f"{told}: {path}", markup=False)
