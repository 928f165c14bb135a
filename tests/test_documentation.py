"""The manual is tested: every command, option and setting of ours is described, and every page can be found."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer

from crawler import settings
from crawler.cli import COMMANDS, app

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def options() -> list[tuple[str, str]]:
    group = typer.main.get_command(app)
    found = []
    for name in COMMANDS:
        command = group.get_command(None, name)  # type: ignore[union-attr, attr-defined]
        for one in (command, *getattr(command, "commands", {}).values()):
            found += [(name, option) for part in one.params for option in part.opts if option.startswith("--")]
    return [(name, option) for name, option in found if option != "--help"]


def section(heading: str) -> str:
    """The section with this heading, on whichever page of docs/ it stands."""
    for path in sorted(DOCS.glob("*.md")):
        _, found, rest = path.read_text(encoding="utf-8").partition(f"## {heading}\n")
        if found:
            return rest.split("\n## ", 1)[0]
    return ""


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_documented(command: str) -> None:
    assert section(f"panxi {command}")


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_found_from_their_page(command: str) -> None:
    assert re.search(rf"panxi {command}\b", (DOCS / "commands.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("command", "option"), sorted(set(options())))
def test_options_are_documented(command: str, option: str) -> None:
    assert f"`{option}" in section(f"panxi {command}") + section("Common options")


def quoted_commands() -> list[tuple[str, str]]:
    """Every ``panxi …`` in a block or a span of code, with the page it stands on."""
    found = []
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))):
        text = path.read_text(encoding="utf-8")
        for code in re.findall(r"```.*?\n(.*?)```|`([^`\n]+)`", text, flags=re.DOTALL):
            for line in "".join(code).splitlines():
                said = line.partition("# ")[0]
                found += [(path.name, one) for one in re.findall(r"(?:^|[\s/])panxi( [a-z-][^|&>]*)", said)]
    return found


def test_what_the_documentation_calls_is_there() -> None:
    known: dict[str, set[str]] = {}
    for name, option in options():
        known.setdefault(name, {"--help"}).add(option)
    quoted = quoted_commands()
    assert {"crawl", "search", "export", "watch"} <= {line.split()[0] for _, line in quoted}
    for page, line in quoted:
        command, *arguments = line.split()
        if command.startswith("-"):
            continue
        assert command in COMMANDS, f"{page}: panxi{line}"
        for argument in arguments:
            if option := re.match(r"--[a-z][a-z-]*", argument):
                assert option[0] in known[command], f"{page}: panxi{line}"


def written_by_examples() -> set[str]:
    """What the examples of the manual write into the folder in which they are typed."""
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *sorted(DOCS.glob("*.md")))]
    places = (
        r"panxi export ([a-z][\w.-]*)",
        r"panxi merge \S+ \S+ ([a-z][\w.-]*)",
        r"^ *(?:gzip|openssl|panxi) .* > ([a-z][\w.]+)",
    )
    return {name for page in pages for place in places for name in re.findall(place, page, flags=re.MULTILINE)}


def test_what_the_examples_write_is_not_offered_to_git() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    names = written_by_examples()
    assert {"corpus", "corpus-new", "then", "page.html", "token"} <= names
    done = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) == names


@pytest.mark.parametrize("name", [name for name in dir(settings) if name.startswith("PANXI_")])
def test_settings_are_documented(name: str) -> None:
    assert f"`{name}`" in (DOCS / "settings.md").read_text(encoding="utf-8")


def test_every_page_is_linked() -> None:
    pages = {path.relative_to(ROOT).as_posix() for path in DOCS.rglob("*.md")}
    linked: set[str] = set()
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+\.md)", path.read_text(encoding="utf-8")):
            where = (path.parent / target).resolve()
            assert where.exists(), f"{path.name} links to {target!r}"
            linked.add(where.relative_to(ROOT).as_posix())
    assert pages <= linked, f"not linked from anywhere: {sorted(pages - linked)}"


def test_every_decision_says_what_was_given_up() -> None:
    for path in (DOCS / "decisions").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert all(f"**{word}.**" in text for word in ("Context", "Choice", "What we gave up")), path.name
