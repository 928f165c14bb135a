"""The cases 14 to 23 of hostile networks and servers, and what is promised under each.

Each case prepares a server's misbehaviour and names addresses; all are fetched at once by one process, under the
project's own settings, and each test looks at what became of its own.
"""

from __future__ import annotations

import gzip
import ssl
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.extraction import read
from crawler.items import Listing, Page
from tests.faults.fetching import PUBLIC, Fetched, fetch
from tests.faults.hostile import Answer, Hostile, endless, reset, said, serving, silent

FORMS = [
    "127.0.0.1",
    "localhost",
    "localhost.",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "１２７.０.０.１",
    "user:secret@127.0.0.1",
    "169.254.169.254",
    "100.100.100.200",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "[fd00:ec2::254]",
    "[64:ff9b::7f00:1]",
    "inside.example",
]
"""Written forms of private addresses; the last is a name that leads inside."""
CLOSED = {
    "mixed.example": [PUBLIC, "10.0.0.5"],
    "meta.example": ["192.0.0.192"],
    "cloud.example": ["100.100.100.200"],
    "cgn.example": ["100.64.1.1"],
    "multi.example": ["224.0.0.1"],
    "inside.example": ["10.1.2.3"],
    "own.example": ["127.0.0.1"],
}
"""Names that lead into closed networks."""
WRAPPED = ["[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[2001:0:7f00:1::]"]
SCHEMES = ["file:///etc/passwd", "data:text/html,x", "ftp://scheme.example/x", "javascript:alert(1)", "s3://b/k"]

LARGE = 100_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


def packed() -> dict[str, Answer]:
    """100 MB of zeros in four packings, a smaller bomb, layers upon layers, and an honest page."""
    zeros = b"\0" * LARGE
    bombs = {
        "gzip": gzip.compress(zeros),
        "br": brotli.compress(zeros, quality=4),
        "zstd": zstandard.compress(zeros),
        "deflate": zlib.compress(zeros),
    }
    small = gzip.compress("<p>攀</p>".encode() * 200_000)
    layers = gzip.compress(gzip.compress(gzip.compress(b"x")))
    return {f"/{name}": said(body, f"Content-Encoding: {name}") for name, body in bombs.items()} | {
        "/small-bomb": said(small, "Content-Encoding: gzip"),
        "/layers": said(layers, "Content-Encoding: gzip, gzip, gzip"),
        "/page": said(gzip.compress("攀枝花市钒钛产业".encode() * 50), "Content-Encoding: gzip"),
    }


ENDLESS: dict[str, Answer] = {
    "/declared": said(b"x", length=LARGE),
    "/undeclared": endless(OK + b"\r\n", b"x" * 65536),
    "/chunked": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
}
SLOW: dict[str, Answer] = {
    "/drip": endless(OK + b"\r\n", b"x", every=0.05),
    "/drip-head": endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", every=0.05),
    "/hang": silent,
}
HEADS: dict[str, Answer] = {
    "/head": endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"y" * 4000 + b"\r\n"),
    "/line": endless(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"y" * 65536),
    "/interim": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100),
}
TORN: dict[str, Answer] = {
    "/reset": reset(OK + b"Content-Length: 1000\r\n\r\n<p>half"),
    "/short": said("half", length=1000),
    "/torn-chunk": reset(OK + b"Transfer-Encoding: chunked\r\n\r\n10000\r\nhalf"),
    "/gone": reset(b""),
}
ROBOTS: dict[str, Answer] = {
    "open": said("no such file", status="404 Not Found"),
    "closed": said("User-agent: *\nDisallow: /private/\n", content_type="text/plain"),
    "named": said("User-agent: panxi\nDisallow: /\n\nUser-agent: *\nAllow: /\n", content_type="text/plain"),
    "broken": said("oops", status="503 Service Unavailable"),
    "busy": said("", "Retry-After: 120", status="429 Too Many Requests"),
    "silent": silent,
    "page": said("<html><p>Disallow: /</p>", status="404 Not Found"),
}


@dataclass(frozen=True)
class Faults:
    """One run over all cases."""

    hostile: Hostile
    fetched: Fetched
    urls: dict[str, list[str]]
    """By case."""
    seconds: float

    def url(self, place: str) -> str:
        """The address of ``host/path``."""
        host, _, path = place.partition("/")
        return f"http://{host}.example:{self.hostile.port}/{path}"

    def got(self, place: str) -> dict[str, object]:
        """What became of it."""
        return self.fetched.got[self.url(place)]

    def error(self, place: str) -> str:
        return str(self.got(place).get("error", ""))


