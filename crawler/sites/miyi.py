"""米易县人民政府. The addresses of its articles are seen in saved pages; the markup is not."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="miyi",
    title="米易县人民政府",
    home="http://www.scmiyi.gov.cn/",
    hosts=("www.scmiyi.gov.cn",),
    entrances=(Entrance(url="http://www.scmiyi.gov.cn/"),),
    article_url=r"/zwgk/.*/\d{5,}\.s?html$",
    expects=Expect(articles_per_week=(1, 200)),
    delay=2.0,
    marks=("米易县人民政府", "scmiyi.gov.cn"),
)
