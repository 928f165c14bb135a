from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import Engine, select

from monitor import records
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


def test_the_time_line_is_in_order(engine: Engine) -> None:
    put(engine, report(1, "甲规划", at=NOW + DAY), at=NOW + 2 * DAY)
    put(engine, document(2, "甲规划", code="攀府发〔2026〕2号"), at=NOW + 3 * DAY)
    (record,) = stored(engine)
    with engine.connect() as conn:
        assert [row["relation"] for row in records.timeline(conn, record.id)] == ["document", "report"]
