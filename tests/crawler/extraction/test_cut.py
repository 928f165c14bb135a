"""Which lines belong to a text. Each rule is held to what it must leave alone."""

from __future__ import annotations

import pytest

from crawler.extraction import read
from crawler.extraction.cut import is_byline, is_credit
from crawler.items import Page, ScrapedArticle

LEDE = "市发展改革委昨日召开重点项目调度会，听取二十个省级重点项目的进度汇报。"
MIDDLE = "会议要求，各牵头单位要逐项梳理堵点，建立按周销号的台账。"
LAST = "钒电池储能电站项目已完成场地平整，预计明年春季并网。"


def lines(*inside: str, title: str = "重点项目调度会召开") -> tuple[str, ...]:
    body = "".join(line if line.startswith("<") else f"<p>{line}</p>" for line in inside)
    html = f"<title>{title}</title><h1>{title}</h1><p>2024-04-11 来源：某报</p><div class=content>{body}</div>"
    article = read(
        Page(url="http://x.example/1.html", body=html.encode(), content_type="text/html; charset=utf-8"), None
    )
    assert isinstance(article, ScrapedArticle)
    return article.paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "分享到：", "扫一扫在手机打开当前页", "点击进入专题", "【打印本页】", "请继续往下阅读...", "請繼續往下閱讀...", "关键词：钒钛", "您的浏览器不支持视频播放",
        "（原标题：重点项目调度会）", "免责声明：本文仅供参考。", "【版权声明】转载须经授权。", "文章内容仅代表作者个人观点，与本站无关。", "图片来源于网络", "END",
        "[摘要：会议听取了进度汇报。]", "※《某某新聞》提醒您，請給自己機會", "未经授权不得转载", "扫码关注公众号", "微信扫一扫 分享本页", "关注我们", "浏览次数：123", "阅读 (12)", "版权所有：某某报社", "点击量：5次",
        "风险提示：本文仅供参考，不构成投资建议。", "郑重声明：如有侵权请联系本站删除。", "自殺防治諮詢安心專線：0800-788995", "下载某某APP",
        "—— END ——", "（完）", "0 条评论", "[打印文章]", "分享让更多人看到", "您是第 123 位访客", "本文被浏览 123 次",
    ],
)  # fmt: skip
def test_what_pages_put_among_the_text_is_left_out(line: str) -> None:
    assert lines(LEDE, line, MIDDLE, LAST) == (LEDE, MIDDLE, LAST)


@pytest.mark.parametrize(
    "line",
    [
        "评论称，这一政策来得及时。", "扫描电镜显示，晶粒明显细化。", "廣告業者表示，市場正在回溫。", "推荐名单公布后，各方反应积极。", "大桥昨日合龙。", "打印机出口增长两成。",
        "声明说，双方将继续合作。", "记者：您怎么看这一政策？", "24小时内降雨量达到五十毫米。", "气象局提醒您，出行注意防寒。", "点赞的人说，服务很好。", "收藏家捐出了三件藏品。",
        "分享会上，种植户介绍了经验。", "关注民生是会议的主题。", "检举人已得到保护。", "声明稿全文如下", "二、政策解读", "下一步工作", "版权局参加了会议。", "来源可靠的数据显示，产量增长。",
        "一审法院支持了原告的请求。", "编辑部设在成都。", "关闭的三家工厂已完成复垦。",
        "扫码点餐不得强制关注公众号。", "关注微信安全，谨防客户端诈骗。", "市民用手机APP缴费更方便", "阅读量突破百万", "举报电话：0812-0000000", "意见反馈方式：信函、邮箱",
        "版权所有者应当依法登记。", "未经许可不得转载他人作品，是新办法的核心条款。", "下一条生产线将于年底投产", "24小时热线：12345", "爆料人介绍了经过。",
        "风险提示：近期出现以养老名义的非法集资。", "信息来自网络，真假难辨，警方提醒市民注意。", "珍惜生命，远离毒品。",
        "打印文章出售的公司已被查处。", "分享让更多人看到了希望。", "第3位访客来自云南，他参观了园区。", "完成投资三亿元", "12条评论建议被采纳。", "上一个季度产量持平。", "下一个：生态屏障",
    ],
)  # fmt: skip
def test_text_that_begins_alike_stays(line: str) -> None:
    assert lines(LEDE, line, MIDDLE, LAST) == (LEDE, line, MIDDLE, LAST)


