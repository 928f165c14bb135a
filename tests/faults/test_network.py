"""The cases 14 to 25: hostile networks, servers and pages, and what is promised under each."""

from __future__ import annotations

import gzip
import ssl
import time
import zlib
from collections.abc import Iterator
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
from tests.faults.fetching import PUBLIC, fetch
from tests.faults.hostile import Answer, Hostile, endless, reset, said, serving, silent

SITE = {"site.example": [[PUBLIC]]}


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with serving() as server:
        server.answers["/robots.txt"] = said("", status="404 Not Found")
        yield server


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
INSIDE = {**SITE, "inside.example": [["10.1.2.3"]]}


def test_14_no_written_form_of_a_private_address_is_connected_to(hostile: Hostile) -> None:
    """Neither by a link, an entry of a sitemap or a feed, nor by a redirect, a meta-refresh or robots.txt."""
    urls, targets = [], [f"http://{form}:{hostile.port}/inside" for form in FORMS]
    for number, target in enumerate(targets):
        place = f"site.example:{hostile.port}"
        hostile.answers[f"/302-{number}"] = said("", f"Location: {target}", status="302 Found")
        hostile.answers[f"/meta-{number}"] = said(f'<meta http-equiv="refresh" content="0; url={target}">')
        hostile.answers[f"robots{number}.example/robots.txt"] = hostile.answers[f"/302-{number}"]
        urls += [f"http://{place}/302-{number}", f"http://{place}/meta-{number}"]
        urls.append(f"http://robots{number}.example:{hostile.port}/page")
    listed = [*links_of(targets), *targets]
    dns = INSIDE | {f"robots{number}.example": [[PUBLIC]] for number in range(len(FORMS))}
    settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 16, "CONCURRENT_REQUESTS": 100}
    fetched = fetch(*urls, *listed, dns=dns, settings=settings)
    assert set(fetched.connected) == {PUBLIC}
    assert not [place for place, _ in hostile.asked if place.endswith(("/inside", "/page"))]
    assert len(fetched.got) == len({*urls, *listed})
    assert all("error" in row for row in fetched.got.values())
    assert fetched.stats["guards/refused/loopback"] >= 20
    assert fetched.stats["guards/refused/metadata"] >= 4


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


def test_15_dns_rebinding_gains_nothing(hostile: Hostile) -> None:
    """Public when judged, private a moment later: the address that was judged is the one connected to."""
    hostile.answers |= {"/a": said("a"), "/b": said("b")}
    urls = [f"http://rebind.example:{hostile.port}/{name}" for name in "ab"]
    dns = {"rebind.example": [[PUBLIC], ["127.0.0.1"]]}
    pinned = fetch(*urls, dns=dns, together=False)
    assert set(pinned.connected) == {PUBLIC}
    asked_again = fetch(*urls, dns=dns, together=False, settings={"DNSCACHE_ENABLED": False})
    assert set(asked_again.connected) == {PUBLIC}
    assert "loopback" in asked_again.got[urls[1]]["error"]


def test_16_mixed_answers_and_wrapped_addresses_are_refused_and_counted(hostile: Hostile) -> None:
    dns = {
        "mixed.example": [[PUBLIC, "10.0.0.5"]],
        "meta.example": [["192.0.0.192"]],
        "cloud.example": [["100.100.100.200"]],
        "cgn.example": [["100.64.1.1"]],
        "multi.example": [["224.0.0.1"]],
    }
    names = [*dns, "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[2001:0:7f00:1::]"]
    fetched = fetch(*(f"http://{name}:{hostile.port}/" for name in names), dns=dns)
    assert fetched.connected == []
    counted = {key.rpartition("/")[2]: value for key, value in fetched.stats.items() if "guards/refused" in key}
    wanted = {"private": 1, "metadata": 2, "carrier-nat": 1, "multicast": 1, "nat64": 1, "6to4": 1, "teredo": 1}
    # each origin's robots.txt is asked for first, and refused; the page is not asked for behind it
    assert counted == wanted
    assert all("refused" in row["error"] for row in fetched.got.values())


