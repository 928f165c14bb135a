"""``panxi new-source``: a source's definition from one look at its page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.common import AllowLoopback, a_page, a_path, a_web_address, fail, page
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "panxi new-source https://www.example.gov.cn/zwgk/",
        "panxi new-source https://www.example.gov.cn/zwgk/ --file saved.html",
    )
)
def new_source(
    url: Annotated[
        str, typer.Argument(metavar="URL", parser=a_web_address, help="An article or a column page of the site.")
    ],
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", parser=a_path, help="The saved page, instead of fetching it."),
    ] = None,
    allow_loopback: AllowLoopback = False,
) -> None:
    """Write a definition and an empty case for a site, in a checkout of the project. Nothing is overwritten."""
    from crawler.crawl import project_settings
    from crawler.fetch import FetchError, fetch
    from crawler.items import Page
    from crawler.new_source import write

    root = Path(__file__).parents[2]
    if not (root / "tests" / "sites").is_dir():
        fail("sources are added in a checkout of the project, and this is an installed copy")
    try:
        if file is not None:
            with file.open("rb") as saved:
                seen = Page(url=url, body=a_page(saved, repr(str(file))))
        else:
            seen = fetch(url, project_settings(LOG_LEVEL="CRITICAL", PANXI_ALLOW_LOOPBACK=allow_loopback or None))
        written = write(seen, root / "crawler" / "sites", root / "tests" / "sites")
    except FetchError as error:
        fail(str(error), code=1)
    except FileExistsError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename!r}: {error.strerror}")
    except ValueError as error:
        fail(str(error))
    for path in written:
        page().print(f"written: {path.relative_to(root)}", markup=False)
    page().print(
        "Now look through the definition, and run pytest tests/test_sites.py: it writes what the case expects,"
    )
    page().print("for you to read. docs/add-a-source.md tells of each step.")
