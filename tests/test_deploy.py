"""What is in deploy/, by the validator of each: systemd's, cron's rules, Kubernetes' schemas."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from crawler.cli import app

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
VERSION = "1.31"


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """systemd's judgement on the units; the program they start is one that is here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8").replace("/opt/panxi/.venv/bin/panxi", "/bin/true")
        (folder / name).write_text(text, "utf-8")
    units = [str(path) for path in sorted(folder.iterdir())]
    return subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60, check=False
    )


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    assert len(UNITS) == 3
    done = verified(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_would_tell_of_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "wrong.service").write_text("[Service]\nType=forever\nExecStart=/bin/true\n")
    assert "wrong.service" in verified(tmp_path).stderr


def test_the_timer_starts_the_service_of_its_name() -> None:
    assert (DEPLOY / "panxi-once.timer").exists()
    assert (DEPLOY / "panxi-once.service").exists()


def test_cron_understands_its_line() -> None:
    croniter = pytest.importorskip("croniter", reason="comes with panxi[postgres]")
    lines = [line for line in (DEPLOY / "crontab").read_text("utf-8").splitlines() if line and line[0] != "#"]
    jobs = [line for line in lines if not re.match(r"\w+=", line)]
    assert len(jobs) == 1
    when, command = " ".join(jobs[0].split()[:5]), jobs[0].split(maxsplit=5)[5]
    assert croniter.croniter.is_valid(when)
    assert "%" not in command, "cron takes it for the end of the line"
    assert command.split()[0].startswith("/"), "cron's search path is not ours"


def manifest() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "cronjob.yaml").read_text("utf-8")))


def test_kubernetes_accepts_the_cron_job() -> None:
    validator = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate")
    validator.validate(manifest(), VERSION, strict=True)
    wrong = manifest()
    wrong["spec"]["concurrency"] = "Forbid"
    with pytest.raises(validator.ValidationError):
        validator.validate(wrong, VERSION, strict=True)


def test_kubernetes_never_runs_two_and_keeps_chinas_time() -> None:
    spec = manifest()["spec"]
    assert (spec["concurrencyPolicy"], spec["timeZone"]) == ("Forbid", "Asia/Shanghai")


def commands() -> list[list[str]]:
    texts = [path.read_text("utf-8") for path in DEPLOY.iterdir() if path.suffix != ".yaml"]
    found = [match.split() for text in texts for match in re.findall(r"bin/panxi (schedule[\w -]*)", text)]
    container = manifest()["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    return [*found, container["args"][1:]]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_is_one_of_ours(command: list[str]) -> None:
    made = typer.main.get_command(app).get_command(None, command[0])  # type: ignore[attr-defined, arg-type]
    made.make_context(command[0], command[1:], resilient_parsing=False)


def test_nothing_there_holds_a_secret_or_can_be_written_by_others() -> None:
    for path in DEPLOY.iterdir():
        assert not re.search(r"(?i)(password|token|secret)\s*[:=]\s*\S*[0-9a-f]{8}", path.read_text("utf-8"))
        assert not path.stat().st_mode & 0o022
