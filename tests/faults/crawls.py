"""Crawls of the replica site in processes of their own, that a test may kill."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass
class Crawl:
    """One crawl that runs or has run."""

    pid: int
    told: Path
    code: int | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if not self.ended.is_set():
            os.kill(self.pid, number)

    def wait(self, seconds: float = 60) -> int:
        """The exit code; below 0 it is the signal that killed it."""
        assert self.ended.wait(seconds), f"the crawl is not over after {seconds} s\n{self.log}"
        assert self.code is not None
        return self.code

    @property
    def summary(self) -> dict[str, Any]:
        return dict(json.loads(self.told.read_text()))

    @property
    def log(self) -> str:
        path = Path(f"{self.told}.log")
        return path.read_text() if path.exists() else ""


class Forker:
    """Starts crawls without the second that the imports cost."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._crawls: dict[int, Crawl] = {}
        self._started: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._number = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def crawl(self, db: str, warc: Path, **asked: Any) -> Crawl:
        """Starts a crawl of all sources; ``settings``, ``arguments``, ``patience``, ``limit`` as in the forker."""
        assert self._process.stdin is not None
        self._number += 1
        told = self._folder / f"told-{self._number}.json"
        settings = {"PANXI_DB": db, "PANXI_WARC_DIR": str(warc), **asked.pop("settings", {})}
        line = {"settings": settings, "arguments": {}, "told": str(told), **asked}
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        pid = self._started.get(timeout=60)
        self._crawls[pid].told = told
        return self._crawls[pid]

    def close(self) -> None:
        assert self._process.stdin is not None
        for crawl in self._crawls.values():
            crawl.kill()
        self._process.stdin.close()
        self._process.wait(10)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            if "pid" in answer:
                self._crawls[answer["pid"]] = Crawl(answer["pid"], Path())
                self._started.put(answer["pid"])
            else:
                ended = self._crawls[answer["ended"]]
                ended.code = answer["code"]
                ended.ended.set()


def until(condition: Any, seconds: float = 30) -> None:
    """Waits for the condition to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
