"""Whether each source is well: one judgement on its runs, for the operator's alerts, the page and the command line.

A finding about pages must hold in the last two runs that can tell, so that one bad night is no alarm and a real break
is told with the second run. Lateness is judged on the clock alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from math import comb
from statistics import median
from typing import Any, Final, Literal

from sqlalchemy import Connection, select, update

from crawler.items import SHANGHAI
from monitor import outbox, watches
from monitor.watches import Rule
from storage.runs import state_of
from storage.schema import run, source

State = Literal["new", "ok", "late", "failing", "layout changed", "blocked"]

OPERATIONS: Final = "来源状态"
"""The name of the watch that every archive has for its operator; give it a channel."""
RUNS: Final = 2
"""How many runs must agree."""
HISTORY: Final = timedelta(days=30)
"""How far back a source's own habit is looked for."""
IMPROBABLE: Final = 0.01
"""A field is lost when so many articles without it are less likely than this by chance."""
USUAL_LOSS: Final = 0.1
"""Share of articles that may lack a field which a source's own articles have always had."""
FEWER: Final = 4
"""Rows of a listing may fall to a fourth of what is usual."""
REFUSED: Final = ("HTTP 401", "HTTP 403", "HTTP 429", "HTTP 451", "Forbidden by robots.txt")
"""What stands in the reasons of a site that does not want us."""
AWAY: Final = ("robots.txt can't be had", "asked to be left alone")
"""What stands in the reasons of visits that were not even tried, because the host did not answer as it should."""
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What a healthy source does, as its definition states it."""

    title: str
    quiet_for: timedelta
    articles_per_week: tuple[int, int]
    present: Mapping[str, float]
    """By field, the share of articles that have it."""
    late_after: Callable[[datetime], datetime]
    """When a source whose last whole crawl ended then is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One crawl of a source, as its record has it."""

    started_at: datetime
    state: str
    counts: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None

    def number(self, name: str) -> int:
        """A figure of the record, 0 where it has none."""
        return int(self.counts.get(name, 0))

    def example(self, reason: str) -> str | None:
        """An address that shows the reason."""
        found: str | None = self.counts.get("examples", {}).get(reason)
        return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a source, why, and an address to look at."""

    state: State
    reason: str | None = None
    example: str | None = None


OK: Final = Verdict("ok")


def judge(
    habit: Habit,
    runs: Sequence[Ran],
    now: datetime,
    *,
    last_success: datetime | None,
    baseline: datetime | None,
) -> Verdict:
    """The state of a source. ``runs`` are those of the last ``HISTORY`` and more, the newest first.

    ``baseline`` is the end of its first whole crawl: what is said of a week holds from two weeks after it.
    """
    if not runs and last_success is None:
        return Verdict("new")
    ended = [one for number, one in enumerate(runs) if one.state != "running" or number > 0]
    found = _blocked(ended) or _failing(ended) or _rows(ended) or _unreadable(habit, ended) or _lost_field(habit, ended)
    well = OK if last_success is not None else Verdict("new", "no whole crawl yet")
    return found or _late(habit, runs, now, last_success) or _quiet(habit, runs, now, baseline) or well


def _blocked(ended: Sequence[Ran]) -> Verdict | None:
    """Half of what was asked for was refused."""
    last = ended[:RUNS]
    if len(last) < RUNS or not all(
        _reasons(one, REFUSED) and _is_half(one, _reasons(one, (*REFUSED, *AWAY))) for one in last
    ):
        return None
    reason = _foremost(_reasons(last[0], REFUSED))
    return Verdict("blocked", reason, last[0].example(reason))


def _failing(ended: Sequence[Ran]) -> Verdict | None:
    """The crawl itself was ended by an error or a kill, or half of its visits went wrong."""

    def wrong(one: Ran) -> dict[str, int]:
        failures = {why: count for why, count in one.counts.get("failures", {}).items() if not _is_unread(why)}
        return failures | _reasons(one, AWAY)

    last = ended[:RUNS]
    if len(last) < RUNS or not all(_did_not_end(one) or _is_half(one, wrong(one)) for one in last):
        return None
    if reasons := wrong(last[0]):
        return Verdict("failing", _foremost(reasons), last[0].example(_foremost(reasons)))
    return Verdict("failing", f"the crawl did not end well: {last[0].reason or 'killed'}")


