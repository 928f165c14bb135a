"""The question and its address."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.web.question import LAST_PAGE, LONGEST_WORDS, BadQuestion, Question, read, toggles, write

WORDS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=20).map(str.strip).filter(bool)
)
VALUES = st.lists(WORDS, max_size=3, unique=True).map(tuple)
YEARS = st.lists(st.integers(1900, 2099).map(str), max_size=3, unique=True).map(tuple)
QUESTIONS = st.builds(
    Question,
    q=WORDS | st.just(""),
    source=VALUES,
    region=VALUES,
    industry=VALUES,
    kind=VALUES,
    relation=VALUES,
    year=YEARS,
    order=st.sampled_from(["best", "newest"]),
    reprints=st.booleans(),
    page=st.integers(1, LAST_PAGE),
)


@given(QUESTIONS)
def test_an_address_says_all_of_the_question(question: Question) -> None:
    assert read(parse_qsl(write(question, page=question.page))) == question


@given(QUESTIONS)
def test_one_question_has_one_address(question: Question) -> None:
    address = write(question)
    assert write(read(parse_qsl(address))) == address


@given(QUESTIONS, WORDS)
def test_toggling_twice_changes_nothing_but_the_page(question: Question, value: str) -> None:
    once = read(parse_qsl(toggles(question)("kind", value)))
    assert once.page == 1
    assert (value in once.kind) != (value in question.kind)
    assert set(read(parse_qsl(toggles(once)("kind", value))).kind) == set(question.kind)


def test_what_is_the_default_is_not_in_the_address() -> None:
    assert write(Question()) == ""
    assert write(Question(q="钒钛", order="newest"), order="best", page=2) == "q=%E9%92%92%E9%92%9B&page=2"


def test_unknown_names_and_empty_values_are_no_question() -> None:
    assert read([("utm_source", "x"), ("q", "  "), ("source", ""), ("reprints", "yes")]).empty


@pytest.mark.parametrize(
    "pairs",
    [
        [("page", "0")],
        [("page", "-1")],
        [("page", "²")],
        [("page", "99999999999999999999")],
        [("year", "20")],
        [("year", "２０２０")],
        [("year", "3020")],
        [("order", "x")],
        [("q", "长" * (LONGEST_WORDS + 1))],
        [("kind", str(number)) for number in range(21)],
    ],
)
def test_what_can_not_be_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(BadQuestion):
        read(pairs)


def test_controls_and_surrogates_part_words_and_are_gone() -> None:
    assert read([("q", "钒\x00钛\ud800\x1f")]).q == "钒 钛"
