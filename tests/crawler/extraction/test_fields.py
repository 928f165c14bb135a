"""The fields one by one: what is found, and what must not be taken for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from crawler.extraction import join, read
from crawler.extraction.title import without_site
from crawler.items import Page, ScrapedArticle
from crawler.site import Entrance, Layout, Site

TEXT = "<p>市发展改革委昨日召开重点项目调度会，听取了进度汇报。</p><p>会议要求，各单位要逐项梳理堵点，建立台账。</p>"
URL = "http://www.x.example/a/20240411/1.html"


def article(
    body: str, *, head: str = "<title>项目调度会召开_某某网</title>", url: str = URL, site: Site | None = None
) -> ScrapedArticle:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    found = read(Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8"), site, kind="article")
    assert isinstance(found, ScrapedArticle), found
    return found


def page(byline: str = "2024-04-11", text: str = TEXT, behind: str = "", **more: str) -> ScrapedArticle:
    return article(
        f"<h1>项目调度会召开</h1><div class=info>{byline}</div><div class=content>{text}</div>{behind}", **more
    )


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("钒价小幅回升_行情_某某钒业网", "钒价小幅回升"),
        ("钒价小幅回升 - 某某钒业网", "钒价小幅回升"),
        ("钒价小幅回升--某某日报", "钒价小幅回升"),
        ("钒价小幅回升 | 財經 | 某立新聞網", "钒价小幅回升"),
        ("关于1-2月工业生产情况的通报", "关于1-2月工业生产情况的通报"),
        ("攀枝花—西昌高速公路开工", "攀枝花—西昌高速公路开工"),
        ("规划（2024—2028年）解读", "规划（2024—2028年）解读"),
        ("某某网", "某某网"),
    ],
)
def test_the_sites_suffix_goes_and_a_titles_own_dash_stays(declared: str, title: str) -> None:
    assert without_site(declared) == title


def test_a_column_name_is_no_title() -> None:
    found = article(f"<h1>新闻中心</h1><h2>项目调度会召开</h2><p>2024-04-11 来源：某报</p><div>{TEXT}</div>")
    assert found.title == "项目调度会召开"


def test_the_subtitle_is_apart_and_a_byline_is_none() -> None:
    assert (
        article(f"<h1>项目调度会召开</h1><h2>——二十个项目提速</h2><p>2024-04-11</p><div>{TEXT}</div>").subtitle
        == "——二十个项目提速"
    )
    assert page("2024-04-11 来源：某报").subtitle is None


@pytest.mark.parametrize(
    ("byline", "head", "first"),
    [
        ("发布时间：2024-04-11 10:20", "", "2024-04-11 10:20"),
        ("2024年04月11日10:20 来源：某报", "", "2024年04月11日10:20"),
        ("成文日期：2024-04-01 发布日期：2024-04-11", "", "2024-04-11"),
        ("更新时间：2024-04-12 发布时间：2024-04-11", "", "2024-04-11"),
        ("2024-04-11", "<meta name=publishdate content='2024-04-11 08:05'>", "2024-04-11 08:05"),
        ("2024-04-11", "<meta name=publishdate content='2024-04-09 08:05'>", "2024-04-11"),
        (
            "刚刚",
            "<meta property='article:published_time' content='2024-04-11T08:05:00+08:00'>",
            "2024-04-11T08:05:00+08:00",
        ),
        ("刚刚", "<script>var ct = '1712800000';</script>", "2024-04-11 09:46:40+08:00"),
        ("刚刚", "", "2024-04-11"),
        ("某某日报 04-12 09:30", "", "2024-04-11"),
    ],
)
def test_the_best_date_comes_first(byline: str, head: str, first: str) -> None:
    assert page(byline, head=f"<title>项目调度会召开</title>{head}").published[0] == first


def test_dates_in_the_text_and_of_other_articles_are_not_the_pages_own() -> None:
    text = TEXT + "<p>2023年1月5日，该项目签约；2025年12月31日前将全部建成投产，年产值预计达到二十亿元。</p>"
    found = page(
        "刚刚",
        text,
        "<ul><li><a href=/2.html>另一条新闻的标题</a> 2022-01-01</li></ul>",
        url="http://www.x.example/a.html",
    )
    assert not any(text.startswith(("2023", "2025")) for text in found.published)


def test_the_update_is_apart() -> None:
    found = page("发布时间：2024-04-11 最后更新：2024-04-12 08:00")
    assert (found.published[0], found.updated) == ("2024-04-11", "2024-04-12 08:00")


@pytest.mark.parametrize(
    ("byline", "origin", "author", "editor"),
    [
        ("2024-04-11 来源：<a>某某日报</a> 评论", "某某日报", None, None),
        ("<span>来源:</span><a href=/>某某日报</a> <span>作者:</span><i>苏木</i>", "某某日报", "苏木", None),
        ("<span class=date>2024-04-11</span> <a class=source>参考某某</a>", "参考某某", None, None),
        ("2024-04-11 10:00 证券某某网", "证券某某网", None, None),
        ("苏木/某某青年报", "某某青年报", "苏木", None),
        ("2024-04-11 聯合某報 記者陳嘉某／桃園報導", "聯合某報", "陳嘉某", None),
        ("某某報 記者陳嘉某／桃園即時報導", "某某報", "陳嘉某", None),
        ("2024-04-11 责任编辑：林立_NB123", None, None, "林立"),
        ("2024-04-11 编辑：admin", None, None, None),
        ("2024-04-11 来源：某某日报 打印 收藏", "某某日报", None, None),
        ("2024-04-11 发布人：管理员 浏览：12", None, None, None),
        ("发表于 2024-04-11 by 苏木", None, None, None),
        ("2024-04-11 值班编辑：林立", None, None, "林立"),
        ("2024-04-11 字号 大 中 小 分享到", None, None, None),
        ("2024-04-11 1210次浏览", None, None, None),
        ("2024-04-11 星期四", None, None, None),
        ("www.x.example.cn     发布时间:2024-04-11     来源:攀枝花某报      阅读次数:", "攀枝花某报", None, None),
    ],
)
def test_credits_of_the_byline(byline: str, origin: str | None, author: str | None, editor: str | None) -> None:
    found = page(byline)
    assert (found.origin, found.author, found.editor) == (origin, author, editor)


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("（某央社記者王曉明成都11日電）今日會議召開，聽取了進度匯報。", "王曉明"),
        ("【記者王曉明台北報導】今日會議召開，聽取了進度匯報。", "王曉明"),
        ("〔記者王曉明／台北報導〕今日會議召開，聽取了進度匯報。", "王曉明"),
        ("本报讯（记者 沈舟 通讯员 温岚）今日会议召开，听取了进度汇报。", "沈舟 温岚"),
        ("某华社成都4月11日电（记者高健）今日会议召开，听取了进度汇报。", "高健"),
        ("记者从今日召开的会议上了解到，项目进展顺利，台账已经建立。", None),
        ("（记者摄于现场）今日会议召开，听取了二十个项目的进度汇报。", None),
        ("（图/记者 沈舟 摄）今日会议召开，听取了二十个项目的进度汇报。", None),
    ],
)
def test_reporters_at_the_head_of_the_text(head: str, author: str | None) -> None:
    assert page(text=f"<p>{head}</p>{TEXT}").author == author


def test_the_national_meta_tags_are_believed_first() -> None:
    head = "<title>通知</title><meta name=ArticleTitle content='关于召开项目调度会的通知'><meta name=PubDate content='2024-04-10 09:00'><meta name=ContentSource content='市发展改革委'>"
    found = article(
        f"<div>关于召开项目调度会的通知</div><div>2024-04-11 来源：某网</div><div class=c>{TEXT}</div>", head=head
    )
    assert (found.title, found.published[0], found.origin) == (
        "关于召开项目调度会的通知",
        "2024-04-10 09:00",
        "市发展改革委",
    )


def test_three_labels_make_an_official_table_and_two_do_not() -> None:
    two = "<dl><dt>发布机构：</dt><dd>市科技局</dd><dt>发布日期：</dt><dd>2024-04-11</dd></dl>"
    assert article(f"{two}<h1>项目调度会召开</h1><div>{TEXT}</div>").official is None
    three = two.replace("</dl>", "<dt>文号：</dt><dd>某科〔2024〕1号</dd></dl>")
    table = article(f"{three}<h1>项目调度会召开</h1><div>{TEXT}</div>").official
    assert table is not None
    assert (table.issuer, table.number) == ("市科技局", "某科〔2024〕1号")


def test_a_title_that_only_the_official_table_shows_is_given_without_its_label() -> None:
    rows = "<tr><td>索 引 号：</td><td>0081/2024-1</td><td>发文机关：</td><td>市科技局</td></tr>"
    rows += "<tr><td>标　　题：</td><td colspan=3>项目调度会召开</td></tr>"
    table = f"<table>{rows}<tr><td>发文字号：</td><td>某科〔2024〕1号</td><td>发布日期：</td><td>2024-04-11</td></tr></table>"
    assert article(f"{table}<div>{TEXT}</div>").title == "项目调度会召开"
    over = article(f"{table}<h1>关于召开项目调度会的通知</h1><div>{TEXT}</div>")
    assert over.title == "关于召开项目调度会的通知"


def test_related_entries_have_title_address_summary_and_date() -> None:
    behind = (
        "<div><h3>延伸阅读</h3><ul><li><a href='/2.html?from=singlemessage'>钒电池储能电站并网</a><p>电站规模居全省首位，今日并网。</p><i>2023-06-11</i></li>"
        "<li><a href='http://other.example/3.html' title='芒果品牌推介活动下月举行'>芒果品牌推介活动…</a></li></ul></div>"
        "<div><h3>热点新闻</h3><ul><li><a href=/9.html>与本文无关的热点新闻</a></li></ul></div>"
    )
    first, second = page(behind=behind).related
    assert (first.title, first.url, first.summary, first.date) == (
        "钒电池储能电站并网",
        "http://www.x.example/2.html",
        "电站规模居全省首位，今日并网。",
        date(2023, 6, 11),
    )
    assert (second.title, second.url, second.position) == ("芒果品牌推介活动下月举行", "http://other.example/3.html", 2)
    assert first.heading == "延伸阅读"


def test_a_menu_that_is_called_like_a_list_is_none() -> None:
    menu = (
        "<ul><li><a href=/a>政策文件</a></li><li><a href=/b>政策解读</a></li><li><a href=/c>通知公告发布</a></li></ul>"
    )
    assert article(f"{menu}<h1>项目调度会召开</h1><p>2024-04-11</p><div>{TEXT}</div>").related == ()


def test_files_and_pictures_have_names() -> None:
    text = (
        TEXT
        + "<p><img src=/u/1.jpg></p><p>▲项目现场。</p><p><img src=/i/icon-share.png></p><p>附件：<a href=/f/1.PDF?v=2>任务分工表</a></p><p>附件2 申报表：<a href=/f/2.docx>点击下载</a></p><p><a href=/about.html>关于项目的说明</a></p>"
    )
    found = page(text=text)
    assert [(file.name, file.kind) for file in found.attachments] == [("任务分工表", "pdf"), ("附件2 申报表", "docx")]
    assert [(image.url, image.caption) for image in found.images] == [("http://www.x.example/u/1.jpg", "▲项目现场。")]


@pytest.mark.parametrize(
    ("link", "url", "name", "kind"),
    [
        ("<iframe src=/f/x.pdf></iframe>", "/f/x.pdf", "x.pdf", "pdf"),
        ("<embed src=/f/x.pdf title=实施方案>", "/f/x.pdf", "实施方案", "pdf"),
        ("<object data=/f/x.ofd></object>", "/f/x.ofd", "x.ofd", "ofd"),
        ("<iframe src='/pdfjs/web/viewer.html?file=%2Ff%2Fx.pdf#page=1'></iframe>", "/f/x.pdf", "x.pdf", "pdf"),
        ("<iframe src='/pdfjs/web/viewer.html?file=../../f/x.pdf'></iframe>", "/f/x.pdf", "x.pdf", "pdf"),
        (
            "<p>附件：<a onclick=\"downFile('/f/x.pdf')\" href='javascript:;'>实施方案</a></p>",
            "/f/x.pdf",
            "实施方案",
            "pdf",
        ),
        ("<p>附件：<a href=\"javascript:down('/f/x.docx')\">实施方案</a></p>", "/f/x.docx", "实施方案", "docx"),
        ("<p>附件：<a href=/download/1234>实施方案.xlsx</a></p>", "/download/1234", "实施方案.xlsx", "xlsx"),
        (
            "<p>附件：<a href=/download/1234>实施方案.doc（34KB）</a></p>",
            "/download/1234",
            "实施方案.doc（34KB）",
            "doc",
        ),
        (
            "<p>附件：<a href='/file.do?id=9' title=实施方案.xls>点击下载</a></p>",
            "/file.do?id=9",
            "实施方案.xls",
            "xls",
        ),
    ],
)
def test_a_file_is_found_however_the_page_offers_it(link: str, url: str, name: str, kind: str) -> None:
    (found,) = page(text=TEXT + link).attachments
    assert (found.url, found.name, found.kind) == (f"http://www.x.example{url}", name, kind)


@pytest.mark.parametrize(
    "behind",
    [
        "<div class=footer><a href=/help/1.pdf>使用手册</a></div>",
        "<footer><a href=/help/1.pdf>使用手册</a></footer>",
        "<div>版权所有 某某市人民政府</div><p><a href=/help/1.pdf>使用手册</a></p>",
        "<div><p>主办单位：某某市人民政府</p></div><iframe src=/help/1.pdf></iframe>",
        "<iframe src=/pdfjs/web/viewer.html></iframe>",
        "<iframe src=/counter.html></iframe><embed src=/film.swf>",
        "<p><a href=/2.html>平台的格式.docx怎么转换</a></p>",
        "<p><a href=http://www.x.et/>www.x.et</a></p>",
        "<p><a onclick=\"go('/2.html')\">下一篇</a></p>",
        "<p><a href='#'>实施方案.xlsx</a></p>",
    ],
)
def test_what_is_not_the_article_s_is_no_attachment(behind: str) -> None:
    assert page(behind=behind).attachments == ()


def test_a_file_beside_the_text_is_the_article_s_and_named_by_its_link() -> None:
    behind = "<div class=fj>附件：<a href=/f/x.pdf>实施方案</a></div><iframe src=/f/x.pdf></iframe><div>版权所有</div>"
    assert [(file.url, file.name) for file in page(behind=behind).attachments] == [
        ("http://www.x.example/f/x.pdf", "实施方案")
    ]


@pytest.mark.parametrize("shown", ["<iframe src=/f/x.pdf></iframe>", "<object data=/f/x.pdf></object>"])
@pytest.mark.parametrize("head", ["", "<meta name=ArticleTitle content=项目调度会召开>"])
def test_a_page_that_shows_its_text_as_a_file_is_an_article(shown: str, head: str) -> None:
    found = page(
        text=shown, head=f"<title>项目调度会召开_某某网</title>{head}", behind="<div class=foot>版权所有</div>"
    )
    assert [file.url for file in found.attachments] == ["http://www.x.example/f/x.pdf"]


def test_columns_are_the_path_and_not_the_menu() -> None:
    menu = "<div><a href=/>首页</a><a href=/a>要闻</a><a href=/b>公开</a></div>"
    path = "<div>当前位置：<a href=/>首页</a> > <a href=/a>要闻</a> > 正文</div>"
    assert article(f"{menu}{path}<h1>项目调度会召开</h1><p>2024-04-11</p><div>{TEXT}</div>").column == ("要闻",)
    assert article(f"{menu}<h1>项目调度会召开</h1><p>2024-04-11</p><div>{TEXT}</div>").column == ()


def test_the_next_article_is_no_next_page() -> None:
    other = "<div><a href=/a/20240411/2.html>下一页</a></div>"
    part = "<div><b>1</b> <a href=/a/20240411/1_2.html>2</a> <a href=/a/20240411/1_2.html>下一页</a></div>"
    assert page(behind=other).next_page is None
    assert page(behind=part).next_page == "http://www.x.example/a/20240411/1_2.html"


def test_parts_are_joined_in_order() -> None:
    first = page()
    second = replace(first, paragraphs=("第三段。",), tail=("责任编辑：林立",), editor="林立", next_page="http://x/3")
    whole = join(first, [second])
    assert whole.paragraphs == (*first.paragraphs, "第三段。")
    assert (whole.title, whole.editor, whole.next_page) == (first.title, "林立", None)


def test_text_kept_in_a_script_is_read_and_code_is_not() -> None:
    data = '{"title":"项目调度会召开","content":"' + TEXT.replace('"', "'") * 3 + '"}'
    found = article(f"<div id=app></div><script>window.DATA={data};run()</script>")
    assert found.title == "项目调度会召开"
    assert len(found.paragraphs) == 6
    code = '<script>alert("' + "提示：" * 10 + '")</script>'
    assert not isinstance(read(Page(url=URL, body=f"<body>{code}</body>".encode()), None), ScrapedArticle)


LAYOUT = Layout(title="h5", body="div.t", byline="div.b", drop=("div.ad",), related="ul.r li", related_date="i")
SITE = Site(
    name="x",
    title="甲",
    home="http://www.x.example/",
    hosts=("www.x.example",),
    entrances=(Entrance(url="http://www.x.example/"),),
    layouts=(LAYOUT,),
)
MARKED = f"<h1>网站名称在此</h1><h5>项目调度会召开</h5><div class=b>2024-04-11 来源：某报</div><div class=t>{TEXT}<div class=ad>广告词一句，很长很长。</div></div><ul class=r><li><a href=/2.html>另一篇文章</a><i>2024-04-01</i></li></ul>"


def test_a_layout_reads_what_it_names() -> None:
    found = article(MARKED, site=SITE)
    assert (found.source, found.title, found.byline, len(found.paragraphs)) == (
        "x",
        "项目调度会召开",
        "2024-04-11 来源：某报",
        2,
    )
    assert [(link.title, link.date) for link in found.related] == [("另一篇文章", date(2024, 4, 1))]
    assert {one.how for one in found.evidence} == {"selector"}


def test_a_page_the_layout_does_not_fit_is_the_generic_readers() -> None:
    found = article(MARKED.replace("<h5>", "<h2>").replace("</h5>", "</h2>"), site=SITE)
    assert (found.source, len(found.paragraphs) >= 2) == (None, True)


def test_an_older_layout_is_tried_next() -> None:
    old = Layout(title="td.title", body="td.text")
    found = article(
        f"<table><tr><td class=title>项目调度会召开</td></tr><tr><td class=text>{TEXT}</td></tr></table>",
        site=replace(SITE, layouts=(LAYOUT, old)),
    )
    assert (found.source, found.title) == ("x", "项目调度会召开")


def test_a_layout_may_name_the_body_alone() -> None:
    found = article(
        MARKED.replace("<h5>", "<h2>").replace("</h5>", "</h2>"),
        site=replace(SITE, layouts=(Layout(body="div.t", drop=()),)),
    )
    assert (found.source, found.title, found.published[0]) == ("x", "项目调度会召开", "2024-04-11")


def test_the_reading_aids_of_a_mirror_hide_no_label() -> None:
    text = (
        "<p>市發(fā)展改革委召開(kāi)會(huì)議，聽(tīng)取了進(jìn)度匯報(bào)。</p><p>轉(zhuǎn)自：四川某報(bào)</p>"
        "<p>【版權(quán)及免責(zé)聲(shēng)明】凡轉(zhuǎn)載文章，僅代表作者個(gè)人觀(guān)點(diǎn)。</p>"
    )
    behind = "<div><h2>延伸閱(yuè)讀(dú)</h2><ul><li><a href=/2.html>釩電(diàn)池儲(chǔ)能電(diàn)站併網(wǎng)</a></li></ul></div>"
    found = page("來(lái)源：攀枝花某報(bào)  時(shí)間：2024-04-11", text, behind)
    assert found.paragraphs == ("市發(fā)展改革委召開(kāi)會(huì)議，聽(tīng)取了進(jìn)度匯報(bào)。",)
    assert (found.origin, found.reprinted_from, found.published[0]) == ("攀枝花某報", "四川某報", "2024-04-11")
    assert [link.heading for link in found.related] == ["延伸閱讀"]


def test_brackets_that_mean_something_are_no_aids() -> None:
    found = page(
        text="<p>会议听取了项目(含二期)的汇报，平台(tai)建设提速。</p><p>来源(编者注)的说法不一，会议作了核实。</p>"
    )
    assert found.paragraphs == (
        "会议听取了项目(含二期)的汇报，平台(tai)建设提速。",
        "来源(编者注)的说法不一，会议作了核实。",
    )


def test_a_site_that_names_itself_before_the_date_is_no_author() -> None:
    byline = "www.x.gov.cn 发布时间:2024-09-24 来源:市公安局 选择阅读字号:[ 大 中 小 ] 阅读次数:"
    found = page(byline)
    assert (found.author, found.origin) == (None, "市公安局")


def test_a_sentence_with_a_date_is_text_and_no_byline() -> None:
    sentence = "市政府日前发布《工业用地管理办法》，自2025年8月1日起施行。"
    assert page(text=f"<p>{sentence}</p>{TEXT}").paragraphs[0] == sentence


@pytest.mark.parametrize(
    "how", ["style='display:none'", "style='color:red; DISPLAY : NONE'", "hidden", "hidden=hidden"]
)
def test_what_the_page_hides_is_no_text(how: str) -> None:
    seen = page(text=f"{TEXT}<p class=hidden>园区已有十家企业入驻，预计明年投产。</p>")
    assert page(text=f"{TEXT}<p {how}>旧稿的一段文字，不再显示，请勿引用。</p>").paragraphs == page().paragraphs
    assert seen.paragraphs[-1] == "园区已有十家企业入驻，预计明年投产。"


def test_a_telephone_s_byline_gives_medium_and_day_where_nothing_else_does() -> None:
    found = page("<span>某某日报</span><span>04-11 09:30</span>", url="http://m.x.example/1.html")
    assert (found.origin, found.published) == ("某某日报", ("04-11 09:30",))
    assert page("刚刚", text=f"{TEXT}<p>04-11 09:30 开幕</p>", url="http://m.x.example/1.html").published == ()


def test_ruby_is_no_text() -> None:
    html = (
        "<h1><ruby>實<rt>shí</rt></ruby>現重點項目</h1><p>2024-04-11 来源：某报</p><div class=content><p>經濟<ruby>發<rp>(</rp>"
        "<rt>fā</rt><rp>)</rp></ruby>展勢頭良好，<ruby>實<rt>shí</rt></ruby>現了產值，全年目標可望達成。</p></div>"
    )
    article = read(Page(url="http://x.example/1.html", body=html.encode()), None)
    assert isinstance(article, ScrapedArticle)
    assert (article.title, article.paragraphs) == (
        "實現重點項目",
        ("經濟發展勢頭良好，實現了產值，全年目標可望達成。",),
    )


@pytest.mark.parametrize(
    ("byline", "published"),
    [
        ("时间：04-11 09:30 来源：甲网", "04-11 09:30"),
        ("发布时间：昨天 09:30 来源：甲网", "昨天 09:30"),
        ("发布时间：二〇二四年四月十一日", "二〇二四年四月十一日"),
        ("发布于2024—04—11", "2024—04—11"),
        ("2024/4/11 3:20:00 PM 来源：甲网", "2024/4/11 3:20:00 PM"),
    ],
)
def test_every_date_that_the_cleaning_reads_is_found_in_a_byline(byline: str, published: str) -> None:
    text = "市发展改革委昨日召开重点项目调度会，听取二十个省级重点项目的进度汇报，4月12日将再次开会。"
    html = f"<title>调度会召开</title><h1>调度会召开</h1><div>{byline}</div><div class=content><p>{text}</p></div>"
    article = read(Page(url="http://x.example/1.html", body=html.encode()), None)
    assert isinstance(article, ScrapedArticle)
    assert article.published == (published,)
    assert article.byline == byline
    assert article.paragraphs == (text,)


ENTRIES = "<ul><li><a href=/a1.html>钒钛产业高质量发展</a></li><li><a href=/a2.html>加快钒钛资源开发</a></li></ul>"
PROSE = "<p>市发展改革委昨日召开重点项目调度会，听取二十个省级重点项目的进度汇报。</p>" * 4


def related_of(tail: str) -> list[tuple[str, str | None]]:
    html = f"<title>调度会召开</title><h1>调度会召开</h1><div>2024-04-11 来源：某报</div><div class=content>{PROSE}</div>{tail}"
    article = read(Page(url="http://x.example/1.html", body=html.encode()), None)
    assert isinstance(article, ScrapedArticle)
    return [(link.title, link.url) for link in article.related]


FIRST = ("钒钛产业高质量发展", "http://x.example/a1.html")
SECOND = ("加快钒钛资源开发", "http://x.example/a2.html")


@pytest.mark.parametrize("heading", ["▶ 延 伸 阅 读（2）", "——拓展阅读——", "相关政策", "延伸阅读 Further Reading"])
def test_decorated_headings_have_their_lists(heading: str) -> None:
    assert related_of(f"<div><h3>{heading}</h3>{ENTRIES}</div>") == [FIRST, SECOND]


@pytest.mark.parametrize(
    "tabs",
    [
        "<div class=tab><span>延伸阅读</span><span>热点视频</span></div>",
        "<ul class=tab><li>延伸阅读</li><li>热点视频</li></ul>",
        "<div class=tab><a href=#>延伸阅读</a><a href=#>热点视频</a></div>",
    ],
)
def test_of_tabs_the_first_has_the_first_list(tabs: str) -> None:
    other = "<ul><li><a href=/v.html>视频：攀枝花开</a></li></ul>"
    assert related_of(f"<div>{tabs}<div>{ENTRIES}{other}</div></div>") == [FIRST, SECOND]


def test_entries_that_a_script_opens() -> None:
    items = "<li onclick=\"location.href='/a1.html'\">钒钛产业高质量发展</li><li><a href='javascript:;' data-href=/a2.html>加快钒钛资源开发</a></li>"
    assert related_of(f"<div><h3>延伸阅读</h3><ul>{items}</ul></div>") == [FIRST, SECOND]


def test_a_section_named_like_a_list_and_without_links_is_none() -> None:
    assert related_of("<div><h3>相关政策</h3><ul><li>企业可申请技术改造补助</li><li>园区负责受理</li></ul></div>") == []


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>信息来源</td><td>市经信局</td><td>发布时间</td><td>2024-04-11</td></tr></table>",
        "<table><tr><td>信息来源</td><td>市经信局</td></tr><tr><td>发布时间</td><td>2024-04-11</td></tr></table>",
        "<dl><dt>来源</dt><dd>市经信局</dd><dt>时间</dt><dd>2024-04-11</dd></dl>",
    ],
)
def test_a_source_in_a_cell_behind_its_label(table: str) -> None:
    html = f"<title>调度会召开</title><h1>调度会召开</h1>{table}<div class=content>{PROSE}</div>"
    article = read(Page(url="http://x.example/1.html", body=html.encode()), None)
    assert isinstance(article, ScrapedArticle)
    assert (article.origin, article.published) == ("市经信局", ("2024-04-11",))


ISSUER, ISSUE = "攀枝花市人民政府", "关于加快钒钛产业发展的意见"
BYLINE = "<div>来源：市政府办 发布时间：2024-04-11</div>"
DECLARED = f"<title>{ISSUER}{ISSUE}_{ISSUER}</title>"


@pytest.mark.parametrize(
    "heading",
    [
        "<div class=title>{}<br>{}</div>",
        "<div class=tit>{}<br>{}</div>",
        "<div class=title><p>{}</p><p>{}</p></div>",
        "<p align=center>{}<br>{}</p>",
        "<p align=center><strong>{}</strong></p><p align=center><strong>{}</strong></p>",
        "<table><tr><td class=bt>{}<br>{}</td></tr></table>",
        "<h1>{}<br>{}</h1>",
        "<h3><span>{}</span><br><span>{}</span></h3>",
        "<p>{}</p><h1>{}</h1>",
    ],
)
@pytest.mark.parametrize(
    "head",
    [
        DECLARED,
        f"<title>政府文件</title><meta name=ArticleTitle content='{ISSUER}{ISSUE}'>",
        f"<title>政府文件</title><meta name=ArticleTitle content='{ISSUER}&lt;br/&gt;{ISSUE}'>",
        f"<title>{ISSUER}{ISSUE[:8]}...</title>",
    ],
)
def test_a_title_on_two_lines_is_one(heading: str, head: str) -> None:
    found = article(f"{heading.format(ISSUER, ISSUE)}{BYLINE}<div id=zoom>{TEXT}</div>", head=head)
    assert (found.title, found.subtitle, found.origin) == (ISSUER + ISSUE, None, "市政府办")
    assert found.paragraphs[0].startswith("市发展改革委")


@pytest.mark.parametrize("site", ["政府文件", ISSUER, f"首页-{ISSUER}"])
@pytest.mark.parametrize("heading", ["<div class=title>{}<br>{}</div>", "<h1>{}<br>{}</h1>"])
def test_an_issuer_and_what_it_issues_are_one_title_whatever_the_head_says(heading: str, site: str) -> None:
    found = article(f"{heading.format(ISSUER, ISSUE)}{BYLINE}<div id=zoom>{TEXT}</div>", head=f"<title>{site}</title>")
    assert found.title == ISSUER + ISSUE


def test_the_lines_of_a_title_inside_the_text_s_element_are_no_text() -> None:
    byline = "<p>发布时间：2024-04-11 来源：市政府办</p>"
    found = article(f"<div id=zoom><p>{ISSUER}</p><p>{ISSUE}</p>{byline}{TEXT}</div>", head=DECLARED)
    assert found.title == ISSUER + ISSUE
    assert found.paragraphs[0].startswith("市发展改革委")


@pytest.mark.parametrize(
    ("heading", "head", "title", "subtitle"),
    [
        (
            "<h1>项目调度会召开<br>——二十个项目提速</h1>",
            "<title>项目调度会召开_某某网</title>",
            "项目调度会召开",
            "——二十个项目提速",
        ),
        (
            "<div class=title>项目调度会召开<br>——二十个项目提速</div>",
            "<title>项目调度会召开_某某网</title>",
            "项目调度会召开",
            "——二十个项目提速",
        ),
        (
            "<div class=title>项目调度会召开</div><div>某某日报</div>",
            "<title>项目调度会召开_某某日报</title>",
            "项目调度会召开",
            None,
        ),
        (
            "<div class=title>项目调度会召开</div><div>攀西资讯港</div>",
            "<title>项目调度会召开-攀西资讯港</title>",
            "项目调度会召开",
            None,
        ),
        ("<h1>市发改委要闻<br>项目调度会召开</h1>", "<title>项目调度会召开_某某网</title>", "项目调度会召开", None),
        (
            f"<p><a href=/>{ISSUER}</a></p><h1>{ISSUE}</h1>",
            f"<title>{ISSUE}_{ISSUER}</title>",
            ISSUE,
            None,
        ),
    ],
)
def test_what_the_declared_title_does_not_hold_is_not_joined(
    heading: str, head: str, title: str, subtitle: str | None
) -> None:
    found = article(f"{heading}{BYLINE}<div id=zoom>{TEXT}</div>", head=head)
    assert (found.title, found.subtitle) == (title, subtitle)


@pytest.mark.parametrize(
    ("line", "origin", "published"),
    [
        ("来源：市政府办 发布时间：2024-04-11", "市政府办", ("2024-04-11",)),
        ("来源：攀枝花市人民政府办公室　发布时间：2024-04-11 09:30", "攀枝花市人民政府办公室", ("2024-04-11 09:30",)),
        ("来源：攀枝花日报 时间：2024-04-11 浏览次数：100", "攀枝花日报", ("2024-04-11",)),
        ("信息来源：市经信局 浏览量：20 日期：2024-04-11", "市经信局", ("2024-04-11",)),
    ],
)
def test_a_byline_at_the_head_of_the_text_is_none_of_it(line: str, origin: str, published: tuple[str, ...]) -> None:
    found = article(f"<h1>{ISSUE}</h1><div id=zoom><p>{line}</p>{TEXT}</div>")
    assert (found.origin, found.published) == (origin, published)
    assert line not in found.paragraphs


@pytest.mark.parametrize(
    "line", ["地点：市政府办 时间：2024-04-11", "开标 时间：2024-04-11", "项目：技改 开标时间：2024-04-11"]
)
def test_a_line_of_an_event_is_of_the_text(line: str) -> None:
    assert line in article(f"<h1>{ISSUE}</h1><div id=zoom><p>{line}</p>{TEXT}</div>").paragraphs
