from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, func, insert, select, update

from crawler.items import Article, Link, OfficialTable, Outcome, Visit, VisitKind
from monitor import watches
from monitor.changes import changed_sentences, close, same_text, shared, years_disagree
from monitor.outbox import Outbox, due_at, vanished
from monitor.watches import Rule
from monitor.web.reads import policies
from pipelines.policy import issuer_key, title_key
from storage import frontier
from storage.db import writing
from storage.recording import Recorded, record
from storage.schema import alert, policy_record, run, source, watch
from storage.schema import article as article_table
from tests.monitor.telling import (
    DAY,
    HOUR,
    NOW,
    article,
    deliveries,
    document,
    known_source,
    outbox,
    put,
    report,
    told,
    watching,
)


def _outcome(item: Article, at: datetime = NOW) -> Outcome:
    visit = Visit(id=1, url=item.url, source=item.source, kind="article", depth=0, attempts=0)
    return Outcome(visit=visit, state="done", url=item.url, fetched_at=at, article=item)


def reprint(engine: Engine, item: Article, *, at: datetime = NOW) -> None:
    """Store an article that is found to be a reprint of every other one."""

    def together(conn: Connection, _recorded: Recorded, _item: Article) -> None:
        conn.execute(update(article_table).values(cluster_id=1))

    with writing(engine).begin() as conn:
        record(conn, _outcome(item, at), after=[together, outbox()])


def test_one_document_is_told_once_whatever_reports_it(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("mail", "hook"))
    put(engine, report(1, "甲规划"))
    put(engine, report(2, "甲规划", code="攀府发〔2026〕2号"))
    put(engine, document(3, "甲规划", code="攀府发〔2026〕2号"))
    put(engine, article(4, "《攀枝花市甲规划》解读", "一、背景"))
    assert told(engine) == [("new", "攀枝花市甲规划出台")]
    assert [(row.channel, row.state) for row in deliveries(engine)] == [("mail", "waiting"), ("hook", "waiting")]


def test_what_is_no_policy_or_of_another_place_is_not_told(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, "攀枝花芒果丰收", "芒果丰收。"))
    put(engine, article(2, "成都市人民政府关于印发《成都市甲办法》的通知", "成府发〔2026〕2号\n现印发给你们。"))
    assert told(engine) == []


def test_a_reader_of_documents_alone_hears_of_the_document_after_its_report(engine: Engine) -> None:
    known_source(engine)
    watching(engine, Rule(scope="documents"))
    put(engine, report(1, "甲规划"))
    put(engine, document(2, "甲规划", code="攀府发〔2026〕2号"))
    assert [kind for kind, _ in told(engine)] == ["new"]


def test_follow_ups_where_they_are_asked_for(engine: Engine) -> None:
    known_source(engine)
    watching(engine, Rule(follow_ups=True))
    explained = article(2, "《攀枝花市甲规划》解读", "一、背景")
    put(engine, article(9, "《攀枝花市乙规划》解读", "一、没有报道过"))
    put(engine, report(1, "甲规划"))
    put(engine, explained)
    put(engine, explained)
    assert [kind for kind, _ in told(engine)] == ["new", "follow-up"]


def test_a_revision_is_told_with_the_sentences_that_changed(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, document(1, "甲规划", code="攀府发〔2026〕2号"))
    revised = document(1, "甲规划", code="攀府发〔2026〕2号", force="2027年3月1日")
    put(engine, revised, at=NOW + DAY)
    put(engine, revised, at=NOW + 2 * DAY)
    assert [kind for kind, _ in told(engine)] == ["new", "revision"]
    with engine.connect() as conn:
        payload = conn.execute(select(alert.c.payload).order_by(alert.c.id.desc()).limit(1)).scalar_one()
    assert payload["changed"] == [{"before": "本文件自2027年1月1日起施行。", "after": "本文件自2027年3月1日起施行。"}]


