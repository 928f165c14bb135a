"""The sources, one file each: every module here that holds ``SITE = Site(...)`` is one."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from urllib.parse import urlsplit

from crawler.site import Site


def _discover() -> dict[str, Site]:
    sites: dict[str, Site] = {}
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        site = import_module(f"{__name__}.{module.name}").SITE
        if not isinstance(site, Site):
            raise TypeError(f"SITE in {module.name!r} is not a Site: {site!r}")
        if site.name in sites:
            raise ValueError(f"two sources are called {site.name!r}")
        sites[site.name] = site
    return sites


SITES: dict[str, Site] = _discover()
"""All sources by name."""
NAMES: dict[str, tuple[str, ...]] = {name: (site.title, *site.marks) for name, site in SITES.items()}
"""What each source is called on pages."""

_BY_HOST: dict[str, Site] = {}
for _site in SITES.values():
    for _host in _site.hosts:
        if _host in _BY_HOST:
            raise ValueError(f"{_host!r} belongs to {_BY_HOST[_host].name!r} and {_site.name!r}")
        _BY_HOST[_host] = _site


def site_for(url: str) -> Site | None:
    """The source whose hosts the URL is on, or None."""
    return _BY_HOST.get(urlsplit(url).hostname or "")
