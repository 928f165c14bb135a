"""Cases 27 to 31: what hostile content and hostile requests can do to the web page, its feeds and its files."""

from __future__ import annotations

import logging
import os
import xml.etree.ElementTree as ET
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from starlette.testclient import TestClient

from benchmarks.made_archive import NOW, keep, made
from monitor import feeds
from monitor.web.app import create_app
from monitor.web.config import Config
from monitor.web.render import outward
from storage import db
from storage.db import writing
from storage.raw import Pointer, RawError, read
from storage.schema import capture
from tests.monitor.web.browser import Browser, browser, visit  # noqa: F401 - a fixture
from tests.monitor.web.conftest import HOSTILE

PAYLOADS = (
    HOSTILE,
    '"><svg onload=window.ran=1>',
    "'-window.ran--'",
    "</title><script>window.ran=1</script>",
    "{{7*7}}{% raw %}",
    "<a href=javascript:window.ran=1>x</a>",
    '" hx-on::load="window.ran=1" hx-get="/x" hx-trigger="load" x="',
    "</textarea></pre></script><iframe srcdoc='<script>parent.ran=1</script>'>",
    "\u2028window.ran=1//",
)

TOUCH_ALL = """for (const one of document.querySelectorAll("main *"))
    for (const name of ["mouseover", "focus", "load", "error"]) one.dispatchEvent(new Event(name));"""


# --- 27 Script payloads in title, body, URL, query: nothing runs in a real browser, CSP there, links dead --------


@pytest.mark.browser
def test_27_no_script_of_a_page_runs(browser: Browser, config: Config) -> None:  # noqa: F811
    paths = [
        "/",
        "/search?q=攻击",
        "/articles/61",
        "/articles/61/raw",
        "/articles/61/raw.txt",
        "/articles/1/compare/61",
    ]
    paths += [f"/search?q={quote(payload)}" for payload in PAYLOADS]
    paths += [f"/policy?q={quote(payload)}&issuer={quote(payload)}" for payload in PAYLOADS[:3]]
    paths += [f"/{quote(payload)}" for payload in PAYLOADS[:3]]
    paths += [f"/sign-in?back={quote(payload)}" for payload in PAYLOADS[:3]]
    with visit(browser, config) as page:
        asked: list[str] = []
        dialogs: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for path in paths:
            page.goto(path)
            page.evaluate(TOUCH_ALL)
            assert page.evaluate("window.ran") is None, path
            assert (
                page.locator("main [onerror], main [onload], main [onmouseover], main iframe, main object").count() == 0
            )
        assert dialogs == []
        assert {url.split("/")[2] for url in asked} == {page.url.split("/")[2]}


def test_27_links_to_scripts_are_dead(client: TestClient) -> None:
    page = client.get("/articles/61").text
    assert 'href="javascript:' not in page
    assert 'href="data:' not in page
    assert 'href="vbscript:' not in page
    assert page.count('class="dead"') == 3
    assert "<script>window" not in page


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT:x", " javascript:x", "java\nscript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
     "//evil.example", "/etc", "http://", "https:", "", "http://[::1", "blob:x", "\x01javascript:x"],
)  # fmt: skip
def test_27_only_the_web_can_be_linked_to(url: str) -> None:
    assert outward(url) is None


def test_27_payloads_come_back_as_text(client: TestClient) -> None:
    for payload in PAYLOADS:
        for path in (
            f"/search?q={quote(payload)}",
            f"/policy?q={quote(payload)}",
            f"/sources/{quote(payload, safe='')}",
        ):
            answer = client.get(path)
            assert answer.status_code in (200, 400, 404), (path, answer.status_code)
            assert payload not in answer.text or "<" not in payload, path
            assert "default-src 'none'" in answer.headers["content-security-policy"]


# --- 28 Archived HTML never served as HTML from the page's origin ----------------------------------------------


def test_28_a_raw_page_is_only_ever_text(client: TestClient) -> None:
    raw = client.get("/articles/61/raw.txt")
    assert "<script>" in raw.text
    assert raw.headers["content-type"] == "text/plain; charset=utf-8"
    assert raw.headers["x-content-type-options"] == "nosniff"
    assert raw.headers["content-security-policy"].startswith("sandbox")
    shown = client.get("/articles/61/raw")
    assert "&lt;script&gt;parent.ran=1" in shown.text
    assert "<script>parent" not in shown.text
    told = client.get("/articles/61/raw.json")
    assert told.headers["content-type"] == "application/json"
    for form in ("atom", "feed.json"):
        assert "html" not in client.get(f"/articles/61/raw.{form}").headers["content-type"]


# --- 29 Control characters, lone surrogates, ]]>: the feed stays well formed ------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=60))
def test_29_a_feed_holds_any_text(text: str) -> None:
    entry = feeds.Entry(
        id="urn:x", title=text, url="http://www.cinic.example/", text=text, updated=made(1).published_at, author=text
    )  # type: ignore[arg-type]
    ET.fromstring(feeds.atom([entry], title=text, address="http://localhost/x.atom"))
    feeds.json_feed([entry], title=text, address="http://localhost/x.feed.json").decode("utf-8")