def test_a_revision_of_what_was_not_told_or_not_asked_for_is_silent(engine: Engine) -> None:
    known_source(engine)
    watching(engine, Rule(revisions=False))
    put(engine, document(1, "甲规划", code="攀府发〔2026〕2号"))
    put(engine, document(1, "甲规划", code="攀府发〔2026〕2号", force="2027年3月1日"), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["new"]


FIRE = "攀枝花市人民政府关于加强森林防灭火工作的通知"
TEXT = "各县（区）人民政府：现将有关事项通知如下。一、加强值守，严格落实二十四小时值班制度。二、严格管控野外用火。三、做好物资储备和队伍准备。"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((FIRE, TEXT), ("攀枝花市人民政府关于进一步加强森林草原防灭火工作的通知", TEXT)),
        ((FIRE, TEXT), (FIRE, f"攀府发〔2026〕12号\n{TEXT}")),
        ((FIRE, f"攀府发〔2026〕12号\n{TEXT}"), (FIRE, f"攀府发〔2026〕13号\n{TEXT}")),
        ((FIRE, f"攀府发〔2026〕12号\n{TEXT}"), (f"{FIRE}（更正）", f"攀府发〔2026〕13号\n{TEXT}")),
        ((FIRE, f"{TEXT}\n攀枝花市人民政府\n2025年1月3日"), (FIRE, f"{TEXT}\n攀枝花市人民政府\n2026年1月3日")),
        ((FIRE, "见附件。"), ("攀枝花市人民政府关于加强森林草原防灭火工作的通知", "见附件。")),
    ],
    ids=["title", "number added", "number", "both", "day", "a page of the annex alone"],
)
def test_35_an_edited_document_is_the_same_document(
    engine: Engine, before: tuple[str, str], after: tuple[str, str]
) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, *before))
    put(engine, article(1, *after), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["new", "revision"]
    put(engine, article(2, *after, of="s"), at=NOW + 2 * DAY)
    assert [kind for kind, _ in told(engine)] == ["new", "revision"], "the record says what the page says now"
    with engine.connect() as conn:
        assert len(policies.find(conn, policies.Wanted()).records) == len(policies.newest(conn, limit=9)) == 1
        assert conn.execute(select(func.count()).select_from(policy_record)).scalar_one() == 1


def test_an_edited_page_whose_document_has_a_record_by_now_takes_its_alert_there(engine: Engine) -> None:
    known_source(engine)
    watching(engine, Rule(follow_ups=True))
    put(engine, article(1, FIRE, f"攀府发〔2026〕12号\n{TEXT}"))
    put(engine, article(2, FIRE, f"攀府发〔2026〕13号\n{TEXT}", of="t"))  # told: its number is another
    put(engine, article(1, FIRE, f"攀府发〔2026〕13号\n{TEXT}"), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["new", "revision"]
    with engine.connect() as conn:
        (record_id,) = conn.execute(select(policy_record.c.id)).scalars()
        assert set(conn.execute(select(alert.c.record_id)).scalars()) == {record_id}
    other = f"攀府发〔2026〕12号\n{TEXT.replace('森林', '河湖')}"
    put(engine, article(3, "攀枝花市人民政府关于加强河湖管护工作的通知", other), at=NOW + 2 * DAY)
    assert [kind for kind, _ in told(engine)] == ["new", "revision", "new"], "the number that was wrong is free"


def test_one_of_two_pages_of_a_document_is_corrected(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, FIRE, f"攀府发〔2026〕12号\n{TEXT}"))
    put(engine, article(2, FIRE, f"攀府发〔2026〕12号\n{TEXT}"))
    put(engine, article(1, FIRE, f"攀府发〔2026〕13号\n{TEXT}"), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["new", "revision"]


def test_an_address_that_is_given_to_another_document_tells_of_it(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, FIRE, TEXT))
    other = "各县（区）人民政府：为做好汛期工作，提出以下要求。一、排查隐患点。二、转移受威胁群众。三、保障通信和交通，及时报告险情。"
    put(engine, article(1, "攀枝花市人民政府关于做好防汛减灾工作的通知", other), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["new", "revision", "new"]
    with engine.connect() as conn:
        shown = policies.find(conn, policies.Wanted()).records
    assert [row["title"] for row in shown] == ["关于做好防汛减灾工作的通知"], "no record without an article is shown"


def test_one_address_for_the_document_of_each_year(engine: Engine) -> None:
    known_source(engine, baseline=NOW - 900 * DAY)
    watching(engine, now=NOW - 900 * DAY)
    for year, at in ((2025, NOW - 365 * DAY), (2026, NOW)):
        put(engine, article(1, FIRE, f"{TEXT}\n攀枝花市人民政府\n{year}年11月20日", at=at), at=at)
    assert [kind for kind, _ in told(engine)] == ["new", "revision", "new"]


def test_a_page_that_was_away_for_a_day_is_not_told_again(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, FIRE, TEXT))
    put(engine, article(1, "页面维护", "内容整理中，请稍后再来。"), at=NOW + DAY)
    with engine.connect() as conn:
        assert policies.find(conn, policies.Wanted()).records == ()
        assert policies.newest(conn, limit=9) == []
    put(engine, article(1, FIRE, TEXT), at=NOW + 2 * DAY)
    assert [kind for kind, _ in told(engine) if kind == "new"] == ["new"]


def test_a_page_for_comments_that_becomes_the_document_tells_of_it(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, "关于公开征求《攀枝花市甲办法（征求意见稿）》意见的公告", "现公开征求意见。"))
    put(engine, document(1, "甲办法", code="攀府发〔2026〕2号"), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["draft", "revision", "new"]


def test_an_old_document_that_is_edited_is_no_news_for_a_new_watch(engine: Engine) -> None:
    known_source(engine)
    put(engine, article(1, FIRE, TEXT), at=NOW - DAY)
    watching(engine, now=NOW)
    put(engine, article(1, "攀枝花市人民政府关于进一步加强森林草原防灭火工作的通知", TEXT), at=NOW + DAY)
    assert told(engine) == []


def test_a_repeal_and_a_draft_are_told_as_what_they_are(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, "关于公开征求《攀枝花市甲办法（征求意见稿）》意见的公告", "现公开征求意见。"))
    put(engine, document(2, "甲办法", code="攀府发〔2026〕2号"))
    put(engine, article(3, "攀枝花市人民政府关于废止《攀枝花市甲办法》的决定", "现予废止。"))
    assert [kind for kind, _ in told(engine)] == ["draft", "new", "withdrawal"]


