from __future__ import annotations

from datetime import datetime
from itertools import permutations

import pytest
from sqlalchemy import Engine, select

from storage.schema import policy_article, policy_record
from tests.monitor.telling import DAY, NOW, article, document, put, report


def stored(engine: Engine) -> list:
    with engine.connect() as conn:
        return list(conn.execute(select(policy_record).order_by(policy_record.c.id)).all())


def members(engine: Engine) -> list[set[str]]:
    """The relations of each record's articles."""
    found: dict[int, set[str]] = {}
    with engine.connect() as conn:
        for row in conn.execute(select(policy_article)):
            found.setdefault(row.record_id, set()).add(f"{row.article_id}:{row.relation}")
    return [found[key] for key in sorted(found)]


EVENT = (
    document(1, "甲规划", code="攀府发〔2026〕2号"),
    report(2, "甲规划"),
    article(3, "《攀枝花市甲规划》解读", "一、背景"),
    report(4, "甲规划", code="攀府发[2026]2号", of="t"),
)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_document_reports_and_interpretation_are_one_whatever_comes_first(sqlite_engine: Engine, order: tuple) -> None:
    for place in order:
        put(sqlite_engine, EVENT[place])
    (record,) = stored(sqlite_engine)
    assert len(members(sqlite_engine)[0]) == 4
    assert (record.title, record.number) == ("攀枝花市甲规划", "攀府发〔2026〕2号")
    assert record.issuers == ["攀枝花市人民政府"]
    assert record.effective_on.isoformat() == "2027-01-01"


def test_what_the_office_sends_out_news_say_of_the_government(engine: Engine) -> None:
    title = "攀枝花市人民政府办公室关于印发《攀枝花市甲规划》的通知"
    put(engine, article(1, title, "攀办发〔2026〕2号\n现印发给你们，请遵照执行。"))
    put(engine, report(2, "甲规划"))
    assert len(stored(engine)) == 1


@pytest.mark.parametrize(
    "other",
    [
        document(2, "乙规划", code="攀府发〔2026〕3号"),
        document(2, "甲规划", code="攀府发〔2026〕9号"),
        report(2, "甲规划", at=NOW + 500 * DAY),
        article(2, "成都市人民政府关于印发《攀枝花市甲规划》的通知", "成府发〔2026〕2号\n现印发给你们，请遵照执行。"),
        article(2, "攀枝花市人民政府令第2号", "《攀枝花市丙办法》已经通过，现予公布。"),
    ],
    ids=["title", "number", "year", "issuer", "order"],
)
def test_other_documents_stay_apart(engine: Engine, other) -> None:
    put(engine, EVENT[0])
    put(engine, other)
    assert len(stored(engine)) == 2


def test_orders_of_one_number_are_not_one_document(engine: Engine) -> None:
    put(engine, report(1, "甲办法", code="第5号令"))
    put(engine, report(2, "乙办法", code="第5号令"))
    assert len(stored(engine)) == 2


def test_a_draft_and_its_document_are_one_record(engine: Engine) -> None:
    text = "现公开征求意见，请于2026年12月1日前反馈。"
    put(engine, article(1, "关于公开征求《攀枝花市甲办法（征求意见稿）》意见的公告", text))
    (draft,) = stored(engine)
    assert (draft.status, draft.comments_until.isoformat()) == ("征求意见", "2026-12-01")
    put(engine, document(2, "甲办法", code="攀府发〔2026〕7号", at=NOW + 30 * DAY))
    (record,) = stored(engine)
    assert (record.number, record.status) == ("攀府发〔2026〕7号", None)


CALL = "{}关于公开征求《{}甲办法（征求意见稿）》意见的公告"


