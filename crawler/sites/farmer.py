"""中国农网 (农民日报), agriculture. Addresses of articles as in public code; read by the generic reader."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="farmer",
    title="中国农网",
    home="http://www.farmer.com.cn/",
    hosts=("www.farmer.com.cn",),
    entrances=(Entrance(url="http://www.farmer.com.cn/"), Entrance(url="http://www.farmer.com.cn/xwpd/nyyw/")),
    article_url=r"/(?:19|20)\d\d/\d{1,2}/\d{1,2}/\w+\.html?$|/t\d{8}_\d+\.html?$",
    expects=Expect(articles_per_week=(20, 2_000)),
    marks=("中国农网", "农民日报", "farmer.com.cn"),
)
