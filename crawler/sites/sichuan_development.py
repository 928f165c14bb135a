"""四川省发展和改革委员会. Its lists are known from public code; articles by the meta tags and the generic reader."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="sichuan-development",
    title="四川省发展和改革委员会",
    home="https://fgw.sc.gov.cn/",
    hosts=("fgw.sc.gov.cn",),
    entrances=tuple(
        Entrance(url=f"https://fgw.sc.gov.cn/sfgw/{column}/list.shtml") for column in ("zcwj", "zcjd", "tzgg", "gzdt")
    ),
    article_url=r"/(?:19|20)\d\d/\d{1,2}/\d{1,2}/\w+\.s?html$",
    expects=Expect(articles_per_week=(3, 200)),
    delay=2.0,
    marks=("四川省发展和改革委员会", "fgw.sc.gov.cn"),
)