@pytest.fixture(scope="module")
def faults() -> Iterator[Faults]:
    with serving() as hostile, serving() as proxy, pytest.MonkeyPatch.context() as environment:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
            environment.setenv(name, proxy.url)

        def at(host: str, *paths: str) -> list[str]:
            return [f"http://{host}.example:{hostile.port}{path}" for path in paths]

        targets = [f"http://{form}:{hostile.port}/inside" for form in FORMS]
        urls = {
            "links": targets,
            "listed": sorted(links_of(targets)),
            "closed": [f"http://{name}:{hostile.port}/" for name in [*CLOSED, *WRAPPED]],
            "schemes": [scheme for scheme in SCHEMES if not scheme.startswith("javascript")],
        }
        for number, target in enumerate(targets):
            away = said("", f"Location: {target}", status="302 Found")
            hostile.answers[f"/302-{number}"] = away
            hostile.answers[f"/meta-{number}"] = said(f'<meta http-equiv="refresh" content="0; url={target}">')
            hostile.answers[f"robots{number}.example/robots.txt"] = away
        numbers = range(len(FORMS))
        urls["detours"] = at("detour", *(f"/{way}-{n}" for n in numbers for way in ("302", "meta")))
        urls["robots"] = [url for n in numbers for url in at(f"robots{n}", "/page")]
        for number, target in enumerate(SCHEMES):
            hostile.answers[f"/scheme-{number}"] = said("moved", f"Location: {target}", status="302 Found")
            hostile.answers[f"/refresh-{number}"] = said(f'<meta http-equiv="refresh" content="0;url={target}">')
        urls["scheme detours"] = at(
            "scheme", *(f"/{w}-{n}" for n in range(len(SCHEMES)) for w in ("scheme", "refresh"))
        )
        hostile.answers |= packed() | ENDLESS | SLOW | HEADS | TORN
        urls["bodies"] = at("body", *packed(), *ENDLESS)
        urls["slow"] = at("slow", *SLOW, *HEADS)
        hostile.answers["/long"] = said("<p>whole</p> and more", length=12)
        urls["torn"] = at("torn", *TORN, "/long")
        hostile.answers |= {
            "/loop": said("", "Location: /loop?again", status="302 Found"),
            "/loop?again": said("", "Location: /loop", status="302 Found"),
            "/set": said("", "Set-Cookie: s=secret", f"Location: {at('other', '/seen')[0]}", status="302 Found"),
            "/seen": said("seen"),
            "/a": said("a"),
            "/private/a": said("secret"),
        }
        urls["redirects"] = at("redirect", "/loop", "/set")
        hostile.answers |= {f"{name}.example/robots.txt": answer for name, answer in ROBOTS.items()}
        urls["rules"] = [url for name in ROBOTS for url in at(name, "/a")]
        urls["rules"] += at("closed", "/private/a") + at("open", "/private/a")
        public = {
            "detour",
            "scheme",
            "body",
            "slow",
            "torn",
            "redirect",
            "other",
            *ROBOTS,
            *(f"robots{n}" for n in numbers),
        }
        dns = {f"{name}.example": [[PUBLIC]] for name in public} | {name: [answer] for name, answer in CLOSED.items()}
        started = time.monotonic()
        fetched = fetch(
            *dict.fromkeys(url for several in urls.values() for url in several),
            dns=dns,
            settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 16, "CONCURRENT_REQUESTS": 500, "DOWNLOAD_TIMEOUT": 4},
        )
        assert not proxy.asked, "a proxy of the environment was used"
        yield Faults(hostile, fetched, urls, time.monotonic() - started)


def links_of(targets: list[str]) -> set[str]:
    """The addresses as a column page, a sitemap and a feed that name them are read."""
    rows = "".join(
        f'<li><a href="{target}">攀枝花市印发通知第一号</a><span>2025-03-10</span></li>' for target in targets
    )
    entries = "".join(f"<url><loc>{target}</loc></url>" for target in targets)
    items = "".join(f"<item><title>通知</title><link>{target}</link></item>" for target in targets)
    pages = {
        "text/html": f"<html><ul>{rows}</ul></html>",
        "text/xml": f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>',
        "application/rss+xml": f"<rss><channel>{items}</channel></rss>",
    }
    found: set[str] = set()
    for content_type, body in pages.items():
        page = Page(url="http://site.example/list", body=body.encode(), content_type=content_type)
        listing = read(page, None, kind="listing")
        assert isinstance(listing, Listing), content_type
        assert len(listing.rows) > 10, content_type
        found |= {row.url for row in listing.rows}
    return found


