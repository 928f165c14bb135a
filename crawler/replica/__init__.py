"""A small copy of the sources' structure on loopback, with pages written for it.

It stands in for the live sites in the demo and in the tests: made-up hosts under ``.example`` (RFC 2606),
reached through the server as a forward proxy, so that no address depends on the port.
"""

from __future__ import annotations

from dataclasses import replace

from crawler.replica.content import CINIC, COLUMNS, MIRROR
from crawler.replica.expected import Expected, expected
from crawler.replica.server import HOST_MAP, Answer, Asked, Replica, serve
from crawler.site import Entrance, Site
from crawler.sites import SITES
from crawler.urls import canonical

__all__ = ["Answer", "Asked", "Expected", "Replica", "expected", "serve", "sites"]


def _here(entrances: tuple[Entrance, ...]) -> tuple[Entrance, ...]:
    """The entrances whose columns the replica has."""
    columns = {column.url for column in COLUMNS}
    return tuple(one for one in entrances if canonical(one.url) in columns)


def sites() -> dict[str, Site]:
    """The live definitions moved to the replica's hosts, and a mirror of 中国产业经济信息网, by name.

    The pace is set for loopback; everything that reads a page is as in the live definition.
    """
    moved = [site.moved(HOST_MAP) for site in SITES.values() if HOST_MAP.keys() & set(site.hosts)]
    here = {
        site.name: replace(site, entrances=_here(site.entrances), delay=0.0, concurrency=8, window=None)
        for site in moved
    }
    cinic = here["cinic"]
    here["mirror"] = replace(
        cinic,
        name="mirror",
        title="一个镜像",
        home=f"http://{MIRROR}/",
        hosts=(MIRROR,),
        entrances=tuple(
            replace(one, url=one.url.replace(CINIC, MIRROR)) for one in cinic.entrances if one.url.endswith("/xy/sc/")
        ),
    )
    return here