@pytest.mark.parametrize("first", [True, False])
def test_a_bureau_drafts_what_the_government_issues_and_a_repeal_ends_it(engine: Engine, *, first: bool) -> None:
    drafts = [
        article(1, CALL.format("攀枝花市发展和改革委员会", "攀枝花市"), "请于2026年12月1日前反馈。"),
        article(2, CALL.format("攀枝花市司法局", "攀枝花市"), "请于2026年12月30日前反馈。", at=NOW + 20 * DAY),
    ]
    issued = document(3, "甲办法", code="攀府发〔2026〕7号", at=NOW + 60 * DAY)
    for one in [*drafts, issued] if first else [issued, *drafts]:
        put(engine, one)
    title = "攀枝花市人民政府关于废止《攀枝花市甲办法》的决定"
    put(engine, article(4, title, "现予废止。", at=NOW + 900 * DAY))
    assert [(one.number, one.status) for one in stored(engine)] == [("攀府发〔2026〕7号", "废止")]


def test_a_draft_of_another_place_is_another_document(engine: Engine) -> None:
    put(engine, article(1, CALL.format("成都市司法局", ""), "请于2026年12月1日前反馈。"))
    title = "攀枝花市人民政府关于印发《甲办法》的通知"
    put(engine, article(2, title, "攀府发〔2026〕7号\n现印发给你们。", at=NOW + DAY))
    assert len(stored(engine)) == 2


def test_a_repeal_ends_the_document_and_not_a_draft_of_its_name(engine: Engine) -> None:
    put(engine, document(1, "甲办法", code="攀府发〔2026〕7号"))
    put(engine, article(2, CALL.format("", "攀枝花市"), "请于2029年12月1日前反馈。", at=NOW + 890 * DAY))
    title = "攀枝花市人民政府关于废止《攀枝花市甲办法》的决定"
    put(engine, article(3, title, "现予废止。", at=NOW + 900 * DAY))
    assert [one.status for one in stored(engine)] == ["废止", "征求意见"]


def test_a_repeal_is_joined_to_each_document_that_it_ends(engine: Engine) -> None:
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号"))
    put(engine, document(2, "乙办法", code="攀府发〔2026〕2号"))
    title = "攀枝花市人民政府关于废止《攀枝花市甲办法》《攀枝花市乙办法》《攀枝花市丙办法》的决定"
    put(engine, article(3, title, "攀府发〔2026〕3号\n现予废止。", at=NOW + 900 * DAY))
    assert [(one.title, one.number, one.status) for one in stored(engine)] == [
        ("攀枝花市甲办法", "攀府发〔2026〕1号", "废止"),
        ("攀枝花市乙办法", "攀府发〔2026〕2号", "废止"),
        ("攀枝花市丙办法", None, "废止"),
    ]
    put(engine, report(4, "甲办法"))
    assert stored(engine)[0].status == "废止"


def test_a_repeal_by_number_ends_the_former_document_of_the_name_and_not_the_one_in_force(engine: Engine) -> None:
    put(engine, document(1, "甲办法", code="攀府发〔2020〕1号", at=NOW - 2000 * DAY))
    put(engine, document(2, "甲办法", code="攀府发〔2026〕2号", at=NOW))
    title = "攀枝花市人民政府关于废止部分行政规范性文件的决定"
    text = (
        "决定废止下列文件：\n1.《攀枝花市甲办法》（攀府发[2020]1号）\n2.《攀枝花市乙办法》（攀枝花市人民政府令第12号）"
    )
    put(engine, article(3, title, text, at=NOW + DAY))
    assert [(one.number, one.status) for one in stored(engine)] == [
        ("攀府发〔2020〕1号", "废止"),
        ("攀府发〔2026〕2号", None),
        ("第12号令", "废止"),
    ]


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("攀枝花市人民政府令第128号", "《攀枝花市甲办法》《攀枝花市乙办法》已经市政府常务会议审议通过，现予公布。"),
        ("攀枝花市人民政府关于印发《攀枝花市甲办法》《攀枝花市乙办法》的通知", "攀府发〔2026〕1号\n现印发给你们。"),
    ],
)
def test_what_makes_two_documents_known_is_joined_to_both(engine: Engine, title: str, body: str) -> None:
    put(engine, report(1, "乙办法", at=NOW - DAY))
    put(engine, article(2, title, body))
    put(engine, report(3, "甲办法", at=NOW + DAY))
    assert [one.title for one in stored(engine)] == ["攀枝花市乙办法", "攀枝花市甲办法"]
    assert members(engine) == [{"1:report", "2:document"}, {"2:document", "3:report"}]
    put(engine, article(2, title, body + "请遵照执行。"), at=NOW + 2 * DAY)
    assert members(engine) == [{"1:report", "2:document"}, {"2:document", "3:report"}]


