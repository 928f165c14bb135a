"""The one form of an address: what makes two spellings of a URL the same page."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from w3lib.url import safe_url_string

TRACKING = re.compile(
    r"(?i:utm_[a-z]+|spm|scm|fbclid|gclid|msclkid|yclid|mc_[ce]id|_ga|from|isappinstalled|share_?token|sharefrom"
    r"|share_source|share_medium|weixin_share|wxshare|nsukey|wfr|hmsr|hmpl|hmcu|hmkw|hmci|timestamp_share"
    r"|xsec_token|xsec_source|vd_source|bd_vid|referer|referrer|chksm|pass_ticket)"
)
"""Names of query parameters that say where a reader came from, never what is read."""

SESSION = re.compile(r"(?i:(?:php|asp\.?net_?)?sess(?:ion)?_?id|jsessionid|cftoken|cfid)")
"""Names of query parameters that hold a visitor's session."""

_INDEX = re.compile(r"/(?i:index|default)\.(?i:s?html?|php|aspx?|jsp)$")
_SESSION_PATH = re.compile(r"(?i);jsessionid=[^/?#]*")
_DOTS = re.compile(r"/\.\.?(?:/|$)")
_NO_HOST = re.compile(r"(?i)https?:/*")
_NAME = r"(?:[A-Za-z0-9_~-]+|(?!(?i:index|default)\.)[A-Za-z0-9_~-]+\.[a-z]+)?"
_PLAIN = re.compile(rf"(?:(https?)://([a-z0-9.:-]+))?((?:/[A-Za-z0-9_~-]+)*/{_NAME})")
"""Most addresses: nothing in the path has another form, and nothing has to be taken apart."""
_RELATIVE = re.compile(rf"(?=.)(?:\./)?((?:\.\./)*)((?:[A-Za-z0-9_~-]+/)*{_NAME})")
"""The same from the page's folder on: ./202004/t20200411_1.html."""
_PLAIN_ORIGIN = re.compile(r"(https?)://([a-z0-9.:-]+)(?=/|\Z)")
_PORT = {"http": 80, "https": 443}


@lru_cache(maxsize=4096)
def _host(scheme: str, authority: str) -> str | None:
    """Host and port in their one form, without user and password; None where there is no host."""
    host, _, port = authority.rpartition("@")[2].rpartition(":")
    if not host or port.endswith("]"):
        host, port = authority.rpartition("@")[2], ""
    host = host.lower().rstrip(".")
    if not host or (port and not port.isdecimal()):
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if not port or int(port) == _PORT[scheme]:
        return host
    return f"{host}:{int(port)}" if int(port) <= 65535 else None  # noqa: PLR2004 the largest port


@lru_cache(maxsize=64)
def _origin(base: str) -> str | None:
    """What stands before the path; None where it is no web address's."""
    if (plain := _PLAIN_ORIGIN.match(base)) is not None:
        host = _host(*plain.groups())
        return None if host is None else f"{plain[1]}://{host}"
    parts = urlsplit(base)
    host = _host(parts.scheme, parts.netloc) if parts.scheme in _PORT else None
    return None if host is None else f"{parts.scheme}://{host}"


@lru_cache(maxsize=64)
def _folder(base: str) -> tuple[str, str] | None:
    """Origin and path of the folder that an address is in; None where it is not plain."""
    before = base.partition("?")[0].partition("#")[0]
    plain = _PLAIN.fullmatch(before[: before.rfind("/") + 1])
    host = _host(plain[1], plain[2]) if plain is not None and plain[1] is not None else None
    return None if plain is None or host is None else (f"{plain[1]}://{host}", plain[3])


def _from_folder(base: str, href: str) -> str | None:
    """A plain address that is relative to a plain folder; None where one of them is not."""
    plain = _RELATIVE.fullmatch(href)
    folder = _folder(base) if plain is not None else None
    if plain is None or folder is None:
        return None
    origin, path = folder
    for _ in range(plain[1].count("/")):
        path = path[: path.rfind("/", 0, -1) + 1] or "/"
    return f"{origin}{path}{plain[2]}"


def _query(query: str) -> str:
    kept = [
        pair
        for pair in query.split("&")
        if pair and not TRACKING.fullmatch(name := pair.partition("=")[0]) and not SESSION.fullmatch(name)
    ]
    return "&".join(kept)


def canonical(url: str, base: str | None = None) -> str | None:
    """The canonical form of ``url``: absolute, http or https, without what does not name the page.

    Lower-cases scheme and host, drops default ports, user names, fragments, tracking and session parameters and a
    trailing index page (where no query follows), and percent-encodes what must be. The order of the remaining
    parameters is kept: it may matter to a server. Returns None for anything that is not an http(s) address.
    """
    try:
        plain = _plain(url, base)
        return plain if plain is not None else _taken_apart(url, base)
    except ValueError:
        return None  # brackets or numbers that no address has


def _plain(url: str, base: str | None) -> str | None:
    """The canonical form of an address that is plain, as most are; None where it has to be taken apart."""
    found = _PLAIN.fullmatch(url)
    if found is None:
        return None if base is None else _from_folder(base, url)
    scheme, authority, path = found.groups()
    if scheme is not None:
        host = _host(scheme, authority)
        return None if host is None else f"{scheme}://{host}{path}"
    origin = None if base is None else _origin(base)
    return None if origin is None else origin + path


def _taken_apart(url: str, base: str | None) -> str | None:
    url = url.strip().replace("\n", "").replace("\r", "").replace("\t", "")
    if not url or _NO_HOST.fullmatch(url) or url[:11].lower() == "javascript:":
        return None
    parts = urlsplit(url if base is None else urljoin(base, url))
    host = _host(parts.scheme, parts.netloc) if parts.scheme in _PORT else None
    return None if host is None else _whole(f"{parts.scheme}://{host}", parts.path or "/", parts.query)


def _whole(origin: str, path: str, query: str) -> str:
    """The address of its parts, each in its one form."""
    if not path.isascii() or not query.isascii() or " " in path or " " in query:
        safe = urlsplit(safe_url_string(f"{origin}{path}?{query}"))
        path, query = safe.path, safe.query
    if ";" in path:
        path = _SESSION_PATH.sub("", path)
    if "/." in path and _DOTS.search(path):
        rest = path.lstrip("/")
        slashes = path[: len(path) - len(rest) - 1]  # with two in front it would be another host
        path = slashes + urlsplit(urljoin(f"{origin}/", f"/{rest}")).path
    query = _query(query) if query else ""
    if query:
        return f"{origin}{path}?{query}"
    return f"{origin}{_INDEX.sub('/', path) if '.' in path else path}"
