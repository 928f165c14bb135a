"""The small pure parts: citation, graph, chart, blocks, filters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.web.blocks import Table, blocks
from monitor.web.chart import HEIGHT, WIDTH, chart
from monitor.web.cite import bibtex, gbt7714
from monitor.web.graph import MOST, graph
from monitor.web.render import ago, day, host, outward, span

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def test_a_citation_by_gbt_7714() -> None:
    told = gbt7714(
        title="题目",
        author=None,
        origin="攀枝花日报",
        published_at=datetime(2020, 4, 10, 17, 0, tzinfo=UTC),
        seen_at=NOW,
        url="http://x.example/1",
    )
    assert told == "攀枝花日报. 题目[EB/OL]. 攀枝花日报, (2020-04-11)[2026-11-20]. http://x.example/1."


def test_a_citation_makes_up_nothing() -> None:
    told = gbt7714(title="题目", author=None, origin=None, published_at=None, seen_at=NOW, url="http://x.example/1")
    assert told == "佚名. 题目[EB/OL]. [2026-11-20]. http://x.example/1."
    entry = bibtex(
        key="k", title="题目", author=None, origin=None, published_at=None, seen_at=NOW, url="http://x.example/1"
    )
    assert "author" not in entry
    assert "  date" not in entry


def test_bibtex_can_not_be_broken_out_of() -> None:
    entry = bibtex(
        key="k",
        title="50%} \\input{x} #1 & _",
        author="}",
        origin=None,
        published_at=None,
        seen_at=NOW,
        url="http://x.example/}{\\y",
    )
    assert entry.replace("\\{", "").replace("\\}", "").count("{") == entry.replace("\\{", "").replace("\\}", "").count(
        "}"
    )
    assert "\\input" not in entry
    assert "\\%" in entry


def test_the_graph_holds_no_more_than_fits() -> None:
    many = [(f"第{number}篇", f"/articles/{number}") for number in range(20)]
    drawn = graph("本文" * 20, many, many[:2])
    assert len(drawn.nodes) == MOST + 1 + 2
    assert len(drawn.edges) == MOST + 2
    assert all(0 < node.y < drawn.height and node.x + drawn.box <= drawn.width for node in drawn.nodes)
    assert len({(node.x, node.y) for node in drawn.nodes}) == len(drawn.nodes)


def test_a_chart_of_nothing_has_no_bars_to_see() -> None:
    days = [(date(2026, 11, 1) + timedelta(days=n), 0) for n in range(30)]
    drawn = chart(days)
    assert [bar.height for bar in drawn.bars] == [0.0] * 30
    assert chart([]).bars == ()


def test_the_highest_bar_fills_the_chart_and_the_least_can_be_seen() -> None:
    drawn = chart([(date(2026, 11, 1), 1), (date(2026, 11, 2), 10_000)])
    assert drawn.bars[1].height == HEIGHT
    assert drawn.bars[0].height >= 2
    assert drawn.bars[-1].x + drawn.bars[-1].width <= WIDTH


def test_rows_with_tabs_are_a_table_and_others_are_not() -> None:
    assert blocks("首段\n甲\t乙\n1\t2\n末段\n") == ["首段", Table((("甲", "乙"), ("1", "2"))), "末段"]
    assert blocks("") == []
    assert blocks("没有表格 的 段落") == ["没有表格 的 段落"]


@pytest.mark.parametrize(
    ("hours", "told"),
    [(0, "刚刚"), (-0.001, "马上"), (0.5, "30分钟前"), (23.9, "23小时前"), (48, "2天前"), (-3, "3小时后")],
)
def test_ages_are_told_in_their_largest_unit(hours: float, told: str) -> None:
    assert ago(NOW - timedelta(hours=hours), NOW) == told


def test_days_are_those_of_shanghai() -> None:
    assert day(datetime(2020, 4, 10, 17, 0, tzinfo=UTC)) == "2020年4月11日"
    assert day(date(2020, 4, 10)) == "2020年4月10日"
    assert day(None) == ""


def test_what_is_unknown_is_empty() -> None:
    assert ago(None, NOW) == ""
    assert span(None) == ""
    assert host("http://[") == ""
    assert outward(None) is None
    assert outward("https://www.cinic.example/a?b=c") == "https://www.cinic.example/a?b=c"
