"""中国政府网 policy library (国务院政策文件库). Addresses as in public code; fields by table and generic reader."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="gov-cn",
    title="中国政府网政策文件库",
    home="https://www.gov.cn/zhengce/",
    hosts=("www.gov.cn",),
    entrances=(
        Entrance(url="https://www.gov.cn/zhengce/zuixin/"),
        Entrance(url="https://www.gov.cn/zhengce/zhengceku/"),
        Entrance(url="https://www.gov.cn/zhengce/jiedu/"),
    ),
    article_url=r"/content_\d+\.html?$",
    expects=Expect(articles_per_week=(5, 300)),
    delay=2.0,
    marks=("中国政府网", "www.gov.cn"),
)