def test_16_what_is_allowed_by_name_is_reached(hostile: Hostile) -> None:
    hostile.answers["/"] = said("hello")
    url = f"http://own.example:{hostile.port}/"
    other = f"http://other.example:{hostile.port}/"
    dns = {"own.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    fetched = fetch(url, other, dns=dns, settings={"PANXI_ALLOW_HOSTS": ["own.example"]})
    assert fetched.got[url]["status"] == 200
    assert "loopback" in fetched.got[other]["error"]


def test_17_only_http_is_fetched(hostile: Hostile) -> None:
    targets = ["file:///etc/passwd", "data:text/html,x", "ftp://site.example/x", "javascript:alert(1)", "s3://b/k"]
    site = f"http://site.example:{hostile.port}"
    for number, target in enumerate(targets):
        hostile.answers[f"/{number}"] = said("moved", f"Location: {target}", status="302 Found")
        hostile.answers[f"/m{number}"] = said(f'<meta http-equiv="refresh" content="0;url={target}">')
    detours = [f"{site}/{way}{number}" for number in range(len(targets)) for way in ("", "m")]
    direct = [target for target in targets if not target.startswith("javascript")]
    settings = {"ROBOTSTXT_OBEY": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    fetched = fetch(*direct, *detours, dns=SITE, settings=settings)
    assert set(fetched.connected) == {PUBLIC}
    for target in direct:
        assert "error" in fetched.got[target]
    for url in detours:
        assert fetched.got[url].get("url", url) == url
        assert "root:" not in str(fetched.got[url])


def test_17_certificates_are_verified(hostile: Hostile, tmp_path: Path) -> None:
    certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with serving(context) as server:
        server.answers["/"] = said("who knows")
        url = f"https://site.example:{server.port}/"
        fetched = fetch(url, dns=SITE, settings={"ROBOTSTXT_OBEY": False})
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


def test_17_no_proxy_of_the_environment_and_no_remote_control(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile.answers["/page"] = said("page")
    with serving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        url = f"http://site.example:{hostile.port}/page"
        fetched = fetch(url, dns=SITE)
    assert fetched.got[url]["status"] == 200
    assert proxy.asked == []
    assert fetched.listening == 0


# --- what servers send ---------------------------------------------------------------------------------------

LARGE = 100_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


def bombs() -> dict[str, Answer]:
    """100 MB of zeros, packed."""
    zeros = b"\0" * LARGE
    packed = {
        "gzip": gzip.compress(zeros),
        "br": brotli.compress(zeros, quality=4),
        "zstd": zstandard.compress(zeros),
        "deflate": zlib.compress(zeros),
    }
    return {f"/{name}": said(body, f"Content-Encoding: {name}") for name, body in packed.items()}


def test_19_bombs_and_bodies_without_end_are_refused_as_too_large(hostile: Hostile) -> None:
    gentle = gzip.compress(b"<p>\xe6\x94\x80</p>" * 200_000)  # 2 MB from 4 kB: a bomb of the smaller sort
    hostile.answers |= bombs() | {
        "/small-bomb": said(gentle, "Content-Encoding: gzip"),
        "/layers": said(gzip.compress(gzip.compress(gzip.compress(b"x"))), "Content-Encoding: gzip, gzip, gzip"),
        "/declared": said(b"x", length=LARGE),
        "/undeclared": endless(OK + b"\r\n", b"x" * 65536),
        "/chunked": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
        "/page": said(gzip.compress("攀枝花市钒钛产业".encode() * 50), "Content-Encoding: gzip"),
    }
    names = [name for name in hostile.answers if name != "/robots.txt"]
    urls = {name: f"http://site.example:{hostile.port}{name}" for name in names}
    fetched = fetch(*urls.values(), dns=SITE, settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 4, "DOWNLOAD_TIMEOUT": 20})
    assert fetched.got[urls["/page"]]["size"] == 24 * 50
    for name in set(names) - {"/page"}:
        assert "error" in fetched.got[urls[name]], name
        assert "Timeout" not in fetched.got[urls[name]]["error"], name
    for name in ("/declared", "/undeclared", "/chunked"):
        assert fetched.got[urls[name]]["error"].startswith("Refused: too large"), name
    assert fetched.peak_mb < 300
    assert fetched.gap < 1.0


def test_20_drip_hang_and_endless_heads_end_by_time_and_size(hostile: Hostile) -> None:
    hostile.answers |= {
        "/drip": endless(OK + b"\r\n", b"x", every=0.05),
        "/drip-head": endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", every=0.05),
        "/hang": silent,
        "/gone": reset(b""),
        "/head": endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"y" * 4000 + b"\r\n"),
        "/line": endless(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"y" * 65536),
        "/interim": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100),
    }
    names = [name for name in hostile.answers if name != "/robots.txt"]
    urls = {name: f"http://site.example:{hostile.port}{name}" for name in names}
    started = time.monotonic()
    fetched = fetch(*urls.values(), dns=SITE, settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 16})
    assert time.monotonic() - started < 10
    assert all("error" in row for row in fetched.got.values())
    for name in ("/drip", "/drip-head", "/hang"):
        assert "Timeout" in fetched.got[urls[name]]["error"], name
    for name in ("/head", "/interim"):
        assert fetched.got[urls[name]]["error"].startswith("Refused: too large: a head"), name
    assert fetched.peak_mb < 300


def test_torn_and_lying_answers_are_errors_not_pages(hostile: Hostile) -> None:
    hostile.answers |= {
        "/reset": reset(OK + b"Content-Length: 1000\r\n\r\n<p>half"),
        "/short": said("half", length=1000),
        "/torn-chunk": reset(OK + b"Transfer-Encoding: chunked\r\n\r\n10000\r\nhalf"),
        "/long": said("<p>whole</p> and more", length=12),
    }
    urls = {name: f"http://site.example:{hostile.port}{name}" for name in ("/reset", "/short", "/torn-chunk", "/long")}
    fetched = fetch(*urls.values(), dns=SITE)
    for name in ("/reset", "/short", "/torn-chunk"):
        assert "error" in fetched.got[urls[name]], name
    assert fetched.got[urls["/long"]]["size"] == 12


