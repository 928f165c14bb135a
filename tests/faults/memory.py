"""What this process has held in memory."""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> float:
    """The most that was resident, in MB. Not getrusage: a child begins there with what its parent held."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status has no VmHWM")
