from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.gazetteer import Matcher


def test_the_longest_word_at_each_place() -> None:
    matcher = Matcher(["钒钛", "钒钛磁铁矿", "磁铁矿", "a.b"])
    assert matcher.hits("钒钛磁铁矿和钒钛a.b") == [("钒钛磁铁矿", 0, 5), ("钒钛", 6, 8), ("a.b", 8, 11)]
    assert matcher.hits("钒 钛磁 axb") == []


@pytest.mark.parametrize("words", [[], [""], ["钒", ""]])
def test_words_that_are_none(words: list[str]) -> None:
    with pytest.raises(ValueError, match="word"):
        Matcher(words)


words = st.lists(st.text("甲乙丙丁.[]^-", min_size=1, max_size=4), min_size=1, max_size=30)


@given(words, st.text("甲乙丙丁戊.[]^-", max_size=40))
def test_it_finds_what_looking_at_each_place_finds(listed: list[str], text: str) -> None:
    expected, place = [], 0
    while place < len(text):
        found = max((word for word in listed if text.startswith(word, place)), key=len, default="")
        if found:
            expected.append((found, place, place + len(found)))
        place += len(found) or 1
    assert Matcher(listed).hits(text) == expected
