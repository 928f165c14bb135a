import pytest

from pipelines.text.boilerplate import kind


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("打印 关闭", "bar"),
        ("【打印】【关闭】", "bar"),
        ("分享到：微信 微博", "bar"),
        ("分享到:", "bar"),
        ("上一篇：攀枝花加快发展", "bar"),
        ("下一篇:没有了", "bar"),
        ("扫一扫在手机打开当前页", "bar"),
        ("点击查看更多", "bar"),
        ("字号：大 中 小", "bar"),
        ("选择阅读字号：[ 大 中 小 ]", "bar"),
        ("责任编辑：张三", "credits"),
        ("（编辑：张三）", "credits"),
        ("校对：李四 审核：王五", "credits"),
        ("转自:攀枝花日报", "credits"),
        ("原标题：攀枝花加快发展", "credits"),
        ("版权声明：本文版权归原作者所有。", "rights"),
        ("【版权及免责声明】凡本网所属版权作品,转载时须获得授权并注明来源", "rights"),
        ("免责声明：本文仅代表作者个人观点，与本网无关。", "rights"),
        ("延伸阅读", "further"),
        ("相关新闻：", "further"),
    ],
)
def test_lines_of_the_site(line, what):
    assert kind(line) == what


@pytest.mark.parametrize(
    "line",
    [
        "",
        "编辑部召开会议，研究部署宣传工作。",
        "分享经济成为新热点，市民争相体验。",
        "中小企业发展迅速。",
        "大力推进当地石墨资源勘查。",
        "关闭小煤矿十座，淘汰落后产能。",
        "版权保护是知识产权工作的重要内容。",
        "更多企业走出去，拓展海外市场。",
        "延伸阅读空间，建设书香城市。",
        "下一步，我市将加快发展。",
        "声明称，双方将继续合作。",
        "本文件自发布之日起施行。",
        "来源于实践的理论才有生命力。",
        "打印机产量增长五成。",
        "推荐性国家标准正式发布。",
        "审核通过的企业共有十家。",
    ],
)
def test_text(line):
    assert kind(line) is None
