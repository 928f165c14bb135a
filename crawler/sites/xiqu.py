"""攀枝花市西区人民政府. Host and columns are guesses; ``panxi sources --check`` tells on the live network."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="xiqu",
    title="攀枝花市西区人民政府",
    home="http://www.scxiqu.gov.cn/",
    hosts=("www.scxiqu.gov.cn",),
    entrances=(Entrance(url="http://www.scxiqu.gov.cn/"),),
    expects=Expect(articles_per_week=(1, 200)),
    delay=2.0,
    marks=("攀枝花市西区", "scxiqu.gov.cn"),
)