CALL = "关于公开征求《攀枝花市甲办法（征求意见稿）》意见的公告"
AGAIN = "关于再次公开征求《攀枝花市甲办法（征求意见稿）》意见的公告"


def call(number: int, title: str, until: str = "", *, at: datetime = NOW, more: str = "") -> Article:
    body = f"现将《攀枝花市甲办法（征求意见稿）》向社会公开征求意见{f'，请于{until}前反馈' if until else ''}。{more}"
    return article(number, title, body, at=at)


@pytest.mark.parametrize(
    ("first", "second", "times"),
    [
        ((CALL, "2026年12月1日"), (AGAIN, "2027年1月10日"), 2),
        ((CALL, "2026年12月1日"), (CALL, "2027年1月10日"), 2),
        ((CALL, "2026年12月1日"), (AGAIN, ""), 2),
        ((CALL, ""), (AGAIN, "2027年1月10日"), 2),
        ((CALL, ""), (AGAIN, ""), 2),
        ((CALL, "2026年12月1日"), (CALL, "2026年12月1日"), 1),
        ((CALL, "2026年12月1日"), (CALL, "2026年12月2日"), 1),
        ((CALL, "2026年12月1日"), (CALL, ""), 1),
        ((CALL, ""), (CALL, "2026年12月1日"), 1),
        ((CALL, "2027年1月10日"), (CALL, "2026年12月1日"), 1),
    ],
)
def test_a_further_call_for_comments_is_told_and_a_report_of_the_same_is_not(
    engine: Engine, first: tuple[str, str], second: tuple[str, str], times: int
) -> None:
    known_source(engine)
    watching(engine)
    put(engine, call(1, *first, at=NOW - 9 * DAY), at=NOW - 9 * DAY)
    put(engine, call(2, *second))
    put(engine, call(3, *second, more="请各界踊跃参与。"))
    assert [kind for kind, _ in told(engine)] == ["draft"] * times
    put(engine, document(4, "甲办法", code="攀府发〔2027〕1号", at=NOW + 60 * DAY), at=NOW + 60 * DAY)
    assert [kind for kind, _ in told(engine)][times:] == ["new"]


