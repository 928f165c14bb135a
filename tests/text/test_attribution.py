import pytest

from pipelines.text.attribution import Attribution, attribute, attribute_text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("来源：中国产业经济信息网   时间：2020-04-11", Attribution(origin="中国产业经济信息网")),
        ("來源:攀枝花日報", Attribution(origin="攀枝花日報")),
        (
            "来源:市发改委     发布时间:2019-08-19     选择阅读字号:[ 大 中 小 ]     阅读次数:",
            Attribution(origin="市发改委"),
        ),
        (
            "www.panzhihua.gov.cn     发布时间:2020-08-03     来源:攀枝花日报      选择阅读字号:[ ]     阅读次数:",
            Attribution(origin="攀枝花日报"),
        ),
        (
            "时间: 2022-01-27 来源: 攀枝花市东区人民政府办公室 阅读次数:",
            Attribution(origin="攀枝花市东区人民政府办公室"),
        ),
        ("来源:攀枝花日报 2026/01/24", Attribution(origin="攀枝花日报")),
        (
            "2020-04-11 09:30 来源：新华网 作者：张三 编辑：李四",
            Attribution(origin="新华网", author="张三", editor="李四"),
        ),
        ("2020年04月11日09:30  新华网", Attribution(origin="新华网")),
        ("来 源：《攀枝花日报》  作 者：未知", Attribution(origin="攀枝花日报")),
        ("来源丨攀枝花日报 编辑丨李四", Attribution(origin="攀枝花日报", editor="李四")),
        ("(来源：人民日报 作者：张三)", Attribution(origin="人民日报", author="张三")),
        ("稿件来源：四川在线-四川日报", Attribution(origin="四川在线-四川日报")),
        ("来源：中国新闻网 点击：123次", Attribution(origin="中国新闻网")),
        ("转自:攀枝花日报", Attribution(reprinted_from="攀枝花日报")),
        ("（责任编辑：王五）", Attribution(editor="王五")),
        ("[责任编辑: 张三]", Attribution(editor="张三")),
        ("责任编辑 王五", Attribution(editor="王五")),
        ("网站编辑：王五", Attribution(editor="王五")),
        ("新媒体编辑：王五 审核：李四", Attribution(editor="王五")),
        ("责编/王五", Attribution(editor="王五")),
        ("责任编辑：王五 返回首页", Attribution(editor="王五")),
        ("来源：四川日报 打印", Attribution(origin="四川日报")),
        ("来源：打印世界 网", Attribution(origin="打印世界 网")),
        ("责编：张一 / 校对：李二", Attribution(editor="张一")),
        ("本报讯（记者 张三 通讯员 李四）近日", Attribution(author="张三、李四")),
        ("本报记者 张三 李四", Attribution(author="张三、李四")),
        ("文/张三 图/李四", Attribution(author="张三")),
        ("来源：四川日报 记者 李四", Attribution(origin="四川日报", author="李四")),
        ("（来源：四川日报 记者 李四、王五）", Attribution(origin="四川日报", author="李四、王五")),
        ("来源：攀枝花市融媒体中心记者张三", Attribution(origin="攀枝花市融媒体中心", author="张三")),
        ("来源：四川日报，本报记者 李四", Attribution(origin="四川日报", author="李四")),
        ("来源：中国记者协会", Attribution(origin="中国记者协会")),
        ("来源：中国记者网", Attribution(origin="中国记者网")),
        ("转自：攀枝花日报（2020年4月11日第1版）", Attribution(reprinted_from="攀枝花日报")),
        ("来源：攀枝花日报（记者 张三）", Attribution(origin="攀枝花日报", author="张三")),
        ("信息来源\t市经信局\t发布时间\t2020-04-11", Attribution(origin="市经信局")),
        ("作者：张三（攀枝花学院教授）", Attribution(author="张三")),
        ("作者 | 张三 李四  编辑 | 王五", Attribution(author="张三 李四", editor="王五")),
    ],
)
def test_lines(line, said):
    assert attribute(line) == said


@pytest.mark.parametrize(
    "line",
    [
        "",
        "能源：石油、天然气",
        "记者从近期召开的会上了解到，2017年产量大幅增长。",
        "水资源是重要的来源",
        "2020-04-11",
        "编辑部召开会议",
        "来源：未知",
        "来源：",
        "收入来源单一",
    ],
)
def test_what_says_nothing(line):
    assert attribute(line) == Attribution()


def test_bodies():
    assert attribute_text(["新华社北京4月11日电（记者刘一、王二）今天"]).author == "刘一、王二"
    assert attribute_text(["据新华社报道，攀枝花市"]).reprinted_from == "新华社"
    assert attribute_text(["攀枝花市……", "（来源：攀枝花日报）"]).origin == "攀枝花日报"
    assert attribute_text(["据统计，全市产值增长5%。"]) == Attribution()
    assert attribute_text(["依据《办法》报道制度执行。"]) == Attribution()
    assert attribute_text([]) == Attribution()
    for asked in ("记者：目标是什么？", "记者：请您介绍一下背景。", "作者：我来说两句！"):
        assert attribute_text(["近日，负责人回答了提问。", asked, "答：目标已经明确。"]) == Attribution()
    assert attribute_text(["攀枝花市……", "作者：张三"]).author == "张三"


@pytest.mark.parametrize(
    ("head", "medium"),
    [
        ("据新华社报道，攀枝花市", "新华社"), ("据《四川日报》报道：", "四川日报"), ("据攀枝花日报4月11日报道，", "攀枝花日报"), ("据川观新闻报道，", "川观新闻"),
        ("【要闻】据人民网记者李四报道，", "人民网"), ("据四川电视台报道，", "四川电视台"),
    ],
)  # fmt: skip
def test_reports_that_are_reprinted(head, medium):
    assert attribute_text([head]).reprinted_from == medium


@pytest.mark.parametrize(
    "head",
    [
        "据四川省社会科学院消息，2020年全省经济增长。", "据市人力资源和社会保障局消息，养老金上调。", "据攀枝花市报废汽车回收协会消息，今年回收1万辆。", "据国家税务总局网站消息，",
        "据中央气象台消息，未来三天晴。", "据朝中社此前报道，", "据朝中社报道，", "据叙利亚国家电视台1号报道，", "据当地电视台报道，", "据多家新闻报道，", "据省供销社报道，", "据全国社保基金理事会消息，",
        "据中国互联网络信息中心发布的报道，", "据新华社北京4月11日电 国务院", "据攀枝花日报社报道组介绍，", "据人民网报道组的统计，",
    ],
)  # fmt: skip
def test_what_is_cited_is_no_reprint(head):
    assert attribute_text([head]).reprinted_from is None
