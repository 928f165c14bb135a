"""攀枝花日报, as the newspaper archive yybnet.net reprints it; the paper's own site has not been seen."""

from crawler.site import Entrance, Expect, Site

SITE = Site(
    name="panzhihua-daily",
    title="攀枝花日报",
    home="https://yybnet.net/panzhihua/",
    hosts=("yybnet.net", "www.yybnet.net"),
    entrances=(Entrance(url="https://yybnet.net/panzhihua/"),),
    article_url=r"/panzhihua/.+/\d{6}/\d+\.html$",
    expects=Expect(articles_per_week=(0, 500)),
    delay=3.0,
    daily_requests=2_000,
    marks=("攀枝花日报",),
)
