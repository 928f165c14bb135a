from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from storage.owner import is_dead, process_owner

NAME = "from storage.owner import process_owner; print(process_owner(), flush=True); input()"


@pytest.fixture
def other():
    process = subprocess.Popen([sys.executable, "-c", NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait()


def test_a_process_lives_until_it_ends(other) -> None:
    process, name = other
    assert name != process_owner()
    assert not is_dead(name)
    process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while not is_dead(name):  # before its parent has looked after it, too
        assert time.monotonic() < deadline
    process.wait()
    assert is_dead(name)


def test_a_number_that_is_used_again_is_another_process() -> None:
    machine, boot, number, started = process_owner().split("/")
    assert not is_dead(process_owner())
    assert is_dead(f"{machine}/{boot}/{number}/{int(started) - 1}")
    assert is_dead(f"{machine}/another-boot/{number}/{started}")
    assert not is_dead(f"elsewhere/{boot}/999999/{started}")
    assert not is_dead(f"{machine}/999999")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts from the boot")
def test_a_clock_that_is_set_kills_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    name = process_owner()
    created = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: created(process) + 3600)
    assert not is_dead(name)


def test_where_the_system_has_no_proc_the_start_is_told_by_the_clock(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.owner.PROCESSES", tmp_path)
    name = process_owner()
    assert name.startswith(f"{socket.gethostname()}/-/{os.getpid()}/")
    assert not is_dead(name)
    assert is_dead(f"{socket.gethostname()}/-/999999/1.00")
