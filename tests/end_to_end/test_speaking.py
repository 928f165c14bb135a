"""How the commands speak: their help, and what they print into a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import typer
from rich.cells import cell_len

from crawler.cli import COMMANDS, app
from crawler.sites import SITES
from tests.end_to_end.conftest import Panxi, call


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    group = typer.main.get_command(app)
    for name in COMMANDS:
        command = group.get_command(None, name)  # type: ignore[union-attr, attr-defined]
        subcommands = getattr(command, "commands", None)
        for below, one in subcommands.items() if subcommands else [("", command)]:
            yield f"{name} {below}".strip(), one


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda one: one if isinstance(one, str) else "")
def test_the_help_says_what_a_command_does_and_shows_it(name: str, command: typer.core.TyperCommand) -> None:
    assert command.help, name
    first, *examples = (command.epilog or "").split("\n")
    assert first in ("Example:", "Examples:"), f"panxi {name} has no example"
    assert examples
    for example in examples:
        assert re.search(rf"\bpanxi {name}\b", example), example
        assert cell_len(example) < 80, example
    assert [option.name for option in command.params if not (option.help or "").strip()] == []  # type: ignore[attr-defined]


def test_the_exit_codes_are_told() -> None:
    assert "Exit codes: 0 done" in call("--help").out


def test_help_fits_a_terminal() -> None:
    for command in COMMANDS:
        told = call(command, "--help", COLUMNS="80")
        assert told.code == 0
        assert max(cell_len(line) for line in told.out.splitlines()) <= 80


def test_no_line_is_folded_and_nothing_coloured_in_a_pipe(panxi: Panxi) -> None:
    told = panxi("sources", COLUMNS="20")
    for site in SITES.values():
        assert any(site.title in line and site.name in line for line in told.out.splitlines())
        assert any(site.home in line for line in told.out.splitlines())
    assert "\x1b" not in told.out


def test_columns_stand_under_each_other_whatever_the_script(panxi: Panxi) -> None:
    lines = panxi("sources").out.splitlines()
    every = {cell_len(line[: line.index("6 h")]) for line in lines if "6 h" in line}
    assert len(every) == 1
