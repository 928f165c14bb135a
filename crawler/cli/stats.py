"""``panxi stats``: what the archive holds, in figures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, archive, console, emit, fail, page
from crawler.cli.help import examples

if TYPE_CHECKING:
    from storage.corpus.stats import Statistics

app = typer.Typer(add_completion=False)

SHOWN = 15
"""Lines of a table; --json gives all."""


class Picture(StrEnum):
    svg = "svg"
    png = "png"


@app.command(epilog=examples("panxi stats", "panxi stats --json", "panxi stats --pictures charts --as png"))
def stats(
    pictures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw them as pictures into this folder.")
    ] = None,
    form: Annotated[Picture, typer.Option("--as", help="The form of the pictures.")] = Picture.svg,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Counts by source, month, region and industry, sizes of clusters, and who reprints whom with what delay."""
    from storage.corpus.stats import rows, statistics

    with archive(db) as engine, engine.connect() as conn:
        found = statistics(conn)
    if as_json:
        for row in rows(found):
            emit(row)
    else:
        _tell(found)
    if pictures is not None:
        _draw(found, pictures, form)


def _draw(found: Statistics, folder: Path, form: Picture) -> None:
    from storage.corpus.charts import NoFont, draw

    try:
        written = draw(found, folder, form.value)
    except ImportError:
        fail("pictures need matplotlib", hint="pip install 'panxi[charts]'")
    except NoFont as error:
        fail(str(error), hint="--as svg leaves the choice of a font to whoever opens it", code=1)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}", code=1)
    if form is Picture.svg:
        _warn_without_font()
    for path in written:
        console.print(str(path), markup=False)


def _warn_without_font() -> None:
    from storage.corpus.charts import NoFont, chinese_font

    try:
        chinese_font()
    except NoFont as error:
        console.print(f"{error}. The SVGs name fonts that may be where they are opened.", markup=False)


def _tell(found: Statistics) -> None:
    from rich.table import Table

    out = page()
    for title, counts in (
        ("Sources", found.sources),
        ("Months", found.months[-SHOWN:]),
        ("Regions", found.regions),
        ("Industries", found.industries),
    ):
        table = Table("", "articles", "without reprints", title=title, title_justify="left", box=None)
        for count in counts[:SHOWN]:
            table.add_row(count.name, f"{count.articles:,}", f"{count.stories:,}")
        out.print(table)
    table = Table("articles", "clusters", title="Sizes of clusters", title_justify="left", box=None)
    for size, clusters in found.cluster_sizes[:SHOWN]:
        table.add_row(str(size), f"{clusters:,}")
    out.print(table)
    table = Table("from", "by", "articles", "median delay", title="Reprints", title_justify="left", box=None)
    for path in found.reprints[:SHOWN]:
        delay = "" if path.median_hours is None else f"{path.median_hours:g} h"
        table.add_row(path.of, path.by, f"{path.articles:,}", delay)
    out.print(table)
    out.print(f"{found.articles:,} articles")
