"""What the commands refuse, and what they say where their answer can't be written."""

from __future__ import annotations

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import PANXI, Panxi, call
from tests.end_to_end.test_damage import url  # noqa: F401 - an archive of some articles

HUGE = "99999999999999999999"


@pytest.mark.parametrize(
    "command",
    [
        ("export", "x.jsonl", "--sample", "3", "--seed", HUGE),
        ("export", "x.jsonl", "--sample", HUGE),
        ("export", "x.jsonl", "--min-length", HUGE),
        ("export", "x.jsonl", "--max-length", HUGE),
        ("export", "x.jsonl", "--limit", "9223372036854775808"),
        ("crawl", "--max-pages", HUGE),
        ("schedule", "--deliver-every", HUGE),
        ("deliver", "--again", HUGE),
    ],
)
def test_a_number_that_nothing_counts_to_is_refused(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = call(*command)
    assert ran.code == 2
    assert "Invalid value" in ran.err
    assert not list(tmp_path.iterdir())


def test_an_address_that_the_frontier_does_not_take_is_refused() -> None:
    ran = call("crawl", "--url", "http://x.example/" + "a" * 2100)
    assert ran.code == 2
    assert "longer than 2000 bytes" in ran.err
    in_han = call("crawl", "--url", "http://x.example/" + "钒" * 400, "--depth", "99")
    assert "longer than 2000 bytes" in in_han.err, "as it is sent: three bytes a character, three signs a byte"
    assert "longer" not in call("crawl", "--url", "http://x.example/" + "a" * 1900, "--depth", "99").err


def test_days_of_a_search_are_as_those_of_an_export(url: str) -> None:  # noqa: F811
    mistyped = call("search", "正文", "--since", "2025-02-30", PANXI_DB=url)
    assert mistyped.code == 2
    assert "a day is such as 2020-04-11" in mistyped.err
    turned = call("search", "正文", "--since", "2025-06-01", "--until", "2025-01-01", PANXI_DB=url)
    assert (turned.code, len(turned.err.splitlines())) == (2, 1)
    one_day = call("search", "正文", "--since", "2025-06-01", "--until", "2025-06-01", PANXI_DB=url)
    assert one_day.code == 0
    assert call("search", "正文", "--until", "9999-12-31", PANXI_DB=url).code == 0


@pytest.mark.parametrize("command", [("search", "正文", "--json"), ("status",), ("show", "1"), ("clean",)])
def test_a_full_disk_behind_standard_output_is_told_in_a_line(command: tuple[str, ...], url: str) -> None:  # noqa: F811
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [PANXI, *command],
            input="文本".encode(),
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PANXI_DB": url},
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr.decode() == "panxi: standard output: No space left on device\n"


def test_a_closed_standard_output_is_no_fault_and_takes_no_export(panxi: Panxi, url: str) -> None:  # noqa: F811
    def closed(*command: str) -> subprocess.CompletedProcess[str]:
        shell = ["sh", "-c", 'exec "$@" >&-', "sh", str(PANXI), *command]
        return subprocess.run(
            shell, stderr=subprocess.PIPE, text=True, env={**os.environ, "PANXI_DB": url}, check=False
        )

    refused = closed("export", "-")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "standard output is closed" in refused.stderr
    silent = closed("status")
    assert (silent.returncode, silent.stderr) == (0, "")
    assert panxi("verify", PANXI_DB=url).code == 0, "nothing was written where standard output would be"


def test_what_is_larger_than_any_page_is_not_read_to_its_end(panxi: Panxi) -> None:
    for command in (("extract", "/dev/zero"), ("new-source", "http://a.example/", "--file", "/dev/zero")):
        ran = panxi(*command)
        assert ran.code == 2
        assert "larger than 16 MB" in ran.err
        assert len(ran.err.splitlines()) == 1


def test_a_page_that_is_packed_is_told_as_such(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(gzip.compress(b"<html><h1>t</h1></html>"))
    ran = call("extract", str(page))
    assert ran.code == 2
    assert "packed by gzip" in ran.err
    page.write_bytes(b"<html><h1>t</h1></html>")
    assert "gzip" not in call("extract", str(page)).err


def test_a_restore_says_which_of_its_ends_is_wrong(
    url: str,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    lacking = call("restore", "nofolder", "--db", "sqlite:///new/panxi.db")
    assert lacking.code == 2
    assert "no backup in 'nofolder'" in lacking.err
    assert call("backup", "bk", PANXI_DB=url).code == 0
    before = Path(url.removeprefix("sqlite:///")).read_bytes()
    taken = call("restore", "bk", "--db", url)
    assert taken.code == 2
    assert "already" in taken.err
    assert Path(url.removeprefix("sqlite:///")).read_bytes() == before
    assert call("restore", "bk", "--db", "sqlite:///again.db").code == 0


def test_what_can_not_be_copied_or_read_is_told_in_words(url: str, tmp_path: Path) -> None:  # noqa: F811
    junk = tmp_path / "junk"
    junk.write_bytes(b"\xff\xfe\x00")
    for ran in (
        call("backup", "/proc/x", PANXI_DB=url),
        call("serve", "--token-file", str(tmp_path / "nofile"), PANXI_DB=url),
        call("serve", "--token-file", str(junk), PANXI_DB=url),
    ):
        assert ran.code == 2
        assert "Errno" not in ran.err
        assert "codec" not in ran.err
        assert ".part" not in ran.err


@pytest.mark.parametrize("command", [("show", "1"), ("doctor",), ("status",)])
def test_no_line_in_a_pipe_ends_in_blanks(command: tuple[str, ...], url: str) -> None:  # noqa: F811
    lines = call(*command, PANXI_DB=url).out.splitlines()
    assert lines
    assert [line for line in lines if line != line.rstrip(" ")] == []


def test_verify_sums_up_as_json_too(url: str) -> None:  # noqa: F811
    found = call("verify", "--json", PANXI_DB=url)
    assert (found.code, found.json) == (0, {"kind": "summary", "faults": 0})
