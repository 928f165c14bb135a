"""``scrapy crawl``, which tells in one line what is wrong with its arguments."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from scrapy.commands import crawl
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from crawler.crawl import give_way
from crawler.logs import DATE_FORMAT, in_china_time
from crawler.spiders.site import SiteSpider
from storage.db import DatabaseError, open_engine, upgrade


class Command(crawl.Command):
    """Scrapy's own command; a spider that its arguments do not make is bad usage, not an error in a log."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Log lines are in the time of all commands, wherever the machine stands."""
        super().process_options(args, opts)
        assert self.settings is not None
        in_china_time()
        self.settings.set("LOG_DATEFORMAT", DATE_FORMAT, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Runs the spider; raises ``UsageError``."""
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)
        if len(args) == 1:
            try_out(self.crawler_process, args[0], opts.spargs)
        give_way()
        super().run(args, opts)


def try_out(process: AsyncCrawlerProcess, name: str, arguments: Mapping[str, str]) -> None:
    """Makes the spider and opens the archive as the crawl will; raises ``UsageError`` where that fails."""
    try:
        crawler = process.create_crawler(name)
        spider = crawler.spidercls.from_crawler(crawler, **arguments)
        if isinstance(spider, SiteSpider):
            spider.close_workshop()  # the crawl makes its own
        engine = open_engine(crawler.settings["PANXI_DB"])
        upgrade(engine)
        engine.dispose()
    except (KeyError, TypeError, ValueError, DatabaseError) as error:
        raise UsageError(error.args[0], print_help=False) from error
