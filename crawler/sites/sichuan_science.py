"""四川省科学技术厅. Its lists are known from public code; articles by the meta tags and the generic reader."""

from crawler.site import Entrance, Expect, Site

_LISTS = ("gstz/newschild", "tzgg/list", "sjkjfg/newszwxxgkchild", "zfcg/newszwxxgkchild")

SITE = Site(
    name="sichuan-science",
    title="四川省科学技术厅",
    home="https://kjt.sc.gov.cn/",
    hosts=("kjt.sc.gov.cn",),
    entrances=tuple(Entrance(url=f"https://kjt.sc.gov.cn/kjt/{path}.shtml") for path in _LISTS),
    article_url=r"/(?:19|20)\d\d/\d{1,2}/\d{1,2}/\w+\.s?html$",
    expects=Expect(articles_per_week=(3, 200)),
    delay=2.0,
    marks=("四川省科学技术厅", "kjt.sc.gov.cn"),
)
