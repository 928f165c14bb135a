"""A short form of every benchmark, in under ten minutes: ``python -m benchmarks``, or ``make bench``.

Each runs in a process of its own; what it prints goes to standard error. The last line on standard output is one JSON
object: the last line of each by name, or why there is none. benchmarks/README.md says what they measure and has the
long forms.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

SHORT: dict[str, tuple[str, ...]] = {
    "stages": ("--pages", "300"),
    "crawl": ("--articles", "1000", "--rounds", "1"),
    "growth": ("--articles", "10000", "--pages", "500"),
    "extraction": (),
    "cleaning": (),
    "text_libraries": (),
    "dedup": ("--articles", "5000"),
    "search": ("--articles", "10000", "--rounds", "5"),
    "export": ("--small", "10000", "--large", "20000", "--backends", "sqlite", "--repeat", "1"),
    "web": ("--articles", "5000", "--seconds", "5"),
}
"""The arguments of the short forms. ``policy`` judges labelled cases that are given to it, and has none."""
LONGEST = 150.0
"""Seconds that one may take."""


def run(name: str, arguments: tuple[str, ...]) -> object:
    """The JSON of a benchmark's last line; in words, why there is none."""
    begun = time.monotonic()
    print(f"--- {name} {' '.join(arguments)}", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done within {LONGEST:g} s"
    print(done.stdout, f"{time.monotonic() - begun:.0f} s", sep="", file=sys.stderr, flush=True)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        return f"exit {done.returncode}"
    try:
        return json.loads(lines[-1])
    except json.JSONDecodeError:
        return f"no JSON: {lines[-1][:200]}"


def main() -> int:
    """0 where every benchmark gave its figures."""
    figures = {name: run(name, arguments) for name, arguments in SHORT.items()}
    print(json.dumps(figures, ensure_ascii=False))
    return int(any(isinstance(figure, str) for figure in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
