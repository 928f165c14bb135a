"""The cases 14 to 25: hostile networks, servers and pages, and what is promised under each."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterator
from itertools import pairwise

import brotli
import pytest
import zstandard

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
    port = hostile.port
    urls = [f"http://{form}:{port}/inside" for form in FORMS]
    fetched = fetch(*urls, dns=INSIDE)
    assert fetched.connected == []
    assert hostile.asked == []
    assert all("error" in fetched.got[url] for url in urls)
    assert fetched.stats["guards/refused/loopback"] >= 10
    assert fetched.stats["guards/refused/metadata"] >= 2


@pytest.mark.parametrize("way", ["302", "meta-refresh", "robots"])
def test_14_nor_is_it_by_a_detour(hostile: Hostile, way: str) -> None:
    urls = []
    for number, form in enumerate(FORMS):
        target = f"http://{form}:{hostile.port}/inside"
        host = f"site{number}.example" if way == "robots" else "site.example"
        urls.append(f"http://{host}:{hostile.port}/{number}")
        if way == "302":
            hostile.answers[f"/{number}"] = said("", f"Location: {target}", status="302 Found")
        elif way == "meta-refresh":
            hostile.answers[f"/{number}"] = said(f'<meta http-equiv="refresh" content="0; url={target}">')
        else:
            hostile.answers[f"{host}/robots.txt"] = said("", f"Location: {target}", status="302 Found")
    dns = INSIDE | {f"site{number}.example": [[PUBLIC]] for number in range(len(FORMS))}
    fetched = fetch(*urls, dns=dns, settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 16})
    assert set(fetched.connected) == {PUBLIC}
    assert not [place for place, _ in hostile.asked if place.endswith("/inside")]
    assert all("error" in fetched.got[url] for url in urls)


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
    settings = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0, "DOWNLOAD_DELAY_JITTER": 0}
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