def test_a_line_stays_as_the_last_one_too() -> None:
    for line in (
        "记者了解到，项目明年建成。",
        "记者：您怎么看？",
        "来源多样化是下一步的重点。",
        "文/图的版权归作者所有，这一点会议也作了强调。",
    ):
        assert lines(LEDE, MIDDLE, LAST, line)[-1] == line


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：张三",
        "(责编：张三、李四)",
        "【编辑:张三】",
        "来源：某某日报",
        "转自：某某网",
        "作者：张三",
        "编辑|张三",
        "責任編輯：張三",
        "审核：李四",
        "校对 王五",
        "文/张三",
        "网站编辑：张三",
        "新媒体编辑：张三",
        "见习编辑：张三",
        "文案：张三",
        "摄影：张三",
        "图/张三",
        "值班总监：张三  值班主任：李四",
        "撰稿人：张三",
    ],
)
def test_credits_go_to_the_tail(line: str) -> None:
    assert is_credit(line)
    assert lines(LEDE, MIDDLE, LAST, line) == (LEDE, MIDDLE, LAST)


@pytest.mark.parametrize(
    "line",
    [
        "记者：您怎么看？",
        "来源地包括四川、云南等省，产量逐年增加。",
        "编辑部",
        "作者认为，这是好事",
        "一、来源：资料与方法。数据来自年鉴",
        "摄影展：三百幅作品",
        "图书/报刊",
        "文案策划大赛落幕",
        "信息员队伍不断壮大",
    ],
)
def test_sentences_are_no_credits(line: str) -> None:
    assert not is_credit(line)


def test_a_byline_is_short_and_labelled() -> None:
    assert is_byline("2024-04-11 10:00 来源：某报 作者：张三")
    assert is_byline("发布时间：2024年4月11日")
    assert not is_byline("2024年4月11日，市发展改革委召开重点项目调度会，听取二十个省级重点项目的进度汇报。")


@pytest.mark.parametrize(
    "line",
    [
        "上一个：<a href=/1.html>钒价走稳</a>",
        "上一篇文章：<a href=/1.html>钒价走稳</a>",
        "上一篇 钒价走稳 下一篇 钛价上涨",
    ],
)
def test_the_neighbours_end_the_text(line: str) -> None:
    assert lines(LEDE, MIDDLE, LAST, line) == (LEDE, MIDDLE, LAST)


@pytest.mark.parametrize(
    "line", ["<span>某某日报</span><span>04-11 09:30</span>", "04-11 09:30", "某某网 | 04/11 9:30:05"]
)
def test_a_telephone_s_byline_is_no_text(line: str) -> None:
    assert lines(f"<p>{line}</p>", LEDE, MIDDLE, LAST) == (LEDE, MIDDLE, LAST)


@pytest.mark.parametrize(
    "line", ["会议定于04-11 09:30召开", "签到 04-11 09:30", "4月11日 9:30 开幕式", "抽查04-11批次"]
)
def test_a_line_with_an_hour_is_text(line: str) -> None:
    assert lines(LEDE, line, MIDDLE, LAST) == (LEDE, line, MIDDLE, LAST)
    assert not is_byline(line)


def test_a_list_of_related_articles_ends_the_text() -> None:
    tail = "<h3>相关阅读</h3><ul><li><a href=/2.html>钒电池储能电站并网</a></li></ul><p>这一句属于别处，不是正文。</p>"
    assert lines(LEDE, MIDDLE, LAST, tail) == (LEDE, MIDDLE, LAST)


def test_links_at_the_end_are_a_list_even_without_a_known_heading() -> None:
    tail = (
        "<p>更多某某网报道</p><p><a href=/2.html>钒电池储能电站并网</a></p><p><a href=/3.html>芒果品牌推介启动</a></p>"
    )
    assert lines(LEDE, MIDDLE, LAST, tail) == (LEDE, MIDDLE, LAST)


def test_a_section_with_such_a_name_is_text() -> None:
    assert lines(LEDE, MIDDLE, "<h3>政策解读</h3>", LAST) == (LEDE, MIDDLE, "政策解读", LAST)


def test_a_file_at_the_end_stays() -> None:
    assert lines(LEDE, MIDDLE, LAST, "<p><a href=/a.docx>申报表.docx</a></p>")[-1] == "申报表.docx"


def test_a_list_between_paragraphs_is_stepped_over() -> None:
    aside = "<div class=x><strong>延伸阅读</strong><ul><li><a href=/2.html>钒电池储能电站并网</a></li></ul></div>"
    assert lines(LEDE, aside, MIDDLE, LAST) == (LEDE, MIDDLE, LAST)


def test_the_credit_in_the_last_paragraph_is_taken_off() -> None:
    assert lines(LEDE, MIDDLE, f"{LAST}（編輯：林某）1130411") == (LEDE, MIDDLE, LAST)
    kept = f"{LAST}（见附件：任务分工表）"
    assert lines(LEDE, MIDDLE, kept)[-1] == kept


