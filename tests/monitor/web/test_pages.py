"""Every view in every form, on both databases."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, insert, select, update
from starlette.testclient import TestClient

from benchmarks.made_archive import NOW
from crawler.cli import names as names_of
from crawler.cli.serve import configured
from crawler.items import SHANGHAI
from monitor.watches import Rule
from monitor.watches import add as add_watch
from monitor.web.app import VIEWS, create_app
from monitor.web.config import Config
from monitor.web.question import Question
from monitor.web.reads.searching import find
from monitor.web.reasons import in_chinese
from monitor.web.words import FIELD
from storage import db
from storage.db import writing
from storage.schema import article, policy_article, policy_record, run, source
from tests.monitor.web.conftest import furnished
from tests.storage.test_clusters import OTHER, keep, piece

ATOM = "{http://www.w3.org/2005/Atom}"
PAGES = [
    "/",
    "/search",
    "/search?q=钒钛",
    "/search?q=釩鈦&order=newest&page=2",
    "/search?q=钒钛&source=cinic&region=510402&industry=A01&year=2020&year=2021&kind=意见&relation=report&reprints=1",
    "/articles/1",
    "/articles/25",
    "/articles/61",
    "/articles/61/raw",
    "/articles/62/revisions/1",
    "/articles/1/compare/2",
    "/policy",
    "/policy?region=510400&year=2020&kind=意见&issuer=四川省人民政府&q=钒",
    "/policy/1",
    "/operations",
    "/sources/cinic",
    "/sources/panzhihua",
    "/watches",
    "/watches/1",
]


def twin(path: str, form: str) -> str:
    address, _, query = path.partition("?")
    return ("/index" if address == "/" else address) + f".{form}" + (f"?{query}" if query else "")


class Tags(HTMLParser):
    """The tags that are left open, and the ids that stand twice."""

    VOID = frozenset(("meta", "link", "input", "br", "rect", "path"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_every_view_is_tried() -> None:
    kinds = {path.split("/")[1].split("?")[0] for path in PAGES}
    assert kinds == {path.split("/")[1] for path in VIEWS}


def test_every_page_and_its_twins(on_each: TestClient) -> None:
    for path in PAGES:
        page = on_each.get(path)
        assert page.status_code == 200, (path, page.text[:400])
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        tags = Tags()
        tags.feed(page.text)
        assert (tags.open, tags.wrong) == ([], []), path
        assert len(tags.ids) == len(set(tags.ids)), path
        assert '<html lang="zh-CN">' in page.text
        data = on_each.get(twin(path, "json"))
        assert data.status_code == 200, (path, data.text)
        data.json()
        atom = on_each.get(twin(path, "atom"))
        assert atom.status_code == 200, path
        root = ET.fromstring(atom.content)
        assert root.tag == f"{ATOM}feed"
        ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
        assert len(ids) == len(set(ids)), path
        feed = on_each.get(twin(path, "feed.json")).json()
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert [item["id"] for item in feed["items"]] == ids


def test_search_finds_either_script_and_counts_facets(client: TestClient) -> None:
    found = client.get("/search.json?q=釩鈦").json()
    assert found["total"] == client.get("/search.json?q=钒钛").json()["total"] > 10
    assert not found["total_is_least"]
    source = next(value for value in found["facets"]["source"] if value["code"] == "cinic")
    narrowed = client.get("/search.json?q=釩鈦&source=cinic").json()
    assert narrowed["total"] == source["count"] < found["total"]
    region = found["facets"]["region"][0]
    assert client.get(f"/search.json?q=钒钛&region={region['code']}").json()["total"] == region["count"]
    year = found["facets"]["year"][0]
    assert client.get(f"/search.json?q=钒钛&year={year['code']}").json()["total"] == year["count"]


def test_search_does_not_find_what_is_not_there(client: TestClient) -> None:
    assert client.get("/search.json?q=钒钛 -钒钛").json()["total"] == 0
    page = client.get("/search?q=龘龘龘")
    assert "没有文章同时符合这些条件" in page.text


def test_a_later_page_shows_the_rest_and_no_more(client: TestClient) -> None:
    whole = client.get("/search.json").json()["total"]
    seen = [hit["id"] for page in (1, 2, 3, 4) for hit in client.get(f"/search.json?page={page}").json()["hits"]]
    assert len(seen) == len(set(seen)) == whole
    assert client.get("/search?page=9").status_code == 200


def test_reprints_are_hidden_until_they_are_asked_for(client: TestClient) -> None:
    shown = client.get("/search.json").json()["total"]
    assert client.get("/search.json?reprints=1").json()["total"] == shown + 2


def test_titles_with_the_words_come_first(client: TestClient) -> None:
    hits = client.get("/search.json?q=钒钛磁铁矿").json()["hits"]
    with_words = ["钒钛磁铁矿" in hit["title"] for hit in hits]
    assert with_words == sorted(with_words, reverse=True)
    assert any(with_words)
    assert not all(with_words)


def test_the_article_is_that_of_the_contract(client: TestClient) -> None:
    article = client.get("/articles/1.json").json()
    assert article["id"] == 1
    assert {"url", "title", "body", "body_original", "related", "content_sha256", "cluster"} <= set(article)


def test_the_article_page_tells_where_all_came_from(client: TestClient) -> None:
    page = client.get("/articles/1").text
    for words in ("延伸阅读", "链到本文", "同文报道", "每个字段的依据", "[EB/OL]", "@online", "来源:"):
        assert words in page
    assert "/articles/1/compare/2" in page


def test_the_original_script_stands_beside(client: TestClient) -> None:
    page = client.get("/articles/61").text
    assert 'lang="zh-Hant"' in page
    assert "原网页（繁体）" in page
    assert 'lang="zh-Hant"' not in client.get("/articles/1").text


def test_a_revision_is_compared_with_what_followed(client: TestClient) -> None:
    page = client.get("/articles/62/revisions/1").text
    assert "<del>168</del>" in page
    assert "<ins>186</ins>" in page
    assert "<ins>更正如上。</ins>" in page
    assert client.get("/articles/62/revisions/2").status_code == 404


def test_policy_is_filtered(client: TestClient) -> None:
    every = client.get("/policy.json").json()
    assert every["total"] == 2
    for facet, values in every["facets"].items():
        for value, count in values:
            assert client.get(f"/policy.json?{facet}={value}").json()["total"] == count, (facet, value)
    assert client.get("/policy.json?q=没有这个").json()["total"] == 0


def test_the_time_line_opens_with_the_home_region(config: Config) -> None:
    app = create_app(replace(config, home_region=("510422", "盐边县")))
    with TestClient(app) as client:
        assert "盐边县政策时间线" in client.get("/policy").text
        assert client.get("/policy.json").json()["total"] < client.get("/policy.json?region=all").json()["total"]


def test_a_record_without_a_day_of_its_own_stands_at_the_day_of_its_first_report(
    engine: Engine, tmp_path: Path
) -> None:
    """Of a repealed document no more is known than its title: the day of the crawl would put it above all news."""
    config = furnished(engine, tmp_path)
    values = {"issuers": [], "status": "废止", "first_seen_at": NOW, "changed_at": NOW}
    eve = datetime(2019, 12, 31, 16, 30, tzinfo=UTC)  # 2020 in China
    with db.writing(engine).begin() as conn:
        add = insert(policy_record).returning(policy_record.c.id)
        told, kept = (
            conn.execute(add.values(key=name, title=name, **values)).scalar_one() for name in ("旧办法", "旧规定")
        )
        for number, record, at in ((1, told, eve + timedelta(days=99)), (2, told, eve), (3, kept, None)):
            conn.execute(update(article).where(article.c.id == number).values(published_at=at))
            link = {"record_id": record, "article_id": number, "relation": "repeal", "seen_at": NOW}
            conn.execute(insert(policy_article).values(link))
    with TestClient(create_app(config)) as client:
        page, home, record = (client.get(path).text for path in ("/policy?region=all", "/", f"/policy/{told}"))
        years = dict(client.get("/policy.json?region=all").json()["facets"]["year"])
        of_2020 = {one["title"] for one in client.get("/policy.json?region=all&year=2020").json()["records"]}
    today = NOW.astimezone(SHANGHAI)
    rows = re.findall(r'<p class="when">(.*?)</p>.*?<h3><a[^>]*>(.*?)</a>', page, re.DOTALL)
    line = {title: re.sub(r"<[^>]*>", " ", when).split() for when, title in rows}
    assert line["旧办法"] == ["1月1日", "报道"]
    assert line["旧规定"] == [f"{today.month}月{today.day}日", "收录"]
    assert all(len(when) == 1 for title, when in line.items() if not title.startswith("旧")), (
        "an issued one says no more"
    )
    assert [title for _, title in rows if title.startswith("旧")] == ["旧规定", "旧办法"]
    assert "旧办法" in of_2020
    assert "旧规定" not in of_2020
    assert {"2020", str(today.year)} <= years.keys()
    assert "2020年1月1日" in record
    assert home.index("旧规定") < home.index("旧办法")


def test_an_unknown_region_of_the_time_line_is_told_and_a_name_is_as_good_as_a_code(config: Config) -> None:
    names = {"region": names_of.region}
    with TestClient(create_app(replace(config, names=names, called={"460000": "海南省"}))) as client:
        strange = client.get("/policy?region=999").text
        empty = client.get("/policy?region=460000").text
        by_name, by_code = (client.get(f"/policy.json?region={one}").json() for one in ("攀枝花", "510400"))
    assert "没有地区“999”" in strange
    assert "还没有政策记录" not in strange
    assert "海南省还没有政策记录" in empty
    assert by_name == by_code
    assert by_name["total"] > 0


def test_a_watch_shows_names_not_codes(engine: Engine, tmp_path: Path) -> None:
    config = replace(furnished(engine, tmp_path), called={"510000/chengyu": "成渝地区双城经济圈", "C99": "某行业"})
    with db.writing(engine).begin() as conn:
        rule = Rule(scope="articles", regions=("510000/chengyu",), industries=("C99",))
        number = add_watch(conn, "双城", rule, now=NOW).id
    with TestClient(create_app(config)) as client:
        for page in (client.get("/watches").text, client.get(f"/watches/{number}").text):
            assert "成渝地区双城经济圈" in page
            assert "某行业" in page
            assert "510000/chengyu" not in page


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("every visit failed", "每次访问都失败了"),
        ("max_pages", "到了指定的页数"),
        ("the crawl did not end well: archive_error", "采集没有正常结束：档案库写不进去"),
        (
            "nothing new since 2026-11-20 08:00 +08:00; 7 days are normal",
            "自 2026-11-20 08:00 +08:00 起没有新文章；平常最多隔 7 天",
        ),
        ("articles come without body", "文章缺少正文"),
        ("no article: no title was found", "不是文章：没有找到标题"),
        ("HTTP 503", "HTTP 503"),  # what nobody has words for stays as it is
        ("正文字段近 20 篇为空", "正文字段近 20 篇为空"),
    ],
)
def test_reasons_are_told_in_chinese(english: str, chinese: str) -> None:
    assert in_chinese(english, FIELD) == chinese


def test_the_calendar_of_a_watch_that_told_of_no_day_is_one(client: TestClient) -> None:
    assert "BEGIN:VTIMEZONE" in client.get("/watches/1.ics").text or "BEGIN:VEVENT" in client.get("/watches/1.ics").text


def test_an_empty_feed_was_updated_now(client: TestClient) -> None:
    told = client.get("/search.atom?q=没有这个词").text
    assert "<updated>1970" not in told


def test_a_policy_record_names_its_document_and_reports(client: TestClient) -> None:
    record = client.get("/policy/1").text
    for words in ("文件原文", "报道", "解读", "2000亿元以上", "攀办发"):
        assert words in record


def test_operations_tells_what_is_wrong(client: TestClient) -> None:
    page = client.get("/operations").text
    for words in ("版式变化", "正文字段近 20 篇为空", "SMTP 550", "搁置的提醒"):
        assert words in page
    told = client.get("/operations.json").json()
    assert told["deliveries"] == {"waiting": 1, "sent": 1, "dead": 1}
    line = next(line for line in told["sources"] if line["name"] == "cinic")
    assert line["next_run_at"] > line["last_run_at"]
    assert line["coverage"]["body"] == 1.0


@pytest.mark.parametrize(
    ("state", "reason", "due"),
    [("finished", None, False), ("running", None, False), ("failed", "killed", True), ("stopped", "stopped", True)],
)
def test_a_source_whose_crawl_did_not_end_whole_is_due_sooner(
    sqlite_engine: Engine, state: str, reason: str | None, *, due: bool
) -> None:
    now = NOW + timedelta(hours=1)
    began = {"source": "cinic", "started_at": NOW, "counts": {}, "state": state, "reason": reason}
    with writing(sqlite_engine).begin() as conn:
        conn.execute(insert(source).values(name="cinic", last_run_at=NOW))
        conn.execute(insert(run).values(began | {"finished_at": None if state == "running" else NOW}))
    config = replace(configured(sqlite_engine, str(sqlite_engine.url)), hosts=("testserver",), now=lambda: now)
    with TestClient(create_app(config)) as client:
        line = next(line for line in client.get("/operations.json").json()["sources"] if line["name"] == "cinic")
        assert line["overdue"] is due
        assert ("已到期" in client.get("/sources/cinic").text) is due


def test_what_is_missing_is_said(client: TestClient) -> None:
    for path in (
        "/articles/9999",
        "/articles/99999999999999999999",
        "/policy/99",
        "/watches/99",
        "/sources/none",
        "/nowhere",
    ):
        page = client.get(path)
        assert page.status_code == 404, path
        assert "<h1>" in page.text
    assert client.get("/articles/9999.json").json()["error"]
    assert client.get("/articles/1/raw").status_code == 404


@pytest.mark.parametrize("question", ["page=0", "page=x", "page=26", "year=20", "order=worst", "q=" + "长" * 201])
def test_a_question_that_can_not_be_is_answered_with_help(client: TestClient, question: str) -> None:
    page = client.get(f"/search?{question}")
    assert page.status_code == 400
    assert "<h1>" in page.text


def test_an_empty_archive_says_what_to_do(sqlite_engine: Engine, config: Config) -> None:
    with TestClient(create_app(replace(config, engine=sqlite_engine, sources={}))) as client:
        for path in ("/", "/search", "/policy", "/operations", "/watches"):
            page = client.get(path)
            assert page.status_code == 200, path
        assert "panxi demo" in client.get("/").text


def test_an_archive_that_does_not_answer_is_a_503(config: Config, tmp_path: Path) -> None:
    broken = db.open_engine(f"sqlite:///{tmp_path / 'none.db'}")
    with TestClient(create_app(replace(config, engine=broken)), raise_server_exceptions=False) as client:
        page = client.get("/search")
        assert page.status_code == 503
        assert page.headers["retry-after"]
        assert client.get("/healthz").status_code == 503


def test_health_and_figures(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    figures = client.get("/metrics").text
    assert 'panxi_deliveries{state="dead"} 1.0' in figures
    assert 'panxi_source_state{source="panzhihua",state="layout changed"} 1.0' in figures


def test_nothing_is_asked_of_other_servers(client: TestClient) -> None:
    """No src, stylesheet or form leads elsewhere; links do, and without a referrer."""
    for path in PAGES:
        for tag, attributes in tags_of(client.get(path).text):
            for name in ("src", "action", "hx-get", "data", "poster"):
                assert attributes.get(name, "/").startswith("/"), (path, tag, attributes)
            address = attributes.get("href", "/")
            if not address.startswith(("/", "#")):
                assert tag == "a", (path, tag, attributes)
                assert "noreferrer" in attributes["rel"]
                assert address.startswith(("http://", "https://"))


def tags_of(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, {name: value or "" for name, value in attrs}))

    Reader().feed(page)
    yield from found


def test_the_feed_of_a_search_has_the_whole_text(client: TestClient, config: Config) -> None:
    item = client.get("/search.feed.json?q=钒钛").json()["items"][0]
    with config.engine.connect() as conn:
        body = conn.execute(select(article.c.body).where(article.c.url == item["url"])).scalar_one()
    assert body.split("\n")[-1] in item["content_html"]


def test_words_without_a_letter_are_told_and_find_nothing(client: TestClient) -> None:
    page = client.get("/search?q=……").text
    assert "里没有可以检索的字" in page
    assert '<ol class="results"' not in page
    assert client.get("/search.json?q=……").json() | {"question": None, "facets": None} == {
        "question": None, "facets": None, "total": 0, "total_is_least": False, "searchable": False, "hits": [],
    }  # fmt: skip


def test_an_unknown_region_or_source_is_told(client: TestClient) -> None:
    page = client.get("/search?q=钒钛&region=亚特兰蒂斯&source=nobody").text
    assert "档案里没有地区“亚特兰蒂斯”" in page
    assert "档案里没有来源网站“nobody”" in page
    assert "没有文章同时符合这些条件" in client.get("/search?q=钒钛&year=1950&region=510400").text


def test_a_name_of_a_region_is_as_good_as_its_code(config: Config) -> None:
    def lookup(typed: str) -> str:
        if typed != "攀枝花":
            raise ValueError(typed)
        return "510400"

    with TestClient(create_app(replace(config, names={"region": lookup}))) as client:
        by_name, by_code = (client.get(f"/search.json?region={value}").json() for value in ("攀枝花", "510400"))
    assert by_name["total"] > 0
    assert by_name == by_code


def test_each_chosen_facet_goes_with_one_click(client: TestClient) -> None:
    page = client.get("/search?q=钒钛&region=510400&year=2020").text
    chips = page[page.index('class="chips"') : page.index("</ul>", page.index('class="chips"'))]
    assert [html.unescape(address) for address in re.findall(r'href="/search\?([^"]*)"', chips)] == [
        f"q={quote('钒钛')}&year=2020",
        f"q={quote('钒钛')}&region=510400",
        f"q={quote('钒钛')}",
    ]
    assert 'class="chips"' not in client.get("/search?q=钒钛").text


def test_a_source_is_found_where_anothers_copy_is_canonical(engine: Engine) -> None:
    """One a cluster within the filter: never hidden, never twice."""
    early = piece("a", source="a")
    keep(
        engine,
        early,
        piece("b", hours=2, source="copy"),
        piece("c", hours=3, source="copy"),
        piece("d", OTHER, title="蔬菜上市", source="copy"),
    )
    asked = {
        ("copy",): ["http://b.example/1.html"],
        ("a", "copy"): [early.url],
        ("a",): [early.url],
        (): [early.url],
    }
    with engine.connect() as conn:
        for source, expected in asked.items():
            assert [hit.url for hit in find(conn, Question(q="钒钛", source=source), str).hits] == expected
        every = find(conn, Question(q="钒钛", source=("copy",), reprints=True), str)
    assert every.total == 2
