"""What ``scrapy crawl`` does before it crawls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TRIED = """
import multiprocessing, sys
from scrapy.crawler import AsyncCrawlerProcess
from crawler.commands.crawl import try_out
from crawler.crawl import project_settings

try_out(AsyncCrawlerProcess(project_settings(PANXI_DB="sqlite:///a.db")), "site", {"source": sys.argv[1]})
print("children:", len(multiprocessing.active_children()))
"""


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
