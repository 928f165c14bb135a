"""Drafting a definition, and checking one, without a network."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from crawler.check_source import check
from crawler.items import Page
from crawler.new_source import draft, name_of, write
from crawler.site import Entrance, Site

ARTICLE = (
    "<html><head><meta charset='utf-8'><title>检测平台开放_某某材料网</title></head><body><h1>检测平台开放</h1>"
    "<p>2024-04-11 10:00 来源：某某材料网</p><div class='content'><p>公共检测平台今日开放，面向全市企业提供服务。</p>"
    "<p>平台按实际支出给予一定比例的补助，长期有效。</p></div></body></html>"
)
LISTING = (
    "<html><head><title>新闻_某某材料网</title></head><body><ul class='list'>"
    + "".join(
        f"<li><a href='/n/{n}.html'>材料行业的新闻第{n}条</a><span>2024-04-{n - 1000:02d}</span></li>"
        for n in range(1001, 1007)
    )
    + "</ul><a href='index_2.html'>下一页</a></body></html>"
)


def page(url: str, html: str) -> Page:
    return Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8")


def site_of(text: str, folder: Path) -> Site:
    path = folder / "drafted.py"
    path.write_text(text, "utf-8")
    site = runpy.run_path(str(path))["SITE"]
    assert isinstance(site, Site)
    return site


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://www.cailiao.example/n/1.html", "cailiao"),
        ("https://fgw.sc.gov.cn/a", "fgw-sc"),
        ("http://www.some-site.com.cn/", "some-site"),
    ],
)
def test_a_source_is_named_by_its_host(url: str, name: str) -> None:
    assert name_of(url) == name


def test_an_article_gives_the_form_of_addresses(tmp_path: Path) -> None:
    site = site_of(draft(page("http://www.cailiao.example/n/1001.html", ARTICLE)), tmp_path)
    assert (site.name, site.title, site.home) == ("cailiao", "某某材料网", "http://www.cailiao.example/")
    assert site.is_article("http://www.cailiao.example/n/77.html")
    assert not site.is_article("http://www.cailiao.example/about.html")
    assert site.verified is None


def test_a_column_page_becomes_the_entrance(tmp_path: Path) -> None:
    site = site_of(draft(page("http://www.cailiao.example/n/", LISTING)), tmp_path)
    assert [entrance.url for entrance in site.entrances] == ["http://www.cailiao.example/n/"]
    assert site.is_article("http://www.cailiao.example/n/1003.html")


@pytest.mark.parametrize("html", ["", "<html><body><p>正在维护</p></body></html>"])
def test_a_page_that_shows_nothing_of_a_site_gives_no_source(html: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither an article nor a list"):
        write(page("http://www.cailiao.example/n/1001.html", html), tmp_path / "sites", tmp_path / "cases")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("新闻中心_某某材料网", "某某材料网"),
        ("检测平台开放 - 要闻 - 某某材料网", "某某材料网"),
        ("某某材料网", "某某材料网"),
        ("2021-2025年规划全文", "2021-2025年规划全文"),
    ],
)
def test_a_site_is_called_what_stands_behind_its_titles(title: str, name: str, tmp_path: Path) -> None:
    html = LISTING.replace("新闻_某某材料网", title)
    assert site_of(draft(page("http://www.cailiao.example/n/", html)), tmp_path).title == name


def test_quotes_and_dollars_of_a_page_stay_text(tmp_path: Path) -> None:
    html = ARTICLE.replace("某某材料网</title>", '某"材$料\\网</title>')
    assert "材$料" in site_of(draft(page("http://www.cailiao.example/n/1001.html", html)), tmp_path).title


def test_a_draft_of_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="no address"):
        draft(page("file:///etc/passwd", ARTICLE))


def test_writing_never_overwrites(tmp_path: Path) -> None:
    first = page("http://www.cailiao.example/n/1001.html", ARTICLE)
    (tmp_path / "sites").mkdir()
    files = write(first, tmp_path / "sites", tmp_path / "cases")
    assert [path.name for path in files] == ["cailiao.py", "page.html.gz", "response.json"]
    assert json.loads(files[2].read_text("utf-8"))["kind"] == "article"
    with pytest.raises(FileExistsError):
        write(first, tmp_path / "sites", tmp_path / "cases")


SITE = Site(
    name="cailiao",
    title="某某材料网",
    home="http://www.cailiao.example/",
    hosts=("www.cailiao.example",),
    entrances=(Entrance(url="http://www.cailiao.example/n/"), Entrance(url="http://www.cailiao.example/gone/")),
    article_url=r"/n/\d+\.html$",
)


def fetch(url: str) -> Page:
    if url.endswith("/gone/"):
        raise ConnectionError("refused")
    if url.endswith("/1002.html"):
        return page(url, "<html><title>404 Not Found</title><body>页面不存在</body></html>")
    return page(url, LISTING if url.endswith("/n/") else ARTICLE)


def test_a_check_tells_fields_and_failures() -> None:
    told = check(SITE, fetch)
    good, gone = told.entrances
    assert (good.rows, good.titled, good.dated, good.next_page) == (
        6,
        6,
        6,
        "http://www.cailiao.example/n/index_2.html",
    )
    assert gone.problem is not None
    assert "refused" in gone.problem
    assert [article.problem is None for article in told.articles] == [True, False, True]
    assert told.fields["title"] == pytest.approx(2 / 3)
    assert told.fields["official"] == 0
    assert not told.healthy


def test_a_source_that_reads_is_healthy() -> None:
    one = Site(**{**{name: getattr(SITE, name) for name in SITE.__slots__}, "entrances": SITE.entrances[:1]})
    assert check(one, lambda url: page(url, LISTING if url.endswith("/n/") else ARTICLE)).healthy
