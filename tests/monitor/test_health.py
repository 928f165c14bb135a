"""What makes a source ill, what does not, and that the operator is told once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor import health, watches
from monitor.health import Habit, Ran, Verdict, judge
from monitor.watches import Rule
from storage import runs
from storage.db import writing
from tests.monitor.telling import DAY, HOUR, NOW, deliveries, document, told, watching

EVERY = 6 * HOUR
HABIT = Habit(
    title="一个来源",
    quiet_for=7 * DAY,
    articles_per_week=(1, 500),
    present={"body": 0.98, "published_at": 0.95, "origin": 0.0},
    late_after=lambda ended: ended + 10 * HOUR,
)
GOOD: dict[str, Any] = {
    "visits": 12, "listings": 2, "listed": 2, "rows": 20, "new": 5, "read": 10, "unfit": 0,
    "failures": {}, "passed_over": {}, "empty": {}, "examples": {},
}  # fmt: skip


def history(*last: dict[str, Any], good: int = 20, **more: Any) -> list[Ran]:
    """Good runs, and then these, the last at ``NOW``; the newest first."""
    counts = [GOOD] * good + [GOOD | one for one in last]
    return [
        Ran(started_at=NOW - EVERY * number, counts=one, **({"state": "finished"} | more))
        for number, one in enumerate(reversed(counts))
    ]


def verdict(found: list[Ran], *, now: datetime = NOW, success: datetime | None = NOW, **changes: Any) -> Verdict:
    habit = Habit(**({name: getattr(HABIT, name) for name in Habit.__slots__} | changes))
    return judge(habit, found, now, last_success=success, baseline=NOW - 60 * DAY)


BROKEN = {
    "blocked": {"visits": 4, "read": 0, "new": 0, "failures": {"HTTP 403": 3}, "examples": {"HTTP 403": "http://a/x"}},
    "failing": {"visits": 4, "read": 0, "new": 0, "failures": {"TimeoutError": 3}, "examples": {"TimeoutError": "http://a/x"}},
    "no rows": {"rows": 0, "new": 0, "read": 0, "examples": {"no rows": "http://a/x"}},
    "fewer rows": {"rows": 4, "examples": {}},
    "no date": {"empty": {"published_at": 3}, "examples": {"no published_at": "http://a/x"}},
    "no body": {"read": 5, "failures": {"no article: empty": 5}, "examples": {"no article: empty": "http://a/x"}},
    "no layout": {"unfit": 6, "examples": {"no layout fits": "http://a/x"}},
    "origin, which was always there": {"empty": {"origin": 8}, "examples": {"no origin": "http://a/x"}},
}  # fmt: skip
STATES = {"blocked": "blocked", "failing": "failing"}


@pytest.mark.parametrize("what", BROKEN)
def test_a_break_is_told_with_the_second_run_and_not_with_the_first(what: str) -> None:
    assert verdict(history(BROKEN[what])).state == "ok"
    found = verdict(history(BROKEN[what], BROKEN[what]))
    assert found.state == STATES.get(what, "layout changed")
    assert found.reason
    assert found.example == ("http://a/x" if BROKEN[what]["examples"] else None)


@pytest.mark.parametrize("what", BROKEN)
def test_one_good_run_makes_it_well(what: str) -> None:
    assert verdict(history(BROKEN[what], BROKEN[what], {})).state == "ok"


def test_runs_that_read_nothing_say_nothing_of_pages_and_do_not_hide_a_break() -> None:
    idle = {"visits": 2, "listed": 0, "rows": 0, "new": 0, "read": 0}
    assert verdict(history(idle, idle)).state == "ok"
    assert verdict(history(BROKEN["no date"], idle, BROKEN["no date"], idle)).state == "layout changed"


def test_a_stray_article_without_a_date_is_no_break() -> None:
    stray = {"empty": {"published_at": 1}}
    assert verdict(history(stray, stray)).state == "ok"


def test_what_a_source_never_had_it_does_not_lose() -> None:
    without = {"empty": {"origin": 10}}
    assert verdict(history(*[without] * 20, good=0)).state == "ok"


def test_a_new_source_with_a_wrong_definition_is_told_at_once() -> None:
    assert verdict(history(BROKEN["no rows"], BROKEN["no rows"], good=0)).state == "layout changed"
    assert verdict(history(BROKEN["no body"], BROKEN["no body"], good=0)).state == "layout changed"


def test_killed_crawls_are_failures() -> None:
    killed = history({}, {}, good=0, state="failed", reason="killed")
    assert verdict(killed).state == "failing"
    running = [Ran(started_at=NOW, state="running"), *history({}, {})]
    assert verdict(running).state == "ok"


def test_late_is_judged_by_the_clock() -> None:
    assert verdict(history(), now=NOW + 9 * HOUR).state == "ok"
    assert verdict(history(), now=NOW + 11 * HOUR).state == "late"
    assert verdict([], now=NOW + 400 * DAY, success=NOW).state == "late"
    never = [Ran(started_at=NOW, state="stopped")]
    assert verdict(never, now=NOW + 11 * HOUR, success=None).state == "late"


def test_nothing_new_for_longer_than_is_normal() -> None:
    silent = [{"new": 0}] * 40
    found = verdict(history(*silent))
    assert found.state == "late"
    assert re.search(r"nothing new since 2026-\d\d-\d\d (00|06|12|18):00 \+08:00", found.reason or "")
    assert verdict(history(*silent), quiet_for=30 * DAY).state == "ok"


def test_a_flood_is_no_harvest() -> None:
    flood = verdict(history({"new": 5000}))
    assert flood.state == "layout changed"
    assert judge(HABIT, history({"new": 5000}), NOW, last_success=NOW, baseline=NOW - DAY).state == "ok"  # the first


def test_a_source_that_never_ran_is_new() -> None:
    assert verdict([], success=None).state == "new"


# --- in the archive ---------------------------------------------------------------------------------------


def ran(engine: Engine, at: datetime, counts: dict[str, Any], state: runs.State = "finished") -> None:
    with writing(engine).begin() as conn:
        runs.finish(conn, runs.start(conn, "s", at), state, None, at + timedelta(minutes=1), GOOD | counts)


def check(engine: Engine, now: datetime) -> Verdict:
    with writing(engine).begin() as conn:
        return health.check(conn, {"s": HABIT}, now)["s"]


def test_the_operator_is_told_once_of_a_break_and_once_of_its_end(engine: Engine) -> None:
    watching(engine, Rule(scope="operations"), name="运维", channels=("ops",))
    for number, counts in enumerate(({}, {}, BROKEN["no rows"], BROKEN["no rows"], BROKEN["no rows"], {})):
        at = NOW + EVERY * number
        ran(engine, at, counts)
        check(engine, at + HOUR)
        check(engine, at + 2 * HOUR)
    alerts = [kind for kind, _ in told(engine)]
    assert alerts == ["breakage"] * 2 + ["recovery"] * 2  # this watch and the one that every archive has
    assert len(deliveries(engine)) == 2
    with engine.connect() as conn:
        assert health.standing(conn, {"s": HABIT}, NOW + 6 * EVERY)["s"].state == "ok"


def test_the_alert_names_a_page_and_goes_to_no_reader(engine: Engine) -> None:
    watching(engine, Rule(scope="articles"), name="读者", channels=("mail",))
    watching(engine, Rule(scope="operations", sources=("another",)), name="别的", channels=("ops",))
    for number in range(2):
        ran(engine, NOW + EVERY * number, BROKEN["no rows"])
        check(engine, NOW + EVERY * number)
    with engine.connect() as conn:
        rows = conn.execute(health.outbox.alert.select()).mappings().all()
    assert [row["payload"]["url"] for row in rows] == ["http://a/x"]
    assert rows[0]["payload"]["source"] == "s"
    assert deliveries(engine) == []


def test_an_operators_watch_matches_no_article() -> None:
    assert not watches.match(Rule(scope="operations"), watches.subject(document(1, "甲办法", code="攀府发〔2026〕1号")))


def test_a_source_gets_well_without_ever_having_been_ill_in_silence(engine: Engine) -> None:
    ran(engine, NOW, {})
    assert check(engine, NOW + HOUR).state == "ok"
    assert told(engine) == []


def test_late_is_told_though_no_crawl_runs(engine: Engine) -> None:
    ran(engine, NOW, {})
    check(engine, NOW + HOUR)
    assert check(engine, NOW + 11 * HOUR).state == "late"
    assert [kind for kind, _ in told(engine)] == ["breakage"]
