"""中国有色网 (中国有色金属报), non-ferrous metals. Addresses as in public code; read by the generic reader."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="cnmn",
    title="中国有色网",
    home="https://www.cnmn.com.cn/",
    hosts=("www.cnmn.com.cn",),
    entrances=(Entrance(url="https://www.cnmn.com.cn/"),),
    article_url=r"(?i)/ShowNews1?\.aspx\?id=\d+",
    expects=Expect(articles_per_week=(20, 2_000)),
    marks=("中国有色网", "中国有色金属报", "cnmn.com.cn"),
)
