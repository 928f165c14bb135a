"""What every command shares: its options, and how it speaks.

Standard output carries the answer, and with ``--json`` JSON lines and nothing else. Logs, progress and errors go to
standard error. Exit codes: 0 done, 1 done with failures that the summary names, 2 bad usage or configuration, 130
stopped by Ctrl-C, 143 by SIGTERM. A pipe whose reader has left is left to ``crawler.cli.main``.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, BinaryIO, NoReturn, TextIO, cast

import typer
from rich.console import Console

if TYPE_CHECKING:
    from rich.table import Table
    from sqlalchemy import Engine

    from crawler.site import Site
    from storage.progress import Progress

DEFAULT_DB = "sqlite:///panxi.db"

Db = Annotated[
    str,
    typer.Option("--db", envvar="PANXI_DB", help="The archive: a SQLAlchemy URL.", metavar="URL", show_default=True),
]
Sources = Annotated[
    list[str] | None, typer.Argument(metavar="SOURCE", help="Names of sources, as panxi sources has them; none: all.")
]
WarcDir = Annotated[
    str | None,
    typer.Option("--warc-dir", envvar="PANXI_WARC_DIR", help="The folder of raw pages, if not beside the archive."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on standard output, nothing else there.")]

AllowLoopback = Annotated[bool, typer.Option("--allow-loopback", help="Let addresses of this machine be fetched.")]

LARGEST = 10**15
"""No number of articles or characters that a person asks for is larger; the databases count to nineteen digits."""
SEEDS = 2**63
"""How many numbers the databases have on each side of 0."""
UNBOUND = 10_000
"""Columns of a pipe: what is piped is searched by lines, so no line is folded there."""


def _console(*, stderr: bool) -> Console:
    piped = not (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, highlight=False, soft_wrap=piped, width=UNBOUND if piped else None)


console = _console(stderr=True)
"""For people: progress, notes, errors."""


def page() -> Console:
    """The console for answers that a person reads, on standard output."""
    out = _console(stderr=False)
    if not sys.stdout.isatty():
        out.file = cast("IO[str]", _Trimmed(sys.stdout))
    return out


class _Trimmed:
    """A file that is written lines without blanks at their ends, which the cells of a table have."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        self._file.write(re.sub(r" +(?=\n)", "", text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def a_path(typed: str | Path) -> Path:
    """The parser of arguments (and defaults) that are paths: an empty one is no folder, but an unset variable."""
    if not str(typed).strip():
        raise typer.BadParameter("an empty name: is a variable of your shell unset?")
    return Path(typed)


def a_web_address(typed: str) -> str:
    """The parser of arguments that are addresses of pages."""
    from crawler.urls import canonical

    if canonical(typed) is None:
        raise typer.BadParameter(f"not an http(s) address: {typed!r}")
    return typed


def a_page_to_visit(typed: str) -> str:
    """The parser of addresses that go on the frontier, which takes none that are longer than any real one."""
    from crawler.urls import canonical
    from storage.frontier import LONGEST_URL, is_too_long

    if is_too_long(canonical(a_web_address(typed)) or typed):
        raise typer.BadParameter(f"the address is longer than {LONGEST_URL} bytes")
    return typed


def a_day(typed: str) -> date:
    """The parser of days."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(f"a day is such as 2020-04-11, not {typed!r}") from None


def a_page(file: BinaryIO, name: str) -> bytes:
    """A page's bytes: no more than a crawl would take (``DOWNLOAD_MAXSIZE``), and not as a server packs them."""
    body = file.read(LARGEST_PAGE + 1)
    if len(body) > LARGEST_PAGE:
        fail(f"{name}: larger than {LARGEST_PAGE // 1024**2} MB, which no page is that a crawl would take")
    if body.startswith(GZIP):
        fail(f"{name}: packed by gzip, as servers send pages", hint="gunzip it first: zcat FILE | panxi extract -")
    return body


LARGEST_PAGE = 16 * 1024**2
GZIP = b"\x1f\x8b\x08"


