"""Crawls of the town, under a virtual clock, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any


class Crawls:
    """Crawls at given times, one after the other."""

    def __init__(self, db: str, proxy: str, warc: Path) -> None:
        self._settings = {
            "PANXI_DB": db,
            "PANXI_WARC_DIR": str(warc),
            "PANXI_PROXY": proxy,
            "PANXI_SITES": "tests.soak.town.sites",
            "PANXI_ALLOW_LOOPBACK": True,
            "PANXI_PATIENCE": 0,
            "LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "tests.soak.crawling"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdin=pipe, stdout=pipe, text=True)

    def run(self, name: str, at: datetime, kill_after: float | None = None) -> dict[str, Any]:
        """One crawl of the source that begins at ``at``; its exit code and its peak of memory."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = {"settings": self._settings, "source": name, "at": at.timestamp(), "kill_after": kill_after}
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