def _did_not_end(one: Ran) -> bool:
    return one.state in ("failed", "running")


def _reasons(one: Ran, words: Sequence[str]) -> dict[str, int]:
    """The run's reasons in which one of the words stands, with how often."""
    said = {**one.counts.get("failures", {}), **one.counts.get("passed_over", {})}
    return {reason: count for reason, count in said.items() if any(word in reason for word in words)}


def _is_half(one: Ran, reasons: Mapping[str, int]) -> bool:
    return 2 * sum(reasons.values()) >= max(one.number("visits"), 1)


def _foremost(reasons: Mapping[str, int]) -> str:
    return max(reasons, key=lambda reason: reasons[reason])


def _unreadable(habit: Habit, ended: Sequence[Ran]) -> Verdict | None:
    """Pages that were articles give none, or the definition's selectors fit them no more."""
    told = [one for one in ended if _pages(one)]

    def unread(one: Ran) -> int:
        return one.number("unfit") + _unread(one)

    stated = 1 - habit.present.get("body", 0.0)
    if not _is_loss(told, unread, allowed=min(stated, _usual(told, unread))):
        return None
    reason = next((why for why in told[0].counts.get("failures", {}) if _is_unread(why)), "no layout fits")
    return Verdict("layout changed", f"articles can't be read: {reason}", told[0].example(reason))


def _lost_field(habit: Habit, ended: Sequence[Ran]) -> Verdict | None:
    told = [one for one in ended if one.number("read")]
    for name, share in habit.present.items():

        def empty(one: Ran, name: str = name) -> int:
            return int(one.counts.get("empty", {}).get(name, 0))

        if _is_loss(told, empty, allowed=min(1 - share, _usual(told, empty))):
            return Verdict("layout changed", f"articles come without {name}", told[0].example(f"no {name}"))
    return None


def _rows(ended: Sequence[Ran]) -> Verdict | None:
    """Listings that were read gave no rows, or far fewer than they used to."""
    told = [(one.number("rows") / one.number("listed"), one) for one in ended if one.number("listed")]
    if len(told) < RUNS:
        return None
    usual = median(rows for rows, _ in told[RUNS:]) if len(told) > RUNS else 0.0
    if any(rows > 0 and rows * FEWER >= usual for rows, _ in told[:RUNS]):
        return None
    rows, last = told[0]
    return Verdict("layout changed", f"{rows:.1f} rows a listing, {usual:.1f} are usual", last.example("no rows"))


def _late(habit: Habit, runs: Sequence[Ran], now: datetime, last_success: datetime | None) -> Verdict | None:
    since = last_success or runs[-1].started_at
    if now <= habit.late_after(since):
        return None
    done = "no whole crawl yet" if last_success is None else f"the last whole crawl ended {_day(last_success)}"
    return Verdict("late", done)


def _quiet(habit: Habit, runs: Sequence[Ran], now: datetime, baseline: datetime | None) -> Verdict | None:
    """Nothing new for longer than is normal, or not as many a week as the definition says."""
    if baseline is None:
        return None
    news = max((one.started_at for one in runs if one.number("new")), default=baseline)
    if now - max(news, baseline) > habit.quiet_for:
        return Verdict("late", f"nothing new since {_day(news)}; {habit.quiet_for.days} days are normal")
    if now - baseline < 2 * WEEK:
        return None
    low, high = habit.articles_per_week
    came = sum(one.number("new") for one in runs if now - one.started_at <= WEEK)
    if came > high:
        return Verdict("layout changed", f"{came} new articles in a week, at most {high} are normal")
    if came < low and habit.quiet_for <= WEEK:
        return Verdict("late", f"{came} new articles in a week, at least {low} are normal")
    return None


def _is_unread(reason: str) -> bool:
    return reason.startswith(("no article:", "reading or cleaning failed:", "cleaning failed:"))


def _pages(one: Ran) -> int:
    """Article pages that came, read or not."""
    return one.number("read") + _unread(one)


def _unread(one: Ran) -> int:
    failures: Mapping[str, int] = one.counts.get("failures", {})
    return sum(count for why, count in failures.items() if _is_unread(why))