INFO = "<p>发布时间：2024-04-11 09:30 来源：市经信局</p>"
PRICES = (
    "钛精矿（47%）：1350元/吨，平稳", "报价日期：2024年4月11日", "五氧化二钒（98%）：10.2万元/吨", "来源：某某有色网", "联系电话：010-12345678",
)  # fmt: skip
NOTICES = {
    "prices": PRICES[:3],
    "tender": ("项目名称：污水管网改造工程", "开标时间：2024年4月8日10:00", "中标人：某某建设有限公司", "公示期：2024年4月11日至4月14日", "监督电话：0812-0000000"),
    "appointments": ("（2024年4月10日第三十次会议通过）", "任命：", "张三为副市长", "免去：", "李四的主任职务", "市人大常委会", "2024年4月10日"),
    "hearing": ("听证时间：2024年5月15日9:00", "听证地点：一楼会议室", "报名截止：2024年5月1日"),
    "event": ("时间：2024年5月15日9:00", "地点：会展中心", "主题：芒果品鉴"),
    "events": ("一、开幕式", "时间：2024年5月15日9:00", "地点：会展中心", "二、推介会", "时间：2024年5月15日14:00"),
    "numbered": ("一、活动主题：阳光花城", "二、活动时间：2024年4月15日", "三、作者：不限", "四、活动地点：花城新区"),
    "days": ("2024年4月15日 开幕式", "2024年4月16日 推介会", "2024年4月17日 闭幕式"),
}  # fmt: skip


def notice(*inside: str, head: str = "", title: str = "关于某事的公告") -> tuple[str, ...]:
    """The text of a page whose whole body is short lines."""
    body = head + "".join(f"<p>{line}</p>" for line in inside)
    html = f"<title>{title}</title><h1>{title}</h1>{INFO}<div class=content>{body}</div>"
    article = read(
        Page(url="http://x.example/1.html", body=html.encode(), content_type="text/html; charset=utf-8"), None
    )
    assert isinstance(article, ScrapedArticle), article
    return article.paragraphs


@pytest.mark.parametrize("inside", NOTICES.values(), ids=NOTICES)
def test_dates_and_credits_among_short_lines_are_text(inside: tuple[str, ...]) -> None:
    assert notice(*inside) == inside


@pytest.mark.parametrize(
    "head",
    [
        "<p>关于某事的公告</p>", INFO, "<p>2024-04-11</p>", "<p>2024-04-11 某某网</p>", "<p>来源：某报</p><p>作者：张三</p>",
        "<h2>关于某事的公告</h2><h3>二〇二四年第三号</h3><p>张三 2024-04-11</p>", "<p>关于某事的公告</p><p>——答记者问</p>" + INFO + "<p>字号：大 中 小</p>",
        "<p>发布日期：2024-04-11</p><p>分享到：</p><p>来源：某报</p>",
    ],
)  # fmt: skip
def test_title_and_byline_at_the_head_are_no_text(head: str) -> None:
    assert notice(LEDE, *NOTICES["tender"], head=head) == (LEDE, *NOTICES["tender"])


def test_a_title_that_comes_again_costs_nothing_over_it() -> None:
    inside = ("某府办发〔2024〕3号", "各县区人民政府：", LEDE)
    assert notice(inside[0], "关于某事的公告", *inside[1:]) == (inside[0], "关于某事的公告", *inside[1:])


def test_what_stands_behind_a_source_is_text_and_what_stands_behind_the_editors_only_with_a_label() -> None:
    assert notice(*PRICES) == (*PRICES[:3], PRICES[4])
    assert notice(LEDE, "来源：某报", MIDDLE) == (LEDE, MIDDLE)
    assert notice(LEDE, MIDDLE, "责任编辑：张三", "看完点个在看", "咨询电话：0812-0000000") == (
        LEDE,
        MIDDLE,
        "咨询电话：0812-0000000",
    )


@pytest.mark.parametrize("inside", [NOTICES["tender"], NOTICES["appointments"]])
def test_a_dated_byline_makes_a_heading_sure_though_the_page_is_named_otherwise(inside: tuple[str, ...]) -> None:
    body = "".join(f"<p>{line}</p>" for line in inside)
    html = f"<title>某某网</title><h1>关于某事的公告</h1>{INFO}<div>{body}</div>"
    article = read(Page(url="http://x.example/1.html", body=html.encode()), None)
    assert isinstance(article, ScrapedArticle), article
    assert article.paragraphs == inside


@pytest.mark.parametrize(
    "notice_of_the_page",
    [
        "声明：近日网传某矿发生事故，系谣言，我局已依法处理。", "特别提示：即日起滨江大道实行交通管制。", "郑重声明：我局从未授权任何单位转载收费，请勿受骗。",
    ],
)  # fmt: skip
def test_a_notice_that_is_the_article_stays(notice_of_the_page: str) -> None:
    assert notice(notice_of_the_page, "某市应急管理局") == (notice_of_the_page, "某市应急管理局")
    assert notice("各位市民：", notice_of_the_page) == ("各位市民：", notice_of_the_page)
