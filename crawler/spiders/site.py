"""The one spider. A Site says where to go and how to read; the frontier says what is next.

It yields no requests: every response becomes one ``Outcome``, whose links are put on the frontier in the
transaction that stores the article, and come back from there as visits.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import scrapy
from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.extraction import MOST_PARTS, join
from crawler.guards.reading import is_strange
from crawler.guards.refused import Refused
from crawler.guards.robots import RobotsUnreachable
from crawler.guards.traps import Traps
from crawler.items import (
    Article,
    Exchange,
    Link,
    Listing,
    NotArticle,
    Outcome,
    PackedExchange,
    ScrapedArticle,
    Visit,
    VisitKind,
)
from crawler.politeness import Postponed
from crawler.revisit import MISSING, article_due, doubt_due, listing_is_due, retry_due
from crawler.site import Site
from crawler.urls import canonical
from crawler.work import Work, drop_page, pack_page, read_page, sites_at
from crawler.workshop import LostError, Step, Together, Workshop
from storage.frontier import LONGEST_URL, Seen, is_too_long

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

LISTING_PRIORITY = 100
PATIENT = 3
"""Tries in which an article in parts is wanted whole."""
PASSING = frozenset({"error-page", "empty", "other"})
"""What a page may be that is an article at another time: under repair, guarded, not written yet."""


class SiteSpider(scrapy.Spider):
    """Walks the frontier of the given sources. It has no start requests: the scheduler claims what is due.

    Arguments (``-a`` on Scrapy's command line): ``source`` names separated by commas (not given: all), ``url``
    addresses separated by blanks, ``depth`` of 延伸阅读 steps instead of the sites' own, ``max_pages``,
    ``revisit`` (anything: ask again for every known article), ``due`` (anything: of the listings only those that
    are due, as a schedule wants it).
    """

    name = "site"
    traps: Traps
    patience: float
    """Seconds that a crawl waits for a retry that is due soon."""
    workshop: Workshop | None = None

    def __init__(
        self,
        source: str | None = None,
        url: str | None = None,
        depth: str = "",
        max_pages: str = "",
        revisit: str = "",
        due: str = "",
    ) -> None:
        super().__init__()
        self.source_names = _named("source", source, ",")
        self.urls = _named("url", url, None)
        self.depth = _number("depth", depth)
        self.max_pages = _number("max_pages", max_pages)
        self.revisit = bool(revisit)
        self.due = bool(due)
        self.started_at = datetime.now(UTC)
        self.sites: dict[str, Site] = {}
        self.by_host: dict[str, Site] = {}
        self._maps: set[str] = set()
        self._steps: tuple[Step, ...] = (read_page, pack_page)
        self._read_only = Together[Work, Work](None, read_page, drop_page)
        self._read_part = Together[Work, Work](None, read_page, pack_page)
        self._read_page = Together[Work, Work](None, *self._steps)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SiteSpider:
        """As any spider; raises ``ValueError`` for an unknown source, what is no address and what is no number."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        known = sites_at(crawler.settings["PANXI_SITES"])
        for url in spider.urls:
            address = canonical(url)
            if address is None:
                raise ValueError(f"not an http(s) address: {url!r}")
            if is_too_long(address):
                raise ValueError(f"the address is longer than {LONGEST_URL} bytes: {url[:80]!r}…")
        for name in spider.source_names:
            if name not in known:
                raise ValueError(f"unknown source {name!r}; known are: {', '.join(sorted(known))}")
        spider.patience = _seconds("PANXI_PATIENCE", crawler.settings)
        spider.sites = known
        spider.traps = Traps(crawler)
        spider.by_host = {host: site for site in known.values() for host in site.hosts}
        crawler.settings.set("DOWNLOAD_SLOTS", slots(known.values(), crawler.settings), priority="spider")
        spider.workshop = Workshop()
        spider._read_only = Together(spider.workshop, read_page, drop_page)  # noqa: SLF001 - its own
        spider._read_part = Together(spider.workshop, read_page, pack_page)  # noqa: SLF001 - its own
        spider.also()
        crawler.signals.connect(spider.close_workshop, signals.spider_closed)
        return spider

    def also(self, *steps: Step) -> None:
        """Have these steps done to every page in the workshop where it is read: each takes and gives a ``Work``."""
        self._steps += steps
        self._read_page = Together(self.workshop, *self._steps)

    def close_workshop(self) -> None:
        """End the process in which pages are read, where there is one."""
        if self.workshop is not None:
            self.workshop.close()

    # --- what to visit -----------------------------------------------------------------------------------

    def entrances(self) -> list[Link]:
        """Where this crawl begins: the named addresses, or else the listings of its sources."""
        if self.urls:
            addresses = (canonical(url) or url for url in self.urls)
            return [replace(self.link(url, depth=0, priority=LISTING_PRIORITY), again=True) for url in addresses]
        names = self.source_names or tuple(self.sites)
        return [
            Link(
                url=canonical(entrance.url) or entrance.url,
                source=name,
                kind="listing",
                depth=0,
                priority=LISTING_PRIORITY,
                again=True,
            )
            for name in names
            for entrance in self.sites[name].entrances
        ]

    def due_entrances(self, seen: Mapping[str, Seen], now: datetime) -> list[Link]:
        """Of the entrances those whose time has come; ``seen`` tells when they were visited and met nothing new."""
        longest = {
            canonical(entrance.url) or entrance.url: entrance.every
            for site in self.sites.values()
            for entrance in site.entrances
        }
        return [link for link in self.entrances() if self._is_due(link, seen.get(link.url), longest, now)]

    def _is_due(self, link: Link, seen: Seen | None, longest: Mapping[str, timedelta], now: datetime) -> bool:
        if seen is None or link.source is None or link.url not in longest:
            return True
        every = self.sites[link.source].every
        return listing_is_due(seen.visited_at, now, every=every, longest=longest[link.url], unchanged=seen.unchanged)

    def request(self, visit: Visit) -> Request:
        """The request for a claimed visit, conditional where the page was seen before."""
        headers = {}
        if visit.etag:
            headers["If-None-Match"] = visit.etag
        if visit.last_modified:
            headers["If-Modified-Since"] = visit.last_modified
        return Request(
            visit.url, self.parse, headers=headers, errback=self.failed, dont_filter=True, meta={"visit": visit}
        )

    def _site(self, url: str) -> Site | None:
        host = url.split("/", 3)[2]  # a canonical address; a definition may name its host with or without a port
        return self.by_host.get(host.rsplit(":", 1)[0]) or self.by_host.get(host)

    def _address(self, url: str) -> str:
        """The one form of an address that a server gave: it may lead from one form of a page to another."""
        url = canonical(url) or url
        site = self._site(url)
        return site.at_home(url) if site else url

    def link(self, url: str, *, depth: int, priority: int = 0, found_on: str | None = None) -> Link:
        """The link to an article, with the source that knows its host."""
        site = self._site(url)
        return Link(
            url=site.at_home(url) if site else url,
            source=site.name if site else None,
            kind="article",
            depth=depth,
            priority=priority,
            found_on=found_on,
        )

    # --- what came back ----------------------------------------------------------------------------------

    async def parse(self, response: Response) -> AsyncIterator[Outcome]:
        """One response to one outcome."""
        visit: Visit = response.meta["visit"]
        now = datetime.now(UTC)
        answer = Outcome(
            visit=visit,
            state="done",
            url=self._address(response.url),
            fetched_at=now,
            status=response.status,
            due_at=self._due(visit, now),
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
            since=self.started_at,
        )
        match response.status:
            case 200:
                is_xml = b"xml" in (response.headers.get("Content-Type") or b"")
                yield self.traps.bounded(await self._read(answer, response), is_xml=is_xml)
            case 304:
                yield replace(answer, state="unchanged")
            case 404 | 410 if self.urls and visit.depth == 0:
                yield replace(answer, state="failed", due_at=None, reason=f"HTTP {response.status}")
            case 404 | 410:
                yield replace(answer, state="gone", due_at=missing_due(visit, now), reason=f"HTTP {response.status}")
            case 429 | 500 | 502 | 503 | 504 | 522 | 524 | 408:
                yield self.retry(answer, f"HTTP {response.status}", retry_after=header(response, "Retry-After"))
            case _:  # a wall against robots may fall: what it hides must not be lost
                yield self.retry(answer, f"HTTP {response.status}")

    def failed(self, failure: Failure) -> Iterator[Outcome]:
        """A request that brought no response. What may not be asked for is passed over, unless a person named it; by
        robots.txt or a redirect it may be another day.
        """
        visit: Visit = failure.request.meta["visit"]  # type: ignore[attr-defined]
        outcome = Outcome(visit=visit, state="skipped", url=visit.url, fetched_at=datetime.now(UTC))
        if isinstance(failure.value, IgnoreRequest):
            asked_for = self.urls and visit.depth == 0
            due = None if isinstance(failure.value, Refused) else doubt_due(visit.attempts, outcome.fetched_at)
            state: Literal["failed", "skipped"] = "failed" if asked_for else "skipped"
            yield replace(outcome, state=state, reason=str(failure.value), due_at=due)
        elif isinstance(failure.value, Postponed):
            yield replace(outcome, state="postponed", reason=str(failure.value), due_at=failure.value.due_at)
        elif isinstance(failure.value, RobotsUnreachable):
            yield self.retry(outcome, str(failure.value))
        else:
            yield self.retry(outcome, what_failed(failure))

    def unread(self, visit: Visit, reason: str, exchange: Exchange | PackedExchange | None = None) -> Outcome:
        """A visit that ended in an error of ours; the page's bytes are kept where there are any."""
        now = datetime.now(UTC)
        outcome = Outcome(visit=visit, state="retry", url=visit.url, fetched_at=now, exchange=exchange)
        return self.retry(outcome, reason)

    def retry(self, outcome: Outcome, reason: str, *, retry_after: str | None = None) -> Outcome:
        """The outcome of a visit that went wrong: tried again later, or set aside with its reason."""
        due = retry_due(outcome.visit.attempts, outcome.fetched_at, retry_after=retry_after)
        return replace(outcome, state="retry" if due else "failed", due_at=due, reason=reason)

    async def _read(self, answer: Outcome, response: Response) -> Outcome:
        visit = answer.visit
        site = self.sites.get(visit.source or "") or self._site(answer.url)
        kind: VisitKind | None = "listing" if visit.kind == "listing" else None
        work = self._work(answer.url, response, answer.fetched_at, site, kind)
        done = await self._done(self._read_page, work, response.body)
        reading = done.reading
        if isinstance(reading, Listing):
            return self._listed(answer, reading, site)
        answer = replace(answer, exchange=done.exchange)
        if isinstance(reading, NotArticle):  # its bytes are kept: a better reader may find the article
            return self._no_article(answer, reading)
        assert reading is not None
        if isinstance(reading, ScrapedArticle) and reading.next_page is not None:
            parts, missing = await self._parts(reading, site, patient=visit.attempts < PATIENT)
            reading = replace(join(reading, [part for part, _ in parts]), next_page=missing)
            answer = replace(answer, parts=tuple(page for _, page in parts))
        return replace(answer, article=reading, terms=done.terms, links=self._related(reading, visit, site))

    def _work(self, url: str, response: Response, now: datetime, site: Site | None, kind: VisitKind | None) -> Work:
        return Work(
            url=url,
            fetched_at=now,
            exchange=exchange_of(response, now),
            sites=self.settings["PANXI_SITES"],
            site=site.name if site is not None else None,
            kind=kind,
        )

    async def _done(self, steps: Together[Work, Work], work: Work, body: bytes) -> Work:
        """What the steps make of a page. A strange one is only read; where that is too much, it is no article."""
        if not is_strange(body):
            return await steps(work)
        try:
            reading = (await self._read_only.alone(work)).reading
        except (LostError, MemoryError) as error:
            reading = NotArticle(kind="too-large", reason=f"reading it: {str(error) or 'too little memory'}")
        return replace(work, reading=reading)

    async def _parts(
        self, first: ScrapedArticle, site: Site | None, *, patient: bool
    ) -> tuple[list[tuple[ScrapedArticle, Exchange | PackedExchange]], str | None]:
        """The following pages of an article in parts, read and as they came, and the address of one that can't be had.

        They are fetched within the visit: an article is stored whole, or tried again (``patient``: then a page that
        can't be read raises ``ValueError``), or in the end as far as it goes.
        """
        seen = {first.url}
        parts: list[tuple[ScrapedArticle, Exchange | PackedExchange]] = []
        url = first.next_page
        while url is not None and url not in seen and len(parts) < MOST_PARTS:
            seen.add(url)
            try:
                reading, page = await self._part(url, site)
            except Exception:
                if patient:
                    raise
                logger.warning("%s goes on on %s, which can't be read", first.url, url, exc_info=True)
                return parts, url
            parts.append((reading, page))
            url = reading.next_page
        return parts, None

    async def _part(self, url: str, site: Site | None) -> tuple[ScrapedArticle, Exchange | PackedExchange]:
        assert self.crawler.engine is not None
        response = await self.crawler.engine.download_async(Request(url, dont_filter=True))
        work = self._work(url, response, datetime.now(UTC), site, "article")
        done = await self._done(self._read_part, work, response.body)
        if response.status != 200 or not isinstance(done.reading, ScrapedArticle):  # noqa: PLR2004
            raise ValueError(f"the article goes on on {url!r}, which can't be read: HTTP {response.status}")
        assert done.exchange is not None
        return done.reading, done.exchange

    def _no_article(self, answer: Outcome, reading: NotArticle) -> Outcome:
        """A page of another kind is passed over, unless a person asked for just this page; what may become an article
        (or a listing) yet is tried again.
        """
        visit, reason = answer.visit, f"no article: {reading.reason}"
        asked_for = self.urls and visit.depth == 0
        due = doubt_due(visit.attempts, answer.fetched_at)
        if reading.kind in PASSING or visit.kind == "listing":
            return replace(answer, state="retry" if due else "failed", due_at=due, reason=reason)
        # A site under repair may send all that it is asked for to its home page.
        due = due if answer.url != visit.url else None
        passed_over = reading.kind in ("listing", "video", "gallery", "not-html") and not asked_for
        return replace(answer, state="skipped" if passed_over else "failed", due_at=due, reason=reason)

    def _listed(self, answer: Outcome, listing: Listing, site: Site | None) -> Outcome:
        if site is None or answer.visit.kind == "article":
            return self._no_article(answer, NotArticle(kind="listing", reason=f"a listing of {len(listing.rows)} rows"))
        articles = tuple(link for row in listing.rows if (link := self._row(row.url, answer.url, site)) is not None)
        figures = {"rows": len(listing.rows)}
        if site.article_url is None and (elsewhere := len(listing.rows) - len(articles)):
            figures["rows_elsewhere"] = elsewhere
        following = [
            Link(
                url=url,
                source=site.name,
                kind="listing",
                depth=answer.visit.depth + 1,
                priority=LISTING_PRIORITY - 1,
                found_on=answer.url,
                again=True,
            )
            for url in listing.next_pages
        ]
        if not listing.rows:  # an index: what it lists is followed whether or not any article is new
            maps = [link for link in following if self._is_new_map(link, site)]
            # It is never asked for conditionally: where it is as before, what it lists need not be.
            return replace(answer, links=tuple(maps), figures=figures, etag=None, last_modified=None)
        return replace(answer, links=articles, onward=following[0] if following else None, figures=figures)

    def _row(self, url: str, listing: str, site: Site) -> Link | None:
        """The link of a listing's row; None where it leads to no article of a known source.

        A source's pattern of addresses decides. Where it has none its rows do, those too that lead to another source.
        """
        owner = site if site.owns(url) or site.article_url is not None else self._site(url)
        return self.link(url, depth=0, found_on=listing) if owner is not None and owner.is_article(url) else None

    def _is_new_map(self, link: Link, site: Site) -> bool:
        """Whether a sitemap that an index lists is the site's, and was not put on the frontier in this crawl already:
        indexes may list one another.
        """
        most = max((entrance.max_pages for entrance in site.entrances), default=1)
        if link.depth >= most or not site.owns(link.url) or link.url in self._maps:
            return False
        self._maps.add(link.url)
        return True

    def _due(self, visit: Visit, now: datetime) -> datetime | None:
        """When to come back to an article, for corrections; a crawl begins with the listings of itself."""
        if visit.kind != "article":
            return None
        site = self.sites.get(visit.source or "")
        if site is None:
            return article_due(visit.first_seen_at, now)
        least, until = site.corrections
        return article_due(visit.first_seen_at, now, least=least, until=until)

    def _related(self, article: ScrapedArticle | Article, visit: Visit, site: Site | None) -> tuple[Link, ...]:
        """The 延伸阅读 entries to follow: of known sources, or of the page's own host where it has no Site."""
        limit = self.depth if self.depth is not None else (site.depth if site else 2)
        if visit.depth >= limit:
            return ()
        host = article.url.split("/", 3)[2]
        links = (
            self.link(entry.url, depth=visit.depth + 1, found_on=article.url) for entry in article.related if entry.url
        )
        return tuple(link for link in links if link.source or (site is None and link.url.split("/", 3)[2] == host))


def missing_due(visit: Visit, now: datetime) -> datetime | None:
    """When an article is asked for again whose page is not there (yet): after a day, then when it was known for twice
    as long. What follows the last page of a listing is not asked for.
    """
    return article_due(visit.first_seen_at, now, until=MISSING) if visit.kind == "article" else None


def _named(argument: str, text: str | None, between: str | None) -> tuple[str, ...]:
    """What an argument names. An empty one is a variable of the shell that is unset, and not meant for all sources."""
    if text is None:
        return ()
    names = tuple(name for part in text.split(between) if (name := part.strip()))
    if not names:
        raise ValueError(f"{argument} is empty: leave it out to crawl all sources")
    return names


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise ValueError(f"{name} is a whole number, not {text!r}")
    return int(text)


def _seconds(name: str, settings: BaseSettings) -> float:
    try:
        return settings.getfloat(name)
    except ValueError:
        raise ValueError(f"{name} is a number of seconds, not {settings[name]!r}") from None


def slots(sites: Iterable[Site], settings: BaseSettings) -> dict[str, dict[str, Any]]:
    """Scrapy's DOWNLOAD_SLOTS: no host is asked faster than its site's file says."""
    delay, concurrency = settings.getfloat("DOWNLOAD_DELAY"), settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
    return {
        host: {"delay": max(site.delay, delay), "concurrency": min(site.concurrency, concurrency)}
        for site in sites
        for host in site.hosts
    }


def exchange_of(response: Response, now: datetime) -> Exchange:
    """The exchange behind a response, for the raw archive."""
    request = response.request
    return Exchange(
        url=response.url,
        method=request.method if request else "GET",
        request_headers=tuple(_pairs(request.headers)) if request else (),
        status=response.status,
        reason="OK" if response.status == 200 else "",  # noqa: PLR2004
        headers=tuple(_pairs(response.headers)),
        body=response.body,
        fetched_at=now,
        ip=str(response.ip_address) if response.ip_address else None,
    )


def header(response: Response, name: str) -> str | None:
    """A response header as text; None where it is missing."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def what_failed(failure: Failure) -> str:
    """The error's kind and message in one line."""
    return f"{type(failure.value).__name__}: {' '.join(failure.getErrorMessage().split())}"


def _pairs(headers: Any) -> Iterator[tuple[bytes, bytes]]:
    return ((name, value) for name, values in headers.items() for value in values)
