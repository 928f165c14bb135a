from hypothesis import given
from hypothesis import strategies as st

from crawler.hosts import HostQueues


def queues(limit: int = 1) -> HostQueues[str]:
    return HostQueues(lambda _host: limit)


def test_hosts_take_turns() -> None:
    line = queues(limit=9)
    for item in ("a1", "a2", "a3", "b1", "b2"):
        line.push(item[0], item)
    popped = [line.pop() for _ in range(5)]
    assert [item for _, item in filter(None, popped)] == ["a1", "b1", "a2", "b2", "a3"]
    assert line.pop() is None
    assert not line


def test_a_slow_host_holds_up_no_other() -> None:
    line = queues()
    for item in ("a1", "a2", "b1"):
        line.push(item[0], item)
    assert line.pop() == ("a", "a1")
    assert line.pop() == ("b", "b1")
    assert line.pop() is None
    assert line, "a2 still waits"
    line.back("a")
    assert line.pop() == ("a", "a2")


def test_what_comes_again_is_first() -> None:
    line = queues()
    line.push("a", "a1")
    line.push("a", "a1 again", first=True)
    assert line.pop() == ("a", "a1 again")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers())), st.integers(1, 3))
def test_nothing_is_lost_and_the_limit_holds(items: list[tuple[str, int]], limit: int) -> None:
    line: HostQueues[int] = HostQueues(lambda _host: limit)
    for host, number in items:
        line.push(host, number)
    out: list[tuple[str, int]] = []
    got = []
    while line:
        popped = line.pop()
        if popped is None:
            line.back(out.pop(0)[0])
            continue
        out.append(popped)
        got.append(popped)
        assert sum(host == popped[0] for host, _ in out) <= limit
    assert sorted(got) == sorted(items)
    assert [item for item in got if item[0] == "a"] == [item for item in items if item[0] == "a"]
