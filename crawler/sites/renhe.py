"""攀枝花市仁和区人民政府. The list of normative documents is known from public code; its markup is not."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="renhe",
    title="攀枝花市仁和区人民政府",
    home="http://www.screnhe.gov.cn/",
    hosts=("www.screnhe.gov.cn",),
    entrances=(
        Entrance(url="http://www.screnhe.gov.cn/zwgk/jbxxgk/zcfg/gfxwj/index.shtml"),
        Entrance(url="http://www.screnhe.gov.cn/"),
    ),
    article_url=r"/\d{5,}\.s?html$",
    expects=Expect(articles_per_week=(1, 200)),
    delay=2.0,
    marks=("攀枝花市仁和区", "screnhe.gov.cn"),
)
