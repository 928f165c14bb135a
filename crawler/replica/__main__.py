"""The replica as its own process: ``python -m crawler.replica [--port N] [--state FILE]``."""

import argparse
import json
import signal
import sys
from pathlib import Path
from types import FrameType

from crawler.replica.server import serve


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Serve until stopped; the first line of output is a JSON object with the address."""
    parser = argparse.ArgumentParser(prog="python -m crawler.replica", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the loopback port; a free one if not given")
    parser.add_argument("--state", type=Path, help="a file that counts the visits over several runs")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    with serve(arguments.port, state=arguments.state) as replica:
        line = {"url": replica.url, "port": replica.port, "visit": replica.visit, "hosts": replica.host_map}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