def test_what_is_said_of_the_first_of_two_documents_is_not_said_of_the_second(engine: Engine) -> None:
    text = "近日，攀枝花市政府印发《攀枝花市甲办法》《攀枝花市乙规定》。到2030年，产值达到100亿元。"
    put(engine, article(1, "攀枝花印发两个文件", text))
    first, second = stored(engine)
    assert (first.title, first.kind) == ("攀枝花市甲办法", "办法")
    assert (second.title, second.kind) == ("攀枝花市乙规定", None)
    assert first.detail["targets"]
    assert not second.detail["targets"]


def test_a_revised_page_corrects_the_record_and_may_leave_it(engine: Engine) -> None:
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号"))
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号", force="2027年3月1日"), at=NOW + DAY)
    (record,) = stored(engine)
    assert record.effective_on.isoformat() == "2027-03-01"
    put(engine, article(1, "页面维护", "内容整理中，请稍后再来。"), at=NOW + 2 * DAY)
    assert members(engine) == []


def test_an_article_that_names_no_document_opens_no_record(engine: Engine) -> None:
    put(engine, article(1, "攀枝花出台18条措施支持企业", "攀枝花支持企业。"))
    put(engine, article(2, "攀枝花芒果丰收", "芒果丰收。"))
    assert stored(engine) == []


FIRE = "攀枝花市人民政府森林防火命令"


def fire(number: int, year: int, *, at: datetime, signed: bool = True, more: str = ""):
    """The command of each year."""
    lines = [
        "为有效预防森林火灾，攀枝花市人民政府发布命令如下。",
        f"一、防火期为{year + 1}年1月1日至5月31日。二、防火区内严禁一切野外用火，严禁携带火种进入林区。{more}",
        *(["攀枝花市人民政府", f"{year}年12月20日"] if signed else []),
    ]
    return article(number, FIRE, "\n".join(lines), at=at)


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize("apart", [330, 360, 365, 366, 410])
def test_the_documents_of_two_years_are_two(sqlite_engine: Engine, apart: int, *, signed: bool) -> None:
    before = NOW - apart * DAY
    put(sqlite_engine, fire(1, 2025, at=before, signed=signed), at=before)
    put(sqlite_engine, fire(2, 2026, at=NOW, signed=signed))
    assert members(sqlite_engine) == [{"1:document"}, {"2:document"}]
    assert stored(sqlite_engine)[0].issued_on == before.date()


@pytest.mark.parametrize(("apart", "records"), [(100, 1), (350, 2)])
def test_news_of_the_next_years_document_is_none_of_the_last_ones(
    sqlite_engine: Engine, apart: int, records: int
) -> None:
    put(sqlite_engine, fire(1, 2025, at=NOW - apart * DAY), at=NOW - apart * DAY)
    news = f"近日，攀枝花市政府发布《{FIRE}》，防火区内严禁野外用火。"
    put(sqlite_engine, article(2, f"攀枝花市发布《{FIRE}》", news))
    assert len(stored(sqlite_engine)) == records


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize("apart", [20, 200, 500])
def test_a_late_reprint_is_the_same_document(sqlite_engine: Engine, apart: int, *, signed: bool) -> None:
    before = NOW - apart * DAY
    put(sqlite_engine, fire(1, 2025, at=before, signed=signed), at=before)
    put(sqlite_engine, fire(2, 2025, at=NOW, signed=signed, more="责任编辑：某某。"))
    (record,) = stored(sqlite_engine)
    assert record.issued_on == before.date(), "a reprint is no later issue"


