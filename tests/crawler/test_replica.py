"""The replica site: what it serves, how it answers, and that its expectations come from its content."""

import http.client
import json
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.replica import Replica, expected, serve, sites
from crawler.replica.content import COLUMNS, PAGE_ROWS, articles, pages
from crawler.replica.server import ROBOTS


@pytest.fixture
def replica() -> Iterator[Replica]:
    with serve() as running:
        yield running


class Client:
    """One kept-alive connection that asks as a crawler with a proxy does: in absolute form."""

    def __init__(self, replica: Replica) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=5)

    def get(self, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        self.connection.request("GET", url, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = self.connection.getresponse()
        return (
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )


@pytest.fixture
def client(replica: Replica) -> Client:
    return Client(replica)


def test_every_article_that_is_expected_is_served(client: Client) -> None:
    assert len(articles()) >= 100
    statuses = {url: client.get(url)[0] for url in expected().articles - expected().heals}
    assert set(statuses.values()) == {200}
    assert len({client.connection.sock}) == 1, "one connection for all"


def test_the_expectations_hold_what_the_replica_is_for() -> None:
    known = expected()
    assert len(known.articles) >= 90
    for name in ["beyond", "forbidden", "missing", "moved", "heals", "changed", "vanished", "offsite", "reprints"]:
        assert getattr(known, name), name
    assert not known.articles & (known.beyond | known.forbidden | known.missing | known.moved)
    assert known.heals | known.changed | known.vanished <= known.articles


def test_texts_are_the_same_only_where_they_are_meant_to_be() -> None:
    titles = [one.title for one in articles().values() if one.host != "mirror.example" and one.quirk != "redirect"]
    twice = {title for title in titles if titles.count(title) > 1}
    assert twice == {"金沙江畔崛起阳光康养新地标"}


def test_further_reading_has_a_cycle() -> None:
    found = "http://www.cinic.example/xy/sc/900020.html"
    seen = []
    while found not in seen:
        seen.append(found)
        found = articles()[found].related[0].url
    assert found == seen[0]
    assert len(seen) == 3


def test_listings_page_by_page(client: Client) -> None:
    for column in COLUMNS:
        cut = pages(column)
        assert all(len(page) <= PAGE_ROWS for page in cut)
        for number, page in enumerate(cut, 1):
            ending = "shtml" if column.kind else "html"
            name = f"index_{number}.{ending}" if number > 1 else ""
            status, _, body = client.get(f"{column.url}{name}")
            assert status == 200
            text = body.decode()
            assert all(one.path in text for one in page)
            assert ("下一" in text) == (number < len(cut))


def test_a_listing_has_no_page_behind_its_last(client: Client) -> None:
    assert client.get("http://www.cinic.example/xy/sc/index_99.html")[0] == 404


def test_the_page_that_lies_about_its_charset(client: Client) -> None:
    _, headers, body = client.get("http://www.cinic.example/xy/sc/900012.html")
    assert headers["content-type"] == "text/html; charset=gb2312"
    assert "喆昇新材料" in body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        body.decode("gb2312")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_the_mirror_is_garbled_and_the_source_is_not(client: Client) -> None:
    path = "/xy/sc/900001.html"
    garbled = client.get(f"http://mirror.example{path}")[2].decode()
    clean = client.get(f"http://www.cinic.example{path}")[2].decode()
    assert "發(fā)" not in clean
    assert "園" in garbled
    assert "(" in garbled.split("dc-ccm1")[1].split("</p>")[0]
    assert f"http://mirror.example{path.replace('900001', '900002')}" in garbled, "its links stay on the mirror"


def test_conditional_requests(client: Client) -> None:
    url = "http://www.cinic.example/xy/sc/900005.html"
    _, headers, _ = client.get(url)
    status, again, body = client.get(url, If_None_Match=headers["etag"])
    assert (status, body) == (304, b"")
    assert again["last-modified"] == headers["last-modified"]
    assert client.get(url, If_Modified_Since=headers["last-modified"])[0] == 304
    assert client.get(url, If_None_Match='"other"', If_Modified_Since=headers["last-modified"])[0] == 200


def test_the_second_visit(replica: Replica, client: Client) -> None:
    changed, vanished = "http://www.cinic.example/xy/sc/900005.html", "http://www.cinic.example/xy/sc/900018.html"
    _, before, first = client.get(changed)
    assert client.get(vanished)[0] == 200
    replica.advance()
    status, after, second = client.get(changed, If_None_Match=before["etag"])
    assert status == 200
    assert after["etag"] != before["etag"]
    assert "168户" in first.decode()
    assert "186户" in second.decode()
    assert client.get(vanished)[0] == 410


def test_errors_and_detours(client: Client) -> None:
    base = "http://www.cinic.example"
    heals = f"{base}/xy/sc/900014.html"
    assert [client.get(heals)[0] for _ in range(3)] == [500, 200, 200]
    assert client.get(f"{base}/xy/sc/900013.html")[0] == 404
    status, headers, _ = client.get(f"{base}/site951/sc/2024-05-27/812001.shtml")
    assert (status, headers["location"]) == (301, f"{base}/xy/sc/900016.html")
    assert f'content="0; url={base}/hy/yw/901005.html"' in client.get(f"{base}/xy/sc/900017.html")[2].decode()
    assert client.get(f"{base}/robots.txt")[2].decode() == ROBOTS
    assert client.get("http://nobody.example/")[0] == 404
    assert client.get(f"{base}/../../etc/passwd")[0] == 404


def test_attachments(client: Client) -> None:
    _, headers, body = client.get("http://www.panzhihua.example/zfxxgk/zcwj/904001/files/office.pdf")
    assert headers["content-type"] == "application/pdf"
    assert body.startswith(b"%PDF")


def test_host_header_and_head_and_other_methods(replica: Replica) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=5)
    answers = []
    for method in ("GET", "HEAD", "POST"):
        connection.request(method, "/xy/sc/", headers={"Host": "www.cinic.example"})
        response = connection.getresponse()
        answers.append((response.status, bool(response.read())))
    assert answers == [(200, True), (200, False), (405, True)]


def test_what_was_asked_is_logged(replica: Replica, client: Client) -> None:
    client.get("http://www.cinic.example/xy/sc/", User_Agent="panxi")
    (asked,) = replica.requests
    assert (asked.method, asked.url, asked.status) == ("GET", "http://www.cinic.example/xy/sc/", 200)
    assert asked.headers["user-agent"] == "panxi"


def test_the_sources_lead_to_every_column() -> None:
    moved = sites()
    entrances = {entrance.url for site in moved.values() for entrance in site.entrances}
    heads = {entrance.removesuffix("index.shtml").removesuffix("index.html") for entrance in entrances}
    assert heads == {column.url for column in COLUMNS}
    for site in moved.values():
        assert all(urllib.parse.urlsplit(one.url).hostname in site.hosts for one in site.entrances)
        assert site.delay == 0


def test_its_own_process_counts_the_visits(tmp_path: Path) -> None:
    state = tmp_path / "visit"
    seen = []
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-m", "crawler.replica", "--state", str(state)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            line = json.loads(process.stdout.readline())
            connection = http.client.HTTPConnection("127.0.0.1", line["port"], timeout=5)
            connection.request("GET", "http://www.cinic.example/xy/sc/900005.html")
            seen.append((line["visit"], "186户" in connection.getresponse().read().decode()))
            process.terminate()
            assert process.wait(10) == 0
    assert seen == [(1, False), (2, True)]


def test_a_taken_port_is_an_error(replica: Replica) -> None:
    with pytest.raises(OSError, match="in use"), serve(replica.port):
        pass
