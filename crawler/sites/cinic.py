"""中国产业经济信息网. PHPCMS v9; columns by trade (/hy/), region (/xy/) and kind of news (/xw/)."""

from crawler.site import Entrance, Expect, Layout, Site

_COLUMNS = ("xy/sc", "xw/cjxw", "xw/bwdt", "xw/szxw", "xw/tjsj", "hy/yw", "hy/ny", "hy/nl", "hy/hb", "hy/jr")

SITE = Site(
    name="cinic",
    title="中国产业经济信息网",
    home="http://www.cinic.org.cn/",
    hosts=("www.cinic.org.cn", "cinic.org.cn"),
    entrances=tuple(
        Entrance(
            url=f"http://www.cinic.org.cn/{column}/",
            rows="div.col-l > ul > li",
            link="div.txt > h3 > a",
            date="span.sp2",
            next=".pages a",
        )
        for column in _COLUMNS
    ),
    article_url=r"/\d+\.s?html$",
    layouts=(
        Layout(
            title="h1 > center > b",
            byline="div.col-l > div > center",
            body="div.dc-ccm1",
            drop=("div.ydsj_box", "div.ydsj"),
            related="div.ydsj_box li, div.ydsj li",
            related_heading="延伸阅读",
            related_summary="div.txt > p",
            related_date="span.sp2",
        ),
    ),
    expects=Expect(articles_per_week=(20, 2_000), with_body=0.98, with_date=0.98, with_origin=0.8),
    marks=("中国产业经济信息网", "cinic.org.cn"),
)
