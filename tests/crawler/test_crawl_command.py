"""What ``scrapy crawl`` does before it crawls."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.items import SHANGHAI

TRIED = """
import multiprocessing, sys
from scrapy.crawler import AsyncCrawlerProcess
from crawler.commands.crawl import try_out
from crawler.crawl import project_settings

try_out(AsyncCrawlerProcess(project_settings(PANXI_DB="sqlite:///a.db")), "site", {"source": sys.argv[1]})
print("children:", len(multiprocessing.active_children()))
"""


def test_scrapy_crawl_logs_in_the_time_of_all_commands(tmp_path: Path) -> None:
    hour = datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:")
    later = (datetime.now(SHANGHAI) + timedelta(minutes=2)).strftime("%Y-%m-%d %H:")
    ended = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "site", "-a", "source=cinic", "-a", "max_pages=0"],
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TZ": "America/New_York", "PANXI_DB": f"sqlite:///{tmp_path / 'panxi.db'}"},
        capture_output=True,
        text=True,
    )
    first = ended.stderr.splitlines()[0]
    assert first.startswith((hour, later)), ended.stderr
    assert "+08:00" in first


@pytest.mark.parametrize(("source", "told"), [("cinic", "children: 0"), ("cinik", "unknown source 'cinik'")])
def test_a_spider_that_is_tried_out_leaves_no_process(source: str, told: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", TRIED, source]
    ended = subprocess.run(
        command,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
    )
    assert told in ended.stdout + ended.stderr
