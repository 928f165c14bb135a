"""Crawls under a virtual clock, each a forked process: ``python -m tests.soak.crawling``.

For each line, a JSON object (``settings``, ``source``, ``at`` in seconds, ``kill_after`` in seconds or null), it
answers with one: ``code``, below 0 the signal, and ``peak_mb``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from functools import partial
from typing import Any

import time_machine

import crawler.scheduler  # imported here, so that no child has to
import crawler.wiring  # noqa: F401 - likewise
from crawler.crawl import crawl, project_settings
from tests.forked import end_with


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            end_with(partial(work, asked))
        killer = threading.Timer(asked["kill_after"] or 0, os.kill, (child, signal.SIGKILL))
        if asked["kill_after"] is not None:
            killer.start()
        _, status, usage = os.wait4(child, 0)
        killer.cancel()
        answer = {"code": os.waitstatus_to_exitcode(status), "peak_mb": usage.ru_maxrss / 1024}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def work(asked: dict[str, Any]) -> int:
    os.dup2(2, 1)
    with time_machine.travel(asked["at"], tick=True):
        done = crawl(project_settings(**asked["settings"]), {"source": asked["source"], "due": "1"})
    return 0 if done.complete else 1


if __name__ == "__main__":
    main()
