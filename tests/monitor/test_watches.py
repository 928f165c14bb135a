from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from crawler.items import Tag
from monitor import watches
from monitor.watches import Rule, RuleError, match, rule_of, subject, subject_of_row
from pipelines.policy import issuer_key
from pipelines.text.script import to_simplified
from storage.db import writing
from storage.schema import watch
from tests.monitor.telling import NOW, article, document, put, report, watching

DOCUMENT = document(1, "钒钛规划", code="攀府发〔2026〕1号")
REPORT = report(2, "氢能办法")
MANGOES = Tag(code="A0154", name="热带水果种植", words=("芒果",))
NEWS = article(3, "攀枝花芒果丰收", "仁和区的芒果获得丰收，石墨产业也有进展。", industries=(MANGOES,))
EXPLAINED = article(4, "《攀枝花市钒钛规划》解读", "一、背景")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("攀枝花市发改委", True),
        ("市发展改革委", True),
        ("攀枝花市发展和改革委员会", True),
        ("发展和改革", True),
        ("四川省发改委", False),
        ("攀枝花市财政局", False),
    ],
)
def test_an_issuer_is_asked_for_under_any_of_its_names(wanted: str, *, found: bool) -> None:
    one = article(1, "攀枝花市发展和改革委员会关于印发《攀枝花市甲办法》的通知", "现印发给你们。")
    assert match(Rule(issuers=(wanted,)), subject(one), fold=to_simplified, organ=issuer_key) is found


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (Rule(), {1, 2}),
        (Rule(scope="documents"), {1}),
        (Rule(scope="policy"), {1, 2, 4}),
        (Rule(scope="articles"), {1, 2, 3, 4}),
        (Rule(regions=("5104",)), {1, 2}),
        (Rule(regions=("510400",)), {1, 2}),
        (Rule(regions=("攀枝花",)), {1, 2}),
        (Rule(regions=("510100",)), set()),
        (Rule(regions=("成都",)), set()),
        (Rule(issuers=("攀枝花市人民政府",)), {1, 2}),
        (Rule(issuers=("市委",)), set()),
        (Rule(kinds=("规划",)), {1}),
        (Rule(kinds=("通知", "办法")), {1, 2}),
        (Rule(sources=("s",)), {1, 2}),
        (Rule(sources=("t",)), set()),
        (Rule(industries=("A01",), scope="articles"), {3}),
        (Rule(industries=("C32", "A0154"), scope="articles"), {3}),
        (Rule(industries=("A",)), set()),
        (Rule(industries=("A0153",), scope="articles"), set()),
        (Rule(words="钒钛"), {1}),
        (Rule(words="釩鈦 OR 氫能"), {1, 2}),
        (Rule(words="攀枝花 NOT 钒钛"), {2}),
        (Rule(words="(芒果 AND 石墨) -钒钛", scope="articles"), {3}),
        (Rule(words='"芒果 丰收"', scope="articles"), set()),
        (Rule(words="钒钛", issuers=("市委",)), set()),
    ],
)
def test_what_a_rule_asks_for(rule: Rule, wanted: set[int]) -> None:
    found = {
        number
        for number, one in enumerate((DOCUMENT, REPORT, NEWS, EXPLAINED), 1)
        if match(rule, subject(one), fold=to_simplified)
    }
    assert found == wanted


