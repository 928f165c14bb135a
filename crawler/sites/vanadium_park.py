"""攀枝花钒钛高新技术产业开发区. The host is a guess; ``panxi sources --check`` tells on the live network."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="vanadium-park",
    title="攀枝花钒钛高新技术产业开发区",
    home="http://ftgxq.panzhihua.gov.cn/",
    hosts=("ftgxq.panzhihua.gov.cn",),
    entrances=(Entrance(url="http://ftgxq.panzhihua.gov.cn/"),),
    article_url=r"/\d{5,}\.s?html$",
    expects=Expect(articles_per_week=(0, 100)),
    delay=2.0,
    marks=("攀枝花钒钛高新技术产业开发区", "ftgxq.panzhihua.gov.cn"),
)
