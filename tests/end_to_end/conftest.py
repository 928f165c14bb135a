"""Runs of the real command line, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from crawler.cli import app
from tests.faults.crawls import Forker

PANXI = Path(sys.executable).with_name("panxi")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The only line of standard output."""
        lines = self.out.splitlines()
        assert len(lines) == 1, self
        return json.loads(lines[0])

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Panxi = Callable[..., Ran]


def run(*arguments: str, cwd: Path, stdin: bytes | None = None, **environment: str) -> Ran:
    done = subprocess.run(
        [PANXI, *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=100,
        check=False,
        env={**os.environ, "PANXI_DB": "sqlite:///panxi.db", "COLUMNS": "120", **environment},
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ran.err, ran.err[-3000:]
    return ran


def call(*arguments: str, **environment: str) -> Ran:
    """``panxi …`` in this process and folder: for what ends before anything is fetched."""
    done = CliRunner().invoke(
        app, arguments, env={"PANXI_DB": "sqlite:///panxi.db", "COLUMNS": "120", **environment}, catch_exceptions=False
    )
    return Ran(done.exit_code, done.stdout, done.stderr)


@pytest.fixture
def panxi(tmp_path: Path) -> Panxi:
    """Runs ``panxi …`` in a folder of the test's own."""

    def panxi(*arguments: str, stdin: bytes | None = None, **environment: str) -> Ran:
        return run(*arguments, cwd=tmp_path, stdin=stdin, **environment)

    return panxi


@pytest.fixture
def forker(tmp_path: Path) -> Iterator[Forker]:
    """Starts crawls in processes forked from one that has all modules loaded."""
    forker = Forker(tmp_path)
    yield forker
    forker.close()
