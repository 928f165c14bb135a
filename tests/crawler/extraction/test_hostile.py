"""Pages made to harm a reader: an answer or a refusal, soon, in bounded memory."""

from __future__ import annotations

import gc
import time
import tracemalloc

import pytest

from crawler.extraction import read
from crawler.extraction.cost import too_costly
from crawler.items import Listing, NotArticle, Page, ScrapedArticle

LIMIT = 2.0
"""CPU seconds a page may take."""
TEXT = "<h1>园区建设公共检测平台</h1><p>2024-04-11 来源：某报</p>" + "<p>平台面向中小企业，按实际支出给予补助。</p>" * 5

PAGES = {
    "ten megabytes of nested div": "<div>" * 2_000_000,
    "nested bold": "<b>" * 3_000_000,
    "nested lists": "<ul><li>" * 1_000_000,
    "fifty thousand links": "".join(f"<li><a href='/a/{n}.html'>链接的标题文字{n}</a></li>" for n in range(50_000)),
    "eighty thousand attributes": TEXT + "<p " + " ".join(f"a{n}=1" for n in range(80_000)) + ">x",
    "attributes with angle brackets": TEXT + "<p " + " ".join(f'a{n}=">"' for n in range(80_000)) + ">x",
    "attributes without blanks": TEXT + "<p " + "".join(f'a{n}=""' for n in range(80_000)) + ">x",
    "attributes between slashes": TEXT + "<p " + "/".join(f"a{n}" for n in range(80_000)) + ">x",
    "a thousand tags of many attributes": TEXT + ("<p " + " ".join(f"a{n}=1" for n in range(3_000)) + ">x") * 500,
    "text under three thousand elements": "<div>" * 3_000 + TEXT,
    "text in three thousand spans": "<span>" * 3_000 + TEXT,
    "data in a thousand lists": f'<script type="application/ld+json">{"[" * 1_000}{"]" * 1_000}</script>{TEXT}',
    "no body": "<html><head><title>x</title></head></html>",
    "nothing": "",
    "white space": " \n" * 500_000,
    "broken nesting": "<div><p><table><div></p></td></span>" * 20_000 + TEXT,
    "scripts alone": "<html><body><script>" + "var a=1;" * 200_000 + "</script></body></html>",
    "null bytes": TEXT.replace("按", "\0") + "\0" * 1_000_000,
    "entities": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><html><body>&b;' + TEXT,
    "a megabyte of paragraphs": "<p>" * 350_000,
    "formatting never closed": "".join(f"<p><b id={n}>" for n in range(20_000)),
    "a table without end": "<table>" + "<tr><td>甲<td>乙" * 50_000,
    "labels without end": "<p>" + "来源：作者：" * 200_000 + "</p>",
    "brackets without end": TEXT + "<p>" + "（记者" * 300_000 + "</p>",
    "a text of lines that are short": "<div>" + "字<br>" * 20_000 + TEXT,
    "a title of dashes": f"<title>{'甲-' * 50_000}</title>{TEXT}",
    "a declared title of bars": f"<meta name=ArticleTitle content='{'甲_' * 50_000}'>{TEXT}",
    "headings of lists": "<h2>相关阅读</h2>" * 20_000 + TEXT,
    "a list to choose from without end": TEXT + "<select>" + "<option>甲" * 40_000,
    "tags never closed": TEXT + "<a " * 300_000,
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("kind", ["article", "listing"])
def test_a_hostile_page_is_answered_or_refused_in_time(name: str, kind: str) -> None:
    page = Page(url="http://x.example/a.html", body=PAGES[name].encode(), content_type="text/html; charset=utf-8")
    gc.freeze()  # what the tests before left behind is not walked through while this one is timed
    began = time.process_time()
    answer = read(page, None, kind=kind)  # type: ignore[arg-type]
    assert time.process_time() - began < LIMIT
    assert isinstance(answer, ScrapedArticle | Listing | NotArticle)
    if isinstance(answer, NotArticle):
        assert answer.reason


@pytest.mark.parametrize("name", ["null bytes", "entities"])
def test_the_text_of_an_odd_page_is_still_read(name: str) -> None:
    page = Page(url="http://x.example/a.html", body=PAGES[name].encode(), content_type="text/html; charset=utf-8")
    article = read(page, None)
    assert isinstance(article, ScrapedArticle)
    assert article.title == "园区建设公共检测平台"
    assert len(article.paragraphs) == 5
    assert "aaaa" not in "".join(article.paragraphs)


def test_a_refusal_costs_no_tree() -> None:
    html = PAGES["formatting never closed"].encode()
    tracemalloc.start()
    assert too_costly(html) is not None
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_pages_that_people_write_are_not_refused() -> None:
    table = "<table>" + "<tr><td>指标</td><td><b>1</b></td></tr>" * 5_000 + "</table>"
    nested = "<div>" * 300 + TEXT + "</div>" * 300
    picture = f'<img src="data:image/png;base64,{"A" * 500_000}">'
    slashes = f'<img src="data:image/png;base64,{"AAA/" * 100_000}">'
    words = f"<p title='{'word ' * 5_000}'>"
    choices = "<select>" + "<option>甲</option>" * 3_000 + "</select>" + "<select><option>甲<option>乙</select>" * 5_000
    script = "<script>" + "if (a < b) { c = 'x' > \"y\" }\n" * 20_000 + "</script>"
    for html in (
        table,
        nested,
        picture + TEXT,
        slashes + TEXT,
        words + TEXT,
        script + TEXT,
        choices + TEXT,
        "<datalist>" + "<option>甲" * 20_000 + "</datalist>" + TEXT,
        "<font>" * 20 + "<p>甲</p>" * 2_000,
    ):
        assert too_costly(html.encode()) is None


def test_an_external_entity_in_a_feed_reads_no_file(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    body = (
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'
        "<rss><channel><item><title>标题&x;</title><link>http://x.example/1.html</link></item></channel></rss>"
    )
    listing = read(Page(url="http://x.example/rss", body=body.encode()), None, kind="listing")
    assert isinstance(listing, Listing)
    assert "geheim" not in str(listing)


def test_a_feed_of_nested_entities_does_not_grow() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "ha">{levels}]><rss><channel><item><title>&e11;</title><link>/1</link></item></channel></rss>'
    began = time.process_time()
    read(Page(url="http://x.example/rss", body=body.encode()), None, kind="listing")
    assert time.process_time() - began < LIMIT


@pytest.mark.parametrize(
    "body",
    [
        "<rss><channel>" + "<![CDATA[" * 200_000,
        "<rss><channel>" + "<!-- " * 300_000,
        "<!--" * 400_000,
        "<!DOCTYPE a [" * 200_000,
        "<?" * 500_000,
        "<rss><channel><title>" + "&" * 1_000_000,
    ],
    ids=["CDATA", "remarks", "remarks before the root", "types", "instructions", "ampersands"],
)
def test_a_feed_of_beginnings_is_read_in_time(body: str) -> None:
    began = time.process_time()
    read(Page(url="http://x.example/rss", body=body.encode(), content_type="text/xml"), None, kind="listing")
    assert time.process_time() - began < LIMIT


LINKS = "<ul>" + "".join(f"<li><a href=/{n}.html>关于公布第{n}批项目的通知</a></li>" for n in range(4)) + "</ul>"


@pytest.mark.parametrize(
    "body",
    [
        "<div><div>" + "".join(f"<p class=p{n}><a href=/{n}.html>公布第{n}批</a>2026-01-01</p>" for n in range(5_000)),
        "<ul>" + "".join(f"<li><a href=/{n}.html>短{n}</a></li>" for n in range(10_000)),
        LINKS + "<script>" + "createPage(aaa,bbb," * 30_000 + "</script>",
        LINKS + "<script>" + "createPageHTML(a,b,'c','d');" * 20_000 + "</script>",
        LINKS + "<script>page " + "parseInt(3);" * 50_000 + "</script>",
        LINKS + "<a href=# onclick=\"x('aaaaaaaaaa')\">下一页</a>" * 10_000,
        LINKS + "<a href=/index_2.html>&gt;</a>" * 10_000,
    ],
    ids=["groups", "short titles", "calls", "variables", "numbers", "scripts of links", "arrows"],
)
def test_a_column_page_of_repetitions_is_read_in_time(body: str) -> None:
    began = time.process_time()
    read(Page(url="http://x.example/", body=body.encode(), content_type="text/html"), None, kind="listing")
    assert time.process_time() - began < LIMIT
