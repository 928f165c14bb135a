"""The diff loses nothing, and marks no more than has changed."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from monitor.web.diff import Folded, Pair, Span, compare, folded

TEXT = st.lists(st.text("甲乙丙丁0123。,ab", max_size=12), max_size=6).map("\n".join)


def joined(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


@given(TEXT, TEXT)
def test_both_sides_can_be_read_back(left: str, right: str) -> None:
    pairs = compare(left, right)
    assert "\n".join(joined(pair.left) for pair in pairs if pair.left or pair.same).replace("\n", "") == left.replace(
        "\n", ""
    )
    assert "".join(joined(pair.right) for pair in pairs) == right.replace("\n", "")


@given(TEXT, TEXT)
def test_what_is_marked_as_the_same_is_the_same(left: str, right: str) -> None:
    for pair in compare(left, right):
        kept = [tuple(span.text for span in side if span.mark == "same") for side in (pair.left, pair.right)]
        assert "".join(kept[0]) == "".join(kept[1])


@given(TEXT)
def test_a_text_beside_itself_has_no_mark(text: str) -> None:
    assert all(pair.same for pair in compare(text, text))


def test_a_number_is_changed_as_a_whole() -> None:
    (pair,) = compare("总投资168.5亿元。", "总投资186.5亿元。")
    assert [span.text for span in pair.left if span.mark == "gone"] == ["168.5"]
    assert [span.text for span in pair.right if span.mark == "new"] == ["186.5"]


def test_a_paragraph_that_came_is_new_and_the_others_stay_beside_each_other() -> None:
    pairs = compare(
        "第一段说钒钛产业。\n第三段说康养旅游。", "第一段说钒钛产业。\n更正：数字有误。\n第三段说康养旅游。"
    )
    assert [pair.same for pair in pairs] == [True, False, True]
    assert pairs[1] == Pair((), (Span("new", "更正：数字有误。"),))


def test_paragraphs_of_other_matter_are_not_mixed() -> None:
    (gone, new) = compare("攀枝花芒果走出国门。", "本市发布高温橙色预警信号。")
    assert gone == Pair((Span("gone", "攀枝花芒果走出国门。"),), ())
    assert new == Pair((), (Span("new", "本市发布高温橙色预警信号。"),))


def test_one_equal_character_between_changes_is_chance() -> None:
    (pair,) = compare("推进钒钛产业发展的工作方案", "推进钒钛产业升级的实施细则")
    assert [span.text for span in pair.left if span.mark == "gone"] == ["发展的工作方案"]


def test_equal_paragraphs_are_folded_but_for_their_neighbours() -> None:
    text = [f"第{number}段文字在这里。" for number in range(9)]
    changed = [*text[:4], "第4段改为别的内容。", *text[5:]]
    shown = folded(compare("\n".join(text), "\n".join(changed)))
    assert [part.count for part in shown if isinstance(part, Folded)] == [3, 3]
    assert folded(compare("甲\n乙", "甲\n乙")) == [Folded(2)]


def test_a_long_paragraph_takes_no_long_time() -> None:
    begun = time.process_time()
    compare("钒钛产业" * 4_900, "产业钒钛" * 4_900)
    compare("\n".join(f"{n}段" * 40 for n in range(300)), "\n".join(f"{n}节" * 40 for n in range(300)))
    assert time.process_time() - begun < 5
