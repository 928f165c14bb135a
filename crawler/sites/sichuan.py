"""四川省人民政府. News list and normative documents as seen from 2019 to 2021; articles by the generic reader."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="sichuan",
    title="四川省人民政府",
    home="https://www.sc.gov.cn/",
    hosts=("www.sc.gov.cn",),
    entrances=(
        Entrance(
            url="https://www.sc.gov.cn/10462/c102914/gfxwj.shtml", rows="div.biaobody li", link=".lie2 a", date=".lie4"
        ),
        Entrance(url="https://www.sc.gov.cn/10462/10464/10797/jrsc_list.shtml", rows="#dash-table tbody tr"),
    ),
    article_url=r"/(?:19|20)\d\d/\d{1,2}/\d{1,2}/\w+\.s?html$",
    expects=Expect(articles_per_week=(10, 500)),
    delay=2.0,
    marks=("四川省人民政府", "www.sc.gov.cn"),
)
