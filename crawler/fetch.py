"""Fetching a few pages outside a crawl, under the same guards and manners. Stores nothing."""

from __future__ import annotations

import multiprocessing
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.items import Page
from crawler.spiders.site import header


class FetchError(OSError):
    """A page could not be had; the message is one line for a person."""


class Pages(scrapy.Spider):
    """Fetches the addresses and keeps what comes, by the address that was asked for."""

    name = "pages"

    def __init__(self, addresses: Sequence[str], got: dict[str, Page | FetchError], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.addresses = addresses
        self.got = got

    async def start(self) -> AsyncIterator[Any]:
        """A request for each address."""
        for address in self.addresses:
            yield Request(address, self.parse, errback=self.failed, dont_filter=True, cb_kwargs={"address": address})

    def parse(self, response: Response, address: str) -> None:
        """Keeps a page, or the status that came instead."""
        if response.status != 200:  # noqa: PLR2004
            self.got[address] = FetchError(f"{address}: HTTP {response.status}")
            return
        self.got[address] = Page(
            url=response.url,
            body=response.body,
            content_type=header(response, "Content-Type"),
            fetched_at=datetime.now(UTC),
        )

    def failed(self, failure: Failure) -> None:
        """Keeps why there is no page."""
        address = failure.request.cb_kwargs["address"]  # type: ignore[attr-defined]
        self.got[address] = FetchError(f"{address}: {failure.getErrorMessage()}")


def fetch_all(addresses: Sequence[str], settings: Settings) -> dict[str, Page | FetchError]:
    """Each address with its page, or with the error that says why there is none. Once in a process."""
    got: dict[str, Page | FetchError] = {}
    process = AsyncCrawlerProcess(settings)
    task = process.crawl(Pages, addresses=addresses, got=got)
    process.start()
    if (error := task.exception()) is not None:
        raise error
    return {address: got.get(address, FetchError(f"{address}: no answer")) for address in addresses}


def fetch(address: str, settings: Settings) -> Page:
    """One page; raises ``FetchError``."""
    page = fetch_all([address], settings)[address]
    if isinstance(page, FetchError):
        raise page
    return page


@contextmanager
def fetcher(settings: Settings) -> Iterator[Callable[[str], Page]]:
    """A function that fetches one page at a time, each in a process of its own; it raises ``FetchError``."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        yield lambda address: pool.submit(fetch, address, settings).result()