def test_the_last_day_for_comments_is_that_of_the_further_call(engine: Engine) -> None:
    put(engine, call(1, CALL, "2026年12月1日", at=NOW - 9 * DAY), at=NOW - 9 * DAY)
    put(engine, call(2, AGAIN, "2027年1月10日"))
    put(engine, call(3, CALL, "2026年12月1日"))
    with engine.connect() as conn:
        assert conn.execute(select(policy_record.c.comments_until)).scalar_one().isoformat() == "2027-01-10"


def test_a_watch_made_after_the_first_call_hears_of_the_further_one_and_once(engine: Engine) -> None:
    known_source(engine)
    put(engine, call(1, CALL, "2026年12月1日", at=NOW - 9 * DAY), at=NOW - 9 * DAY)
    watching(engine, now=NOW - DAY)
    put(engine, call(2, CALL, "2026年12月1日"))
    assert told(engine) == []
    put(engine, call(3, AGAIN, "2027年1月10日"))
    assert [kind for kind, _ in told(engine)] == ["draft"]


def test_a_last_day_that_is_put_off_on_the_page_itself_is_a_revision(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, call(1, CALL, "2026年12月1日"))
    put(engine, call(1, CALL, "2027年1月10日"), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["draft", "revision"]


def test_what_became_of_a_call_for_comments_is_not_told_as_one(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    text = "2026年4月1日至4月30日，我局就《攀枝花市甲办法（征求意见稿）》公开征求意见，共收到意见23条，采纳10条。"
    put(engine, article(1, "《攀枝花市甲办法（征求意见稿）》公开征求意见结果反馈", text))
    assert told(engine) == []


TABLE = OfficialTable(issuer="攀枝花市人民政府办公室", number="攀办发〔2026〕12号", written="2026年11月20日")
LATER = (
    "攀枝花市钒钛产业发展若干支持政策",
    "为加快攀枝花市钒钛产业发展，制定本政策。\n一、支持企业做大做强。\n二、支持科技创新。",
)


def test_a_page_that_gets_its_table_later_gives_the_record_what_it_says(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, *LATER))
    assert put(engine, article(1, *LATER, official=TABLE), at=NOW + DAY).kind == "seen"
    assert [kind for kind, _ in told(engine)] == ["new"]
    with engine.connect() as conn:
        assert conn.execute(select(policy_record.c.number)).scalars().all() == ["攀办发〔2026〕12号"]
    put(
        engine,
        article(2, f"攀枝花市人民政府办公室关于印发《{LATER[0]}》的通知", "攀办发〔2026〕12号\n现印发给你们。"),
        at=NOW + DAY,
    )
    assert [kind for kind, _ in told(engine)] == ["new"]


NEUTRAL = ("钒钛产业支持政策一览", "支持攀枝花企业做大做强。支持科技创新。")


@pytest.mark.parametrize(("days", "kinds"), [(1, ["new"]), (60, ["baseline"])])
def test_a_page_that_turns_out_to_be_a_document_is_told_while_it_is_recent(
    engine: Engine, days: int, kinds: list[str]
) -> None:
    known_source(engine, baseline=NOW - 100 * DAY)
    watching(engine, now=NOW - 200 * DAY)
    before = NOW - days * DAY
    put(engine, article(1, *NEUTRAL, at=before), at=before)
    assert told(engine) == []
    put(engine, article(1, *NEUTRAL, at=before, official=replace(TABLE, title=LATER[0])))
    assert [kind for kind, _ in told(engine)] == kinds


def test_other_corrections_and_searches_for_any_article_tell_nothing_more(engine: Engine) -> None:
    known_source(engine)
    put(engine, article(1, *LATER), at=NOW - DAY)
    watching(engine, Rule(scope="articles", words="钒钛"), now=NOW)
    put(engine, article(1, *LATER, official=TABLE), at=NOW + DAY)
    put(engine, article(1, *LATER, official=TABLE, origin="攀枝花日报"), at=NOW + 2 * DAY)
    assert told(engine) == []


def test_a_repeal_of_several_documents_is_one_piece_of_news(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    title = "攀枝花市人民政府关于废止《攀枝花市甲办法》《攀枝花市乙办法》的决定"
    put(engine, article(1, title, "现予废止。"))
    put(engine, article(2, "攀枝花市政府决定废止《攀枝花市甲办法》《攀枝花市乙办法》", "日前公布。"))
    assert told(engine) == [("withdrawal", title)]


BOTH = "《攀枝花市甲办法》《攀枝花市乙办法》"


def test_two_documents_of_one_order_are_told_once_and_news_of_either_are_no_news(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    body = f"{BOTH}已经市政府常务会议审议通过，现予公布。"
    put(engine, article(1, "攀枝花市人民政府令第128号", body))
    put(engine, report(2, "乙办法"))
    put(engine, report(3, "甲办法"))
    put(engine, article(1, "攀枝花市人民政府令第128号", body + "请遵照执行。"), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["new", "revision"]


def test_a_document_is_told_though_it_comes_with_one_that_was_told(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, report(1, "甲办法"))
    put(engine, article(2, "攀枝花市人民政府令第128号", f"{BOTH}已经市政府常务会议审议通过，现予公布。"))
    put(engine, report(3, "乙办法"))
    assert told(engine) == [("new", "攀枝花市甲办法出台"), ("new", "攀枝花市人民政府令第128号")]


def test_the_repeal_of_one_of_several_documents_is_told_once(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    put(engine, article(1, f"攀枝花市人民政府关于废止{BOTH}的决定", "现予废止。"))
    put(engine, article(2, "攀枝花市人民政府关于废止《攀枝花市乙办法》的决定", "现予废止。"))
    put(engine, article(3, "攀枝花市人民政府关于废止《攀枝花市甲办法》《攀枝花市丙办法》的决定", "现予废止。"))
    assert [kind for kind, _ in told(engine)] == ["withdrawal", "withdrawal"]


def test_a_page_that_vanishes_is_told_once(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("mail",))
    put(engine, document(1, "甲办法", code="攀府发〔2026〕2号"))
    with writing(engine).begin() as conn:
        assert vanished(conn, now=NOW) == 0
        conn.execute(update(article_table).values(gone_at=NOW + DAY))
        assert vanished(conn, now=NOW + DAY) == 1
        assert vanished(conn, now=NOW + 2 * DAY) == 0
    assert [kind for kind, _ in told(engine)] == ["new", "vanished"]
    assert len(deliveries(engine)) == 2


def test_the_first_crawl_of_a_source_is_silent(engine: Engine) -> None:
    known_source(engine, baseline=None)
    watching(engine, channels=("mail",))
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号", at=NOW - 60 * DAY))
    put(engine, document(2, "乙办法", code="攀府发〔2026〕2号"))
    assert told(engine) == [("baseline", "攀枝花市人民政府关于印发《攀枝花市甲办法》的通知")]
    assert deliveries(engine) == []


def test_what_is_older_than_the_baseline_is_silent_and_a_later_report_of_it_is_no_news(engine: Engine) -> None:
    known_source(engine, baseline=NOW - 10 * DAY)
    watching(engine)
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号", at=NOW - 200 * DAY))
    put(engine, report(2, "甲办法", code="攀府发〔2026〕1号"))
    assert [kind for kind, _ in told(engine)] == ["baseline"]


COLUMN, ADDED = "http://www.example/list", "http://www.example/other"


def seen_at(engine: Engine, url: str, kind: VisitKind, found_on: str | None, at: datetime) -> None:
    """An address as a crawl puts it on the frontier."""
    with writing(engine).begin() as conn:
        frontier.put(conn, [Link(url=url, source="s", kind=kind, depth=0, found_on=found_on)], at)


def late(number: int, days: int) -> Article:
    return document(number, f"第{number}办法", code=f"攀府发〔2026〕{number}号", at=NOW - days * DAY)


@pytest.mark.parametrize("days", [6, 8, 14, 20, 29])
def test_a_document_that_is_put_online_late_is_told(engine: Engine, days: int) -> None:
    known_source(engine, baseline=NOW - 5 * DAY)
    watching(engine)
    put(engine, late(1, days))
    assert [kind for kind, _ in told(engine)] == ["new"]


@pytest.mark.parametrize(("days", "kind"), [(8, "new"), (100, "new"), (300, "baseline")])
def test_what_appears_in_a_column_that_was_read_before_was_put_there_since(
    engine: Engine, days: int, kind: str
) -> None:
    known_source(engine, baseline=NOW - 5 * DAY)
    watching(engine)
    seen_at(engine, COLUMN, "listing", None, NOW - 6 * DAY)
    seen_at(engine, late(1, days).url, "article", COLUMN, NOW)
    put(engine, late(1, days))
    assert [kind for kind, _ in told(engine)] == [kind]


def test_going_deeper_into_the_past_of_a_source_tells_nothing_but_what_was_missed(engine: Engine) -> None:
    known_source(engine, baseline=NOW - 5 * DAY)
    watching(engine)
    seen_at(engine, COLUMN, "listing", None, NOW - 6 * DAY)
    seen_at(engine, f"{COLUMN}_2", "listing", COLUMN, NOW)
    for number, days in enumerate((1, 10, 20, 40, 400), 1):
        seen_at(engine, late(number, days).url, "article", f"{COLUMN}_2", NOW)
        put(engine, late(number, days))
    assert [title for kind, title in told(engine) if kind == "new"] == [late(1, 1).title]


def test_a_column_that_is_added_to_a_known_source_is_silent_at_first(engine: Engine) -> None:
    known_source(engine, baseline=NOW - 300 * DAY)
    watching(engine)
    seen_at(engine, COLUMN, "listing", None, NOW - 301 * DAY)
    seen_at(engine, ADDED, "listing", None, NOW)
    seen_at(engine, f"{ADDED}_2", "listing", ADDED, NOW)
    undated = replace(late(9, 0), published_at=None)
    for number, days in enumerate((0, 10, 40, 200), 1):
        seen_at(engine, late(number, days).url, "article", ADDED if number % 2 else f"{ADDED}_2", NOW)
        put(engine, late(number, days))
    seen_at(engine, undated.url, "article", ADDED, NOW)
    put(engine, undated)
    assert [title for kind, title in told(engine) if kind == "new"] == [late(1, 0).title]
    with writing(engine).begin() as conn:
        conn.execute(
            insert(run).values(source="s", started_at=NOW, finished_at=NOW + HOUR, state="finished", counts={})
        )
    seen_at(engine, late(7, 30).url, "article", ADDED, NOW + DAY)
    put(engine, late(7, 30), at=NOW + DAY)
    assert told(engine)[-1] == ("new", late(7, 30).title), "the column was read whole since"


def test_what_the_first_crawl_met_is_no_news_when_its_page_is_edited(engine: Engine) -> None:
    known_source(engine, baseline=None)
    watching(engine)
    put(engine, late(1, 3), at=NOW - 5 * DAY)
    with writing(engine).begin() as conn:
        conn.execute(update(source).values(baseline_at=NOW))
    put(engine, replace(late(1, 3), body=f"{late(1, 3).body}\n附件：甲表", content_sha256="1" * 64), at=NOW + DAY)
    put(engine, replace(late(2, 10), url="http://www.example/1/b"), at=NOW + DAY)
    assert [title for _, title in told(engine)] == [late(2, 10).title]


def test_what_the_first_crawl_of_a_new_source_finds_keeps_no_fresh_document_from_the_reader(engine: Engine) -> None:
    known_source(engine, "official")
    known_source(engine, "added", baseline=None)
    watching(engine)
    put(engine, report(1, "甲办法", code="攀府发〔2026〕1号", of="added", at=NOW - DAY))
    put(engine, document(2, "甲办法", code="攀府发〔2026〕1号", of="official", at=NOW - DAY))
    assert told(engine) == [("new", "攀枝花市人民政府关于印发《攀枝花市甲办法》的通知")]


def test_a_new_watch_is_not_told_what_the_archive_knew(engine: Engine) -> None:
    known_source(engine)
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号"), at=NOW)
    watching(engine, now=NOW + HOUR)
    put(engine, report(2, "甲办法", code="攀府发〔2026〕1号"), at=NOW + 2 * HOUR)
    put(engine, report(3, "乙办法"), at=NOW + 3 * HOUR)
    assert told(engine) == [("new", "攀枝花市乙办法出台")]


def test_an_article_of_no_known_source_is_news_while_it_is_recent(engine: Engine) -> None:
    watching(engine)
    put(engine, report(1, "甲办法", of=None))
    put(engine, report(2, "乙办法", of=None, at=NOW - 300 * DAY))
    assert [kind for kind, _ in told(engine)] == ["new", "baseline"]


def test_an_article_at_a_new_address_is_no_news(engine: Engine) -> None:
    known_source(engine)
    watching(engine)
    first = document(1, "甲办法", code="攀府发〔2026〕1号")
    put(engine, first)
    put(engine, replace(first, url="http://www.example/moved"))
    assert len(told(engine)) == 1


def test_saved_searches_tell_of_any_article_and_not_of_its_reprints(engine: Engine) -> None:
    known_source(engine)
    watching(engine, Rule(scope="articles", words="芒果"))
    first = article(1, "攀枝花芒果丰收", "芒果丰收。")
    put(engine, first)

    reprint(engine, replace(first, url="http://www.example/2"))
    assert told(engine) == [("new", "攀枝花芒果丰收")]


def test_a_watch_of_one_source_hears_of_a_text_that_another_source_had_first(engine: Engine) -> None:
    known_source(engine, "a")
    known_source(engine, "b")
    watching(engine, Rule(scope="articles", words="芒果", sources=("b",)))
    first = article(1, "攀枝花芒果丰收", "芒果丰收。", of="a")
    put(engine, first)
    reprint(engine, replace(first, url="http://www.example/2", source="b"))
    reprint(engine, replace(first, url="http://www.example/3", source="b"))
    assert told(engine) == [("new", "攀枝花芒果丰收")]


def test_a_reprint_of_what_stood_in_the_archive_before_the_watch_is_no_news(engine: Engine) -> None:
    known_source(engine, "a")
    known_source(engine, "b")
    first = article(1, "攀枝花芒果丰收", "芒果丰收。", of="a")
    put(engine, first, at=NOW - DAY)
    watching(engine, Rule(scope="articles", words="芒果"), name="all", now=NOW)
    watching(engine, Rule(scope="articles", words="芒果", sources=("b",)), name="of b", now=NOW)
    reprint(engine, replace(first, url="http://www.example/2", source="b"), at=NOW + DAY)
    with engine.connect() as conn:
        payloads = conn.execute(select(alert.c.payload)).scalars().all()
    assert [payload["watch"] for payload in payloads] == ["of b"], "what it asks for came only now"


def test_a_document_that_the_archive_knew_from_elsewhere_is_new_to_a_watch_of_one_source(engine: Engine) -> None:
    known_source(engine, "a")
    known_source(engine, "b")
    put(engine, report(1, "甲规划", of="a"), at=NOW - DAY)
    watching(engine, Rule(sources=("b",)), now=NOW)
    put(engine, report(2, "甲规划", of="b"), at=NOW + DAY)
    put(engine, document(3, "甲规划", code="攀府发〔2026〕2号", of="b"), at=NOW + DAY)
    assert [kind for kind, _ in told(engine)] == ["new"]


def test_the_alert_goes_with_the_article_or_not_at_all(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("mail",))

    def broken(*_: object) -> None:
        raise RuntimeError("after the outbox")

    outcome = _outcome(report(1, "甲规划"))
    with pytest.raises(RuntimeError), writing(engine).begin() as conn:
        record(conn, outcome, after=[outbox(), broken])
    with engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(article_table)).scalar_one() == 0
    assert told(engine) == deliveries(engine) == []


def test_two_crawls_at_once_tell_once(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("mail",))
    items = [report(number, "甲规划", code="攀府发〔2026〕2号") for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda item: put(engine, item, box=outbox()), items))
    assert len(told(engine)) == len(deliveries(engine)) == 1


def test_a_watch_added_between_two_articles_sees_the_second(engine: Engine) -> None:
    known_source(engine)
    box = outbox()
    put(engine, report(1, "甲规划"), box=box)
    watching(engine)
    put(engine, report(2, "乙规划"), box=box)
    with writing(engine).begin() as conn:
        assert watches.remove(conn, "攀枝花")
    put(engine, report(3, "丙规划"), box=box)
    watching(engine, name="again")
    put(engine, report(4, "丁规划"), box=box)
    assert told(engine) == [("new", "攀枝花市丁规划出台")], "what a removed watch was told goes with it"


def test_a_watch_waits_for_articles_that_are_being_written(engine: Engine) -> None:
    known_source(engine)
    box = outbox()
    with ThreadPoolExecutor(1) as pool:
        with writing(engine).begin() as conn:
            record(conn, _outcome(report(1, "甲规划")), after=[box])
            adding = pool.submit(watching, engine)
            assert not wait([adding], timeout=0.3).done, "it would not see what comes next in this transaction"
            record(conn, _outcome(report(2, "乙规划")), after=[box])
        adding.result(timeout=20)
    put(engine, report(3, "丙规划"), box=box)
    assert told(engine) == [("new", "攀枝花市丙规划出台")]


def test_the_profiles_watches_are_there_after_a_first_transaction_that_failed(engine: Engine) -> None:
    known_source(engine)
    box = Outbox(title_key=title_key, issuer_key=issuer_key, profile={"攀枝花": Rule(regions=("510400",))})

    def broken(*_: object) -> None:
        raise RuntimeError("after the outbox")

    with pytest.raises(RuntimeError), writing(engine).begin() as conn:
        record(conn, _outcome(report(1, "甲规划")), after=[box, broken])
    put(engine, report(1, "甲规划"), box=box)
    assert told(engine) == [("new", "攀枝花市甲规划出台")]


def test_a_watch_that_cannot_be_read_keeps_no_article_from_being_stored_nor_another_watch_from_being_told(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    known_source(engine)
    watching(engine, channels=("mail",))
    with writing(engine).begin() as conn:
        row = {"name": "新", "rule": {"min_words": 3}, "channels": [], "active": True, "created_at": NOW - 60 * DAY}
        conn.execute(insert(watch), [row, row | {"name": "停", "active": False}])
    box = outbox()
    assert put(engine, report(1, "甲规划"), box=box).kind == "new"
    put(engine, report(2, "乙规划"), box=box)
    assert told(engine) == [("new", "攀枝花市甲规划出台"), ("new", "攀枝花市乙规划出台")]
    assert [("'新'" in line, "min_words" in line) for line in caplog.messages] == [(True, True)], "once, if it is on"
    with writing(engine).begin() as conn:
        conn.execute(update(article_table).values(gone_at=NOW + DAY))
        conn.execute(update(watch).where(watch.c.name != "新").values(rule={"min_words": 3}))
        assert vanished(conn, now=NOW + DAY) == 0
        conn.execute(update(watch).where(watch.c.name == "攀枝花").values(rule={"regions": ["510400"]}))
        assert vanished(conn, now=NOW + DAY) == 2, "told as soon as it can be read"


def test_when_digests_go_out() -> None:
    assert due_at("each", NOW) == NOW
    assert due_at("hourly", NOW + HOUR / 4) == NOW + HOUR
    assert due_at("daily", NOW).isoformat() == "2026-11-24T08:00:00+08:00"  # NOW is noon in China
    assert due_at("daily", NOW - 5 * HOUR).isoformat() == "2026-11-23T08:00:00+08:00"


def test_changed_sentences() -> None:
    (change,) = changed_sentences("甲。乙。丙。", "甲。乙二。丙。")
    assert (change.before, change.after) == ("乙。", "乙二。")
    assert changed_sentences("甲。 乙。", "甲。乙。") == ()
    assert [(one.before, one.after) for one in changed_sentences("甲。", "甲。乙。")] == [("", "乙。")]


def test_how_much_of_a_text_is_another_and_when_it_is_the_same() -> None:
    text = "为了预防火灾，现发布命令如下。防火期为2026年1月1日至5月31日。防火区内严禁一切野外用火，严禁携带火种进入林区，违者依法处罚。请互相转告。"
    assert shared(text, f"某网讯 {text}责任编辑：某某。") == 1.0
    assert shared("", text) == shared("。", "。") == 0.0
    assert same_text(text, f"某网讯 {text}责任编辑：某某。")
    assert not same_text(text, text.replace("2026年", "2027年")), "another year's"
    assert not same_text("现印发给你们。", "现印发给你们。"), "it says too little"
    assert not years_disagree("2025年", "2025年至2026年")
    assert close("关于加强森林防火工作的通知", "关于加强森林草原防火工作的通知")
    assert not close("关于做好2025年防汛工作的通知", "关于做好2026年防汛工作的通知")