def test_29_the_page_s_feeds_are_well_formed(on_each: TestClient) -> None:
    config: Config = on_each.app.state.panxi.config  # type: ignore[attr-defined]
    wild = "控制\x0b\x1f\x85\ufffe字符]]><![CDATA[x&y\ud800<b>"
    address, text = "http://www.cinic.example/wild", f"正文{wild}"
    item = replace(made(1), url=address, title=f"奇异{wild}", body=text, body_original=text, published_at=NOW)
    keep(config.engine, item)
    for path in ("/search.atom?q=奇异", "/index.atom", "/articles/63.atom"):
        answer = on_each.get(path)
        assert answer.status_code == 200, path
        root = ET.fromstring(answer.content)
        assert any("奇异" in (title.text or "") for title in root.iter("{http://www.w3.org/2005/Atom}title")), path
    assert on_each.get("/search?q=奇异").status_code == 200
    assert on_each.get("/articles/63.json").status_code == 200


# --- 30 SQL and full-text injections: 200 or 400, never 500 -----------------------------------------------------

INJECTIONS = (
    "' OR 1=1 --", '"', '""', '"a', 'a"b', "*", "钒*", "a*b", "NEAR(a b)", "a NEAR/2 b", "AND", "OR", "NOT", "AND AND", "NOT NOT a",
    "(", ")", "((((", "(a OR", "a:b", "title:x", "{a b}:c", "^a", "+a", "-", "--", "- -", "-a -b", "\\", "%", "_", "';DROP TABLE article;--",
    "1; SELECT pg_sleep(9)", "$1", ":x", "?", "%s", "a & | ! b", "'a' & 'b'", "<->", "\ufeff", "\u0000", "٣", "😀", "a" * 200, "\t\n\r",
    "x' UNION SELECT sql FROM sqlite_master --",
)  # fmt: skip


def test_30_no_injection_is_an_error(on_each: TestClient) -> None:
    before = on_each.get("/search.json").json()["total"]
    for text in INJECTIONS:
        value = quote(text)
        for path in (
            f"/search.json?q={value}&source={value}&region={value}&industry={value}&kind={value}&relation={value}",
            f"/search?q={value}",
            f"/search?year={value}&page={value}&order={value}",
            f"/policy.json?q={value}&issuer={value}&kind={value}&region={value}",
            f"/sources/{quote(text, safe='')}",
        ):
            answer = on_each.get(path)
            assert answer.status_code in (200, 400, 404), (path, answer.status_code)
    assert on_each.get("/search.json").json()["total"] == before


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("\"()*-+:^{}|&!\\'AORNDT 钒钛\t%_a1\u3000"), max_size=24))
def test_30_nor_is_any_mixture_of_signs(client: TestClient, text: str) -> None:
    answer = client.get("/search.json", params={"q": text})
    assert answer.status_code == 200, text


# --- 31 ../, NUL, names of 300 bytes: nothing outside the data folder; a newline in a title: one log line --------


def test_31_no_path_leads_out(client: TestClient, config: Config) -> None:
    assert config.raw is not None
    (config.raw.parent / "secret.txt").write_text("outside")
    up = (
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "....//secret.txt",
        "..%5csecret.txt",
        "%2e%2e%2fapp.py",
        "../app.py",
        "/etc/passwd",
    )
    for name in (*up, "x" * 300, "%00", "style.css%00.html", "é" * 150):
        for begin in ("/static/", "/", "/sources/", "/articles/", "/watches/"):
            answer = client.get(begin + name)
            assert answer.status_code in (400, 404), (begin + name, answer.status_code)
            assert "outside" not in answer.text
            assert "root:" not in answer.text


def test_31_a_record_s_name_can_not_lead_out_of_the_folder(client: TestClient, config: Config) -> None:
    assert config.raw is not None
    with config.engine.connect() as conn:
        row = conn.execute(capture.select()).mappings().first()
    assert row is not None
    outside = config.raw.parent / "outside.warc.gz"
    outside.write_bytes((config.raw / row["warc_file"]).read_bytes())
    for name in ("../outside.warc.gz", str(outside), "x/../../outside.warc.gz"):
        with pytest.raises(RawError, match="no name of a file"):
            read(config.raw, Pointer(name, row["warc_offset"], row["warc_length"]))
        with writing(config.engine).begin() as conn:
            conn.execute(update(capture).where(capture.c.id == row["id"]).values(warc_file=name))
        assert client.get("/articles/61/raw").status_code == 404
        assert client.get("/articles/61/raw.txt").status_code == 404
    with writing(config.engine).begin() as conn:
        conn.execute(update(capture).where(capture.c.id == row["id"]).values(warc_file=row["warc_file"]))
    assert client.get("/articles/61/raw").status_code == 200


def test_31_a_newline_makes_no_second_log_line(config: Config, caplog: pytest.LogCaptureFixture) -> None:
    broken = db.open_engine(f"sqlite:///{config.raw}/none.db")
    with (
        TestClient(create_app(replace(config, engine=broken)), raise_server_exceptions=False) as client,
        caplog.at_level(logging.DEBUG, logger="monitor"),
    ):
        client.get("/sources/a%0aFORGED ERROR%0d")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("monitor")]
    assert len(lines) == 1
    assert "\n" not in lines[0].replace(os.linesep, "\n").split("FORGED")[0]
    assert "\n" not in lines[0]