def test_22_redirect_loops_end_and_credentials_stay_at_home(hostile: Hostile) -> None:
    site, other = f"http://site.example:{hostile.port}", f"http://other.example:{hostile.port}"
    hostile.answers |= {
        "/loop": said("", "Location: /loop?again", status="302 Found"),
        "/loop?again": said("", "Location: /loop", status="302 Found"),
        "/set": said("", "Set-Cookie: session=secret", f"Location: {other}/seen", status="302 Found"),
        "/seen": said("seen"),
    }
    fetched = fetch(f"{site}/loop", f"{site}/set", dns=SITE | {"other.example": [[PUBLIC]]})
    assert "max redirections" in fetched.got[f"{site}/loop"]["error"]
    assert hostile.times("site.example/loop") + hostile.times("site.example/loop?again") == 6
    assert fetched.got[f"{site}/set"]["url"] == f"{other}/seen"
    for _, headers in hostile.asked:
        assert not headers.keys() & {"cookie", "authorization", "referer", "proxy-authorization"}


# --- robots.txt and pauses -----------------------------------------------------------------------------------


def test_23_robots_txt_is_obeyed_and_its_absence_understood(hostile: Hostile) -> None:
    hosts = {
        "open": said("no such file", status="404 Not Found"),
        "closed": said("User-agent: *\nDisallow: /private/\n", content_type="text/plain"),
        "named": said("User-agent: panxi\nDisallow: /\n\nUser-agent: *\nAllow: /\n", content_type="text/plain"),
        "broken": said("oops", status="503 Service Unavailable"),
        "busy": said("", "Retry-After: 120", status="429 Too Many Requests"),
        "silent": silent,
        "page": said("<html><p>Disallow: /</p>", status="404 Not Found"),
    }
    hostile.answers |= {f"{name}.example/robots.txt": answer for name, answer in hosts.items()}
    hostile.answers |= {"/a": said("a"), "/private/a": said("secret")}
    dns = {f"{name}.example": [[PUBLIC]] for name in hosts}

    def url(name: str, path: str = "/a") -> str:
        return f"http://{name}.example:{hostile.port}{path}"

    urls = [url(name) for name in hosts] + [url("closed", "/private/a"), url("open", "/private/a")]
    fetched = fetch(*urls, dns=dns)
    reached = {place for place, row in fetched.got.items() if row.get("status") == 200}
    assert reached == {url("open"), url("page"), url("closed"), url("open", "/private/a")}
    assert "Forbidden by robots.txt" in fetched.got[url("closed", "/private/a")]["error"]
    assert "Forbidden by robots.txt" in fetched.got[url("named")]["error"]
    for name in ("broken", "busy", "silent"):
        assert fetched.got[url(name)]["error"].startswith("RobotsUnreachable"), name
        assert hostile.times(f"{name}.example/robots.txt") == 1, name
        assert hostile.times(f"{name}.example/a") == 0, name


def test_23_crawl_delay_is_kept(hostile: Hostile) -> None:
    hostile.answers["site.example/robots.txt"] = said("User-agent: *\nCrawl-delay: 0.5\n", content_type="text/plain")
    hostile.answers |= {f"/{n}": said("a") for n in range(3)}
    urls = [f"http://site.example:{hostile.port}/{n}" for n in range(3)]
    settings = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0}
    fetched = fetch(*urls, dns=SITE, settings=settings)
    assert all(row["status"] == 200 for row in fetched.got.values())
    between = [after - before for before, after in pairwise(hostile.moments)]
    assert min(between[1:]) > 0.45, "the first page may follow robots.txt at once"


def test_23_a_host_that_is_busy_is_left_alone_as_it_asks(hostile: Hostile) -> None:
    hostile.answers |= {
        "slow.example/a": said("", "Retry-After: 600", status="429 Too Many Requests"),
        "down.example/a": said("", status="503 Service Unavailable"),
        "/b": said("b"),
    }
    names = ("slow", "down")
    dns = {f"{name}.example": [[PUBLIC]] for name in names}
    urls = {(name, path): f"http://{name}.example:{hostile.port}/{path}" for path in "ab" for name in names}
    fetched = fetch(*urls.values(), dns=dns, together=False)
    assert [fetched.got[urls[name, "a"]]["status"] for name in names] == [429, 503]
    assert fetched.got[urls["slow", "b"]]["due_in"] == pytest.approx(600, abs=5)
    assert fetched.got[urls["down", "b"]]["due_in"] == pytest.approx(30, abs=5)
    assert not [place for place, _ in hostile.asked if place.endswith("/b")]