def plural(number: int, noun: str) -> str:
    """1 page, 2 pages: the noun alone."""
    return noun if number == 1 else f"{noun}s"


@contextmanager
def progress(*, shown: bool = True) -> Iterator[Progress]:
    """A bar with an estimate on standard error, where a person looks and nothing else comes."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as bar:
        task = bar.add_task("", total=None)

        def tell(doing: str, done: int, whole: int) -> None:
            if doing != bar.tasks[task].description:
                bar.reset(task, description=doing)
            bar.update(task, completed=done, total=whole)

        yield tell


def facts(columns: int = 2) -> Table:
    """A table without lines or heading, for what is said in short rows: long cells are folded in their column."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table


def local(at: datetime | None, none: str = "never") -> str:
    """A moment for a person, to the minute, in China's time. What shows one says once that times are +08:00."""
    from crawler.items import SHANGHAI

    return none if at is None else f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def day(at: datetime | None, none: str = "no date") -> str:
    """The day of a moment for a person, in China: what is of a day begins there eight hours before it does in UTC."""
    from crawler.items import SHANGHAI

    return none if at is None else at.astimezone(SHANGHAI).date().isoformat()


def log_to_stderr() -> None:
    """The log of a command that runs until it is stopped: INFO and above, with China's time and its offset."""
    from crawler.logs import DATE_FORMAT, in_china_time

    in_china_time()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt=DATE_FORMAT)
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def emit(value: Any) -> None:
    """One JSON line on standard output, at once."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
    sys.stdout.buffer.flush()


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


def ask_for_contact() -> None:
    """A webmaster who is annoyed must know whom to ask: where nobody is named, the person at the keyboard is told."""
    if not os.environ.get("PANXI_CONTACT"):
        console.print("PANXI_CONTACT is not set: webmasters can't write to you (docs/settings.md).", style="dim")


def sites(typed: Iterable[str] | None) -> list[Site]:
    """The sources that a person named, or all of them; an unknown name ends the command with 2."""
    from crawler.cli import names
    from crawler.sites import SITES

    return [SITES[name] for name in known(names.source, typed) or SITES]


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(" ".join(text.split()))


@contextmanager
def archive(db: str, *, create: bool = False) -> Iterator[Engine]:
    """The archive's engine. ``create``: made or brought up to date first; else it must be there and current.

    A database that can't be used, then or while it is worked with, ends the command with code 2 and a line that says
    why.
    """
    from storage.db import DatabaseError, check, open_engine, upgrade

    try:
        engine = open_engine(db)
        if create:
            upgrade(engine)
        else:
            if file := missing(db):  # a question to an archive that is not there must not make an empty one
                fail(
                    f"there is no archive at {file!r}",
                    hint="panxi crawl makes one, or name another with --db; panxi demo shows how it looks",
                )
            check(engine)
    except DatabaseError as error:
        fail(str(error))
    with told_of_faults(engine):
        yield engine


@contextmanager
def told_of_faults(engine: Engine) -> Iterator[None]:
    """Ends the command in one line where the database is damaged, locked or lost; closes it in any case."""
    from storage.db import BROKEN, DatabaseError, explain, is_fault

    try:
        yield
    except BROKEN as error:
        if not is_fault(error):
            raise
        fail(explain(engine, error))
    except DatabaseError as error:
        fail(str(error))
    finally:
        engine.dispose()


def missing(db: str) -> str | None:
    """The SQLite file that the URL names, where there is none yet; None for all else."""
    file = _sqlite_file(db)
    return file if file and not os.path.exists(file) else None  # noqa: PTH110


def existing(db: str) -> str | None:
    """The SQLite file that the URL names, where there is one with something in it; None for all else."""
    file = _sqlite_file(db)
    return file if file and os.path.exists(file) and os.path.getsize(file) else None  # noqa: PTH110, PTH202


def _sqlite_file(db: str) -> str | None:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(db)
    except ArgumentError:
        return None
    return url.database if url.get_backend_name() == "sqlite" else None
