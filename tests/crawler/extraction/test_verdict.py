"""What is no article is told so, with a reason, and never given as text; what is one is not refused."""

from __future__ import annotations

import pytest

from crawler.extraction import read
from crawler.items import NotArticle, Page, ScrapedArticle

FOOT = "<div class=footer>主办：某某市人民政府 版权所有 蜀ICP备00000000号</div>"
LINKS = "".join(
    f"<li><a href=/n/{n}.html>这是一条新闻的标题，编号{n}</a><span>2024-04-1{n}</span></li>" for n in range(9)
)
CARDS = "".join(
    f"<div class=item><h3><a href=/n/{n}.html>这是一条新闻的标题之{n}</a></h3><p>这是它的摘要，说了几句话，也有标点。还有一句。</p></div>"
    for n in range(9)
)


def told(body: str, title: str = "某某网") -> NotArticle:
    html = f"<html><head><title>{title}</title></head><body>{body}{FOOT}</body></html>"
    found = read(Page(url="http://x.example/a", body=html.encode(), content_type="text/html; charset=utf-8"), None)
    assert isinstance(found, NotArticle), found
    assert found.reason
    return found


@pytest.mark.parametrize(
    ("kind", "body", "title"),
    [
        ("listing", f"<h1>要闻</h1><ul>{LINKS}</ul>", "要闻_某某网"),
        ("listing", f"<div class=list>{CARDS}</div>", "要闻_某某网"),
        ("error-page", "<h1>404</h1><p>您访问的页面不存在，请检查网址。</p>", "404 Not Found"),
        ("error-page", "<div>抱歉，您访问的页面不存在或已删除！</div>", "页面不存在"),
        ("video", "<h1>芒果采摘现场</h1><div class=player><video src=a.mp4></video></div>", "芒果采摘现场_视频"),
        ("gallery", "<h1>图集：芒果节</h1>" + "<img src=a.jpg>" * 9, "图集：芒果节"),
        ("empty", "<script>render()</script>", ""),
    ],
)
def test_other_pages_are_told_by_kind(kind: str, body: str, title: str) -> None:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    found = read(Page(url="http://x.example/a", body=html.encode(), content_type="text/html; charset=utf-8"), None)
    assert isinstance(found, NotArticle), found
    assert (found.kind, bool(found.reason)) == (kind, True)


@pytest.mark.parametrize(
    "body",
    [
        "<form><input name=user><input type=password><button>登录</button></form>",
        "<div>请开启JavaScript并刷新页面</div>",
        "",
    ],
)
def test_pages_without_text_are_refused(body: str) -> None:
    told(body)


@pytest.mark.parametrize(
    "body",
    [
        "<h1>关于404厂搬迁的公告</h1><p>2024-04-11 来源：某局</p><p>因建设需要，404厂将于近期整体搬迁，请周边居民知悉。</p>",
        f"<h1>市博物馆闭馆公告</h1><p>2020-12-03</p><p>因检修，12月5日闭馆一天。</p><ul class=side>{LINKS}</ul>",
        "<h1>芒果采摘现场</h1><p>2024-06-01 来源：某台</p><video src=a.mp4></video><p>今天上午，首批芒果开园采摘，果农说今年的收成好于往年。</p>",
        "<h1>图集：芒果节</h1><p>2024-06-01</p>" + "<img src=a.jpg><p>图为芒果节开幕式现场，群众载歌载舞。</p>" * 6,
    ],
)
def test_articles_that_look_like_other_pages_are_read(body: str) -> None:
    title = body.partition("</h1>")[0].removeprefix("<h1>")
    html = f"<html><head><title>{title}_某某网</title></head><body>{body}{FOOT}</body></html>"
    found = read(Page(url="http://x.example/a", body=html.encode(), content_type="text/html; charset=utf-8"), None)
    assert isinstance(found, ScrapedArticle), found
    assert found.title == title
