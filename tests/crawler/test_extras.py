"""A library that is not installed, and what brings it."""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import requires
from pathlib import Path

import pytest

from crawler.cli.extras import extra_of
from tests.end_to_end.conftest import PANXI


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("apscheduler", "schedule"),
        ("apscheduler.triggers.base", "schedule"),
        ("psycopg", "postgres"),
        ("prometheus_client", "web"),
        ("scrapy", None),
        ("pytest", None),
        ("appr", None),
        ("", None),
    ],
)
def test_the_extra_is_read_from_the_package(module: str, extra: str | None) -> None:
    assert extra_of(module, requires("panxi") or ()) == extra


def test_a_missing_library_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "apscheduler").mkdir()
    (tmp_path / "apscheduler" / "__init__.py").write_text("raise ModuleNotFoundError(name='apscheduler')")
    done = subprocess.run(
        [PANXI, "schedule", "--once"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "panxi: this needs apscheduler, which is not installed: pip install 'panxi[schedule]'\n"
