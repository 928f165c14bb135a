"""攀枝花市东区人民政府. The host is seen in saved pages; columns and markup are not, so the generic reader reads it."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="dongqu",
    title="攀枝花市东区人民政府",
    home="http://www.scdongqu.gov.cn/",
    hosts=("www.scdongqu.gov.cn",),
    entrances=(
        Entrance(url="http://www.scdongqu.gov.cn/"),
        Entrance(url="http://www.scdongqu.gov.cn/qzwgk/xzqlgk/xzqlyx/index.shtml"),
    ),
    article_url=r"/\d{5,}\.s?html$",
    expects=Expect(articles_per_week=(1, 200)),
    delay=2.0,
    marks=("攀枝花市东区", "scdongqu.gov.cn"),
)
