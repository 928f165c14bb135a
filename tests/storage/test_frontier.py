from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text

from storage import frontier
from storage.db import writing
from storage.frontier import Visited
from storage.schema import frontier as table
from tests.storage.samples import HOST, LEASE, NOW, claimed, link, url


def take(engine: Engine, limit: int = 100, *, now=NOW, owner: str = "me", **options):
    with writing(engine).begin() as conn:
        return frontier.claim(conn, owner=owner, now=now, lease=LEASE, limit=limit, **options)


def put(engine: Engine, *links, now=NOW) -> int:
    with writing(engine).begin() as conn:
        return frontier.put(conn, links, now)


def row(engine: Engine, at: str):
    with engine.connect() as conn:
        return conn.execute(select(table).where(table.c.url == at)).one()


def test_a_new_link_is_counted_once(engine: Engine) -> None:
    assert put(engine, link(1), link(2), link(1)) == 2
    assert put(engine, link(2), link(3)) == 1
    assert [visit.url for visit in take(engine)] == [url(3), url(2), url(1)]


def test_a_known_link_is_improved_and_never_made_worse(engine: Engine) -> None:
    put(engine, link(1, depth=2, priority=1))
    put(engine, link(1, depth=1, priority=0))
    put(engine, link(1, depth=5, priority=7))
    found = row(engine, url(1))
    assert (found.depth, found.priority) == (1, 7)


def test_a_visited_link_is_not_due_because_it_is_found_again(engine: Engine) -> None:
    (visit,) = claimed(engine, [link(1)])
    with writing(engine).begin() as conn:
        frontier.settle(conn, [Visited(visit=visit, state="done", now=NOW, due_at=None, went_well=True)])
    put(engine, link(1, priority=9))
    assert take(engine) == []
    put(engine, link(1, again=True))
    assert [found.url for found in take(engine)] == [url(1)]


def test_again_does_not_take_a_lease_away(engine: Engine) -> None:
    claimed(engine, [link(1)])
    put(engine, link(1, again=True))
    assert take(engine, owner="you") == []


def test_listings_come_first_then_priority_then_the_newest(engine: Engine) -> None:
    put(engine, link(1), link(2), link(3, priority=5), link("list", kind="listing", priority=-9))
    assert [visit.url for visit in take(engine)] == [url("list"), url(3), url(2), url(1)]


def test_claims_are_spread_over_hosts(engine: Engine) -> None:
    other = [link(1, url=f"http://b.example/{number}") for number in range(3)]
    put(engine, *(link(number) for number in range(50)), *other)
    visits = take(engine, 6)
    assert sum(visit.url.startswith(HOST) for visit in visits) == 3
    assert len(take(engine, 40)) == 40  # where one host has no more, another fills up


def test_a_limit_below_the_number_of_hosts_holds(engine: Engine) -> None:
    put(engine, *(link(1, url=f"http://h{number}.example/") for number in range(9)))
    assert len(take(engine, 4)) == 4


def test_a_claim_is_for_the_sources_and_urls_asked_for(engine: Engine) -> None:
    put(engine, link(1), link(2, source="other"), link(3, source=None))
    assert [visit.url for visit in take(engine, sources=["other"])] == [url(2)]
    assert [visit.url for visit in take(engine, urls=[url(3)])] == [url(3)]
    assert [visit.url for visit in take(engine)] == [url(1)]


def test_a_lease_ends_and_counts_as_an_attempt(engine: Engine) -> None:
    (first,) = claimed(engine, [link(1)])
    assert first.attempts == 0
    assert take(engine, owner="you", now=NOW + LEASE - timedelta(seconds=1)) == []
    (second,) = take(engine, owner="you", now=NOW + LEASE)
    assert (second.id, second.attempts) == (first.id, 1)


def test_a_page_that_another_process_claimed_meanwhile_is_left_to_it(engine: Engine) -> None:
    (mine,) = claimed(engine, [link(1)])
    (theirs,) = take(engine, owner="you", now=NOW + LEASE)
    with writing(engine).begin() as conn:
        frontier.settle(conn, [Visited(visit=mine, state="failed", now=NOW + LEASE, due_at=None, reason="late")])
        assert row(engine, url(1)).state == "leased"
        frontier.settle(conn, [Visited(visit=theirs, state="done", now=NOW + LEASE, due_at=None, went_well=True)])
    assert (row(engine, url(1)).state, row(engine, url(1)).reason) == ("done", None)


def test_a_lease_that_ended_and_that_nobody_took_is_settled(engine: Engine) -> None:
    (mine,) = claimed(engine, [link(1)])
    with writing(engine).begin() as conn:
        assert frontier.promote(conn, NOW + LEASE) == 1
        frontier.settle(conn, [Visited(visit=mine, state="done", now=NOW + LEASE, due_at=None, went_well=True)])
    assert row(engine, url(1)).state == "done"


def test_who_goes_on_visiting_keeps_what_stands_in_line(engine: Engine) -> None:
    """A slow host's pages stand in line for longer than a lease."""
    visits = claimed(engine, [link(number) for number in range(5)])
    for turn, visit in enumerate(visits[:4], 1):
        now = NOW + turn * LEASE * 0.6
        with writing(engine).begin() as conn:
            frontier.settle(conn, [Visited(visit=visit, state="done", now=now, due_at=None, went_well=True)])
        assert take(engine, owner="you", now=now + LEASE * 0.9) == []
    assert [visit.url for visit in take(engine, owner="you", now=now + LEASE)] == [visits[4].url]


