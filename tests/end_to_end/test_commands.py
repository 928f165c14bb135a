"""The commands as a person meets them, bad input included."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from crawler.replica import expected, serve
from crawler.spiders.site import SiteSpider
from storage import schema
from storage.db import open_engine
from tests.end_to_end.conftest import PANXI, Panxi, call, run

ROOT = Path(__file__).parents[2]
SEED = ROOT.parent / "shared" / "seed"


def test_help_names_every_command(panxi: Panxi) -> None:
    told = panxi("--help")
    assert told.code == 0
    for command in ("demo", "crawl", "extract", "clean", "sources", "show", "status", "export", "search"):
        assert re.search(rf"\b{command}\b", told.out)


def test_sources_without_an_archive_makes_none(panxi: Panxi, tmp_path: Path) -> None:
    told = panxi("sources", "--json")
    assert told.code == 0
    assert "cinic" in {row["name"] for row in told.rows}
    assert list(tmp_path.iterdir()) == []


def test_clean_is_a_filter(panxi: Panxi) -> None:
    told = panxi("clean", stdin="釩鈦產(chǎn)業(yè)發(fā)展(含迤資園區(qū))\n".encode())
    assert (told.code, told.out) == (0, "钒钛产业发展(含迤资园区)\n")


def test_clean_keeps_the_script_when_asked(panxi: Panxi) -> None:
    told = panxi("clean", "--script", "keep", stdin="釩鈦產(chǎn)業(yè)\n".encode())
    assert told.out == "釩鈦產業\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("crawl", "cinik"), "no source is called 'cinik'; did you mean 中国产业经济信息网 (cinic)?"),
        (("crawl", "--url", "ftp://example.com/x"), "not an http(s) address"),
        (("extract", "missing.html"), "'missing.html': No such file or directory"),
        (("extract", "missing.html", "--source", "nowhere"), "No such file or directory"),
        (("extract", "."), "'.': Is a directory"),
        (("extract", ""), "an empty name"),
        (("extract", "ftp://example.com/x"), "not an http(s) address: 'ftp://example.com/x'"),
        (("extract", "file:///etc/passwd"), "not an http(s) address"),
        (("extract", "http://[::1"), "not an http(s) address"),
        (("extract", "-", "--url", "mailto:a@b.cn"), "not an http(s) address: 'mailto:a@b.cn'"),
        (("extract", "-", "--source", "cinik"), "did you mean 中国产业经济信息网 (cinic)?"),
        (("demo", "--dir", ""), "an empty name"),
        (("backup", ""), "an empty name"),
        (("restore", " "), "an empty name"),
        (("merge", "a", "", "b"), "an empty name"),
        (("new-source", ""), "not an http(s) address: ''"),
        (("new-source", "ftp://x.example/"), "not an http(s) address: 'ftp://x.example/'"),
        (("new-source", "http://x.example/1.html", "--file", "missing.html"), "'missing.html': No such file"),
        (("serch", "钒钛"), "Did you mean 'search'"),
        (("schedule", "cinik"), "did you mean 中国产业经济信息网 (cinic)?"),
        (("sources", "cinik"), "did you mean 中国产业经济信息网 (cinic)?"),
        (("show", "1"), "there is no archive"),
        (("status",), "there is no archive"),
        (("status", "--db", "oracle://x"), "Neither SQLite nor PostgreSQL"),
        (("crawl", "--db", "sqlite:////nonexistent/folder/panxi.db"), "No such folder"),
        (("status", "--db", "nonsense"), "Not a database URL"),
    ],
)
def test_bad_input_ends_in_a_clear_line(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = call(*arguments)
    assert told.code == 2
    assert words in " ".join(told.err.split())
    assert told.out == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no article"),
        (b"%PDF-1.7 \x00\x01\x02", "no article"),
        (b"<html><body></body></html>", "no article"),
        (b"\x00" * 4096, "no article"),
        (b"just a word", "no article"),
    ],
)
def test_a_page_without_an_article_says_why(tmp_path: Path, body: bytes, words: str) -> None:
    (tmp_path / "page.html").write_bytes(body)
    told = call("extract", str(tmp_path / "page.html"))
    assert told.code == 1
    assert words in told.err
    assert told.out == ""


def test_a_database_that_is_not_ours_is_left_alone(panxi: Panxi, tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "panxi.db") as connection:
        connection.execute("CREATE TABLE other (x)")
    told = panxi("crawl", "cinic")
    assert told.code == 2
    assert "Not a panxi database" in told.err


def test_an_unreachable_host_is_a_failure_that_is_named(panxi: Panxi) -> None:
    told = panxi("crawl", "--url", "http://127.0.0.1:9/x.html", "--allow-loopback", "--json")
    assert told.code == 1
    (failure,) = told.json["failed"]
    assert failure["example"] == "http://127.0.0.1:9/x.html"
    assert "refused" in failure["reason"].lower()


def test_the_loopback_is_refused_unless_allowed(panxi: Panxi) -> None:
    told = panxi("crawl", "--url", "http://127.0.0.1:9/x.html", "--json", TZ="America/New_York")
    assert told.code == 1
    assert "--allow-loopback" in told.json["failed"][0]["reason"]
    (warning,) = (line for line in told.err.splitlines() if "refused" in line)
    logged = datetime.fromisoformat(warning[: len("2026-01-01 00:00:00+08:00")])
    assert abs(datetime.now(UTC) - logged) < timedelta(minutes=2)


def test_a_crawl_that_names_nobody_to_write_to_says_so(panxi: Panxi) -> None:
    address = ("crawl", "--url", "http://127.0.0.1:9/x.html")
    assert "PANXI_CONTACT is not set" in panxi(*address, PANXI_CONTACT="").err
    assert "PANXI_CONTACT" not in panxi(*address, PANXI_CONTACT="you@example.org").err


def test_the_seed_is_read_and_restored(panxi: Panxi, tmp_path: Path) -> None:
    seeds = sorted(SEED.glob("*.txt"))
    if not seeds:
        pytest.skip("the seed is not beside this checkout")
    (tmp_path / "seed.html").write_text(seed_page(seeds[0].read_text(encoding="utf-8")), encoding="utf-8")
    told = panxi("extract", "seed.html", "--url", "http://www.cinic.org.cn/xy/sc/777154.html")
    assert told.code == 0, told
    article = told.json
    assert article["title"] == "四川攀枝花加快构建形成“一区多园”发展新格局"
    assert article["published_at"].startswith("2020-04-11")
    assert article["date_precision"] == "day"
    assert article["origin"] == "中国产业经济信息网"
    assert article["reprinted_from"] == "攀枝花日报"
    assert len(article["body"].split("\n")) == 5
    assert "(含迤资园区)" in article["body"].replace("（", "(").replace("）", ")")
    assert not re.search(r"[a-zāáǎà]\)", article["body"])
    assert "版权及免责声明" in article["rights"]
    assert "版权" not in article["body"]
    assert [link["date"] for link in article["related"]] == ["2017-06-11", "2017-09-12", "2018-01-04", "2018-01-22"]
    for alien in ("热点", "特色小镇", "公众号", "ICP"):
        assert alien not in article["body"]


def test_a_saved_page_is_read_by_its_source_though_no_address_is_given(panxi: Panxi, tmp_path: Path) -> None:
    saved = gzip.decompress((ROOT / "tests" / "sites" / "cinic" / "article" / "page.html.gz").read_bytes())
    (tmp_path / "page.html").write_bytes(saved)
    told = panxi("extract", "page.html", "--source", "cinic")
    assert told.code == 0, told.err
    assert told.json["source"] == "cinic"
    assert panxi("extract", "-", "--source", "cinic", stdin=saved).json["body"] == told.json["body"]


def seed_page(text: str) -> str:
    """The seed's text in the markup of its source."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    title, byline, further = lines[0], lines[1], lines.index("延伸閱讀")
    body = "".join(f"<p>　　{line}</p>" for line in lines[2:further])
    rest = lines[further + 1 :]
    end = next(number for number, line in enumerate(rest) if line.startswith("熱點"))
    entries, entry = [], []
    for line in rest[:end]:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", line):
            entries.append((entry, line))
            entry = []
        else:
            entry.append(line.removeprefix("• "))
    cards = "".join(
        f'<li><div class="txt"><h3><a href="/xy/sc/{number}.html">{words[0]}</a></h3><p>{words[-1]}</p>'
        f'<span class="sp2">{date}</span></div></li>'
        for number, (words, date) in enumerate(entries, 300001)
    )
    tail = "".join(f"<h3>{line}</h3>" for line in rest[end:])
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body><div class="col-l">'
        f"<div><h1><center><b>{title}</b></center></h1><center>{byline}</center></div>"
        f'<div class="dc-ccm1">{body}<div class="ydsj_box"><h2>延伸閱讀</h2><ul>{cards}</ul></div></div></div>'
        f'<div class="col-r">{tail}</div></body></html>'
    )


