"""Scrapy's settings, and the project's own (PANXI_…). docs/settings.md explains each that is ours.

Only what differs from Scrapy's default stands here. The environment is read in this file and nowhere else.
"""

import os
from typing import Any

BOT_NAME = "panxi"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"

# --- ours --------------------------------------------------------------------------------------------------

PANXI_DB = os.environ.get("PANXI_DB", "sqlite:///panxi.db")
PANXI_WARC_DIR = os.environ.get("PANXI_WARC_DIR")  # None: beside the SQLite file, else ./warc
PANXI_SITES = "crawler.sites.SITES"  # a dict of Site by name, or a function that returns one
PANXI_CONTACT = os.environ.get("PANXI_CONTACT", "")  # who to write to: an address or a page, for the user agent
PANXI_ALLOW_LOOPBACK = False  # only for the replica site and for tests
PANXI_ALLOW_HOSTS: list[str] = []  # hosts in one's own network that may be crawled; their addresses are not judged
PANXI_PROXY = ""  # only the demo's replica stands behind one
PANXI_PATIENCE = 20.0  # seconds that a crawl waits for a retry that is due soon
PANXI_AFTER = [
    "crawler.wiring.join_clusters",
    "crawler.wiring.tell",
]  # called in the transaction that stores an article: (conn, recorded, article)

# --- who we are, and how we behave ------------------------------------------------------------------------

USER_AGENT = "panxi/0.1" + (f" (+{PANXI_CONTACT})" if PANXI_CONTACT else "")
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 32
DOWNLOAD_DELAY_JITTER = 0  # a source's delay is the least; Scrapy's jitter would go down to half of it
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0  # seconds; hosts that no source describes stay at it
AUTOTHROTTLE_TARGET_CONCURRENCY = 2.0
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.3",
}

# --- the frontier is the archive's: what Scrapy does about visited pages, depth and offsite is done there ----

SCHEDULER = "crawler.scheduler.FrontierScheduler"
ITEM_PIPELINES = {
    "pipelines.stages.Clean": 100,
    "pipelines.stages.Mirrors": 200,
    "pipelines.stages.Keep": 900,
}
SPIDER_MIDDLEWARES_BASE: dict[str, Any] = {}
DOWNLOADER_MIDDLEWARES_BASE = {
    "crawler.guards.robots.Robots": 100,
    "crawler.guards.manners.Manners": 110,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "crawler.middlewares.MetaRefreshMiddleware": 580,
    "crawler.guards.compression.BoundedCompression": 590,
    "crawler.middlewares.RedirectMiddleware": 600,
    "crawler.middlewares.ReplicaProxy": 750,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # 429 and 503 wait on the frontier, as Retry-After asks

# --- guards and limits: docs/guards.md ------------------------------------------------------------------------

TWISTED_DNS_RESOLVER = "crawler.guards.resolver.GuardedResolver"
DNS_TIMEOUT = 20
DOWNLOAD_HANDLERS_BASE = {  # nothing but http and https, by the one handler that the resolver sees
    "http": "crawler.guards.handler.GuardedHandler",
    "https": "crawler.guards.handler.GuardedHandler",
}
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
DOWNLOAD_VERIFY_CERTIFICATES = True
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = False

# --- speed -------------------------------------------------------------------------------------------------

CONCURRENT_ITEMS = 1  # a response gives one outcome; Scrapy makes a task for each item that there could be
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 10 * 1024 * 1024  # bytes of pages before the workshop: enough that it never waits
ASYNCIO_EVENT_LOOP: str | None = "uvloop.Loop"
EXTENSIONS_BASE: dict[str, Any] = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "crawler.guards.throttle.Throttle": 0,
    "crawler.guards.log.EscapedLog": 0,
}
LOG_FORMATTER = "crawler.logs.Brief"
LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 60.0
