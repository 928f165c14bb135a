"""Column pages, feeds, sitemaps and lists as data, each to rows; and pagers to the page that follows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extraction import read_listing
from crawler.items import SHANGHAI, Listing, NotArticle, Page
from crawler.site import Entrance, Site

HOME = "http://www.x.example/zw/tzgg/"


def listing(
    text: str, url: str = HOME, content_type: str = "text/html; charset=utf-8", site: Site | None = None
) -> Listing:
    found = read_listing(Page(url=url, body=text.encode(), content_type=content_type), site)
    assert isinstance(found, Listing), found
    return found


def days(found: Listing) -> list[str | None]:
    return [row.date.astimezone(SHANGHAI).date().isoformat() if row.date else None for row in found.rows]


NAV = "<ul class=nav>" + "".join(f"<li><a href=/c{n}/>栏目导航的名称{n}</a></li>" for n in range(12)) + "</ul>"
HOT = (
    "<div class=hot><ul>"
    + "".join(f"<li><a href=/hot/{n}.html>热点新闻排行里很长的标题第{n}号</a></li>" for n in range(10))
    + "</ul></div>"
)


def test_rows_are_told_from_menus_and_rankings() -> None:
    rows = "".join(
        f"<li><a href='./{n}.html' title='关于公布第{n}批项目的通知全文'>关于公布第{n}批项目的…</a><span>2020-04-0{n}</span></li>"
        for n in range(1, 8)
    )
    found = listing(f"{NAV}<div class=list><ul>{rows}</ul></div>{HOT}")
    assert [row.url for row in found.rows] == [f"{HOME}{n}.html" for n in range(1, 8)]
    assert found.rows[0].title == "关于公布第1批项目的通知全文"
    assert days(found)[0] == "2020-04-01"


def test_a_date_in_the_address_serves_where_the_row_has_none() -> None:
    rows = "".join(
        f"<li><a href='./202004/t2020041{n}_99.html'>关于公布项目的通知之{n}</a><span>[04-1{n}]</span></li>"
        for n in range(3)
    )
    assert days(listing(f"<ul>{rows}</ul>")) == ["2020-04-10", "2020-04-11", "2020-04-12"]


def test_a_day_over_its_month_is_put_together() -> None:
    rows = "".join(
        f"<li><div><b>1{n}</b><i>2021-05</i></div><a href='/{n}.html'>关于公布项目的通知之{n}</a></li>"
        for n in range(3)
    )
    assert days(listing(f"<ul>{rows}</ul>")) == ["2021-05-10", "2021-05-11", "2021-05-12"]


def test_a_picture_and_a_title_are_one_row() -> None:
    rows = "".join(
        f"<li><a href='/{n}.html'><img alt='图'></a><h3><a href='/{n}.html'>芒果产业的新闻标题{n}</a></h3><p>摘要。</p></li>"
        for n in range(4)
    )
    assert [row.title for row in listing(f"<div class=col><ul>{rows}</ul></div>").rows] == [
        f"芒果产业的新闻标题{n}" for n in range(4)
    ]


def test_hanweb_rows_and_their_next_group() -> None:
    records = "".join(
        f"<record><![CDATA[<li><a href='/art/2020/4/1{n}/art_1_{n}.html'>关于钒钛产业的通知{n}</a><b>2020-04-1{n}</b></li>]]></record>"
        for n in range(3)
    )
    island = f'<datastore><nextgroup><![CDATA[<a href="/module/jpage/dataproxy.jsp?page=2&amp;col=1"></a>]]></nextgroup><recordset>{records}</recordset></datastore>'
    for text in (f"<html>{NAV}<script type='text/xml'>{island}</script></html>", island):
        found = listing(text)
        assert days(found) == ["2020-04-10", "2020-04-11", "2020-04-12"]
        assert found.next_pages == ("http://www.x.example/module/jpage/dataproxy.jsp?page=2&col=1",)


@pytest.mark.parametrize("wrap", ["{}", "callback({});"])
def test_json_rows(wrap: str) -> None:
    data = '{"code":0,"menu":[{"name":"首页"}],"data":{"list":[{"title":"钒钛<em>产业</em>","url":"/a/1.html","publishTime":"2020-04-11 08:00:00"},{"title":"石墨","url":"/a/2.html","publishTime":1586563200000}]}}'
    found = listing(wrap.format(data), content_type="application/json")
    assert [(row.url, row.title) for row in found.rows] == [
        ("http://www.x.example/a/1.html", "钒钛产业"),
        ("http://www.x.example/a/2.html", "石墨"),
    ]
    assert found.rows[0].date == datetime(2020, 4, 11, 8, tzinfo=SHANGHAI)
    assert found.rows[1].date == datetime(2020, 4, 11, tzinfo=UTC)


def test_json_without_a_list_is_refused() -> None:
    assert isinstance(
        read_listing(Page(url=HOME, body=b'{"a": [1, 2]}', content_type="application/json"), None), NotArticle
    )


def test_rss_atom_and_sitemaps() -> None:
    rss = "<?xml version='1.0'?><rss><channel><title>频道</title><link>http://x.example/</link><item><title>标题</title><link>http://x.example/1.html</link><pubDate>Sat, 11 Apr 2020 08:00:00 +0800</pubDate></item></channel></rss>"
    assert listing(rss).rows[0].date == datetime(2020, 4, 11, 8, tzinfo=SHANGHAI)
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>标题</title><link rel='self' href='/self'/><link href='/1'/><id>tag:1</id><updated>2020-04-11T00:00:00Z</updated></entry></feed>"
    assert listing(atom).rows[0].url == "http://www.x.example/1"
    assert listing(atom).rows[0].date == datetime(2020, 4, 11, tzinfo=UTC)
    news = "<urlset xmlns:news='n'><url><loc>http://x.example/1.html</loc><lastmod>2020-04-12</lastmod><news:news><news:publication_date>2020-04-10T08:00:00+08:00</news:publication_date><news:title>新闻</news:title></news:news></url></urlset>"
    assert (listing(news).rows[0].title, days(listing(news))) == ("新闻", ["2020-04-10"])
    index = "<sitemapindex><sitemap><loc>http://x.example/s1.xml</loc></sitemap></sitemapindex>"
    assert listing(index).next_pages == ("http://x.example/s1.xml",)


def test_a_feed_entry_without_an_address_is_left_out() -> None:
    assert (
        listing(
            "<rss><channel><item><title>甲</title></item><item><title>乙</title><link>/2</link></item></channel></rss>"
        )
        .rows[0]
        .title
        == "乙"
    )


ROWS = "<ul>" + "".join(f"<li><a href='/{n}.html'>关于公布项目的通知之{n}</a></li>" for n in range(4)) + "</ul>"


@pytest.mark.parametrize(
    ("pager", "url", "expected"),
    [
        ("<a href='index_2.html'>下一页</a>", HOME, f"{HOME}index_2.html"),
        ("<a href='#'>上一页</a><a href='index_2.html'>下一页 &gt;&gt;</a>", HOME, f"{HOME}index_2.html"),
        ("<span>1</span><a href='p2.html'>2</a><a href='p3.html'>3</a>", HOME, f"{HOME}p2.html"),
        (
            "<a href='index.html'>1</a><span class='current'>2</span><a href='p3.html'>3</a>",
            f"{HOME}p2.html",
            f"{HOME}p3.html",
        ),
        ("<a href='?page=1'>1</a><a href='?page=2'>2</a><a href='?page=3'>3</a>", f"{HOME}?page=2", f"{HOME}?page=3"),
        ("<script>createPageHTML(12, 0, 'index', 'html');</script>", HOME, f"{HOME}index_1.html"),
        ("<script>createPageHTML('page_div',8,1,'gfxwj','shtml',120);</script>", HOME, f"{HOME}gfxwj_2.shtml"),
        ("<link rel='next' href='/page/2'>", HOME, "http://www.x.example/page/2"),
    ],
)
def test_the_following_page(pager: str, url: str, expected: str) -> None:
    assert listing(ROWS + pager, url).next_pages == (expected,)


@pytest.mark.parametrize(
    "pager",
    [
        "",
        "<a href='javascript:void(0)'>下一页</a>",
        "<a href='/zw/tzgg/'>下一页</a>",
        "<a href='/9.html'>下一篇</a>",
        "<script>createPageHTML(1, 0, 'index', 'html');</script>",
        "<script>createPageHTML('d',8,8,'l','shtml',120);</script>",
        "<a href='p1.html'>1</a><a href='p2.html'>2</a><b>3</b>",
    ],
)
def test_the_last_page_has_none(pager: str) -> None:
    assert listing(ROWS + pager).next_pages == ()


def test_an_entrance_reads_by_its_selectors_alone() -> None:
    site = Site(
        name="x",
        title="甲",
        home=HOME,
        hosts=("www.x.example",),
        entrances=(Entrance(url=HOME, rows="tr", link="td > a", date="td.d"),),
    )
    found = listing(
        f"{NAV}<table><tr><td><a href='/1.html'>甲</a></td><td class=d>2020/4/1</td></tr></table>", site=site
    )
    assert [(row.url, row.title) for row in found.rows] == [("http://www.x.example/1.html", "甲")]
    assert days(found) == ["2020-04-01"]


def test_a_page_without_rows_is_refused() -> None:
    assert isinstance(read_listing(Page(url=HOME, body="<p>没有列表。</p>".encode()), None), NotArticle)
