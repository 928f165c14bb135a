import re

from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.restore import _STEPS
from pipelines.text.signs import Signs

SIGNS = Signs([re.compile("[ab]"), re.compile("[一-三]")], "，。")


def test_a_bit_for_each_kind():
    assert [SIGNS.of(text) for text in ("", "x𠀀\ud800", "xa", "丁", "b三")] == [0, 0, 1, 2, 3]


def test_what_stands_twice_is_of_the_last_kind():
    assert [SIGNS.of(text) for text in ("，", "，。，。", "x，，", "a。。")] == [0, 0, 2, 3]


@given(st.text() | st.text("發展，、。,?&\u00a0ａä锛(shù)", max_size=12))
def test_a_step_without_its_signs_has_nothing_to_do(text):
    for step, kind in _STEPS:
        if kind.search(text) is None and not any(mark * 2 in text for mark in "，、；：。,"):
            assert step(text) == text
