from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import SHANGHAI, Story
from pipelines.clean import clean_text
from pipelines.dedupe import fingerprint, same_story, story
from pipelines.dedupe.core import stated_day, story_days, trimmed, words
from pipelines.dedupe.facts import gaps
from pipelines.dedupe.fingerprint import ROWS, distinct, shingles, signature
from tests.pipelines.articles import article

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "xwlb-sample.jsonl.gz"
MORNING = datetime(2024, 5, 8, 9, 0, tzinfo=SHANGHAI)
NEWS = (
    "记者从近期召开的攀枝花市钒钛产业发展报告会上了解到，去年攀枝花市钒钛产品产量大幅增长，钛精矿、钛白粉、海绵钛等产品产量创历史新高；"
    "钒钛产业产值首次突破200亿元。\n市经信局有关负责人介绍，全市规模以上钒钛企业达到98户，比上年增加7户。\n"
    "下一步，将围绕建设世界级钒钛产业基地，推动重点项目建设，完善产业链条，提升产品附加值，力争五年内产值再翻一番。\n"
    "与会专家认为，攀西地区钒钛磁铁矿储量丰富，开发利用水平持续提高，但深加工产品占比仍然偏低，需要在人才和资金上加大投入。"
)
TITLE = "四川攀枝花钒钛产值首破200亿元"


def made(body: str, title: str = TITLE, published: datetime | None = MORNING):
    found = fingerprint(article(body, title, published)).fingerprint
    assert found is not None
    return found


def told(title: str, body: str, later: timedelta = timedelta(), host: str = "a", **fields) -> Story:
    return Story(url=f"http://{host}.example/1.html", title=title, body=body, published_at=MORNING + later, **fields)


# --- fingerprints -----------------------------------------------------------------------------------------


def test_the_recipe_is_fixed_for_ever() -> None:
    """Kept fingerprints are compared with new ones: a change here needs another number of the recipe."""
    found = made(NEWS)
    assert found.recipe == 2
    assert found.signature[:12].hex() == "a3e28400ffb14600d3d53400"
    assert found.bands[0] == 1269620676911869714
    assert found.exact.startswith("d3aafac477db54f1")
    assert len(found.signature) == 4 * 16 * ROWS