def test_ctrl_c_keeps_what_was_read_and_the_next_crawl_goes_on(tmp_path: Path) -> None:
    """A slow site: two seconds a page. Ctrl-C ends within five seconds; what was stored is not fetched again."""
    with serve() as replica:
        script = (
            "from crawler.crawl import crawl, project_settings; import sys\n"
            f"settings = project_settings(PANXI_DB='sqlite:///panxi.db', PANXI_PROXY={replica.url!r}, "
            "PANXI_SITES='crawler.replica.sites', PANXI_ALLOW_LOOPBACK=True, LOG_LEVEL='WARNING', "
            "DOWNLOAD_DELAY=float(sys.argv[1]), CONCURRENT_REQUESTS_PER_DOMAIN=1)\n"
            "crawled = crawl(settings)\n"
            "import json; print(json.dumps([crawled.reason, crawled.tally.new]))\n"
        )
        slow = subprocess.Popen(
            [sys.executable, "-c", script, "0.2"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        deadline = time.monotonic() + 30
        while len(replica.requests) < 20 and time.monotonic() < deadline:
            time.sleep(0.05)
        slow.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, err = slow.communicate(timeout=20)
        assert time.monotonic() - began < 5, err
        reason, kept = json.loads(out)
        assert (reason, slow.returncode) == ("shutdown", 0), err
        assert kept > 0
        stored = {asked.url for asked in replica.requests if asked.status == 200}
        asked_before = len(replica.requests)
        done = subprocess.run([sys.executable, "-c", script, "0"], cwd=tmp_path, capture_output=True, check=True)
        reason, new = json.loads(done.stdout)
        assert reason == "finished"
        again = [asked.url for asked in replica.requests[asked_before:] if asked.url in stored]
        assert len(again) <= len(replica.requests) // 4, again  # listings, robots.txt and what was in flight

        assert kept + new == len(expected().articles)


def test_the_console_script_starts_quickly() -> None:
    began = time.monotonic()
    subprocess.run([PANXI, "clean"], input=b"x", capture_output=True, check=True)
    assert time.monotonic() - began < 3


def test_a_page_of_a_mirror_is_kept_as_one_and_only_its_original_is_looked_for(panxi: Panxi, tmp_path: Path) -> None:
    path = "/xy/sc/900501.html"
    page = (
        "<html><head><title>米易早春番茄上市</title></head><body><div class='col-l'><div><h1><center><b>米易早春番茄上市"
        "</b></center></h1><center>来源：中国产业经济信息网 时间：2024-02-01</center></div><div class='dc-ccm1'>"
        + "<p>米易县早春番茄本周集中上市，种植户说今年的价格比去年同期高出一成，冷链车每天发往成都和重庆两地。</p>" * 4
        + "<h2>延伸阅读</h2><ul><li><a href='/xy/sc/900502.html'>枇杷也快熟了</a></li></ul></div></div></body></html>"
    )
    with served({path: page.encode()}) as home:
        panxi("crawl", "--url", home + path, "--allow-loopback", "--json")
    engine = open_engine(f"sqlite:///{tmp_path / 'panxi.db'}")
    with engine.connect() as connection:
        (row,) = connection.execute(select(schema.article.c.url, schema.article.c.mirror_of)).all()
        visited = set(connection.execute(select(schema.frontier.c.url)).scalars())
    engine.dispose()
    assert row.url == home + path
    assert row.mirror_of is not None
    assert row.mirror_of.endswith("www.cinic.org.cn" + path)
    assert visited == {row.url, row.mirror_of}


@contextmanager
def served(pages: dict[str, bytes]) -> Iterator[str]:
    """A plain HTTP server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_article_in_parts_is_stored_whole(panxi: Panxi, tmp_path: Path) -> None:
    def part(number: int, onward: str) -> bytes:
        text = "".join(
            f"<p>第{number}页的第{line}段说，当地的芒果种植面积今年又有扩大，农户收入随之提高。</p>"
            for line in "一二三四"
        )
        return (
            "<html><head><title>芒果之乡见闻</title></head><body><h1>芒果之乡见闻</h1><div>2024-05-01 来源：乡村报</div>"
            f"<div class='content'>{text}</div><div class='pages'>{onward}</div></body></html>"
        ).encode()

    pages = {
        "/a/1001.html": part(1, '<span>1</span><a href="/a/1001_2.html">2</a><a href="/a/1001_2.html">下一页</a>'),
        "/a/1001_2.html": part(2, '<a href="/a/1001.html">1</a><span>2</span>'),
    }
    with served(pages) as home:
        told = panxi("crawl", "--url", f"{home}/a/1001.html", "--allow-loopback", "--json")
    assert told.json["new"] == 1, told
    body = panxi("show", "1", "--json").json["body"]
    assert "第1页的第四段" in body
    assert "第2页的第四段" in body
    again = panxi("reprocess", "--json")
    assert [row["kind"] for row in again.rows] == ["same"], "its pages are kept, and no other article is found on them"
    assert panxi("verify").code == 0
    later = next(tmp_path.rglob("*.warc.gz"))
    assert gzip.decompress(later.read_bytes()).count("第2页的第四段".encode()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("crawl", ""), "no source is called ''"),
        (("crawl", "--url", ""), "not an http(s) address: ''"),
        (("crawl", "cinic", "--url", "http://x.example/1.html"), "not both"),
        (("search", "钒", "--offset", "99999999999999999999"), "offset"),
    ],
)
def test_arguments_that_would_do_something_else_are_refused(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = call(*arguments)
    assert told.code == 2
    assert words in told.err
    assert not list(tmp_path.glob("*.db"))


def test_a_page_asked_for_by_name_that_is_missing_is_a_failure(panxi: Panxi) -> None:
    with served({}) as home:
        told = panxi("crawl", "--url", f"{home}/1.html", "--allow-loopback", "--json")
    assert told.code == 1
    assert told.json["failed"][0]["reason"] == "HTTP 404"


def test_the_demo_is_reprocessed_without_the_network(panxi: Panxi) -> None:
    assert panxi("demo", "--json").code == 0
    again = panxi("reprocess", "--db", "sqlite:///demo-archive/panxi.db", "--json")
    assert again.code == 0, again
    assert {row["kind"] for row in again.rows} == {"left", "same"}, "the mirror is defined in the demo alone"
    assert len(again.rows) == len(expected().articles)
    assert not any("source" in row["fields"] for row in again.rows)


def test_a_page_without_an_article_keeps_its_bytes(panxi: Panxi, tmp_path: Path) -> None:
    with served({"/1.html": "<html><body><p>正在维护</p></body></html>".encode()}) as home:
        told = panxi("crawl", "--url", f"{home}/1.html", "--allow-loopback", "--json")
    assert told.code == 1
    engine = open_engine(f"sqlite:///{tmp_path / 'panxi.db'}")
    with engine.connect() as connection:
        assert connection.execute(select(schema.capture.c.url)).scalars().all() == [f"{home}/1.html"]
    engine.dispose()


def test_a_reader_that_leaves_early_is_no_error(panxi: Panxi, tmp_path: Path) -> None:
    panxi("demo", "--json")
    command = f"{PANXI} export - --db sqlite:///demo-archive/panxi.db | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["url"]


def test_scrapy_crawl_refuses_what_makes_no_sense(tmp_path: Path) -> None:
    for arguments, words in (
        (("-a", "source=cinik"), "unknown source 'cinik'"),
        (("-s", "PANXI_DB=nonsense"), "Not a database URL: 'nonsense'"),
        (("-a", "source="), "source is empty: leave it out to crawl all sources"),
        (("-a", "source=cinic", "-s", "PANXI_PATIENCE=abc"), "PANXI_PATIENCE is a number of seconds, not 'abc'"),
    ):
        done = subprocess.run(
            [PANXI.with_name("scrapy"), "crawl", "site", *arguments],
            cwd=ROOT,
            env={**os.environ, "PANXI_DB": f"sqlite:///{tmp_path / 'panxi.db'}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1] == f"scrapy: error: {words}" + done.stderr.rpartition(words)[2].rstrip()
        assert "Traceback" not in done.stderr
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"depth": "two"}, "depth is a whole number, not 'two'"),
        ({"max_pages": "-1"}, "max_pages is a whole number, not '-1'"),
        ({"source": ""}, "source is empty"),
        ({"source": " , "}, "source is empty"),
        ({"url": ""}, "url is empty"),
        ({"sorce": "cinic"}, "unexpected keyword argument 'sorce'"),
    ],
)
def test_a_spider_is_not_made_of_arguments_that_make_no_sense(arguments: dict[str, str], error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        SiteSpider(**arguments)


def test_a_spider_that_is_told_nothing_crawls_all_and_one_that_is_told_some_those() -> None:
    assert SiteSpider().source_names == SiteSpider().urls == ()
    assert SiteSpider(source="cinic, miyi").source_names == ("cinic", "miyi")
    assert SiteSpider(url="http://a.example/1 http://a.example/2").urls == ("http://a.example/1", "http://a.example/2")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's archive, to be read only."""
    folder = tmp_path_factory.mktemp("demo")
    assert run("demo", "--json", cwd=folder).code == 0
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("stats",),
        ("stats", "--json"),
        ("search", "钒"),
        ("show", "1"),
        ("status",),
        ("export", "-"),
        ("watch", "feed", "攀枝花政策"),
        ("clean",),
        ("--help",),
        ("--version",),
    ],
    ids=" ".join,
)
def test_a_pipe_whose_reader_has_left_ends_every_command_with_0(arguments: tuple[str, ...], demo: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [PANXI, *arguments],
        cwd=demo,
        env={**os.environ, "PANXI_DB": "sqlite:///demo-archive/panxi.db"},
        input=b"\xe9\x87\xa9\n",
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_a_command_ends_well_without_a_standard_output() -> None:
    done = subprocess.run(["bash", "-c", f"{PANXI} --version >&-"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_command_that_is_stopped_says_so_in_one_line(number: signal.Signals, code: int, word: str) -> None:
    with subprocess.Popen(
        [PANXI, "clean"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as waiting:
        assert waiting.stdin is not None
        waiting.stdin.write(b" " * 2**20)  # more than a pipe holds: it is reading
        waiting.send_signal(number)
        out, err = waiting.communicate(timeout=20)
    assert (waiting.returncode, out, err.decode()) == (code, b"", f"panxi: {word}\n")


@pytest.mark.parametrize("name", ["corpus", "corpus.jsonl"])
def test_an_export_that_is_terminated_leaves_nothing_half_done(name: str, demo: Path, tmp_path: Path) -> None:
    """It is told to end again and again, from its first file on, in its tidying up too."""
    script = (
        "import os, signal, sys\n"
        "def end(event, about):\n"
        "    if event.startswith(('open', 'os.', 'shutil.')) and '.partial' in str(about[0]):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "sys.addaudithook(end)\n"
        "from crawler.cli import main; main()\n"
    )
    db = f"sqlite:///{demo / 'demo-archive' / 'panxi.db'}"
    done = subprocess.run(
        [sys.executable, "-c", script, "export", tmp_path / name, "--db", db], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (143, "panxi: terminated\n")
    assert list(tmp_path.iterdir()) == []