DUTY = "攀枝花市人民政府办公室关于调整市安全生产委员会组成人员的通知"


@pytest.mark.parametrize(
    ("one", "other", "apart", "records"),
    [
        ("因工作需要，经市政府同意，对组成人员进行调整。主任由张某担任，副主任由王某、赵某担任，成员由各部门负责人担任，名单附后。",
         "因人事变动，现再次对委员会的组成作出变更。主任改为李某，副主任改为孙某，其余不变，办公室设在市应急管理局，特此通知。", 10, 2),
        ("因工作需要，经市政府同意，对组成人员进行调整。主任由张某担任，副主任由王某、赵某担任，成员由各部门负责人担任，名单附后。",
         "因工作需要，经市政府同意，对组成人员进行调整。主任由张某担任，副主任由王某、赵某担任，成员由各部门负责人担任，名单附后。", 100, 2),
        ("因工作需要，经市政府同意，对组成人员进行调整。主任由张某担任，副主任由王某、赵某担任，成员由各部门负责人担任，名单附后。",
         "攀枝花市人民政府办公室文件 因工作需要，经市政府同意，对组成人员进行调整。主任由张某担任，副主任由王某、赵某担任。", 10, 1),
        ("见附件。", "因工作需要，经市政府同意，对组成人员进行调整。主任由张某担任，副主任由王某、赵某担任，成员由各部门负责人担任，名单附后。", 10, 1),
        ("见附件。", "见附件。", 60, 2),
    ],
    ids=["another text", "a formula that returns", "another page", "a page of the annex alone", "annexes"],
)  # fmt: skip
def test_a_notice_whose_title_returns_is_known_by_its_text(
    sqlite_engine: Engine, one: str, other: str, apart: int, records: int
) -> None:
    put(sqlite_engine, article(1, DUTY, f"各县（区）人民政府：\n{one}", at=NOW - apart * DAY))
    put(sqlite_engine, article(2, DUTY, f"各县（区）人民政府：\n{other}"))
    assert len(stored(sqlite_engine)) == records


def test_a_document_without_a_number_is_joined_by_its_title_within_months(sqlite_engine: Engine) -> None:
    put(sqlite_engine, article(1, "攀枝花市人民政府关于印发《攀枝花市甲办法》的通知", "现印发给你们。"))
    whole = "第一章 总则\n第一条 为了规范甲的管理，保护公民、法人和其他组织的合法权益，制定本办法。\n第二条 本市行政区域内甲的管理适用本办法。"
    put(sqlite_engine, article(2, "攀枝花市甲办法", whole, at=NOW + 40 * DAY))
    assert len(stored(sqlite_engine)) == 1
    put(sqlite_engine, article(3, "攀枝花市甲办法", whole, at=NOW + 900 * DAY))
    assert len(stored(sqlite_engine)) == 1, "the same text"
    other = "第一章 总则\n第一条 为了规范甲的使用，根据有关法律法规和本市实际，修订本办法。\n第二条 本市行政区域内甲的使用和处置适用本办法。"
    put(sqlite_engine, article(4, "攀枝花市甲办法", other, at=NOW + 900 * DAY))
    assert len(stored(sqlite_engine)) == 2


