"""A page's strings to an article."""

import hashlib
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.items import Attachment, Image, OfficialTable, RelatedLink, ScrapedArticle
from pipelines.clean import clean, clean_text

NOW = datetime(2020, 5, 1, 12, tzinfo=UTC)
SEED = next(iter(sorted((Path(__file__).parents[2] / ".." / "shared" / "seed").glob("*.txt"))), None)
BODY = (
    "近日，攀枝花市委、市政府印发《关于加快钒钛高新技术产业开发区高质量发展的实施意见》（以下简称《实施意见》）。",
    "《实施意见》提出，到2030年，工业总产值达到2000亿元以上。",
)


def scraped(**fields):
    return ScrapedArticle(
        **{"url": "http://a.cn/1.html", "source": "cinic", "title": "标题", "paragraphs": BODY} | fields
    )


def test_clean_text_keeps_scripts_apart():
    assert clean_text("發(fā)展") == "发展"
    assert clean_text("發(fā)展", script="keep") == "發展"
    assert clean_text("发展", script="traditional") == "發展"
    assert clean_text("發(fā)展後", script="traditional") == "發展後"
    with pytest.raises(ValueError, match="cantonese"):
        clean_text("发展", script="cantonese")


def test_a_clean_article_stays_what_it_is():
    article = clean(scraped(), now=NOW)
    assert article.body == article.body_original == "\n".join(BODY)
    assert article.title == "标题"
    assert article.script == "simplified"
    assert article.content_sha256 == hashlib.sha256(f"标题\n{article.body}".encode()).hexdigest()
    assert article.published_at is None
    assert article.origin is None
    assert article.damage == ()


def test_body_and_original_are_parallel():
    paragraphs = (
        "  發(fā)展。",
        "",
        "打印 关闭",
        "經(jīng)濟\n增长",
        "责任编辑：王五",
        "版权声明：本文版权归原作者所有。",
    )
    article = clean(scraped(title="構(gòu)建", paragraphs=paragraphs), now=NOW)
    assert article.body == "发展。\n经济 增长"
    assert article.body_original == "  發(fā)展。\n經(jīng)濟 增长"
    assert article.title_original == "構(gòu)建"
    assert article.script in {"traditional", "mixed"}
    assert article.editor == "王五"
    assert article.rights == "版权声明：本文版权归原作者所有。"


def test_where_it_comes_from_labelled_fields_first():
    lines = {"byline": "来源：新华网 时间：2020-04-11 09:30", "tail": ("转自:攀枝花日報", "（责任编辑：王五）")}
    article = clean(scraped(**lines), now=NOW)
    assert (article.origin, article.reprinted_from, article.editor) == ("新华网", "攀枝花日报", "王五")
    assert article.published_at
    assert article.published_at.isoformat() == "2020-04-11T09:30:00+08:00"
    assert article.date_precision == "minute"
    labelled = clean(scraped(**lines, origin="来源：四川日報", author="作者：张三"), now=NOW)
    assert (labelled.origin, labelled.author) == ("四川日报", "张三")
    inside = clean(scraped(paragraphs=("本报讯（记者 张三）近日……", *BODY, "（来源：攀枝花日报）")), now=NOW)
    assert (inside.origin, inside.author) == ("攀枝花日报", "张三")


def test_the_time_of_day_is_taken_where_it_stands():
    article = clean(scraped(published=("2020-04-11",), byline="2020年4月11日 09:30 来源：新华网"), now=NOW)
    assert article.date_precision == "minute"
    other = clean(scraped(published=("2020-04-11",), byline="2020年4月12日 09:30"), now=NOW)
    assert (other.date_precision, other.published_at.day) == ("day", 11)
    future = clean(scraped(published=("2029-01-01", "2020-04-11")), now=NOW)
    assert future.published_at.year == 2020
    yesterday = clean(scraped(byline="昨天 10:00"), now=NOW)
    assert yesterday.published_at.isoformat() == "2020-04-30T10:00:00+08:00"


def test_what_hangs_on_the_article_is_cleaned_too():
    article = clean(
        scraped(
            subtitle=" 發(fā)展 ",
            rights="版權(quán)所有",
            column=("首頁", " 政策 "),
            related=(
                RelatedLink(
                    position=1,
                    title="產(chǎn)業(yè)",
                    url=None,
                    summary="當?shù)厥\ue1f9\ue096Y源",
                    date=date(2017, 6, 11),
                ),
                RelatedLink(position=2, title="經(jīng)濟", url="http://a.cn/2.html"),
            ),
            attachments=(Attachment(url="http://a.cn/1.pdf", name="附件\u00a01：產(chǎn)值.pdf", kind="pdf"),),
            images=(Image(url="http://a.cn/1.jpg", caption="圖為產(chǎn)區(qū)"), Image(url="http://a.cn/2.jpg")),
            official=OfficialTable(issuer="市發(fā)展改革委", published="2020年4月11日"),
        ),
        now=NOW,
    )
    assert (article.subtitle, article.rights, article.column) == ("发展", "版权所有", ("首页", "政策"))
    assert [(link.title, link.summary) for link in article.related] == [("产业", "当地石墨资源"), ("经济", None)]
    assert article.related[0].date == date(2017, 6, 11)
    assert article.attachments[0].name == "附件 1：产值.pdf"
    assert [image.caption for image in article.images] == ["图为产区", None]
    assert article.official == OfficialTable(issuer="市发展改革委", published="2020年4月11日")
    assert article.published_at
    assert article.published_at.day == 11


