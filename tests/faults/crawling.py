"""Whole crawls by the project's spider over the hostile server, each in a process of its own.

As a program it reads one JSON object (see `crawl`) and prints one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.memory import peak_mb


@dataclass(frozen=True)
class Crawled:
    tally: dict[str, Any]
    """visits, new, …, and ``passed_over`` and ``failures`` by reason."""
    reason: str
    seconds: float
    peak_mb: float
    log: str


def crawl(proxy: str, db: Path, sites: str = "sources") -> Crawled:
    """Crawl these of `tests.faults.sites`, all of it through the server at ``proxy``, into ``db``."""
    settings = {
        "PANXI_DB": f"sqlite:///{db}",
        "PANXI_PROXY": proxy,
        "PANXI_SITES": f"tests.faults.sites.{sites}",
        "PANXI_ALLOW_LOOPBACK": True,
        "PANXI_PATIENCE": 0,
        "RETRY_TIMES": 0,
        "DOWNLOAD_TIMEOUT": 5,
    }
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(settings),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Crawled(**json.loads(done.stdout.splitlines()[-1]), log=done.stderr)


def _main() -> None:
    from crawler.crawl import crawl as run
    from crawler.crawl import project_settings

    crawled = run(project_settings(**json.load(sys.stdin)))
    peak = peak_mb()
    answer = {"tally": crawled.tally.counts(), "reason": crawled.reason, "seconds": crawled.seconds, "peak_mb": peak}
    print(json.dumps(answer))  # noqa: T201


if __name__ == "__main__":
    _main()
