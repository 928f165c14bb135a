"""What every command shares: its options, and how it speaks.

Standard output carries the answer, and with ``--json`` JSON lines and nothing else. Logs, progress and errors go to
standard error. Exit codes: 0 done, 1 done with failures that the summary names, 2 bad usage or configuration.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from sqlalchemy import Engine

DEFAULT_DB = "sqlite:///panxi.db"

Db = Annotated[
    str,
    typer.Option("--db", envvar="PANXI_DB", help="The archive: a SQLAlchemy URL.", metavar="URL", show_default=True),
]
WarcDir = Annotated[
    str | None,
    typer.Option("--warc-dir", envvar="PANXI_WARC_DIR", help="The folder of raw pages, if not beside the archive."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on standard output, nothing else there.")]

console = Console(stderr=True, highlight=False)
"""For people: progress, notes, errors."""


def page() -> Console:
    """The console for answers that a person reads, on standard output."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def emit(value: Any) -> None:
    """One JSON line on standard output; ends quietly where the reader of a pipe has left."""
    import orjson

    try:
        sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def fail(message: str, *, hint: str | None = None, code: int = 2) -> NoReturn:
    """Ends the command with one clear line (and what to do) on standard error."""
    console.print(f"[bold red]panxi:[/] {_plain(message)}")
    if hint:
        console.print(f"       {_plain(hint)}")
    raise typer.Exit(code)


def known(lookup: Callable[[str], str], typed: Iterable[str] | None) -> list[str]:
    """The keys of names that a person typed (see ``crawler.cli.names``); an unknown one ends the command with 2."""
    from crawler.cli.names import UnknownNameError

    try:
        return [lookup(one) for one in typed or ()]
    except UnknownNameError as error:
        fail(str(error), hint=error.hint)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(" ".join(text.split()))


@contextmanager
def archive(db: str, *, create: bool = False) -> Iterator[Engine]:
    """The archive's engine. ``create``: made or brought up to date first; else it must be there and current.

    A database that can't be used ends the command with code 2 and a line that says why.
    """
    from storage.db import DatabaseError, check, open_engine, upgrade

    try:
        engine = open_engine(db)
        if create:
            upgrade(engine)
        else:
            _must_exist(db)
            check(engine)
    except DatabaseError as error:
        fail(str(error))
    try:
        yield engine
    finally:
        engine.dispose()


def _must_exist(db: str) -> None:
    """A question to an archive that is not there must not make an empty one."""
    from sqlalchemy import make_url

    url = make_url(db)
    if url.get_backend_name() == "sqlite" and url.database and not os.path.exists(url.database):  # noqa: PTH110
        fail(
            f"there is no archive at {url.database!r}",
            hint="panxi crawl makes one, or name another with --db; panxi demo shows how it looks",
        )