def test_another_process_makes_the_same_fingerprint() -> None:
    code = (
        "from pipelines.dedupe.fingerprint import *; import sys; t = sys.stdin.read();"
        "print(signature(shingles(t)).tobytes().hex(), anchors([t]))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], input=NEWS, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True,
            text=True, cwd=Path(__file__).parents[2], encoding="utf-8",
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(answers) == 1


def test_head_foot_script_and_typography_make_no_difference() -> None:
    plain = made(NEWS)
    assert made("本报讯（记者 王强）" + NEWS + "\n（来源：攀枝花日报）\n责任编辑：李红").exact == plain.exact
    assert made("新华社成都5月8日电（记者 王强、李红）" + NEWS).exact == plain.exact
    assert made(NEWS.replace("，", ",").replace("200", "２００").replace("\n", "\n\n　　")).exact == plain.exact
    traditional = "攀枝花市釩鈦產業發展報告會昨日召開，產值首次突破200億元。"
    assert (
        made(clean_text(traditional)).exact == made("攀枝花市钒钛产业发展报告会昨日召开，产值首次突破200亿元。").exact
    )


def test_what_is_no_head_or_foot_stays() -> None:
    for text in (NEWS, "攀枝花加快发展水电。全市装机容量达到600万千瓦。", "编辑部收到来信。\n来源地证明需要提交。"):
        assert trimmed(text) == text
    assert trimmed("（责任编辑：李红）") == "（责任编辑：李红）"


def test_the_minhash_estimates_jaccard() -> None:
    pairs = []
    for size in (0.2, 0.5, 0.8):
        half = NEWS[: int(len(NEWS) * size)]
        a, b = distinct(shingles(words(NEWS))), distinct(shingles(words(half)))
        common = len(np.intersect1d(a, b))
        estimate = float((signature(a) == signature(b)).mean())
        pairs.append(abs(estimate - common / (len(a) + len(b) - common)))
    assert max(pairs) < 0.2  # 48 permutations: a standard error of 0.07


@pytest.mark.parametrize("body", ["", "短", "两字", "。。。", "a", "\n", "　"])
def test_any_text_has_a_fingerprint(body: str) -> None:
    assert made(body).shingles >= 1


def test_an_excerpt_shares_a_key() -> None:
    paragraphs = NEWS.split("\n")
    shared = [{*made(part).bands} & {*made(NEWS).bands} for part in paragraphs if len(part) > 60]
    assert sum(map(bool, shared)) >= len(shared) - 1


def test_a_fifth_of_a_report_shares_a_key_with_it() -> None:
    """Wherever it was taken from; and another report shares none."""
    source = random.Random(3)
    words_of = [f"{chr(0x4E00 + source.randrange(4000))}{chr(0x4E00 + source.randrange(4000))}" for _ in range(400)]
    found = 0
    for _ in range(60):
        report = ["".join(source.choices(words_of, k=source.randrange(8, 20))) + "。" for _ in range(25)]
        begin = source.randrange(21)
        part = made("".join(report[begin : begin + 5]))
        found += not {*made("".join(report)).bands}.isdisjoint(part.bands)
        assert {*made("".join(report[:10])).bands}.isdisjoint(made("".join(report[10:])).bands)
    assert found >= 57


@pytest.mark.parametrize(
    ("body", "published", "stated"),
    [
        ("新华社北京4月11日电（记者 王强）钒钛产业", date(2020, 6, 1), date(2020, 4, 11)),
        ("12月30日，攀枝花市召开会议。", date(2021, 1, 4), date(2020, 12, 30)),
        ("记者4月11日从市统计局获悉，一季度产值增长。", date(2020, 4, 12), date(2020, 4, 11)),
        ("来源：中国产业经济信息网 时间：2020-04-11\n近日，攀枝花市印发意见。", date(2020, 9, 1), date(2020, 4, 11)),
        ("各县（区）人民政府：\n请认真执行。\n攀枝花市人民政府\n2020年4月11日", date(2020, 9, 1), date(2020, 4, 11)),
        ("近日，攀枝花市印发意见，提出到2030年建成钒钛新城。", date(2020, 4, 11), None),
        ("施工定于5月1日开始，请绕行。", date(2020, 9, 1), None),
        ("活动将于10月1日举行。", date(2020, 9, 1), None),  # to come, not of the year before
        ("2月30日，有误。", date(2020, 9, 1), None),
        ("报名自3月1日起至3月5日截止。", date(2020, 9, 1), None),
        ("2020年13月41日，有误。", date(2020, 9, 1), None),
    ],
)
def test_the_day_a_text_states(body: str, published: date, stated: date | None) -> None:
    assert stated_day(body, published) == stated


def test_a_late_reprint_may_be_from_two_days() -> None:
    moment = datetime(2020, 6, 1, 8, tzinfo=SHANGHAI)
    assert story_days("新华社北京4月11日电 钒钛", moment) == (date(2020, 6, 1), date(2020, 4, 11))
    assert story_days("新华社北京5月31日电 钒钛", moment) == (date(2020, 6, 1),)
    assert story_days("没有日期", None) == ()


# --- the judgement ----------------------------------------------------------------------------------------

LAND = (
    "经攀枝花市人民政府批准，攀枝花市自然资源和规划局决定以拍卖方式出让{}国有建设用地使用权，现将有关事项公告如下："
    "一、拍卖出让地块的基本情况和规划指标要求。二、中华人民共和国境内外的法人、自然人和其他组织均可申请参加。"
    "三、申请人可于公告期内获取拍卖出让文件。四、本次拍卖出让按照价高者得原则确定竞得人。"
)
WATER = "因管网检修，定于{}8:00至18:00对{}片区停水，请用户提前储水。"
PERSON = (
    "现对{0}同志任职前情况进行公示。{0}，男，现任市发展和改革委员会副主任，拟任市经济和信息化局局长。"
    "公示期为5个工作日，欢迎广大干部群众监督。"
)
ISSUED = "各县（区）人民政府，市级各部门：《攀枝花市{}产业发展规划》已经市政府同意，现印发给你们，请认真贯彻执行。"
MEETING = (
    "5月7日，{0}召开一季度经济运行分析会，县委书记出席会议并讲话，县委副书记、县长主持会议。会议听取了县发改局、县统计局"
    "关于一季度经济运行情况的汇报。会议要求，要咬定目标不放松。"
)
JOBS = (
    "根据有关规定，经研究，决定面向社会公开考试招聘中小学教师，现将有关事项公告如下。报名时间为5月13日至17日，"
    "笔试时间为6月1日，考试总成绩按笔试成绩占百分之六十、面试成绩占百分之四十折合。"
)
CASES = (
    "国家卫生健康委今天{0}通报：{1}0—24时，报告新增确诊病例{2}例，均为境外输入病例。截至{1}24时，现有确诊病例{3}例。"
)
SERIES = "高质量发展是硬道理，必须毫不动摇坚持。要把握好新发展阶段、贯彻新发展理念、构建新发展格局。"
BOOK = "中共中央总书记、国家主席《在{}座谈会上的讲话》单行本，已由人民出版社出版，即日起在全国新华书店发行。"

LIVE = (
    "{}届时，中央广播电视总台所属综合频道、新闻频道、中文国际频道、各外语频道，中国之声、大湾区之声、环球资讯广播等频率将进行现场直播。"
    "央视新闻、央视频、央视网等中央重点新媒体平台将同步直播。"
)
HEADS = (
    "全国政协会议将在北京开幕，全国政协主席将作常委会工作报告。",
    "出国作战纪念大会将于明天上午隆重举行，国家主席将发表重要讲话。",
)
"""News of two things, each above the same long formula."""

REVIEW = "经审议，我局拟对{}渣综合利用项目环境影响报告表作出审批意见，现将基本情况予以公示，公示期为5个工作日。"
WARNING = (
    "市气象台3月5日9时发布大风蓝色预警：预计未来24小时内，{}将出现6级以上大风，阵风可达8级，请注意防范，停止高空作业。"
)

DIFFERENT = [
    ("环评审批意见公示", REVIEW.format("钒"), "环评审批意见公示", REVIEW.format("钛")),
    ("发布大风蓝色预警", WARNING.format("仁和区、米易县"), "发布大风蓝色预警", WARNING.format("盐边县、东区")),
    ("第3号公告", "详见附件。", "第4号公告", "详见附件。"),
    ("自然资源局第3号公告", LAND.format("1宗"), "自然资源局第4号公告", LAND.format("1宗")),
    ("自然资源局第3号公告", LAND.format("1宗"), "自然资源局第13号公告", LAND.format("1宗")),
    ("公告（攀资源〔2024〕3号）", LAND.format("仁和区1宗"), "公告（攀资源〔2024〕4号）", LAND.format("西区1宗")),
    ("拍卖出让公告", LAND.format("编号为2024-3的1宗"), "拍卖出让公告", LAND.format("编号为2024-4的1宗")),
    ("停水通知", WATER.format("5月9日", "炳草岗"), "停水通知", WATER.format("5月10日", "炳草岗")),
    ("停水通知", WATER.format("5月9日", "炳草岗"), "停水通知", WATER.format("5月9日", "渡口")),
    ("张建国同志任职前的公示", PERSON.format("张建国"), "李卫东同志任职前的公示", PERSON.format("李卫东")),
    ("任职前公示", PERSON.format("张建国"), "任职前公示", PERSON.format("王芳")),
    ("印发《氢能产业发展规划》的通知", ISSUED.format("氢能"), "印发《康养产业发展规划》的通知", ISSUED.format("康养")),
    ("印发氢能产业发展规划的通知", ISSUED.format("氢能"), "印发石墨产业发展规划的通知", ISSUED.format("石墨")),
    ("米易县召开经济运行分析会", MEETING.format("米易县"), "盐边县召开经济运行分析会", MEETING.format("盐边县")),
    ("东区2024年公开招聘教师公告", JOBS, "西区2024年公开招聘教师公告", JOBS),
    ("米易县2024年招聘教师公告", JOBS, "盐边县2024年招聘教师公告", JOBS),
    ("2023年第三季度政策目录", "现将第三季度目录予以公布。", "2023年第四季度政策目录", "现将第四季度目录予以公布。"),
    ("一论高质量发展", SERIES, "二论高质量发展", SERIES),
    ("写在五年之际", SERIES + "（上）", "写在五年之际", SERIES + "（下）"),
    (
        "通报最新疫情",
        CASES.format("3月21日", "3月20日", 12, 165),
        "通报最新疫情",
        CASES.format("3月22日", "3月21日", 7, 161),
    ),
    ("《在基层代表座谈会上的讲话》出版", BOOK.format("基层代表"), "《在专家座谈会上的讲话》出版", BOOK.format("专家")),
    ("钒钛产业规划", "详见附件。", "春耕生产通知", "详见附件。"),
    ("组图：花开攀枝花", "摄影：王强", "组图：园区夜景", "摄影：王强"),
    ("氢能产业规划印发", "", "石墨产业规划印发", ""),
    ("公告", "", "公告", ""),
    ("本台将直播开幕会", LIVE.format(HEADS[0]), "大会明天举行", LIVE.format(HEADS[1])),
    ("法文版出版发行", BOOK.format("基层") + "法文版", "俄文版出版发行", BOOK.format("基层") + "俄文版"),
]


@pytest.mark.parametrize(("title", "body", "other_title", "other_body"), DIFFERENT)
@pytest.mark.parametrize("hours", [0, 30])
def test_texts_on_one_template_stay_two(title: str, body: str, other_title: str, other_body: str, hours: int) -> None:
    assert same_story(told(title, body), told(other_title, other_body, timedelta(hours=hours), "b")) is None


def edit(text: str, share: float, seed: int) -> str:
    """Each character replaced, doubled or dropped with this probability."""
    source = random.Random(seed)
    found = []
    for character in text:
        place = source.random() / share
        other = chr(source.randrange(0x4E00, 0x9000))
        found.append(character if place > 1 else ("", other, character + other)[int(place * 3)])
    return "".join(found)


PARAGRAPHS = NEWS.split("\n")
SAME = [
    (TITLE, NEWS, "identical"),
    ("攀枝花钒钛产业产值首次突破200亿元", "本报讯（记者 王强）" + NEWS + "\n责任编辑：李红", "identical"),
    ("我市召开钒钛产业发展报告会", NEWS.replace("攀枝花市", "我市"), "reprint"),
    ("我市钒钛产值首破200亿元", NEWS.replace("攀枝花市", "我市"), "reprint"),
    ("钒钛产值去年超200亿", "\n".join(PARAGRAPHS[:2]), "excerpt"),
    ("专家谈钒钛", PARAGRAPHS[3], "excerpt"),
    (TITLE, "\n".join(PARAGRAPHS[:2] + PARAGRAPHS[3:]), "excerpt"),
    (TITLE, NEWS.replace("\n", "\n本网消息称，有关部门将继续加大对企业的支持力度。", 1), "reprint"),
    *((TITLE, edit(NEWS, share, seed), "reprint") for share in (0.02, 0.05, 0.1) for seed in range(6)),
]


@pytest.mark.parametrize(("title", "body", "relation"), SAME)
def test_reprints_are_one_story(title: str, body: str, relation: str) -> None:
    kin = same_story(told(TITLE, NEWS), told(title, body, timedelta(hours=20), "b"))
    assert kin is not None
    assert kin.relation == relation


SPEECH = (
    "专家表示，目前产业基础扎实。今天的会议上，市长表示，目前项目进展顺利。与会企业表示，今天签约只是开始，目前正在选址，"
    "明年一季度可以动工，达产后年产值可达3亿元。"
)


def test_words_that_an_editor_changes_throughout_are_wording() -> None:
    edited = SPEECH.replace("表示", "说").replace("目前", "当前").replace("今天", "当日")
    assert same_story(told(TITLE, SPEECH), told(TITLE, edited, timedelta(hours=9), "b")) is not None


@pytest.mark.parametrize(("letter", "other"), [("作", "做"), ("与", "和")])
def test_a_letter_that_is_mistaken_for_another_is_wording(letter: str, other: str) -> None:
    notices = [REVIEW.format("钒").replace("作出", f"{one}出") for one in (letter, other)]
    assert same_story(told("公示", notices[0]), told("公示", notices[1], timedelta(hours=9), "b")) is not None


def test_a_retitled_text_is_one_though_the_titles_begin_alike() -> None:
    assert (
        same_story(told("攀枝花钒钛产值创新高", NEWS), told("攀枝花钒钛唱响好声音", NEWS + "（完）", host="b"))
        is not None
    )


@pytest.mark.parametrize(("word", "other"), [("市长", "县长"), ("专家", "农民"), ("企业", "学校"), ("今天", "明天")])
def test_other_words_that_change_throughout_are_not(word: str, other: str) -> None:
    twice = SPEECH + SPEECH[::-1].replace(word[::-1], word)
    kin = same_story(told(TITLE, twice), told(TITLE, twice.replace(word, other), timedelta(hours=9), "b"))
    assert (kin is None) is (word != "今天")


LONG = NEWS + "\n" + MEETING.format("仁和区") + "\n" + ISSUED.format("氢能")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.02, 0.05, 0.1])
def test_an_edited_report_under_another_title_is_known_by_what_it_keeps(share: float, seed: int) -> None:
    changed = edit(LONG, share, seed)
    assert same_story(told(TITLE, LONG), told("要闻", changed, timedelta(hours=9), "b")) is not None


