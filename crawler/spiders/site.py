"""The one spider. A Site says where to go and how to read; the frontier says what is next.

It yields no requests: every response becomes one ``Outcome``, whose links are put on the frontier in the
transaction that stores the article, and come back from there as visits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from crawler.extraction import read
from crawler.items import Exchange, Link, Listing, NotArticle, Outcome, Page, ScrapedArticle, Visit
from crawler.revisit import article_due, retry_due
from crawler.site import Site
from crawler.urls import canonical

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LISTING_PRIORITY = 100
GONE = (404, 410)
BUSY = (429, 503)


class SiteSpider(scrapy.Spider):
    """Walks the frontier of the given sources.

    Arguments (``-a`` on Scrapy's command line): ``source`` names separated by commas (empty: all), ``url``
    addresses separated by blanks, ``depth`` of 延伸阅读 steps instead of the sites' own, ``max_pages``.
    """

    name = "site"

    def __init__(
        self, source: str = "", url: str = "", depth: str = "", max_pages: str = "", *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.source_names = tuple(filter(None, source.split(",")))
        self.urls = tuple(url.split())
        self.depth = int(depth) if depth else None
        self.max_pages = int(max_pages) if max_pages else None
        self.started_at = datetime.now(timezone.utc)
        self.sites: dict[str, Site] = {}
        self.by_host: dict[str, Site] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SiteSpider:
        """As any spider; raises ``ValueError`` for a source that no definition names."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        sites = load_object(crawler.settings["PANXI_SITES"])
        known: dict[str, Site] = sites if isinstance(sites, dict) else sites()
        for name in spider.source_names:
            if name not in known:
                raise ValueError(f"unknown source {name!r}; known are: {', '.join(sorted(known))}")
        spider.sites = known
        spider.by_host = {host: site for site in known.values() for host in site.hosts}
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the scheduler takes what the frontier holds."""
        return
        yield  # what makes this function a generator

    # --- what to visit -----------------------------------------------------------------------------------

    def entrances(self) -> list[Link]:
        """Where this crawl begins: the named addresses, or else the listings of its sources."""
        if self.urls:
            links = []
            for url in self.urls:
                address = canonical(url)
                if address is None:
                    raise ValueError(f"not an http(s) address: {url!r}")
                links.append(replace(self._link(address, depth=0, priority=LISTING_PRIORITY), again=True))
            return links
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
        return self.by_host.get(url.split("/", 3)[2].rsplit(":", 1)[0]) or self.by_host.get(url.split("/", 3)[2])

    def _link(self, url: str, *, depth: int, priority: int = 0, found_on: str | None = None) -> Link:
        site = self._site(url)
        return Link(
            url=url,
            source=site.name if site else None,
            kind="article",
            depth=depth,
            priority=priority,
            found_on=found_on,
        )

    # --- what came back ----------------------------------------------------------------------------------

    def parse(self, response: Response) -> Iterator[Outcome]:
        """One response to one outcome."""
        visit: Visit = response.meta["visit"]
        now = datetime.now(timezone.utc)
        if response.status == 200:  # noqa: PLR2004
            yield self._read(visit, response, now)
        else:
            yield self._refused(visit, response, now)

    def failed(self, failure: Failure) -> Iterator[Outcome]:
        """A request that brought no response."""
        visit: Visit = failure.request.meta["visit"]  # type: ignore[attr-defined]
        now = datetime.now(timezone.utc)
        if failure.check(IgnoreRequest):
            reason = str(failure.value)
            yield Outcome(
                visit=visit, state="skipped", url=visit.url, fetched_at=now, reason=reason
            )
        else:
            yield self.retry(visit, now, f"{failure.type.__name__}: {failure.getErrorMessage()}")

    def retry(
        self,
        visit: Visit,
        now: datetime,
        reason: str,
        *,
        retry_after: str | None = None,
        response: Response | None = None,
    ) -> Outcome:
        """The outcome of a visit that went wrong: tried again later, or set aside with its reason."""
        due = retry_due(visit.attempts, now, retry_after=retry_after)
        return Outcome(
            visit=visit,
            state="retry" if due else "failed",
            url=visit.url,
            fetched_at=now,
            status=response.status if response is not None else None,
            reason=reason,
            due_at=due,
            exchange=exchange_of(response, now) if response is not None and response.status == 200 else None,  # noqa: PLR2004
        )

    def _refused(self, visit: Visit, response: Response, now: datetime) -> Outcome:
        """A status other than 200."""
        status = response.status
        common = {"visit": visit, "url": response.url, "fetched_at": now, "status": status}
        if status == 304:  # noqa: PLR2004
            return Outcome(**common, state="unchanged", due_at=self._due(visit, now))
        if status in GONE:
            return Outcome(**common, state="gone", reason=f"HTTP {status}")
        if status in BUSY or status >= 500:  # noqa: PLR2004
            header = response.headers.get("Retry-After")
            return self.retry(
                visit,
                now,
                f"HTTP {status}",
                retry_after=header.decode("latin-1") if header else None,
                response=response,
            )
        return Outcome(**common, state="failed", reason=f"HTTP {status}")

    def _read(self, visit: Visit, response: Response, now: datetime) -> Outcome:
        site = self.sites.get(visit.source or "") or self._site(response.url)
        content_type = response.headers.get("Content-Type")
        page = Page(
            url=canonical(response.url) or response.url,
            body=response.body,
            content_type=content_type.decode("latin-1") if content_type else None,
            fetched_at=now,
        )
        reading = read(page, site, kind="listing" if visit.kind == "listing" else None)
        etag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
        outcome = Outcome(
            visit=visit,
            state="done",
            url=page.url,
            fetched_at=now,
            status=response.status,
            etag=etag.decode("latin-1") if etag else None,
            last_modified=modified.decode("latin-1") if modified else None,
            since=self.started_at,
        )
        if isinstance(reading, ScrapedArticle):
            return replace(
                outcome,
                article=reading,
                exchange=exchange_of(response, now),
                links=self._related(reading, visit, site),
                due_at=self._due(visit, now),
            )
        if isinstance(reading, Listing):
            return self._listed(outcome, reading, site, now)
        return self._no_article(outcome, reading)

    def _no_article(self, outcome: Outcome, reading: NotArticle) -> Outcome:
        """A page of another kind is passed over, unless a person asked for just this page."""
        asked_for = self.urls and outcome.visit.depth == 0
        other_kind = reading.kind in ("listing", "video", "gallery", "not-html")
        state = "skipped" if other_kind and not asked_for else "failed"
        return replace(outcome, state=state, reason=f"no article: {reading.reason}")

    def _listed(self, outcome: Outcome, listing: Listing, site: Site | None, now: datetime) -> Outcome:
        visit = outcome.visit
        articles = tuple(
            self._link(row.url, depth=0, found_on=outcome.url)
            for row in listing.rows
            if site is None or site.is_article(row.url)
        )
        onward = None
        if listing.next_pages and site is not None:
            onward = Link(
                url=listing.next_pages[0],
                source=site.name,
                kind="listing",
                depth=visit.depth + 1,
                priority=LISTING_PRIORITY - 1,
                found_on=outcome.url,
                again=True,
            )
        return replace(
            outcome,
            links=articles,
            onward=onward,
            due_at=self._due(visit, now),
            figures={"rows": len(listing.rows)},
        )

    def _due(self, visit: Visit, now: datetime) -> datetime | None:
        """When to come back: to an entrance as its site says, to an article for corrections."""
        if visit.kind == "article":
            return article_due(visit.first_seen_at, now)
        site = self.sites.get(visit.source or "")
        return now + site.every if site and visit.depth == 0 else None

    def _related(self, article: ScrapedArticle, visit: Visit, site: Site | None) -> tuple[Link, ...]:
        """The 延伸阅读 entries to follow: of known sources, or of the page's own host where it has no Site."""
        limit = self.depth if self.depth is not None else (site.depth if site else 2)
        if visit.depth >= limit:
            return ()
        host = article.url.split("/", 3)[2]
        links = (
            self._link(entry.url, depth=visit.depth + 1, found_on=article.url)
            for entry in article.related
            if entry.url
        )
        return tuple(
            link for link in links if link.source or (site is None and link.url.split("/", 3)[2] == host)
        )


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


def _pairs(headers: Any) -> Iterator[tuple[bytes, bytes]]:
    return ((name, value) for name, values in headers.items() for value in values)
