"""The fast way says what OpenCC says, of every character and of words wherever they meet."""

import subprocess
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.text import script
from pipelines.text.by_table import ByTable

WORDS = [word for path in (script._OWN_WORDS, script._WORDS) for word, _ in script._words(path)]
EVERY = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
DUMP = Path(opencc.__file__).parent / "clib" / "bin" / "opencc_dict"
PHRASES = Path(opencc.__file__).parent / "clib" / "share" / "opencc" / "TSPhrases.ocd2"


def test_every_character():
    text = "\n".join(EVERY)
    assert script._pages_to_simplified()(text) == script.convert(text)


@given(st.lists(st.sampled_from([*WORDS, *"乾隆著後發展，。\n1a𠀀"]) | st.text(max_size=3), max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_words_that_meet_and_overlap(text):
    assert script._pages_to_simplified()(text) == script.convert(text)


@given(st.lists(st.sampled_from(WORDS).flatmap(lambda word: st.integers(1, len(word)).map(lambda n: word[:n]))))
@settings(max_examples=200, deadline=None)
def test_words_cut_short(pieces):
    text = "".join(pieces)
    assert script._pages_to_simplified()(text) == script.convert(text)


def test_a_lone_surrogate_stays():
    assert script._pages_to_simplified()("發\ud800") == "发\ud800"


def test_a_word_that_changes_its_length_is_refused():
    with pytest.raises(ValueError, match="頭髮"):
        ByTable(lambda text: text.replace("頭髮", "发"), ["頭髮"])


@pytest.mark.skipif(not DUMP.exists(), reason="this wheel of OpenCC brings no opencc_dict")
def test_the_words_are_opencc_s_own(tmp_path):
    subprocess.run([DUMP, "-i", PHRASES, "-o", tmp_path / "words", "-f", "ocd2", "-t", "text"], check=True)
    theirs = [line.split("\t") for line in (tmp_path / "words").read_text(encoding="utf-8").splitlines()]
    assert script._words(script._WORDS) == [[word, read.split(" ")[0]] for word, read in theirs]
