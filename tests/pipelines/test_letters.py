"""The table says of a text what NFKC and lower case say, or nothing."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedupe.core import sentences
from pipelines.dedupe.letters import letters


def looked_at(text: str) -> str:
    bare = re.sub(r"[^\w\n]+|_+", "", re.sub(r"[。！？；]", "\n", text))
    return unicodedata.normalize("NFKC", bare).lower()


def test_every_character_alone() -> None:
    for character in map(chr, range(0x10000)):
        assert letters(character) in {None, looked_at(character)} or "\ud800" <= character <= "\udfff"


@given(
    st.text(
        st.one_of(
            st.characters(max_codepoint=0xFFFF, categories=("L", "N", "P", "M")), st.sampled_from("가ᄀか一A。\n")
        )
    )
)
def test_a_text(text: str) -> None:
    assert letters(text) in {None, looked_at(text)}


def test_news_is_told_by_the_table() -> None:
    assert (
        letters("《攀枝花日报》讯：ＧＤＰ增长６．５％！同比\n第①批；_OK_") == "攀枝花日报讯gdp增长65\n同比\n第1批\nok"
    )


@pytest.mark.parametrize("text", ["ΟΔΟΣ", "\u1100\u1161\u11a8", "½", "か\uff9e", "\U00020bb7", "ﬁ", "İ"])
def test_what_depends_on_more_than_a_character_is_left_to_unicode(text: str) -> None:
    assert letters(f"甲{text}乙") is None
    assert sentences(f"甲{text}乙。丙") == [looked_at(f"甲{text}乙"), "丙"]