def _usual(told: Sequence[Ran], lacking: Callable[[Ran], int]) -> float:
    """The share of a source's earlier articles that lacked it, at least ``USUAL_LOSS``; 1 where little is known."""
    before = told[RUNS:]
    pages = sum(map(_pages, before))
    return 1.0 if pages < 20 else max(sum(map(lacking, before)) / pages, USUAL_LOSS)  # noqa: PLR2004 - enough to know


def _is_loss(told: Sequence[Ran], lacking: Callable[[Ran], int], *, allowed: float) -> bool:
    """Whether the last two runs both lack it, more often than chance would have it at the share allowed."""
    last = told[:RUNS]
    if len(last) < RUNS or not all(map(lacking, last)):
        return False
    return _at_least(sum(map(lacking, last)), sum(map(_pages, last)), max(allowed, 0.01)) < IMPROBABLE


def _at_least(hits: int, tries: int, share: float) -> float:
    """The chance of ``hits`` or more in ``tries``, each with the probability ``share``."""
    if share >= 1:
        return 1.0
    if tries > 400:  # noqa: PLR2004 - many pages: compared with the mean and three deviations
        return 0.0 if hits > tries * share + 3 * (tries * share * (1 - share)) ** 0.5 else 1.0
    return sum(comb(tries, n) * share**n * (1 - share) ** (tries - n) for n in range(hits, tries + 1))


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M} +08:00"


# --- in the archive ---------------------------------------------------------------------------------------


def standing(conn: Connection, habits: Mapping[str, Habit], now: datetime) -> dict[str, Verdict]:
    """How each of these sources stands now."""
    horizon = now - max([HISTORY, *(habit.quiet_for for habit in habits.values())])
    rows: dict[str, Any] = {row.name: row for row in conn.execute(select(source))}
    runs: dict[str, list[Ran]] = {name: [] for name in habits}
    columns = (run.c.source, run.c.started_at, run.c.state, run.c.counts, run.c.reason)
    statement = select(*columns).where(run.c.source.in_(list(habits)), run.c.started_at >= horizon)
    for row in conn.execute(statement.order_by(run.c.started_at.desc(), run.c.id.desc())).all():
        killed = state_of(conn, row._mapping, now) == "killed"  # noqa: SLF001 - SQLAlchemy's name for it
        state, reason = ("failed", "killed") if killed else (row.state, row.reason)
        runs[row.source].append(Ran(started_at=row.started_at, state=state, counts=row.counts, reason=reason))
    return {
        name: judge(
            habit,
            runs[name],
            now,
            last_success=rows[name].last_success_at if name in rows else None,
            baseline=rows[name].baseline_at if name in rows else None,
        )
        for name, habit in habits.items()
    }


def check(conn: Connection, habits: Mapping[str, Habit], now: datetime) -> dict[str, Verdict]:
    """Judge the sources, note their states, and write an alert for each that fell ill or recovered."""
    found = standing(conn, habits, now)
    before = {row.name: row for row in conn.execute(select(source.c.name, source.c.state, source.c.detail))}
    for name, verdict in found.items():
        old = before.get(name)
        if old is None or verdict.state == "new":
            continue
        same = old.state == verdict.state
        since = (old.detail or {}).get("since") if same else None
        detail = {**asdict(verdict), "since": since or now.isoformat()}
        changed = conn.execute(
            update(source)
            .where(source.c.name == name, source.c.state == old.state)  # another process may have told it meanwhile
            .values(state=verdict.state, detail=detail)
        ).rowcount
        if changed and not same and {old.state, verdict.state} != {"new", "ok"}:
            _tell(conn, name, habits[name].title, verdict, now)
    return found


def _tell(conn: Connection, name: str, title: str, verdict: Verdict, now: datetime) -> None:
    watches.ensure(conn, {OPERATIONS: Rule(scope="operations")}, now=now)
    for one in watches.every(conn):
        if not one.active or one.rule.scope != "operations" or name not in (one.rule.sources or (name,)):
            continue
        kind = "recovery" if verdict.state == "ok" else "breakage"
        payload = {
            "watch": one.name,
            "title": f"{title}（{name}）：{verdict.state}",
            "detail": verdict.reason,
            "url": verdict.example,
            "source": name,
        }
        key = f"{one.id}:source:{name}:{verdict.state}:{now.isoformat()}"
        outbox.write(conn, one, key=key, kind=kind, title=payload["title"] or name, payload=payload, at=now)