def test_what_comes_for_comments_long_after_the_document_is_a_new_one(sqlite_engine: Engine) -> None:
    put(sqlite_engine, document(1, "甲办法", code="攀府发〔2026〕7号"))
    call = "关于公开征求《攀枝花市甲办法（征求意见稿）》意见的公告"
    put(sqlite_engine, article(2, call, "现公开征求意见。", at=NOW + 20 * DAY))
    assert len(stored(sqlite_engine)) == 1, "its draft, put online late"
    put(sqlite_engine, article(3, call, "现公开征求意见。", at=NOW + 300 * DAY))
    assert len(stored(sqlite_engine)) == 2


def test_two_documents_of_one_title_and_day_are_kept_apart_and_both_stored(engine: Engine) -> None:
    title, end = "攀枝花市人民政府关于停止供水的通告", "\n攀枝花市人民政府\n2026年11月20日"
    put(
        engine,
        article(
            1,
            title,
            f"因管道维修，东区炳草岗大街至攀枝花大道北段今日八时起停止供水，预计明日恢复，请储水备用，由此带来不便，敬请谅解。{end}",
        ),
    )
    put(
        engine,
        article(
            2,
            title,
            f"受暴雨影响，仁和区前进镇的水厂暂停运行，镇区和周边三个村的用户将无水可用，抢修完毕后即行恢复，恢复时间另行通知。{end}",
        ),
    )
    assert len({record.key for record in stored(engine)}) == 2


NAMED = "加快钒钛产业发展十条措施"


@pytest.mark.parametrize(
    ("title", "body", "records"),
    [
        ("攀枝花出台“黄金十条”", f"近日，攀枝花市政府印发《{NAMED}》。", 1),
        ("攀枝花出台“黄金十条”", f"近日，攀枝花市政府印发《攀枝花{NAMED}》。", 1),
        (f"《{NAMED}》政策解读", "攀枝花市制定十条措施，一、背景。", 1),
        ("攀枝花出台“黄金十条”", f"近日，攀枝花市政府印发《四川省{NAMED}》。", 2),
        ("四川出台“黄金十条”", f"近日，四川省政府印发《{NAMED}》。", 2),
        ("凉山出台“黄金十条”", f"近日，凉山州政府印发《凉山州{NAMED}》。", 2),
        (f"《{NAMED}》政策解读", "十条措施，一、背景。", 2),
    ],
    ids=["bare", "short", "explained", "another place's", "another issuer", "both other", "of nobody knows where"],
)
@pytest.mark.parametrize("first", [True, False], ids=["first", "later"])
def test_news_leave_out_whose_a_document_is(
    sqlite_engine: Engine, title: str, body: str, records: int, *, first: bool
) -> None:
    notice = f"攀枝花市人民政府关于印发《攀枝花市{NAMED}》的通知"
    given = [article(1, title, body), article(2, notice, f"现将《攀枝花市{NAMED}》印发给你们，请遵照执行。")]
    for one in given if first else reversed(given):
        put(sqlite_engine, one)
    assert len(stored(sqlite_engine)) == records


def test_a_place_is_all_that_a_short_title_has(sqlite_engine: Engine) -> None:
    put(sqlite_engine, article(1, "攀枝花市人民政府关于印发《攀枝花市甲规定》的通知", "现印发给你们。"))
    put(sqlite_engine, article(2, "攀枝花市政府印发《甲规定》", "近日，攀枝花市政府印发《甲规定》，共三条。"))
    assert len(stored(sqlite_engine)) == 2


