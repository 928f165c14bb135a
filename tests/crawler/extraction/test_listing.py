"""Column pages, feeds, sitemaps and lists as data, each to rows; and pagers to the page that follows."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

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


LINES = (("/a/1.html", "攀枝花钒钛产业规划出台", "2024-04-11"), ("/a/2.html", "石墨产业园区建设提速", "2024-04-10"))


def test_a_day_between_two_links_is_not_guessed_to_be_of_one() -> None:
    rows = "".join("{2} <a href={0}>{1}</a> ".format(*line) for line in LINES)
    assert days(listing(f"<div>{rows}</div>")) == ["2024-04-11", None]


@pytest.mark.parametrize(
    "row",
    [
        "<a href={0}><span>{1}</span><span>{2}</span></a>",
        "<a href={0}><i>[{2}]</i><span>{1}</span></a>",
        "<a href={0}><p>{1}</p><time>{2} 09:30</time></a>",
        "<a href={0}>{1}</a> ({2})<br>",
        "{2} <a href={0}>{1}</a><br>",
    ],
)
def test_a_day_in_the_link_or_in_its_line_is_no_title(row: str) -> None:
    rows = listing("<div>" + "".join(row.format(*line) for line in LINES) + "</div>").rows
    assert [(urlsplit(one.url).path, one.title, f"{one.date:%Y-%m-%d}") for one in rows] == list(LINES)


@pytest.mark.parametrize(
    "title", ["政府工作报告2024-04-11", "<b>2024-04-11</b>钒钛价格行情表", "<span>2024年4月11日</span>钒钛价格行情"]
)
def test_a_day_of_the_title_stays(title: str) -> None:
    rows = listing("<ul>" + "".join(f"<li><a href=/a/{n}.html>{title}{n}</a></li>" for n in range(3)) + "</ul>").rows
    assert rows[0].title == re.sub("<.*?>", "", title) + "0"


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


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/javascript", "text/plain"])
@pytest.mark.parametrize(
    "wrap",
    [
        "jQuery123_456({});",
        "/**/cb({})",
        "/**/ typeof cb === 'function' && cb({});",
        "window.a.b ( {} ) ;",
        "var newsList = {};",
    ],
)
def test_json_for_a_script_is_json_whatever_it_is_called(wrap: str, content_type: str) -> None:
    text = wrap.replace("{}", '[{"title": "标题", "url": "/1.html"}, {"title": "又一个", "url": "/2.html"}]')
    assert [row.title for row in listing(text, content_type=content_type).rows] == ["标题", "又一个"]


def test_a_page_that_begins_with_no_tag_is_no_json() -> None:
    assert len(listing(f"jQuery(文) 说明 {ROWS}").rows) == 4


@pytest.mark.parametrize(
    ("one", "title", "url"),
    [
        ('{"path": "/cms/site/", "url": "/x/N.html", "title": "标题N"}', "标题0", "/x/0.html"),
        ('{"path": "/p/N/", "link": "/l/N.html", "title": "标题N"}', "标题0", "/l/0.html"),
        ('{"url": "http://www.x.example/", "path": "/x/N.html", "title": "标题N"}', "标题0", "/x/0.html"),
        ('{"name": "市政府", "title": "标题N", "url": "/x/N.html"}', "标题0", "/x/0.html"),
        ('{"name": "栏目N", "title": "标题N", "url": "/x/N.html"}', "标题0", "/x/0.html"),
        ('{"title": "通知公告", "name": "标题N", "url": "/x/N.html"}', "标题0", "/x/0.html"),
        ('{"url": "", "linkurl": "/x/N.html", "title": "标题N"}', "标题0", "/x/0.html"),
    ],
)
def test_of_several_fields_the_row_s_own_is_taken(one: str, title: str, url: str) -> None:
    found = listing("[" + ",".join(one.replace("N", str(n)) for n in range(3)) + "]", content_type="text/plain")
    assert (len(found.rows), found.rows[0].title, found.rows[0].url) == (3, title, "http://www.x.example" + url)


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


TITLE = "攀枝花市人民政府关于印发钒钛产业规划的通知"
NEWS = Site(
    name="x",
    title="某网",
    home="http://www.x.example/",
    hosts=("www.x.example",),
    entrances=(Entrance(url=HOME),),
    article_url=r"/\d{5,}\.html$",
)


@pytest.mark.parametrize(
    "row",
    [
        "<li><a href=/202604/1.html>{}</a><span>2026-04-10</span></li>",
        "<li><span>[2026年4月10日]</span><a href=1.html>{}</a><p>为加快钒钛产业发展，现将规划印发给你们。</p></li>",
    ],
)
def test_one_dated_row_is_a_list_and_the_menu_is_none(row: str) -> None:
    found = listing(f"{NAV}<div class=list><ul>{row.format(TITLE)}</ul></div>")
    assert [item.title for item in found.rows] == [TITLE]
    assert days(found) == ["2026-04-10"]


def test_one_row_that_the_source_calls_an_article_is_a_list() -> None:
    found = listing(f"{NAV}<ul class=list><li><a href=/xw/10001.html>{TITLE}</a></li></ul>", site=NEWS)
    assert [item.url for item in found.rows] == ["http://www.x.example/xw/10001.html"]


@pytest.mark.parametrize(
    "header",
    [
        "<div class=top><a href=/>攀枝花市人民政府门户网站</a> 今天是2026年4月10日</div>",
        "<div class=top><a href=http://beian.example/1.html>攀枝花市人民政府门户网站</a> 2026-04-10</div>",
        f"<div class=text><p><a href=1.html>攀枝花市人民政府门户网站</a></p><p>{'本栏目暂无内容。' * 20}2026-04-10</p></div>",
        "<div class=top><a href=1.html>攀枝花市人民政府门户网站</a></div>",
        "<p>版权所有 2026-01-01 <a href=/map.html>攀枝花市人民政府门户网站</a></p>",
        "<p>上一篇 <a href=1.html>攀枝花市人民政府门户网站</a> 2026-01-01</p>",
    ],
)
def test_a_single_link_beside_a_date_is_no_list(header: str) -> None:
    body = f"<html><body><div class=page>{header}<p>暂无信息</p></div></body></html>"
    assert isinstance(read_listing(Page(url=HOME, body=body.encode()), None), NotArticle)


def test_one_dated_row_that_the_source_calls_no_article_is_no_list() -> None:
    body = f"<ul><li><a href=/special/one.html>{TITLE}</a><span>2026-04-10</span></li></ul>"
    assert isinstance(read_listing(Page(url=HOME, body=body.encode()), NEWS), NotArticle)


def test_links_to_what_the_source_calls_an_article_win_over_longer_lists() -> None:
    rows = "".join(f"<li><a href=/xw/1000{n}.html>公布第{n}批项目</a></li>" for n in range(3))
    found = listing(f"{HOT}<div class=list><ul>{rows}</ul></div>", site=NEWS)
    assert [item.url for item in found.rows] == [f"http://www.x.example/xw/1000{n}.html" for n in range(3)]


def test_short_titles_are_rows_and_tools_beside_a_title_are_none() -> None:
    titles = ["人事任免", TITLE, "征地公告", "关于公布第一批项目的通知", "更名"]
    rows = "".join(
        f"<li><a href=/{n}.html>{title}</a> <a href=/c{n}/>公告</a><span>2026-04-1{n}</span></li>"
        for n, title in enumerate(titles)
    )
    pager = "<li><a href=/2.shtml>下一页</a></li><li><a href=/more/>更多</a></li>"
    found = listing(f"{NAV}<div class=list><ul>{rows}{pager}</ul></div>")
    assert [item.title for item in found.rows] == titles
    only = "".join(
        f"<li><a href=/{n}.html>{title}</a><span>2026-04-1{n}</span></li>"
        for n, title in enumerate(titles)
        if len(title) < 6
    )
    assert len(listing(f"<ul>{only}</ul>").rows) == 3


def test_short_links_of_an_undated_list_are_rows_where_they_lead_to_the_like() -> None:
    rows = "".join(f"<li><a href=/xw/{n}.html>关于公布第{n}批项目的通知</a></li>" for n in range(4))
    short = (
        "<li><a href=/xw/77.html>人事任免</a></li><li><a href=/xw/>更多</a></li><li><a href=/help.html>帮助</a></li>"
    )
    assert [item.title for item in listing(f"<ul>{rows}{short}</ul>").rows][4:] == ["人事任免"]


def test_a_data_store_gives_every_record() -> None:
    def island(*records: str) -> str:
        inside = "".join(f"<record><![CDATA[{record}]]></record>" for record in records)
        return (
            f"<html>{NAV}<script type='text/xml'><datastore><recordset>{inside}</recordset></datastore></script></html>"
        )

    one = f"<li><a href=/art/1.html title='{TITLE}'>攀枝花市…</a><b>2026-04-10</b></li>"
    short = "<tr><td><a href=/c/>公告</a></td><td><a href=/art/2.html>人事任免</a></td><td>2026-04-11</td></tr>"
    assert [(row.title, row.url) for row in listing(island(one)).rows] == [(TITLE, "http://www.x.example/art/1.html")]
    found = listing(island(one, "<li>没有链接</li>", "<div>" + short, one))
    assert [row.title for row in found.rows] == [TITLE, "人事任免"]
    assert days(found) == ["2026-04-10", "2026-04-11"]


def rss(*items: str, declaration: str = "<?xml version='1.0'?>") -> str:
    entries = "".join(f"<item><title>标题{n}</title>{item}</item>" for n, item in enumerate(items, 1))
    return f"{declaration}<rss><channel>{entries}</channel></rss>"


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "utf-8", "gb18030"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_a_feed_is_read_by_its_bytes_whatever_it_declares(declared: str, encoding: str) -> None:
    titles = ["攀枝花市第一号重要消息", "朱镕基同志的生平", "攀枝花市第三号重要消息"]
    items = "".join(f"<item><title>{title}</title><link>/{n}.html</link></item>" for n, title in enumerate(titles))
    text = f'<?xml version="1.0" encoding="{declared}"?><rss><channel>{items}</channel></rss>'
    found = read_listing(Page(url=HOME, body=text.encode(encoding), content_type="text/xml"), SITE_OF_FEED)
    assert isinstance(found, Listing)
    assert [row.title for row in found.rows] == titles


SITE_OF_FEED = Site(
    name="x",
    title="某网",
    home="http://www.x.example/",
    hosts=("www.x.example",),
    entrances=(Entrance(url=HOME, kind="feed"),),
)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/show.php?catid=7&id=12", "http://www.x.example/show.php?catid=7&id=12"),
        ("/show.php?catid=7&amp;id=12", "http://www.x.example/show.php?catid=7&id=12"),
        ("/show.php?catid=7&#38;id=12", "http://www.x.example/show.php?catid=7&id=12"),
        ("<![CDATA[/show.php?catid=7&id=12]]>", "http://www.x.example/show.php?catid=7&id=12"),
        ("/show.php?catid=7&copy=1", "http://www.x.example/show.php?catid=7&copy=1"),
    ],
)
def test_a_bare_ampersand_in_a_feed_s_address_stays(link: str, url: str) -> None:
    assert [row.url for row in listing(rss(f"<link>{link}</link>")).rows] == [url]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("钒&nbsp;钛", "钒 钛"),
        ("A&B", "A&B"),
        ("A&lt;B", "A<B"),
        ("甲&foo;乙", "甲&foo;乙"),
        ("&ldquo;钒都&rdquo;", "“钒都”"),
    ],
)
def test_references_in_a_feed_are_what_they_stand_for(title: str, said: str) -> None:
    found = listing(f"<rss><channel><item><title>{title}</title><link>/1</link></item></channel></rss>")
    assert found.rows[0].title == said


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("<![CDATA[<font color='red'>钒价</font>小幅<br/>回升]]>", "钒价小幅回升"),
        ("&lt;b&gt;钒价&lt;/b&gt;回升", "钒价回升"),
        ("品位&lt;5%、价格&gt;100元", "品位<5%、价格>100元"),
        ("&lt;b的回归&gt;上映", "<b的回归>上映"),
    ],
)
def test_markup_in_a_feed_s_title_is_none_of_it(title: str, said: str) -> None:
    feed = f"<rss><channel><item><title>{title}</title><link>http://x.example/1.html</link></item></channel></rss>"
    assert listing(feed, content_type="text/xml").rows[0].title == said


def test_an_identifier_that_is_an_address_serves_where_there_is_no_other() -> None:
    alone = "<guid isPermaLink='false'>http://x.example/1.html</guid>"
    assert [row.url for row in listing(rss(alone)).rows] == ["http://x.example/1.html"]
    assert [row.url for row in listing(rss(alone + "<link>/2.html</link>")).rows] == ["http://www.x.example/2.html"]
    assert listing(rss("<guid isPermaLink='false'>20240411-1</guid>", "<link>/2</link>")).rows[0].title == "标题2"


def test_a_feed_s_root_is_found_behind_long_remarks_and_a_page_s_is_not_taken_for_one() -> None:
    remark = f"<!-- {'生成 ' * 5_000} -->"
    assert len(listing(rss("<link>/1</link>", declaration=f"<?xml version='1.0'?>{remark}")).rows) == 1
    assert len(listing(f"{remark}<!DOCTYPE html><html><body><!-- <rss> -->{ROWS}</body></html>").rows) == 4


def test_baidus_sitemap_has_titles_and_dates() -> None:
    found = listing(
        "<urlset><url><loc>http://x.example/1.html</loc><data><display><title>标题</title>"
        "<pubTime>2024-04-11 08:00:00</pubTime></display></data></url></urlset>"
    )
    assert (found.rows[0].title, days(found)) == ("标题", ["2024-04-11"])


SITEMAP = b"<urlset><url><loc>http://x.example/1.html</loc></url></urlset>"


@pytest.mark.parametrize("content_type", ["application/x-gzip", "application/octet-stream", "text/xml"])
@pytest.mark.parametrize(
    "body",
    [gzip.compress(SITEMAP), gzip.compress(SITEMAP[:20]) + gzip.compress(SITEMAP[20:])],
    ids=["one", "in two parts"],
)
def test_a_packed_sitemap_is_unpacked_whatever_it_is_called(body: bytes, content_type: str) -> None:
    found = read_listing(Page(url=f"{HOME}sitemap.xml.gz", body=body, content_type=content_type), SITE_OF_FEED)
    assert isinstance(found, Listing)
    assert [row.url for row in found.rows] == ["http://x.example/1.html"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (gzip.compress(b"<urlset>" + b" " * 20_000_000), "too-large"),
        (gzip.compress(b" " * 1_000_000) * 30, "too-large"),
        (b"\x1f\x8b\x08" + b"\xff" * 100, "other"),
    ],
    ids=["bomb", "bombs in a row", "damaged"],
)
def test_a_packed_bomb_is_refused(body: bytes, kind: str) -> None:
    found = read_listing(Page(url=f"{HOME}sitemap.xml.gz", body=body, content_type="application/x-gzip"), None)
    assert isinstance(found, NotArticle)
    assert found.kind == kind


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
        (
            "<script>var countPage = 20; //页数\nvar currentPage = 3;\ncreatePageHTML(countPage, currentPage,'list','html');</script>",
            f"{HOME}list_3.html",
            f"{HOME}list_4.html",
        ),
        ("<script>createPageHTML(parseInt('9'), 0, 'index', 'shtml');</script>", HOME, f"{HOME}index_1.shtml"),
        ("<script>var countPage=parseInt(3);</script>", f"{HOME}index.shtml", f"{HOME}index_2.shtml"),
        ("<script>if (page < parseInt('3', 10)) go(page);</script>", f"{HOME}index_2.shtml", f"{HOME}index_3.shtml"),
        ("<script>var n = parseInt(40), pages = parseInt(3);</script>", f"{HOME}index.shtml", f"{HOME}index_2.shtml"),
        ("<script>var pageCount=parseInt(3);</script>", HOME, f"{HOME}index_2.html"),
        (
            "<a href='javascript:void(0)' onclick=\"queryArticleByCondition(this,'/zw/tzgg/index_2.jhtml')\">下一页</a>",
            HOME,
            f"{HOME}index_2.jhtml",
        ),
        ("<a href=\"javascript:go('index_2.html')\">下一页</a>", HOME, f"{HOME}index_2.html"),
        ("<a href='javascript:;' tagname='/zw/tzgg/index_2.html'>下一页</a>", HOME, f"{HOME}index_2.html"),
        ("<a data-href='index_2.html'>下一页</a>", HOME, f"{HOME}index_2.html"),
        ("<span onclick=\"location.href='?page=2'\">下一页</span>", HOME, f"{HOME}?page=2"),
        ("<a class=next href=index_2.html title=下一页><i></i></a>", HOME, f"{HOME}index_2.html"),
        ("<a href=index_2.html><img alt=下一页 src=n.gif></a>", HOME, f"{HOME}index_2.html"),
        ("<a href=index_1.html>&lt;</a><a href=index_3.html>&gt;</a>", f"{HOME}index_2.html", f"{HOME}index_3.html"),
        ("<div>第2/3页 <a href='?page=3&t=1'>下一页</a></div>", f"{HOME}?page=2&t=1", f"{HOME}?page=3&t=1"),
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


@pytest.mark.parametrize(
    "pager",
    [
        "<a href='index_3.html'>下一页</a>",
        "<a href='index_2.html'>下一页</a>",
        "<a href='./'>下一页</a>",
        "<a href='index.html'>下一页</a>",
        "<a class='next disabled' href='index_4.html'>下一页</a>",
        "<ul><li class=disabled><a href='index_4.html'>下一页</a></li></ul>",
        "<div>第3/3页 <a href='index_4.html'>下一页</a></div>",
        "<div>第 3 页，共 3 页 <a href='index_4.html'>下一页</a></div>",
        "<a tagname='[NEXTPAGE]' href='javascript:;'>下一页</a>",
        "<a data-href='{{next}}'>下一页</a>",
        "<a onclick=\"alert('已是最后一页')\">下一页</a>",
        "<a href=index_2.html>&gt;</a>",
        "<a href=index_9.html>&gt;&gt;</a>",
        "<a href=/xw/7.html>&gt;</a>",
        "<script>var countPage = 4, currentPage = 3; createPageHTML(countPage, currentPage, 'index', 'html');</script>",
        "<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt) {}</script>",
        "<script>createPageHTML(countPage, currentPage, 'index', 'html');</script>",
        "<script>var countPage = parseInt(3);</script>",
        "<script>var width = parseInt(300);</script>",
        "<script>var pageA = parseInt(7), pageB = parseInt(9);</script>",
    ],
)
def test_no_pager_leads_back_or_past_the_end(pager: str) -> None:
    assert listing(ROWS + pager, f"{HOME}index_3.html").next_pages == ()


def test_an_article_with_numbers_in_its_scripts_has_no_pager_by_them() -> None:
    script = "<script>var pages = parseInt(25);</script>"
    assert listing(ROWS + script, f"{HOME}1893885.shtml").next_pages == ()


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
