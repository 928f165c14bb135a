"""The command line ``panxi``: one short file a command. Arguments, a call inward, and what the person reads."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from crawler.cli.help import flowing

COMMANDS = {
    "demo": "crawl a bundled replica site and look around",
    "crawl": "one crawl over the frontier, resumable at any moment",
    "sources": "the sources that are known",
    "new-source": "write a source's definition from one look at its page",
    "extract": "read one page and print the article, storing nothing",
    "clean": "clean text: standard input to standard output",
    "search": "search the archive",
    "show": "one article",
    "status": "the archive and its sources at a glance",
    "export": "a corpus",
    "merge": "an export and its delta become the newer export",
    "stats": "counts, reprint paths and pictures",
    "watch": "saved questions: add, list, test, remove, feed",
    "deliver": "send the alerts that wait",
    "serve": "the archive as a web page, with feeds and health",
    "schedule": "run the sources' schedules until stopped",
    "worker": "run them on many machines, over PostgreSQL",
    "reprocess": "read the kept pages again, without the network",
    "verify": "check database, raw pages and digests against each other",
    "doctor": "is this machine fit to keep an archive",
    "backup": "copy the archive while crawls go on",
    "restore": "make an archive of a backup",
    "db": "the archive's schema",
}
"""Name and one line of each command; the command ``x`` is ``x`` in ``crawler/cli/x.py``."""


class LazyGroup(TyperGroup):
    """Loads a command's module when it is asked for: ``panxi clean`` must not wait for Scrapy."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        unloaded: Any = None
        self.commands = dict.fromkeys(COMMANDS, unloaded)  # a mistyped name is compared with these
        if sys.stderr is None or not sys.stderr.isatty():
            self.rich_markup_mode = None  # what is wrong with the arguments is a line there, and no box

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, name: str) -> Any:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"crawler.cli.{name.replace('-', '_')}")
        command = typer.main.get_command(module.app)
        command.name = name
        command.short_help = COMMANDS[name]
        for one in (command, *getattr(command, "commands", {}).values()):
            one.help = flowing(one.help or "")
        return command


app = typer.Typer(
    cls=LazyGroup,
    help="A crawler and archive of related regional industry news in Chinese.\n\nBegin with: panxi demo",
    epilog="Exit codes: 0 done, 1 done with failures that the summary names, 2 bad usage or configuration, "
    "130 stopped by Ctrl-C, 143 by SIGTERM.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"panxi {version('panxi')}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version, for a report of a fault.")
    ] = False,
) -> None:
    pass


ENDED_BY: dict[Any, str] = {128 + signal.SIGINT: "interrupted", 128 + signal.SIGTERM: "terminated"}
"""What is said of exit codes that stand for a signal."""


def main() -> None:
    """The console script, and how it ends where a command does not end by itself.

    A reader of its pipe that has left is no failure: 0, without a word. Ctrl-C and SIGTERM end with 130 and 143 when
    what was begun is tidied up. A library of an extra that is not installed: 2, and what to install.
    """
    _open_what_is_closed()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads, which nothing here uses, spin at the start
    signal.signal(signal.SIGTERM, _terminate)  # commands that run until they are stopped have handlers of their own
    try:
        try:
            app(prog_name="panxi")
        finally:
            _flush()
    except BrokenPipeError:
        _reader_left()
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITTEN:
            raise
        _not_written(error)
    except ModuleNotFoundError as error:
        _not_installed(error)
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # Typer and Rich make code 1 of it
            _reader_left()
        if ended.code in ENDED_BY:
            typer.echo(f"panxi: {ENDED_BY[ended.code]}", err=True)
        raise


def _terminate(_number: int, _frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # timeout(1) sends two: the second must not break the tidying up
    sys.exit(128 + signal.SIGTERM)


def _flush() -> None:
    """Now, and not when the interpreter ends: then an error could not be caught."""
    if sys.stdout is not None and not sys.stdout.closed:  # None: whoever called gave us none
        sys.stdout.flush()


UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""How a file that standard output was sent to can't take more."""


def _open_what_is_closed() -> None:
    """Whoever called may have closed our standard streams: else the first file that is opened would get their place."""
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            if nowhere != number:
                os.dup2(nowhere, number)
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8"))


def _not_written(error: OSError) -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer goes there
    typer.echo(f"panxi: standard output: {error.strerror}", err=True)
    sys.exit(1)


def _reader_left() -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer goes there
    sys.exit(0)


def _not_installed(error: ModuleNotFoundError) -> NoReturn:
    from importlib.metadata import requires

    from crawler.cli.extras import extra_of

    extra = extra_of(error.name or "", requires("panxi") or ())
    if extra is None:
        raise error
    typer.echo(f"panxi: this needs {error.name}, which is not installed: pip install 'panxi[{extra}]'", err=True)
    sys.exit(2)
