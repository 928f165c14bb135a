"""新材料在线, new materials. Addresses of articles as in public code; read by the generic reader."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="xincailiao",
    title="新材料在线",
    home="http://www.xincailiao.com/",
    hosts=("www.xincailiao.com", "xincailiao.com"),
    entrances=(
        Entrance(url="http://www.xincailiao.com/"),
        Entrance(url="https://www.xincailiao.com/rss/", kind="feed"),
    ),
    article_url=r"/news/news_detail\.aspx\?id=\d+|/html/weizixun/.+\.html$",
    expects=Expect(articles_per_week=(5, 1_000)),
    marks=("新材料在线", "xincailiao.com"),
)
