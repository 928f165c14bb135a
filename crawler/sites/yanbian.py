"""盐边县人民政府. The list of administrative documents is known from public code; its markup is not."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="yanbian",
    title="盐边县人民政府",
    home="http://www.scyanbian.gov.cn/",
    hosts=("www.scyanbian.gov.cn",),
    entrances=(
        Entrance(url="http://www.scyanbian.gov.cn/zwgk/fggw/xzfwj/index.shtml"),
        Entrance(url="http://www.scyanbian.gov.cn/"),
    ),
    article_url=r"/\d{5,}\.s?html$",
    expects=Expect(articles_per_week=(1, 200)),
    delay=2.0,
    marks=("盐边县人民政府", "scyanbian.gov.cn"),
)