def test_the_run_ends_in_time_and_within_its_memory(faults: Faults) -> None:
    assert set(faults.fetched.got) == {url for several in faults.urls.values() for url in several}
    assert faults.seconds < 30
    assert faults.fetched.peak_mb < 300
    assert faults.fetched.gap < 2.0


# --- where we connect to -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["links", "listed", "detours", "robots"])
def test_14_no_written_form_of_a_private_address_is_connected_to(faults: Faults, case: str) -> None:
    """Neither by a link, an entry of a listing, sitemap or feed, nor by a redirect, meta-refresh or robots.txt."""
    assert set(faults.fetched.connected) == {PUBLIC}
    assert not [
        place for place, _ in faults.hostile.asked if place.endswith(("/inside", "/page")) and "body" not in place
    ]
    assert len(faults.urls[case]) >= 20
    assert all("error" in faults.fetched.got[url] for url in faults.urls[case])


def test_15_dns_rebinding_gains_nothing() -> None:
    """Public when judged, private a moment later: the address that was judged is the one connected to."""
    with serving() as hostile:
        hostile.answers |= {"/a": said("a"), "/b": said("b")}
        urls = [f"http://rebind.example:{hostile.port}/{name}" for name in "ab"]
        dns = {"rebind.example": [[PUBLIC], ["127.0.0.1"]]}
        pinned = fetch(*urls, dns=dns, together=False)
        asked_again = fetch(*urls, dns=dns, together=False, settings={"DNSCACHE_ENABLED": False})
    assert set(pinned.connected) == {PUBLIC}
    assert set(asked_again.connected) == {PUBLIC}
    assert "loopback" in asked_again.got[urls[1]]["error"]


def test_16_mixed_answers_and_wrapped_addresses_are_refused_and_counted(faults: Faults) -> None:
    assert all(faults.fetched.got[url]["error"].startswith("Refused: refused") for url in faults.urls["closed"])
    counted = {key.removeprefix("guards/refused/") for key in faults.fetched.stats if key.startswith("guards/refused/")}
    closed = {"private", "metadata", "carrier-nat", "multicast", "nat64", "6to4", "teredo", "loopback", "this-network"}
    assert closed <= counted