@pytest.mark.parametrize(
    "data",
    [
        {"scope": "all"},
        {"region": ["x"]},
        {"regions": "攀枝花"},
        {"regions": [""]},
        {"industries": "C32"},
        {"words": "()"},
        {"words": 3},
        {"follow_ups": "reports"},
        {"scope": ["documents"]},
        ["documents"],
        None,
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(data: dict) -> None:
    with pytest.raises(RuleError):
        rule_of(data)


def test_a_rule_is_kept_as_data(engine: Engine) -> None:
    rule = Rule(scope="policy", regions=("510400",), words="釩鈦 AND (意見 OR 規劃)", follow_ups=True)
    made = watching(engine, rule, channels=("mail",), digest="daily")
    with engine.connect() as conn:
        assert watches.every(conn) == [made]
        assert watches.by_name(conn, "攀枝花") == made
    assert (made.rule, made.channels, made.digest) == (rule, ("mail",), "daily")


@pytest.mark.parametrize(
    "strange",
    [
        {"rule": {"scope": "announcements", "min_words": 3}},
        {"rule": {"scope": "everything"}},
        {"rule": ["announcements"]},
        {"channels": {"mail": "hourly"}},
        {"digest": "weekly"},
    ],
    ids=["field", "scope", "no fields", "channels", "digest"],
)
def test_a_watch_that_cannot_be_read_is_named_and_keeps_no_other_from_being_read(engine: Engine, strange: dict) -> None:
    made = watching(engine)
    row = {"name": "新", "rule": {}, "channels": [], "digest": "each", "created_at": NOW, "baseline_at": NOW}
    with writing(engine).begin() as conn:
        conn.execute(insert(watch).values(row | strange))
    with engine.connect() as conn:
        found, (other,) = watches.read(conn)
        assert found == watches.every(conn) == [made]
        assert (other.name, other.active) == ("新", True)
        with pytest.raises(RuleError, match=other.reason[:12]):
            watches.by_name(conn, "新")
    with writing(engine).begin() as conn:
        assert watches.remove(conn, "新")
        assert watches.read(conn) == ([made], [])


def test_a_name_is_taken_once(engine: Engine) -> None:
    watching(engine)
    with pytest.raises(RuleError, match="already"):
        watching(engine)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00"])
def test_a_watch_has_a_name_that_can_be_read(sqlite_engine: Engine, name: str) -> None:
    with pytest.raises(RuleError, match="can't be called"):
        watching(sqlite_engine, name=name)


def test_a_watch_is_removed_and_one_of_the_profile_turned_off(engine: Engine) -> None:
    with writing(engine).begin() as conn:
        watches.ensure(conn, watches.profile(), now=NOW)
        watches.ensure(conn, watches.profile(), now=NOW)
        (own,) = watches.every(conn)
        assert watches.remove(conn, own.name)
        assert not watches.remove(conn, own.name)
        watches.ensure(conn, watches.profile(), now=NOW)
        assert [one.active for one in watches.every(conn)] == [False]
        assert watches.send_to(conn, own.name, ("mail",), "each").active
        watches.add(conn, "钒", Rule(words="钒"), now=NOW)
        assert watches.remove(conn, "钒")
        assert not watches.remove(conn, "钒")
        assert [one.name for one in watches.every(conn)] == [own.name]


def test_the_profile_watches_panzhihua() -> None:
    (rule,) = watches.profile().values()
    assert match(rule, subject(DOCUMENT))
    assert not match(rule, subject(article(9, "成都市人民政府关于印发《成都市甲办法》的通知", "现印发给你们。")))


def test_the_archive_is_asked_what_would_have_matched(engine: Engine) -> None:
    for one in (DOCUMENT, REPORT, NEWS, EXPLAINED):
        put(engine, one)
    with engine.connect() as conn:
        found = list(watches.matches(conn, Rule(words="釩鈦", scope="policy"), fold=to_simplified))
        assert {row["url"] for row in found} == {DOCUMENT.url, EXPLAINED.url}
        assert {row["url"] for row in watches.matches(conn, Rule(scope="articles", words="芒果"))} == {NEWS.url}
        assert {row["url"] for row in watches.matches(conn, Rule(scope="articles", industries=("A",)))} == {NEWS.url}
        assert list(watches.matches(conn, Rule(sources=("t",)))) == []


def test_a_row_of_the_archive_is_seen_as_its_article_was() -> None:
    from storage.rows import article_json

    for one in (DOCUMENT, REPORT, NEWS, EXPLAINED):
        assert subject_of_row(article_json(one)) == subject(one)
