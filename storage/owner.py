"""Who holds a lease: the name of a process, from which its own machine can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Final

import psutil

PARTS: Final = 3
"""Of the name, behind the machine."""
PROCESSES: Final = Path("/proc")
ENDED: Final = frozenset("ZX")
"""States of a process that has ended and that its parent has not looked after yet."""


def process_owner() -> str:
    """Name this process: machine, its boot, process number, and when it started (numbers are used again)."""
    number = os.getpid()
    return f"{socket.gethostname()}/{_boot()}/{number}/{_started(number)}"


def is_near(owner: str) -> bool:
    """Whether the owner is or was a process of this machine."""
    machine, *process = owner.split("/")
    return machine == socket.gethostname() and len(process) == PARTS


def is_dead(owner: str) -> bool:
    """Whether the owner was a process of this machine that has ended; False where that can't be told."""
    if not is_near(owner):
        return False
    _, boot, number, started = owner.split("/")
    return boot != _boot() or _started(int(number)) != started


def _boot() -> str:
    """The name of this run of the machine, where it has one."""
    name = PROCESSES / "sys/kernel/random/boot_id"
    return name.read_text().strip() if name.exists() else "-"


def _started(number: int) -> str | None:
    """When the process started; None where it has ended.

    In ticks since the boot where the system tells: a start by the clock moves when the clock is set.
    """
    if (PROCESSES / "self/stat").exists():
        try:
            state, *fields = (PROCESSES / f"{number}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if state in ENDED else fields[18]
    try:
        return f"{psutil.Process(number).create_time():.2f}"
    except psutil.NoSuchProcess:
        return None
