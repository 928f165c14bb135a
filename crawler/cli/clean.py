"""``panxi clean``: the text cleaning alone."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from crawler.cli.help import examples

LARGEST = 16 * 1024 * 1024
"""Bytes of one input: it is held as a whole, as aids are told from glosses by all of a page."""

app = typer.Typer(add_completion=False)


class Script(StrEnum):
    """The script to write."""

    simplified = "simplified"
    traditional = "traditional"
    keep = "keep"


@app.command(
    epilog=examples("echo '發(fā)展釩鈦產(chǎn)業(yè)' | panxi clean", "panxi clean --script keep < page.txt"),
)
def clean(
    script: Annotated[Script, typer.Option(help="The script of the result.")] = Script.simplified,
) -> None:
    """Clean text from standard input to standard output: reading aids, splices, script, typography.

    Input is a page, up to 16 MB, in UTF-8 or any encoding of Chinese pages; output is UTF-8. Lines stay lines.
    """
    from pipelines.clean import clean_text
    from pipelines.text.encoding import decode

    page = sys.stdin.buffer.read(LARGEST + 1)
    if len(page) > LARGEST:
        raise typer.BadParameter(f"standard input is larger than {LARGEST // 1024**2} MB: give a page at a time")
    text = decode(page).text
    sys.stdout.buffer.write(clean_text(text, script=script.value).encode("utf-8", "replace"))
