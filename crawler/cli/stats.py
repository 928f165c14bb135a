"""``panxi stats``: what the archive holds, in figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, a_path, archive, console, emit, fail, page
from crawler.cli.help import examples

if TYPE_CHECKING:
    from rich.console import Console

    from storage.corpus.stats import Count, Statistics

app = typer.Typer(add_completion=False)

SHOWN = 15
"""Lines of a table; --json gives all."""


class Picture(StrEnum):
    svg = "svg"
    png = "png"


@app.command(epilog=examples("panxi stats", "panxi stats --json", "panxi stats --pictures charts --as png"))
def stats(
    pictures: Annotated[
        Path | None, typer.Option(metavar="DIR", parser=a_path, help="Draw them as pictures into this folder.")
    ] = None,
    form: Annotated[Picture | None, typer.Option("--as", help="The form of the pictures; svg where not given.")] = None,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Counts by source, month, region and industry, sizes of clusters, and who reprints whom with what delay."""
    from crawler.sites import SITES
    from storage.corpus.stats import rows, statistics

    if form is not None and pictures is None:
        fail("--as is the form of pictures", hint="say where to draw them: --pictures DIR")
    form = form or Picture.svg
    with archive(db) as engine, engine.connect() as conn:
        if pictures is not None:
            _ask_for_what_drawing_needs(pictures, form)
        found = statistics(conn, {name: site.title for name, site in SITES.items()})
    if as_json:
        for row in rows(found):
            emit(row)
    else:
        _tell(found)
    if pictures is not None:
        _draw(found, pictures, form)


def _ask_for_what_drawing_needs(folder: Path, form: Picture) -> None:
    """Ends the command before the figures are told, where the pictures could not follow them."""
    if find_spec("matplotlib") is None:
        fail("pictures need matplotlib", hint="pip install 'panxi[charts]'")

    from storage.corpus.charts import NoFont, chinese_font

    try:
        if form is Picture.png:
            chinese_font()
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".panxi-", dir=folder):  # only trying tells whether a folder takes files
            pass
    except NoFont as error:
        fail(str(error), hint="--as svg leaves the choice of a font to whoever opens it")
    except FileExistsError:
        fail(f"{str(folder)!r} is not a folder", hint="--pictures takes a folder, for a picture a kind of figure")
    except OSError as error:
        fail(f"{str(folder)!r} can't take pictures: {error.strerror}")


def _draw(found: Statistics, folder: Path, form: Picture) -> None:
    from storage.corpus.charts import draw

    try:
        written = draw(found, folder, form.value)
    except OSError as error:
        fail(f"no pictures in {str(folder)!r}: {error.strerror}", hint="those that were there are as before", code=1)
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
    out = page()
    heads = ("", "articles", "without reprints")
    sources = [replace(count, name=found.title(count.name)) for count in found.sources]
    _print(out, "Sources", heads, _lines(sources[:SHOWN]), left_out=len(sources) - SHOWN)
    months = _lines(found.months[-SHOWN:])
    _print(out, "Months", heads, months, left_out=len(found.months) - SHOWN, as_what="earlier")
    for title, counts in (("Regions", found.regions), ("Industries", found.industries)):
        _print(out, title, heads, _lines(counts[:SHOWN]), left_out=len(counts) - SHOWN)
    sizes = [(f"{size:,}", f"{clusters:,}") for size, clusters in found.cluster_sizes[:SHOWN]]
    _print(out, "Sizes of clusters", ("articles", "clusters"), sizes, left_out=len(found.cluster_sizes) - SHOWN)
    paths = [(*found.ends(path), f"{path.articles:,}", path.delay or "—") for path in found.reprints[:SHOWN]]
    _print(out, "Reprints", ("from", "by", "articles", "median delay"), paths, left_out=len(found.reprints) - SHOWN)
    copies = f", {found.copies:,} of them mirrors' copies of others" if found.copies else ""
    out.print(f"{found.articles:,} articles{copies}")


def _lines(counts: Iterable[Count]) -> list[tuple[str, ...]]:
    return [(count.name, f"{count.articles:,}", f"{count.stories:,}") for count in counts]


def _print(
    out: Console,
    title: str,
    heads: Sequence[str],
    lines: Iterable[Sequence[str]],
    *,
    left_out: int,
    as_what: str = "more",
) -> None:
    """A table whose last two columns are numbers, and how many lines it has not. No line ends in blanks."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place >= len(heads) - 2 else "left")
    for line in lines:
        table.add_row(*map(Text, line))  # a name is no markup
    out.print(table)
    if left_out > 0:
        out.print(f"… and {left_out:,} {as_what}; --json has all")
    out.print()
