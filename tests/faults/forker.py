"""The process behind ``crawls.Forker``: has all imported, and forks a crawl for each line that it reads.

A line is one JSON object: ``settings`` and ``arguments`` of the crawl, ``patience`` of the writer and ``limit``, the
largest file in bytes, if they are to differ. It answers with the child's number, and later with how it ended.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from functools import partial
from itertools import pairwise
from typing import Any

import crawler.scheduler  # imported here, so that no child has to
import crawler.wiring  # noqa: F401 - likewise
import storage.writer
from crawler.crawl import crawl, project_settings
from tests.forked import end_with

BEAT = 0.2
"""Seconds between two calls of a crawl's ``watch``."""


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            end_with(partial(work, asked))
        say({"pid": child})
        threading.Thread(target=wait, args=(child,), daemon=True).start()


def wait(child: int) -> None:
    _, status = os.waitpid(child, 0)
    say({"ended": child, "code": os.waitstatus_to_exitcode(status)})


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def starved() -> float:
    """Seconds that this thread could have run and was not let: the machine's fault, not the program's."""
    try:
        with open("/proc/thread-self/schedstat") as file:  # noqa: PTH123
            return int(file.read().split()[1]) / 1e9
    except OSError:
        return 0.0


def work(asked: dict[str, Any]) -> int:
    """One crawl; the exit code is that of ``panxi crawl``. What it has to tell goes to the file ``told``."""
    log = os.open(asked["told"] + ".log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if asked.get("patience") is not None:
        storage.writer.Writer.__init__.__kwdefaults__["patience"] = asked["patience"]
    if asked.get("limit") is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["limit"], hard))
    beats: list[tuple[float, float]] = []
    settings = project_settings(
        PANXI_SITES="crawler.replica.sites", PANXI_ALLOW_LOOPBACK=True, LOG_LEVEL="WARNING", **asked["settings"]
    )
    done = crawl(settings, asked["arguments"], watch=lambda _: beats.append((time.monotonic(), starved())))
    gaps = [later[0] - earlier[0] - (later[1] - earlier[1]) - BEAT for earlier, later in pairwise(beats)]
    if asked.get("limit") is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    with open(asked["told"], "w") as file:  # noqa: PTH123
        json.dump(
            {
                "reason": done.reason,
                "new": done.tally.new,
                "failures": dict(done.tally.failures),
                "gap": max(gaps, default=0.0),
                "seconds": done.seconds,
            },
            file,
        )
    return 0 if done.complete else 1


if __name__ == "__main__":
    main()
