"""Who holds a lease: the name of a process, from which its own machine can tell whether it still lives."""

from __future__ import annotations

import os
import socket

import psutil


def process_owner() -> str:
    """Name this process: machine, process number, and when it started (numbers are used again)."""
    return _name(os.getpid(), psutil.Process().create_time())


def is_dead(owner: str) -> bool:
    """Whether the owner was a process of this machine that has ended; False for another machine's."""
    machine, number, _ = owner.rsplit("/", 2)
    if machine != socket.gethostname():
        return False
    try:
        return _name(int(number), psutil.Process(int(number)).create_time()) != owner
    except psutil.NoSuchProcess:
        return True


def _name(number: int, started: float) -> str:
    return f"{socket.gethostname()}/{number}/{started:.2f}"
