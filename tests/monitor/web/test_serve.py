"""``panxi serve`` as a process: it says where it is, answers, and ends when it is told to."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import Engine

PANXI = Path(sys.executable).with_name("panxi")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_until_it_is_stopped(sqlite_engine: Engine, stop: signal.Signals) -> None:
    command = [PANXI, "serve", "--port", "0", "--db", str(sqlite_engine.url)]
    environment = {name: value for name, value in os.environ.items() if name != "PANXI_TOKEN"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address, said
        with urlopen(f"{address[0]}healthz", timeout=10) as answer:
            assert answer.status == 200
            assert answer.headers["server"] is None
        process.send_signal(stop)
        rest = process.stderr.read()
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in rest


def test_a_port_that_is_taken_is_said(sqlite_engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = subprocess.run(
            [PANXI, "serve", "--port", port, "--db", str(sqlite_engine.url)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert ran.returncode == 2
    assert port in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_archive_that_is_not_there_is_said(tmp_path: Path) -> None:
    ran = subprocess.run(
        [PANXI, "serve", "--db", f"sqlite:///{tmp_path / 'none.db'}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ran.returncode == 2
    assert "no archive" in ran.stderr
    assert not (tmp_path / "none.db").exists()