def test_half_a_report_in_common_is_not_enough() -> None:
    """Two reports of one day with the same background passage."""
    one, two = NEWS + "\n" + MEETING.format("仁和区"), NEWS + "\n" + JOBS + LAND.format("2宗")
    cut = one[len(NEWS) // 2 :]
    assert same_story(told("仁和区开会", cut), told("招聘和出让", two[len(NEWS) // 2 :], host="b")) is None


def test_a_publishers_own_changed_text_is_a_revision() -> None:
    changed = NEWS.replace("大幅增长", "明显增长").replace("加大投入", "增加投入")
    first, second = told(TITLE, NEWS), told(TITLE, changed, timedelta(hours=2))
    kin = same_story(first, Story(url="http://a.example/2.html", title=TITLE, body=changed, published_at=MORNING))
    assert kin is not None
    assert kin.relation == "revision"
    elsewhere = same_story(first, told(TITLE, changed, timedelta(hours=2), "b"))
    assert elsewhere is not None
    assert elsewhere.relation == "reprint"
    assert same_story(first, second) is not None


@pytest.mark.parametrize("later", [timedelta(days=4), timedelta(days=60), timedelta(days=366), timedelta(days=-365)])
def test_a_formula_that_returns_is_another_story(later: timedelta) -> None:
    """The same words again, without a date or a figure of their own: what comes each year is news each year."""
    formula = "春天里的中国，处处生机勃勃，人们走出家门，踏青赏花，享受春光。" * 6
    assert same_story(told("春天里的中国", formula), told("春天里的中国", formula, later, "b")) is None
    meeting = "全国政协第{}次会议将于3月4日下午在北京开幕，本台将现场直播。" * 8
    first = told("本台明天将直播", meeting.replace("{}", "二"))
    assert same_story(first, told("本台明天将直播", meeting.replace("{}", "四"), later, "b")) is None


@pytest.mark.parametrize(
    "head", ["新华社成都5月8日电（记者 王强）", "5月7日，", "2024年5月8日，", "来源：攀枝花日报 时间：2024-05-08\n"]
)
def test_a_late_reprint_counts_from_the_day_it_states(head: str) -> None:
    late = told(TITLE, head + NEWS, timedelta(days=70), "b")
    assert same_story(told(TITLE, NEWS), late) is not None
    assert same_story(told(TITLE, head + NEWS), late) is not None
    assert same_story(told(TITLE, NEWS), told(TITLE, NEWS, timedelta(days=70), "b")) is None


def test_a_late_reprint_counts_by_its_named_origin_within_a_month() -> None:
    long = SERIES * 6  # without a figure
    first = told("评论", long, origin="攀枝花日报")
    for days, named, expected in ((20, "攀枝花日报", True), (20, "四川日报", False), (45, "攀枝花日报", False)):
        late = told("评论", long, timedelta(days=days), "b", reprinted_from=named)
        assert (same_story(first, late) is not None) is expected


def test_without_a_date_only_nearly_the_same_long_text_counts() -> None:
    undated = Story(url="http://b.example/", title=TITLE, body=NEWS)
    cut = NEWS.replace("与会专家认为，", "").replace("，在人才", "在人才")
    assert same_story(told(TITLE, NEWS), undated) is not None
    assert same_story(told(TITLE, edit(NEWS, 0.01, 1)), undated) is not None
    assert same_story(told("别的消息", edit(NEWS, 0.1, 1)), undated) is None
    assert same_story(told(TITLE, edit(NEWS, 0.1, 1)), undated) is None
    assert same_story(told(TITLE, NEWS), Story(url="http://b.example/", title=TITLE, body=cut)) is not None
    short = Story(url="http://b.example/", title="停水通知", body="今日停水，请储水。")
    assert same_story(told("停水通知", "今日停水，请储水。"), short) is None


def test_without_a_date_another_number_of_the_year_is_another_text() -> None:
    yearly = "{}年全市森林防火工作会议召开。" + SERIES * 5
    undated = Story(url="http://b.example/", title=TITLE, body=yearly.format(2023))
    assert same_story(told(TITLE, yearly.format(2024)), undated) is None
    assert same_story(told(TITLE, yearly.format(2023)), undated) is not None


@pytest.mark.parametrize(("days", "expected"), [(0, True), (1, False)])
def test_what_has_hardly_more_than_a_title_counts_on_its_day(days: int, expected: bool) -> None:
    later = timedelta(days=days)
    forecast = "今天白天到夜间，晴间多云，偏南风，森林火险等级高。"
    assert (same_story(told("天气预报", forecast), told("天气预报", forecast, later, "b")) is not None) is expected
    assert (
        same_story(told("市卫生健康委通报最新疫情", ""), told("市卫生健康委通报最新疫情", "", later, "b")) is not None
    ) is expected
    assert (same_story(told(TITLE, NEWS), told(TITLE, "", later, "b")) is not None) is expected


ALARM = (
    "市气象台发布{}预警信号：预计今天我市东区、西区、仁和区、米易县、盐边县气象等级为四级，局部地区五级，高度危险，"
    "请有关单位和个人加强防范，严禁野外用火。"
)


def on_page(number: int, body: str, days: int, host: str = "www.a") -> Story:
    published = MORNING + timedelta(days=days)
    return Story(url=f"http://{host}.example/{number}.html", title="预警信号", body=body, published_at=published)


@pytest.mark.parametrize("days", [1, 2, 3])
@pytest.mark.parametrize("host", ["www.a", "m.a", "a"])
def test_a_publishers_short_formula_of_another_day_is_another_one(days: int, host: str) -> None:
    formula = ALARM.format("森林火险橙色")
    assert same_story(on_page(1, formula, 0), on_page(2, formula, days, host)) is None


def test_a_short_text_that_is_put_up_twice_is_one() -> None:
    """On one day, or with the day it is of; elsewhere a day later; and a report that grew out of it."""
    formula = ALARM.format("森林火险橙色")
    assert same_story(on_page(1, formula, 0), on_page(2, formula, 0)) is not None
    assert same_story(on_page(1, formula, 0), on_page(2, "5月8日，" + formula, 1)) is not None
    assert same_story(on_page(1, "5月8日，" + formula, 0), on_page(2, "5月8日，" + formula, 2)) is not None
    assert same_story(on_page(1, formula, 0), on_page(2, formula, 1, "www.b")) is not None
    assert same_story(on_page(1, NEWS, 0), on_page(2, NEWS + "\n" + MEETING.format("仁和区"), 1)) is not None
    assert same_story(on_page(1, NEWS * 2, 0), on_page(2, NEWS * 2, 2)) is not None


def test_a_mirror_and_what_it_copies_are_of_one_time() -> None:
    copy = Story(url="http://spam.example/1.html", title=TITLE, body=PARAGRAPHS[0], mirror_of="http://a.example/1.html")
    assert same_story(told(TITLE, PARAGRAPHS[0]), copy) is not None


def test_a_short_excerpt_under_another_title_is_kin_and_does_not_join() -> None:
    other = "；".join(f"{number}号厂今年生产了{number * 31}吨产品" for number in range(30))
    round_up = told("一周要闻", f"{PARAGRAPHS[3]}\n{other}", timedelta(hours=5), "b")
    kin = same_story(told("专家谈钒钛", PARAGRAPHS[3]), round_up)
    assert kin is not None
    assert (kin.relation, kin.joins) == ("excerpt", False)


def test_other_news_of_the_day_is_other_news() -> None:
    assert same_story(told(TITLE, NEWS), told("米易早春蔬菜上市", MEETING.format("米易县"), host="b")) is None
    assert same_story(told("", ""), told("", "", host="b")) is None


@pytest.mark.parametrize("case", range(len(DIFFERENT) + len(SAME)))
def test_the_judgement_is_symmetric(case: int) -> None:
    pairs = [(told(a, b), told(c, d, host="b")) for a, b, c, d in DIFFERENT]
    pairs += [(told(TITLE, NEWS), told(title, body, host="b")) for title, body, _ in SAME]
    a, b = pairs[case]
    assert same_story(a, b) == same_story(b, a)


@given(st.text("甲乙丙丁12上下", max_size=40), st.text("甲乙丙丁12上下", max_size=40))
def test_gaps_and_what_both_share_give_the_texts_again(a: str, b: str) -> None:
    """Whatever is cut from one and put in for the other turns the first into the second, length for length."""
    found = gaps(a, b)
    assert len(a) - sum(len(gap.a) for gap in found) == len(b) - sum(len(gap.b) for gap in found)
    if a == b and len(a) > 2:
        assert found == []


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_breaks_the_judgement(a: str, b: str) -> None:
    kin = same_story(told(a[:20], a), told(b[:20], b, host="b"))
    assert kin is None or 0 <= kin.similarity <= 1


def test_story_takes_what_is_compared() -> None:
    assert story(article(NEWS, TITLE, MORNING)) == Story(
        url="http://www.cinic.example/1.html", title=TITLE, body=NEWS, published_at=MORNING
    )


def test_a_long_table_is_judged_in_time() -> None:
    rows = "\n".join(f"项目{n % 7}\t{n}\t完成" for n in range(20_000))
    began = time.process_time()
    same_story(told("一览表", rows), told("一览表", rows.replace("完成", "竣工"), host="b"))
    assert time.process_time() - began < 3


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.exists(), reason="no ../shared/corpus")
def test_real_news_of_three_days_is_not_merged() -> None:
    """Of all real items with a key in common within three days, those merged were read by a person: one pair."""
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    by_key: dict[int, list[Story]] = {}
    merged = set()
    for item in items:
        moment = datetime.fromisoformat(item["publish_time"]).replace(tzinfo=SHANGHAI)
        mine = Story(url=item["url"], title=item["title"], body=item["body"], published_at=moment)
        near = {}
        for key in made(item["body"], title=item["title"], published=moment).bands:
            for other in by_key.setdefault(key, []):
                assert other.published_at is not None
                if abs(other.published_at - moment) <= timedelta(days=3):
                    near[other.url] = other
            by_key[key].append(mine)
        merged |= {(other.title, mine.title) for other in near.values() if same_story(mine, other)}
    assert merged == {("[视频]中国空军列装运-20大型运输机", "[视频]中国空军列装运-20大型运输机")}
