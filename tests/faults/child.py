"""The process behind `fetching.fetch`: reads its question as one JSON object and prints the answer as one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import scrapy
from memory import peak_mb  # run as a script: its folder is on the path
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.crawl import project_settings
from crawler.guards import resolver

PUBLIC = "93.184.216.34"
QUICK = {
    "SCHEDULER": "scrapy.core.scheduler.Scheduler",
    "ITEM_PIPELINES": {},
    "AUTOTHROTTLE_ENABLED": False,
    "RETRY_TIMES": 0,
    "DOWNLOAD_TIMEOUT": 2,
    "DNS_TIMEOUT": 3,
    "LOG_LEVEL": "WARNING",
}
"""What differs from the project's settings: no archive, and no patience."""

got: dict[str, dict[str, Any]] = {}
connected: list[str] = []


class Fetching(scrapy.Spider):
    name = "fetching"
    gap = 0.0

    def __init__(self, urls: list[str], *, together: bool) -> None:
        super().__init__(handle_httpstatus_list=[*range(400, 600)])
        self.requests = [
            scrapy.Request(url, self.parse, errback=self.failed, dont_filter=True, cb_kwargs={"asked": url})
            for url in urls
        ]
        self.together = together

    async def start(self) -> Any:
        lead_to_loopback()
        self.count_listening()
        self.clock = asyncio.ensure_future(self.watch())
        if self.together:
            for request in self.requests:
                yield request
            return
        for request in self.requests:
            try:
                self.parse(await self.crawler.engine.download_async(request), **request.cb_kwargs)
            except Exception as error:  # noqa: BLE001  it is what the test asks about
                self.note(request, error)

    async def watch(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.02)
            now = time.monotonic()
            self.gap, last = max(self.gap, now - last), now

    def parse(self, response: Response, asked: str) -> None:
        got[asked] = {
            "status": response.status,
            "url": response.url,
            "size": len(response.body),
            "flags": response.flags,
        }

    def failed(self, failure: Failure) -> None:
        self.note(failure.request, failure.value)

    def note(self, request: scrapy.Request, error: BaseException) -> None:
        row = got[request.cb_kwargs["asked"]] = {"error": f"{type(error).__name__}: {error}"}
        if due := getattr(error, "due_at", None):
            row["due_in"] = due.timestamp() - time.time()

    def count_listening(self) -> None:
        """Count the TCP ports that this process listens on (state 0A of /proc/net/tcp, of our own sockets)."""
        own = {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if os.path.lexists(link)}
        lines = [
            line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()
        ]
        self.listening = sum(1 for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in own)

    def closed(self, reason: str) -> None:  # noqa: ARG002  Scrapy's signature
        self.clock.cancel()


def answer_from(table: dict[str, list[list[str]]]) -> None:
    """Names are resolved by the table, others by the system."""
    answers = {name: list(rows) for name, rows in table.items()}
    system = resolver.lookup

    def lookup(name: str) -> list[str]:
        if name not in answers:
            return system(name)
        rows = answers[name]
        return list(rows.pop(0) if len(rows) > 1 else rows[0])

    resolver.lookup = lookup


def lead_to_loopback() -> None:
    """Note what is connected to; what goes to ``PUBLIC`` goes to loopback."""
    from twisted.internet import reactor

    connect = reactor.connectTCP

    def watched(host: str, port: int, *arguments: Any, **options: Any) -> Any:
        connected.append(host)
        return connect("127.0.0.1" if host == PUBLIC else host, port, *arguments, **options)

    reactor.connectTCP = watched


def main() -> None:
    spec = json.load(sys.stdin)
    answer_from(spec["dns"])
    process = AsyncCrawlerProcess(project_settings(**QUICK | spec["settings"]))
    crawler = process.create_crawler(Fetching)
    process.crawl(crawler, urls=spec["urls"], together=spec["together"])
    process.start()
    stats = {key: value for key, value in crawler.stats.get_stats().items() if isinstance(value, int)}
    peak = peak_mb()
    answer = {
        "got": got,
        "connected": connected,
        "stats": stats,
        "peak_mb": peak,
        "listening": crawler.spider.listening,
        "gap": crawler.spider.gap,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