def test_a_tail_of_related_titles_is_no_text():
    tail = ("延伸阅读", "攀枝花芒果走出国门", "2017-09-12")
    assert clean(scraped(paragraphs=(*BODY, *tail)), now=NOW).body == "\n".join(BODY)
    inside = ("延伸阅读", "攀枝花芒果走出国门，" * 12)
    assert clean(scraped(paragraphs=(*BODY, *inside)), now=NOW).body.count("\n") == 3


def test_credits_in_the_middle_of_a_long_text_stay():
    paragraphs = (*BODY * 5, "来源：多方筹措资金。", *BODY * 5)
    assert "多方筹措" in clean(scraped(paragraphs=paragraphs), now=NOW).body


RIGHTS = "版权声明：本文版权归原作者所有。"


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("声明：近日网传我市某矿发生事故，系谣言。", "攀枝花市应急管理局"),
        ("声明：网传图片侵权，版权归我局所有。", "攀枝花市应急管理局"),
        ("各位市民：", RIGHTS),
        (*BODY, "上篇：三线建设出奇迹", BODY[0], "下篇：转型升级再出发", BODY[1]),
        (*BODY, "前一篇：资源立市", BODY[0]),
    ],
)
def test_what_reads_like_a_sites_own_line_stays_where_it_is_the_text(paragraphs):
    assert clean(scraped(paragraphs=paragraphs), now=NOW).body == "\n".join(paragraphs)


def test_notices_and_neighbours_behind_the_text_go():
    article = clean(scraped(paragraphs=(*BODY, RIGHTS, "上一篇：资源立市", "下一篇：没有了")), now=NOW)
    assert (article.body, article.rights) == ("\n".join(BODY), RIGHTS)


def test_damage_is_marked_in_the_cleaned_fields():
    article = clean(scraped(title="锟斤拷新闻", paragraphs=("發(fā)展\ufffd了",)), now=NOW)
    spans = {d.field: getattr(article, d.field)[d.start : d.end] for d in article.damage}
    assert spans == {"title": "锟斤拷", "body": "\ufffd"}
    assert {d.kind for d in article.damage} == {"lost-bytes", "replacement"}


def test_strings_with_line_ends_and_separators():
    article = clean(scraped(title="一\n二\r\n三\u2028四", paragraphs=("甲\n乙", "丙&#10;丁")), now=NOW)
    assert article.title == "一 二 三 四"
    assert article.body == "甲 乙\n丙 丁"


def test_an_empty_page():
    article = clean(scraped(title="", paragraphs=()), now=NOW)
    assert (article.title, article.body, article.body_original) == ("", "", "")


@pytest.mark.skipif(SEED is None, reason="the seed page is not here")
def test_the_seed_page():
    lines = [line for line in SEED.read_text(encoding="utf-8").split("\n") if line.strip()]
    article = clean(scraped(title=lines[0], byline=lines[1], paragraphs=tuple(lines[2:9])), now=NOW)
    assert article.title == "四川攀枝花加快构建形成“一区多园”发展新格局"
    assert (article.origin, article.reprinted_from) == ("中国产业经济信息网", "攀枝花日报")
    assert article.published_at
    assert article.published_at.isoformat() == "2020-04-11T00:00:00+08:00"
    assert article.body.count("\n") == article.body_original.count("\n") == 4
    assert "含迤资园区" in article.body
    assert article.rights
    assert "版权及免责声明" in article.rights
    assert article.script == "traditional"
    assert article.damage == ()


def test_a_clean_page_costs_next_to_nothing():
    """2 KB that need no repair: a fraction of a millisecond, or a crawl would wait for it."""
    page = scraped(byline="来源：新华网 时间：2020-04-11", paragraphs=BODY * 8)
    clean(page, now=NOW)
    start = time.process_time()
    for _ in range(200):
        clean(page, now=NOW)
    assert (time.process_time() - start) / 200 < 0.0006


def issues(**fields):
    return [(issue.kind, issue.detail) for issue in clean(scraped(**fields), now=NOW).issues]


def test_what_is_odd_is_told():
    assert issues(published=("2020-04-11",)) == []
    assert [kind for kind, _ in issues()] == ["no-date"]
    assert [kind for kind, _ in issues(title="", paragraphs=())] == ["no-title", "no-body", "no-date"]
    assert [kind for kind, _ in issues(published=("2029-01-01",))] == ["future-date"]
    further = "http://x.example/1_2.html"
    ((kind, detail),) = issues(published=("2020-04-11",), next_page=further)
    assert (kind, further in detail) == ("incomplete", True)
    lines = (*BODY, "打印 关闭", "责任编辑：王五", "下一篇：没有了", "延伸阅读", "攀枝花芒果走出国门")
    assert issues(published=("2020-04-11",), paragraphs=lines) == [
        ("dropped-line", "延伸阅读"), ("dropped-line", "攀枝花芒果走出国门"), ("dropped-line", "打印 关闭"), ("dropped-line", "下一篇：没有了"),
    ]  # fmt: skip
