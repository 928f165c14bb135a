"""Notices on one template: what tells them apart, however alike their texts, and what a reprint of one may lack."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crawler.items import SHANGHAI, Story
from pipelines.dedupe import same_story
from pipelines.dedupe.notices import identifiers, people

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
PROJECT = "盐边县红格镇卫生院数字化摄影设备采购"
NUMBER = "N5104222026000031"
TENDER = (
    "{project}的潜在供应商应在政府采购一体化平台获取采购文件，并于2026年3月20日10时00分前提交响应文件。\n一、项目基本情况\n"
    "项目编号：{number}\n项目名称：{project}\n采购方式：竞争性磋商\n预算金额：86万元\n采购需求：{lot}\n合同履行期限：自签订之日起60日\n"
    "二、供应商资格要求\n1.符合《中华人民共和国政府采购法》第二十二条规定；\n2.未被列入失信被执行人名单；\n3.本项目不接受联合体。\n"
    "三、获取采购文件\n方式：在线获取，售价0元。\n四、其他补充事宜\n供应商应当关注本项目的更正公告；终止采购的，另行公告。"
)
PEOPLE = "经资格审查、考试和体检，下列人员拟聘为社区工作者，现予公示，公示期7天。如有异议，请来电反映。\n{}"
RULES = "\n".join(
    f"第{number}条 {what}，由市人民政府有关部门按照职责分工组织实施，具体办法另行制定。"
    for number, what in zip(
        "一二三四五六",
        ("为规范网约房管理，制定本办法", "本市网约房的经营适用本办法", "经营者应当登记", "入住实行实名制", "违者处罚", "自公布之日起施行"),
        strict=True,
    )
)  # fmt: skip
NAME = "攀枝花市网约房管理办法"
FIRMS = "\n攀枝花市云钛制动鼓有限公司\n攀枝花市天成钛业有限公司\n四川康宁铁钛股份有限公司"


def told(title: str, body: str, host: str = "a", days: int = 0) -> Story:
    return Story(url=f"http://{host}.example/1", title=title, body=body, published_at=MORNING + timedelta(days=days))


def joined(one: tuple[str, str], two: tuple[str, str], days: int = 0) -> bool:
    kin = same_story(told(*one), told(*two, host="b", days=days))
    return kin is not None and kin.joins


def tender(
    project: str = PROJECT, number: str = NUMBER, lot: str = "详见采购文件", kind: str = "竞争性磋商公告"
) -> tuple[str, str]:
    return project + kind, TENDER.format(project=project, number=number, lot=lot)


@pytest.mark.parametrize(
    "mark", ["（二次）", "（第二次）", "第2次", "(三次)", "【重新采购】", "（重新组织采购）", "（第二轮）"]
)
def test_another_round_of_a_tender_is_another_notice(mark: str) -> None:
    assert not joined(tender(), (tender(PROJECT + mark)[0], tender()[1]), days=2)
    assert not joined(tender(), tender(PROJECT + mark), days=2)


@pytest.mark.parametrize("kind", ["终止公告", "更正公告", "成交结果公告", "中标候选人公示", "废标公告", "延期公告"])
def test_another_stage_of_a_tender_is_another_notice(kind: str) -> None:
    assert not joined(tender(), (PROJECT + kind, tender()[1]), days=1)


@pytest.mark.parametrize("label", ["项目编号", "采购项目编号", "招标编号", "标段编号", "项目代码", "文号"])
def test_another_identifier_is_another_notice(label: str) -> None:
    one, two = (tender(number=number)[1].replace("项目编号", label) for number in (NUMBER, NUMBER[:-1] + "2"))
    assert not joined(("采购公告", one), ("采购公告", two))


@pytest.mark.parametrize(
    ("lot", "other"),
    [("第1包", "第2包"), ("第一包", "第二包"), ("包1", "包2"), ("A包", "B包"), ("一标段", "二标段"), ("第三批", "第四批")],
)  # fmt: skip
def test_another_lot_is_another_notice(lot: str, other: str) -> None:
    assert not joined(tender(lot=lot), tender(lot=other))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("红格小学", "渡口小学"),
        ("盐边县职业技术学校学生公寓", "攀枝花市第九医院门诊综合楼"),
        ("金沙大道东段改造工程", "仁和沟河道综合治理工程"),
        ("四川攀检检测有限公司", "成都华准环保科技有限责任公司"),
    ],
)
def test_a_long_notice_on_another_thing_is_another_notice(name: str, other: str) -> None:
    one, two = (tender(project, "")[1].replace("项目编号：\n", "") for project in (name, other))
    assert not joined(("项目验收公告", one), ("项目验收公告", two))


@pytest.mark.parametrize("between", ["、", "，", " ", "\n"])
def test_a_list_of_other_people_is_another_notice(between: str) -> None:
    lists = [["张建国", "王小芳", "李娜", "刘洋"], ["赵国军", "钱伟", "孙美丽", "周强"]]
    one, two = (("拟聘人员公示", PEOPLE.format(between.join(names))) for names in lists)
    assert not joined(one, two)


@pytest.mark.parametrize(
    "mark",
    [
        "（征求意见稿）",
        "（草案）",
        "（讨论稿）",
        "（送审稿）",
        "（报批稿）",
        "（草案二次审议稿）",
        "（第二次征求意见稿）",
    ],
)
@pytest.mark.parametrize("final", [NAME, f"攀枝花市人民政府关于印发{NAME}的通知"])
def test_a_draft_is_not_what_was_issued(mark: str, final: str) -> None:
    assert not joined((NAME + mark, RULES), (final, RULES), days=3)


@pytest.mark.parametrize(
    ("stage", "later"),
    [
        (f"{NAME}（征求意见稿）", f"{NAME}（第二次征求意见稿）"),
        (f"{NAME}（第二次征求意见稿）", f"{NAME}（第三次征求意见稿）"),
        (f"{NAME}（征求意见稿）", f"{NAME}（送审稿）"),
        (f"{NAME}（一审稿）", f"{NAME}（二审稿）"),
        (f"关于公开征求{NAME}意见的公告", f"关于印发{NAME}的通知"),
        (NAME, f"{NAME}（2026年修订）"),
    ],
)
def test_one_draft_is_not_the_next(stage: str, later: str) -> None:
    assert not joined((stage, RULES), (later, RULES.replace("实名制", "实名登记")), days=2)


def test_whom_a_notice_proposes_is_not_yet_whom_the_next_one_names() -> None:
    shown = "经专家评审，拟认定下列企业为绿色工厂，现予公示，公示期五个工作日。" + FIRMS
    named = "经专家评审，认定下列企业为绿色工厂，现予公布，请各县区做好服务。" + FIRMS
    assert not joined(("绿色工厂拟认定名单公示", shown), ("关于公布绿色工厂认定名单的通知", named), days=3)


def test_another_number_of_a_document_is_another_document_however_long() -> None:
    long = RULES * 4
    assert not joined((NAME, f"{long}\n攀府规〔2026〕1号"), (NAME, f"{long}\n攀府规〔2026〕2号"))
    assert not joined((NAME, f"攀府发〔2026〕1号\n{long}"), (NAME, f"米府发〔2026〕1号\n{long}"))


@pytest.mark.parametrize(
    ("title", "head", "other_title", "other_head"),
    [
        ("开庭公告", "（2026）川0402民初12号", "开庭公告", "（2026）川0402民初13号"),
        ("开庭公告", "案号：（2026）川0402民初12号", "开庭公告", "案号：（2026）川0402民初13号"),
        ("通告", "攀府通〔2026〕第一号", "通告", "攀府通〔2026〕第二号"),
        ("公告", "公告2026年第3号", "公告", "公告2026年第4号"),
        (f"采购公告（{NUMBER}）", "", f"采购公告（{NUMBER[:-1]}2）", ""),
    ],
)
def test_a_number_without_a_label_tells_notices_apart(title: str, head: str, other_title: str, other_head: str) -> None:
    assert not joined((title, f"{head}\n{RULES}"), (other_title, f"{other_head}\n{RULES}"))
    assert joined((title, f"{head}\n{RULES}"), (title, f"{head}\n{RULES}（完）"), days=1)
    assert joined((title, f"{head}\n{RULES}"), ("公告", f"{head}\n{RULES}"))


# --- what must not be told apart ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (f"[盐边]{tender()[0]}", "信息来源：政府采购网\n" + tender()[1]),
        (tender()[0], tender()[1].replace(f"项目编号：{NUMBER}\n", "")),
        (tender()[0], tender()[1].replace(NUMBER, "Ｎ５１０４２２２０２６００００３１")),
        (tender()[0], tender()[1].replace(NUMBER, NUMBER[:12] + " " + NUMBER[12:])),
        (tender()[0], tender()[1] + "\n本项目分为第1包、第2包。"),
    ],
)
def test_a_tender_on_a_portal_stays_one(title: str, body: str) -> None:
    assert joined(tender(), (title, body), days=1)


def test_a_portal_that_leaves_the_round_out_of_the_title_has_it_in_the_text() -> None:
    second = tender(PROJECT + "（二次）")
    assert joined(second, (tender()[0], second[1]), days=1)


@pytest.mark.parametrize(
    "number", ["攀府规〔2026〕1号", "攀府规[2026]1号", "攀府规（2026）1号", "攀府规【2026】第1号", ""]
)
def test_a_documents_number_may_be_written_otherwise_or_be_left_out(number: str) -> None:
    assert joined((f"关于印发{NAME}的通知", f"攀府规〔2026〕1号\n{RULES}"), (NAME, f"{number}\n{RULES}"), days=1)


def test_a_document_that_another_one_passes_on_keeps_its_number() -> None:
    passed = f"米府发〔2026〕8号\n现将攀府规〔2026〕1号文件转发给你们。\n{RULES}"
    assert joined((NAME, f"攀府规〔2026〕1号\n{RULES}"), (f"关于转发{NAME}的通知", passed), days=1)


@pytest.mark.parametrize(
    ("title", "other", "lead"),
    [
        (f"关于公开征求{NAME}意见的公告", NAME, f"现就《{NAME}（征求意见稿）》公开征求意见。"),
        ("征求对网约房管理的意见和建议 市长主持座谈会", "市长主持座谈会", "市长听取了与会者的意见。"),
        ("网约房管理条例草案提请审议", "网约房管理条例提请审议", "市人大常委会审议条例草案。"),
        ("攀枝花拟规范网约房", "攀枝花规范网约房", "记者从市公安局获悉，办法将于近期出台。"),
        ("网约房整治结果公布", "网约房整治成效明显", "记者从市公安局获悉，整治取得成效。"),
        ("攀枝花二次创业再出发", "攀枝花再出发", "在全市动员大会上，与会者谈到今后的路。"),
    ],
)
def test_a_retitled_text_stays_one_where_it_says_its_stage_or_is_news(title: str, other: str, lead: str) -> None:
    assert joined((title, lead + RULES), (other, lead + RULES), days=1)


def test_a_part_of_a_list_of_people_stays_one() -> None:
    names = ["张建国", "王小芳", "李娜", "刘洋", "赵国军", "钱伟"]
    one, two = (("拟聘人员公示", PEOPLE.format("、".join(chosen))) for chosen in (names, names[:4]))
    assert joined(one, two)


def test_publishers_lines_at_the_foot_name_no_other_thing() -> None:
    notice = TENDER.format(project=PROJECT, number=NUMBER, lot="详见附件")
    assert joined(("采购公告", notice + "\n攀西网络科技有限公司"), ("采购公告", notice + "\n四川日报全媒体集团"))


def test_identifiers_by_their_label_in_one_form() -> None:
    text = "项目编号：N5104-01，采购计划编号:（2026）12号；宗地编号为PZH-2026-01。编号：无。邮政编码：617000"
    assert identifiers(text) == {"项目编号": {"n510401"}, "计划编号": {"202612号"}, "宗地编号": {"pzh202601"}}
    assert identifiers("标段编号：S01项目名称：路灯") == {"标段编号": {"s01"}}


def test_people_stand_three_in_a_row() -> None:
    assert people("名单：张明、王芳、欧阳某、李小娜。") == set()
    assert people("名单如下\n1.张明\n2.王芳\n3.李小娜\n特此公示") == {"张明", "王芳", "李小娜"}
    assert people("东区、西区、仁和区、米易县") == set()
