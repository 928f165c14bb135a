"""``panxi demo``: the main job, on a bundled replica site."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.common import AsJson, a_path, archive, emit, fail, page
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)


OURS = ("panxi.db", "panxi.db-shm", "panxi.db-wal", "panxi-warc", "visits")
"""What the demo makes in its folder; ``visits`` is made first and shows that the rest is the demo's."""


@app.command(epilog=examples("panxi demo", "panxi demo --fresh --dir another-archive"))
def demo(
    folder: Annotated[
        Path, typer.Option("--dir", metavar="FOLDER", parser=a_path, help="Where the demo's archive is.")
    ] = Path("demo-archive"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin with an empty archive again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve the bundled replica site on a free loopback port and crawl it into an archive of its own.

    Run it again: nothing is new, and the article that changed meanwhile has a revision.
    """
    from crawler.cli.crawl import run, summary, tell
    from crawler.replica import serve

    _prepare(folder, fresh=fresh)
    db = f"sqlite:///{folder / 'panxi.db'}"
    with serve(state=folder / "visits") as replica:
        with archive(db, create=True):
            pass
        crawled = run(
            db,
            quiet=as_json,
            revisit="1" if replica.visit > 1 else "",
            settings={
                "PANXI_PROXY": replica.url,
                "PANXI_SITES": "crawler.replica.sites",
                "PANXI_ALLOW_LOOPBACK": True,
            },
        )
    if as_json:
        emit(summary(crawled))
    else:
        tell(crawled, db)
        if crawled.complete:
            _next(db)
    raise typer.Exit(0 if crawled.complete else 1)


def _prepare(folder: Path, *, fresh: bool) -> None:
    """Makes the folder where it is not, and removes the demo from it for a fresh one; nothing else is touched."""
    if (folder / "panxi.db").exists() and not (folder / "visits").exists():
        fail(f"{str(folder)!r} has an archive that is not the demo's: it is left alone")
    try:
        for one in OURS if fresh else ():
            path = folder / one
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{str(folder)!r}: {error.strerror}")


def _next(db: str) -> None:
    panxi = _how_called()
    page().print(
        f"\nTry next ([dim]export PANXI_DB={db}[/]):\n"
        f"  {panxi} search 钒钛             search; traditional 釩鈦 finds the same\n"
        f"  {panxi} show 1                 one article, cleaned\n"
        f"  {panxi} status                 the archive at a glance\n"
        f"  {panxi} export corpus.jsonl    a corpus\n"
        f"  {panxi} serve                  all of it in a browser\n"
        f"  {panxi} demo                   again: what changed meanwhile is a revision"
    )


def _how_called() -> str:
    """What a person types for ``panxi`` here: the path from here where it is not on the search path."""
    script = Path(sys.argv[0])
    if shutil.which("panxi") or not script.is_absolute():
        return "panxi" if shutil.which("panxi") else str(script)
    return os.path.relpath(script) if script.is_relative_to(Path.cwd()) else str(script)