def test_16_what_is_allowed_by_name_is_reached_and_nothing_else() -> None:
    with serving() as hostile:
        hostile.answers["/"] = said("hello")
        urls = [f"http://{name}.example:{hostile.port}/" for name in ("own", "other")]
        dns = {"own.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
        fetched = fetch(*urls, dns=dns, settings={"PANXI_ALLOW_HOSTS": ["own.example"]})
    assert fetched.got[urls[0]]["status"] == 200
    assert "loopback" in fetched.got[urls[1]]["error"]


def test_17_only_http_is_fetched(faults: Faults) -> None:
    assert all("error" in faults.fetched.got[url] for url in faults.urls["schemes"])
    for url in faults.urls["scheme detours"]:
        assert faults.fetched.got[url].get("url", url) == url, "an error, or a redirect that is not followed"
    assert "root:" not in str(faults.fetched.got)


def test_17_certificates_are_verified(tmp_path: Path) -> None:
    certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with serving(context) as server:
        server.answers["/"] = said("who knows")
        url = f"https://site.example:{server.port}/"
        fetched = fetch(url, dns={"site.example": [[PUBLIC]]}, settings={"ROBOTSTXT_OBEY": False})
    assert fetched.connected == [PUBLIC]
    assert "certificate" in fetched.got[url]["error"].lower()
    assert server.asked == []


def certificate(folder: Path) -> None:
    """A certificate for site.example that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site.example")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("site.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)


def test_17_no_port_is_opened(faults: Faults) -> None:
    assert faults.fetched.listening == 0


# --- what servers send ---------------------------------------------------------------------------------------


def test_19_bombs_and_bodies_without_end_are_refused_as_too_large(faults: Faults) -> None:
    assert faults.got("body/page")["size"] == 24 * 50
    for name in ("gzip", "br", "zstd", "deflate"):
        assert "exceeded DOWNLOAD_MAXSIZE" in faults.error(f"body/{name}"), name
    assert "bytes from" in faults.error("body/small-bomb")
    assert "3 layers" in faults.error("body/layers")
    for path in ENDLESS:
        assert faults.error(f"body{path}").startswith("TooLarge: too large"), path


def test_20_what_drips_or_hangs_is_ended_by_time(faults: Faults) -> None:
    for path in SLOW:
        assert "Timeout" in faults.error(f"slow{path}"), path


def test_20_endless_heads_are_ended_by_size(faults: Faults) -> None:
    for path in ("/head", "/interim"):
        assert faults.error(f"slow{path}").startswith("TooLarge: too large: a head"), path
    assert "error" in faults.got("slow/line")


def test_torn_and_lying_answers_are_errors_not_pages(faults: Faults) -> None:
    for path in TORN:
        assert "error" in faults.got(f"torn{path}"), path
    assert faults.got("torn/long")["size"] == 12


def test_22_redirect_loops_end(faults: Faults) -> None:
    assert "max redirections" in faults.error("redirect/loop")
    asked = faults.hostile.times("redirect.example/loop") + faults.hostile.times("redirect.example/loop?again")
    assert asked == 6


def test_no_credentials_cross_to_another_host(faults: Faults) -> None:
    assert faults.got("redirect/set")["url"] == faults.url("other/seen")
    for _, headers in faults.hostile.asked:
        assert not headers.keys() & {"cookie", "authorization", "referer", "proxy-authorization"}


# --- robots.txt and pauses -----------------------------------------------------------------------------------


def test_23_robots_txt_is_obeyed_and_its_absence_understood(faults: Faults) -> None:
    reached = {url for url in faults.urls["rules"] if faults.fetched.got[url].get("status") == 200}
    assert reached == {faults.url(place) for place in ("open/a", "page/a", "closed/a", "open/private/a")}
    assert "Forbidden by robots.txt" in faults.error("closed/private/a")
    assert "Forbidden by robots.txt" in faults.error("named/a")
    for name in ("broken", "busy", "silent"):
        assert faults.error(f"{name}/a").startswith("RobotsUnreachable"), name
        assert faults.hostile.times(f"{name}.example/robots.txt") == 1, name
        assert faults.hostile.times(f"{name}.example/a") == 0, name


@pytest.mark.parametrize("moved", [False, True])
def test_23_crawl_delay_is_kept(*, moved: bool) -> None:
    """By the host whose robots.txt asks for it, also where that lies on another."""
    with serving() as hostile:
        rules = said("User-agent: *\nCrawl-delay: 0.5\n", content_type="text/plain")
        hostile.answers["/robots.txt"] = rules
        if moved:
            place = f"http://other.example:{hostile.port}/rules.txt"
            hostile.answers["site.example/robots.txt"] = said("", f"Location: {place}", status="301 Moved Permanently")
            hostile.answers["/rules.txt"] = rules
        hostile.answers |= {f"/{n}": said("a") for n in range(3)}
        urls = [f"http://site.example:{hostile.port}/{n}" for n in range(3)]
        settings = {"AUTOTHROTTLE_START_DELAY": 0}
        fetched = fetch(*urls, dns={name: [[PUBLIC]] for name in ("site.example", "other.example")}, settings=settings)
        asked = zip(hostile.moments, hostile.asked, strict=False)
    assert all(row["status"] == 200 for row in fetched.got.values())
    pages = [moment for moment, (place, _) in asked if not place.endswith(".txt")]
    assert min(after - before for before, after in pairwise(pages)) > 0.4


def test_23_a_host_that_is_busy_is_left_alone_as_it_asks() -> None:
    names = ("slow", "down")
    with serving() as hostile:
        hostile.answers |= {
            "slow.example/a": said("", "Retry-After: 600", status="429 Too Many Requests"),
            "down.example/a": said("", status="503 Service Unavailable"),
            "/b": said("b"),
        }
        dns = {f"{name}.example": [[PUBLIC]] for name in names}
        urls = {(name, path): f"http://{name}.example:{hostile.port}/{path}" for path in "ab" for name in names}
        fetched = fetch(*urls.values(), dns=dns, together=False)
    assert [fetched.got[urls[name, "a"]]["status"] for name in names] == [429, 503]
    assert fetched.got[urls["slow", "b"]]["due_in"] == pytest.approx(600, abs=5)
    assert fetched.got[urls["down", "b"]]["due_in"] == pytest.approx(5, abs=3)
    assert not [place for place, _ in hostile.asked if place.endswith("/b")]
