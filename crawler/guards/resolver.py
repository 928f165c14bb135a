"""The resolver that judges every address before it is connected to.

It stands where names become addresses, so redirects, robots.txt, sitemaps and every written form of an address
(decimal, hex, short, full-width, literal) come through it. A name is judged with all its addresses, and the one
that was judged is the one that is connected to: an answer that changes between two questions gains nothing.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Self

from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.datatypes import LocalCache
from twisted.internet import threads
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError

from crawler.guards.networks import refusal

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a name may not be connected to."""

    network: str
    """The closed network's name: loopback, private, metadata, …"""
    reason: str
    """One line for a person."""


class AddressRefused(DNSLookupError):  # noqa: N818  named for what happened
    """A name leads into a closed network. The message names both."""


def lookup(name: str) -> list[str]:
    """All IPv4 addresses of the name, in the system's order; raises `OSError` where there are none."""
    found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's threaded resolver (IPv4), with a judgement of each address.

    ``PANXI_ALLOW_LOOPBACK`` opens the loopback (for the replica site and tests), ``PANXI_ALLOW_HOSTS`` names hosts
    whose addresses are not judged (a server in one's own network).
    """

    def __init__(
        self,
        reactor: ReactorBase,
        cache_size: int,
        timeout: float,
        *,
        allow_loopback: bool = False,
        allow_hosts: Sequence[str] = (),
    ) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._allow_loopback = allow_loopback
        self._allow_hosts = frozenset(host.lower() for host in allow_hosts)
        # Not Scrapy's cache, which all crawls of a process share: what one is allowed another may not be.
        self._known: LocalCache[str, str] = LocalCache(cache_size)
        self._refused: LocalCache[str, Refusal] = LocalCache(cache_size or 1000)

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        settings = crawler.settings
        return cls(
            reactor,
            settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0,
            settings.getfloat("DNS_TIMEOUT"),
            allow_loopback=settings.getbool("PANXI_ALLOW_LOOPBACK"),
            allow_hosts=settings.getlist("PANXI_ALLOW_HOSTS"),
        )

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: ARG002, N802
        """The address to connect to; fails with `AddressRefused`, or `DNSLookupError` where there is none.

        ``timeout`` is Twisted's and not heeded: DNS_TIMEOUT is the limit, in seconds.
        """
        if (known := self._known.get(name)) is not None:
            return succeed(known)
        if (literal := _literal(name)) is not None:
            return self._judged(name, [literal])
        reactor: Any = self.reactor  # Twisted's interfaces and its base class don't know of each other
        found: Deferred[list[str]] = threads.deferToThreadPool(reactor, reactor.getThreadPool(), lookup, name)
        found.addTimeout(self.timeout, reactor, onTimeoutCancel=lambda *_: _unknown(name, "no answer in time"))
        found.addErrback(lambda failure: _unknown(name, failure.getErrorMessage()))
        return found.addCallback(lambda addresses: self._judged(name, addresses))

    def refused(self, name: str) -> Refusal | None:
        """Why the name was refused when it was last looked up; None where it was not."""
        return self._refused.get(name)

    def _judged(self, name: str, addresses: list[str]) -> Deferred[str]:
        if name.lower().rstrip(".") not in self._allow_hosts:
            for address in addresses:
                network = refusal(address)
                if network is not None and not (network == "loopback" and self._allow_loopback):
                    reason = f"{name} is at {address}, a {network} address"
                    if network == "loopback":
                        reason += " (--allow-loopback lets it be fetched)"
                    self._refused[name] = Refusal(network, reason)
                    logger.warning("refused to connect: %s", reason)
                    return fail(AddressRefused(reason))
        if self._known.limit:
            self._known[name] = addresses[0]
        return succeed(addresses[0])


def _literal(name: str) -> str | None:
    try:
        return str(ip_address(name.strip("[]")))
    except ValueError:
        return None


def _unknown(name: str, why: str) -> Deferred[list[str]]:
    return fail(DNSLookupError(f"{name}: {why}"))
