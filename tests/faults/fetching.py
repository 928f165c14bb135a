"""Fetches addresses with the project's own settings, in a process of its own, and tells what became of them.

A child, because Scrapy's reactor starts once in a process and because its memory is measured. Names are resolved
by a table of the test's; connections to the table's public addresses are led to loopback, and every address that
a connection is tried to is noted before that.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("child.py")

PUBLIC = "93.184.216.34"
"""Stands for any address of the open internet; led to loopback."""


@dataclass(frozen=True)
class Fetched:
    got: dict[str, dict[str, Any]]
    """By address asked for: ``status``, ``url``, ``size`` of what came, or ``error``, its class and message."""
    connected: list[str]
    """The IP addresses that connections were tried to."""
    stats: dict[str, Any]
    peak_mb: float
    listening: int
    """How many TCP ports the process listened on."""
    gap: float
    """The longest time, in seconds, that the event loop did not turn."""
    log: str


def fetch(
    *urls: str,
    dns: dict[str, list[list[str]]] | None = None,
    settings: dict[str, Any] | None = None,
    together: bool = True,
    timeout: float = 60,
) -> Fetched:
    """Fetch the addresses. ``dns``: for each name the answers it gives, one a question, the last for ever."""
    spec = {"urls": urls, "dns": dns or {}, "settings": settings or {}, "together": together}
    done = subprocess.run(
        [sys.executable, CHILD],
        input=json.dumps(spec),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Fetched(**json.loads(done.stdout), log=done.stderr)
