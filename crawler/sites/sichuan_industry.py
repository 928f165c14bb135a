"""四川省经济和信息化厅. Its lists are known from public code; articles by the meta tags and the generic reader."""

from crawler.site import Entrance, Expect, Site

_LISTS = ("wjfb/common_list", "xzgfxwj/zcgfxwj_list", "zcjdn/common_listnb", "xwzx/news")

SITE = Site(
    name="sichuan-industry",
    title="四川省经济和信息化厅",
    home="https://jxt.sc.gov.cn/",
    hosts=("jxt.sc.gov.cn",),
    entrances=tuple(Entrance(url=f"https://jxt.sc.gov.cn/scjxt/{path}.shtml") for path in _LISTS),
    article_url=r"/(?:19|20)\d\d/\d{1,2}/\d{1,2}/\w+\.s?html$",
    expects=Expect(articles_per_week=(3, 200)),
    delay=2.0,
    marks=("四川省经济和信息化厅", "jxt.sc.gov.cn"),
)