ORDER = "《攀枝花市燃气管理办法》已经2026年11月1日市政府第100次常务会议通过，现予公布，自2027年5月1日起施行。"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("攀枝花市人民政府令第128号", f"{ORDER}\n市长 张三"),
        ("攀枝花市人民政府令", f"第128号\n{ORDER}\n市长 张三"),
        ("攀枝花市人民政府令（第128号）", "现公布《攀枝花市燃气管理办法》，自2027年5月1日起施行。"),
        ("攀枝花市人民政府令第128号", "第一章 总则\n第一条 为了加强燃气管理，制定本办法。"),
    ],
    ids=["passed", "without its number", "hereby", "without its title"],
)
def test_an_order_and_what_it_makes_known_are_one(sqlite_engine: Engine, title: str, body: str) -> None:
    put(sqlite_engine, article(1, title, body))
    text = "（攀枝花市人民政府令第128号）\n第一章 总则\n第一条 为了加强燃气管理，制定本办法。"
    put(sqlite_engine, article(2, "攀枝花市燃气管理办法", text, at=NOW + DAY))
    news = "近日，攀枝花市政府公布《攀枝花市燃气管理办法》，自2027年5月1日起施行。"
    put(sqlite_engine, article(3, "《攀枝花市燃气管理办法》明年施行", news, at=NOW + 2 * DAY))
    (record,) = stored(sqlite_engine)
    assert (record.title, record.number) == ("攀枝花市燃气管理办法", "第128号令")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("成都市人民政府令第128号", "第一章 总则\n第一条 为了加强燃气管理，制定本办法。"),
        ("攀枝花市人民政府令第128号", "《攀枝花市供水管理办法》已经市政府常务会议通过，现予公布。"),
    ],
    ids=["another organ's", "another document"],
)
def test_an_order_of_the_same_number_is_not_the_same(sqlite_engine: Engine, title: str, body: str) -> None:
    put(sqlite_engine, article(1, "攀枝花市人民政府令第128号", ORDER))
    put(sqlite_engine, article(2, title, body, at=NOW + DAY))
    assert len(stored(sqlite_engine)) == 2


def test_an_order_that_is_called_by_its_number_is_not_that_of_another_term(sqlite_engine: Engine) -> None:
    text = "（攀枝花市人民代表大会常务委员会公告第5号）\n第一章 总则\n第一条 为了加强管理，制定本条例。"
    put(sqlite_engine, article(1, "攀枝花市人民代表大会常务委员会公告（第5号）", text, at=NOW - 900 * DAY))
    later = "《攀枝花市乙条例》已由攀枝花市人大常委会会议通过，现予公布。"
    put(sqlite_engine, article(2, "攀枝花市人民代表大会常务委员会公告（第5号）", later))
    assert len(stored(sqlite_engine)) == 2


PASSED_ON = "四川省经济和信息化厅关于做好甲项目申报工作的通知"


@pytest.mark.parametrize("organ", ["攀枝花市经济和信息化局", ""])
@pytest.mark.parametrize("first", [True, False], ids=["first", "later"])
def test_a_notice_that_passes_a_document_on_is_another_one(sqlite_engine: Engine, organ: str, *, first: bool) -> None:
    made = article(1, PASSED_ON, "川经信〔2026〕11号\n各市（州）经信局：现就甲项目申报工作通知如下。")
    text = f"各县：现将《{PASSED_ON}》（川经信〔2026〕11号）转发你们，请攀枝花市各单位按时报送。"
    passed_on = article(2, f"{organ}关于转发《{PASSED_ON}》的通知", text)
    for one in (made, passed_on) if first else (passed_on, made):
        put(sqlite_engine, one)
    assert {record.number: record.issuers for record in stored(sqlite_engine)} == {
        "川经信〔2026〕11号": ["四川省经济和信息化厅"],
        None: [organ] if organ else [],
    }


def test_what_an_organs_office_passes_on_for_it_is_its_document(sqlite_engine: Engine) -> None:
    title = "攀枝花市人民政府办公室转发市发展改革委等部门关于加快甲产业发展意见的通知"
    put(sqlite_engine, article(1, title, "攀办函〔2026〕18号\n各县（区）人民政府：现转发给你们，请遵照执行。"))
    news = "近日，攀枝花市政府办公室转发《市发展改革委等部门关于加快甲产业发展意见》。"
    put(sqlite_engine, article(2, "攀枝花转发《市发展改革委等部门关于加快甲产业发展意见》", news))
    assert len(stored(sqlite_engine)) == 1
