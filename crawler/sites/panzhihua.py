"""攀枝花市人民政府: the main site and the departments' sites under panzhihua.gov.cn, one content system.

Rows, pager, text and breadcrumbs were seen in saved pages of 2019 to 2026; the fields over the text come from the
national meta tags and the line under the title.
"""

from crawler.site import Entrance, Expect, Layout, Site

_MAIN = ("zwgk/gzdt/bdyw", "zwgk/gzdt/gggs", "zwgk/gzdt/rdgz", "zwgk/gzbg")
_DEPARTMENTS = ("fgw", "zjj", "wjw", "jytyj")

SITE = Site(
    name="panzhihua",
    title="攀枝花市人民政府",
    home="http://www.panzhihua.gov.cn/",
    hosts=(
        "www.panzhihua.gov.cn",
        "wap.panzhihua.gov.cn",
        *(f"{department}.panzhihua.gov.cn" for department in _DEPARTMENTS),
    ),
    entrances=(
        *(
            Entrance(
                url=f"http://www.panzhihua.gov.cn/{column}/index.shtml",
                rows="div.boxPzh15_con > ul > li",
                date="span",
                next="a.default_pgBtn.default_pgNext",
            )
            for column in _MAIN
        ),
        Entrance(url="http://www.panzhihua.gov.cn/zfxxgk/"),  # policy documents and their interpretation; list not seen
        *(
            Entrance(
                url=f"http://{department}.panzhihua.gov.cn/zfxxgk/tzgg/index.shtml",
                rows="div.new-box > ul > li",
                date="span",
            )
            for department in _DEPARTMENTS
        ),
    ),
    article_url=r"/\d{5,}\.s?html$",
    layouts=(Layout(body="#Zoom"),),
    expects=Expect(articles_per_week=(5, 500), with_body=0.95, with_date=0.98),
    delay=2.0,
    marks=("攀枝花市人民政府", "panzhihua.gov.cn"),
)