def test_fresh_leases_are_not_written_again(engine: Engine) -> None:
    claimed(engine, [link(1)])
    with writing(engine).begin() as conn:
        assert frontier.renew(conn, "me", now=NOW + LEASE / 3, lease=LEASE) == 0
        assert frontier.renew(conn, "you", now=NOW + LEASE * 0.7, lease=LEASE) == 0
        assert frontier.renew(conn, "me", now=NOW + LEASE * 0.7, lease=LEASE) == 1


def test_what_is_released_is_due_at_once_and_was_no_attempt(engine: Engine) -> None:
    claimed(engine, [link(1), link(2)])
    with writing(engine).begin() as conn:
        assert frontier.release(conn, "you") == 0
        assert frontier.release(conn, "me") == 2
    assert [visit.attempts for visit in take(engine)] == [0, 0]


def test_what_is_due_later_is_claimed_later(engine: Engine) -> None:
    (visit,) = claimed(engine, [link(1)])
    due = NOW + timedelta(hours=1)
    with writing(engine).begin() as conn:
        frontier.settle(
            conn,
            [Visited(visit=visit, state="done", now=NOW, due_at=due, went_well=True, etag='"a"', last_modified="x")],
        )
        assert frontier.counts(conn) == {"done": 1}
    assert take(engine) == []
    (again,) = take(engine, now=due)
    assert (again.etag, again.last_modified, again.first_seen_at, again.attempts) == ('"a"', "x", NOW, 0)


def test_a_retry_waits_and_keeps_its_attempts(engine: Engine) -> None:
    (visit,) = claimed(engine, [link(1)])
    due = NOW + timedelta(minutes=1)
    with writing(engine).begin() as conn:
        frontier.settle(conn, [Visited(visit=visit, state="pending", now=NOW, due_at=due, reason="500")])
    assert take(engine) == []
    (again,) = take(engine, now=due)
    assert again.attempts == 1
    assert row(engine, url(1)).reason == "500"


def test_an_endless_address_is_left_out(engine: Engine) -> None:
    assert put(engine, link("x" * 3000), link("攀" * 900), link(1)) == 1


def test_a_link_that_no_rank_can_hold_is_ranked_at_the_end(engine: Engine) -> None:
    put(engine, link(1, priority=10**9), link(2, priority=-(10**9)), link(3, kind="listing", priority=-(10**9)))
    assert [visit.url for visit in take(engine)] == [url(3), url(1), url(2)]


def test_many_claim_at_once_and_none_gets_what_another_has(engine: Engine) -> None:
    put(engine, *(link(number, url=f"http://h{number % 5}.example/{number}") for number in range(300)))

    def work(owner: str) -> list[int]:
        found = []
        while visits := take(engine, 7, owner=owner):
            found += [visit.id for visit in visits]
        return found

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(work, ["a", "b", "c", "d"]))
    everything = [number for share in shares for number in share]
    assert len(everything) == len(set(everything)) == 300


@pytest.mark.parametrize("order", [1, -1])
def test_many_put_the_same_at_once_and_each_address_is_there_once(engine: Engine, order: int) -> None:
    links = [link(number) for number in range(200)]

    def work(step: int) -> int:
        return sum(put(engine, *links[start : start + 40][::order]) for start in range(0, 200, 20 * step))

    with ThreadPoolExecutor(4) as pool:
        total = sum(pool.map(work, [1, 2, 1, 2]))
    assert total == 200
    assert len(take(engine, 1000)) == 200


def test_the_order_of_claims_is_read_from_an_index(sqlite_engine: Engine) -> None:
    statement = (
        "EXPLAIN QUERY PLAN SELECT id FROM frontier WHERE state = 'pending' AND host = 'a' AND due_at <= 1 "
        "ORDER BY rank, id DESC LIMIT 5"
    )
    with sqlite_engine.connect() as conn:
        plan = " ".join(row.detail for row in conn.execute(text(statement)))
    assert "ix_frontier_ready" in plan
    assert "TEMP B-TREE" not in plan


def test_a_claim_leaves_other_fields_alone(engine: Engine) -> None:
    put(engine, replace(link(1), found_on=url("list")))
    before = row(engine, url(1))
    take(engine)
    after = row(engine, url(1))
    assert (after.found_on, after.first_seen_at, after.depth) == (before.found_on, before.first_seen_at, before.depth)


def test_what_is_due_next_and_who_holds_leases(engine: Engine) -> None:
    (one,) = claimed(engine, [link(1)])
    put(engine, link(2, source="other"))
    due = NOW + timedelta(hours=2)
    with writing(engine).begin() as conn:
        assert frontier.owners(conn) == ["me"]
        assert frontier.next_due(conn, sources=["cinic"]) is None  # a lease is nobody else's to wait for
        assert frontier.next_due(conn) == NOW
        frontier.settle(conn, [Visited(visit=one, state="done", now=NOW, due_at=due, went_well=True)])
        assert frontier.next_due(conn, urls=[url(1)]) == due
        assert frontier.owners(conn) == []


def test_a_revisit_makes_articles_due_that_were_visited_also_in_vain(engine: Engine) -> None:
    visits = {visit.url: visit for visit in claimed(engine, [link(1), link(2), link("list", kind="listing")])}
    with writing(engine).begin() as conn:
        done = [Visited(visit=visits[at], state="done", now=NOW, due_at=None) for at in (url(1), url("list"))]
        frontier.settle(conn, [*done, Visited(visit=visits[url(2)], state="gone", now=NOW, due_at=None)])
        assert frontier.revisit(conn, ["other"], NOW) == 0
        assert frontier.revisit(conn, None, NOW) == 2
    assert sorted(visit.url for visit in take(engine)) == [url(1), url(2)]
