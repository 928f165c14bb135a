"""What holds of all text: nothing raises, nothing is invented, what is clean stays, time grows with length only."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.text import annotations, boilerplate, damage, mirror, mojibake, script, splices, typography
from pipelines.text.attribution import attribute, attribute_text
from pipelines.text.dates import parse_date
from pipelines.text.encoding import decode
from pipelines.text.restore import restore

SIMPLIFIED = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感"
PIECES = [
    "發(fā)",
    "當?shù)厥",
    "(GDP)",
    "亳(bó)",
    "，，",
    "?",
    "\ue1f9",
    "\u00a0",
    "\ufffd",
    "(",
    ")",
    "（",
    "ā",
    "锛",
    "ä¸\xad",
    "&amp;",
    "\n",
    "樂(lè)(yuè)",
]
STEPS = [annotations.strip, splices.undo, mojibake.repair, typography.tidy, script.to_simplified, restore]

anything = st.one_of(
    st.text(),
    st.lists(st.sampled_from([*PIECES, *SIMPLIFIED[:40], "產", "業", "a", "1"]), max_size=40).map("".join),
)
simplified = st.lists(st.sampled_from([*SIMPLIFIED, "，", "。", "“", "”", "2020", "\n"]), min_size=1, max_size=200).map(
    "".join
)


def han(text):
    return {c for c in text if "\u3400" <= c <= "\u9fff"}


@given(anything)
@settings(max_examples=300, deadline=None)
def test_nothing_raises_and_lines_stay_lines(text):
    assert restore(text).count("\n") == text.count("\n")
    for output in ("traditional", "keep"):
        restore(text, into=output)
    damage.find(text)
    attribute(text)
    attribute_text([text])
    boilerplate.kind(text)
    parse_date(text)
    decode(text.encode("utf-8", "surrogatepass"))


@given(anything)
@settings(max_examples=300, deadline=None)
def test_once_is_enough(text):
    once = restore(text)
    assert restore(once) == once


@pytest.mark.parametrize(
    "text", ["\ud800", "發(fā)\ud800乾產", "當?shù)厥\ud800", "樂(yuè)\ud800", "當?shù)亍\ud800儘"]
)
@pytest.mark.parametrize("output", ["simplified", "traditional", "keep"])
def test_half_a_character_stays(text, output):
    assert "\ud800" in restore(text, into=output)


def test_a_wrong_decoding_with_a_control_character_in_it():
    once = restore("ã\x1f¡µ")
    assert restore(once) == once


@given(simplified)
@settings(max_examples=200, deadline=None)
def test_clean_text_is_unchanged(text):
    clean = typography.tidy(text)
    for step in STEPS:
        assert step(clean) == clean


@given(anything)
@settings(max_examples=300, deadline=None)
def test_aids_and_typography_bring_in_no_han(text):
    for step in (annotations.strip, lambda t: typography.tidy(t.replace("&", ""))):
        # a compatibility form is the same character
        assert han(step(text)) <= han(text) | han(unicodedata.normalize("NFKC", text))


@given(simplified, st.integers(0, 99), st.sampled_from([0.2, 0.5, 1.0]))
@settings(max_examples=150, deadline=None)
def test_garbled_on_characters_and_restored(text, seed, share):
    clean = script.to_simplified(script.to_traditional(typography.tidy(text)))
    assert restore(mirror.garble(clean, share=share, seed=seed)) == clean


@given(simplified, st.integers(0, 99))
@settings(max_examples=100, deadline=None)
def test_garbled_on_bytes_is_restored_or_marked(text, seed):
    clean = script.to_simplified(script.to_traditional(typography.tidy(text)))
    for right, back in zip(
        clean.split("\n"), restore(mirror.garble(clean, bytewise=True, seed=seed)).split("\n"), strict=True
    ):
        if back != right and not damage.find(back):
            # random characters are no prose: a run of them can be read in two ways
            assert len(back) <= len(right) + 2


HOSTILE = {
    "brackets": "(",
    "opened": "發(",
    "closed": ")",
    "aids": "發(fā)",
    "half aids": "發(fā",
    "letters": "a",
    "letters with tones": "á",
    "letters with tones apart": "a\u0301",
    "splices": "當?shù)厥\ue1f9",
    "lost": "?",
    "lost and letters": "?a",
    "replaced": "\ufffd",
    "spaces": "\u00a0",
    "spaces and letters": "\u3000 x",
    "private": "\ue000",
    "commas": "，",
    "ampersands": "&amp;",
    "entities": "&#",
    "digits": "2020-",
    "numerals": "一",
    "months": "4月",
    "labels": "来源：",
    "names": "记者 张三 ",
    "mojibake": "锛",
    "latin": "ä¸",
    "traditional": "產",
    "乾": "乾",
    "bars": "大 中 ",
    "quotes": "“",
}
SLOW = 4.0
"""CPU seconds for 80,000 characters of nothing but damage, at most."""


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_length_only(name):
    """From 20,000 to 80,000 characters the time may grow by four, with room for noise; not by sixteen."""

    def cost(size):
        text = (HOSTILE[name] * size)[:size]
        best = 9.0
        for _ in range(2):
            start = time.process_time()
            restore(text)
            damage.find(text)
            attribute(text)
            attribute_text([text])
            boilerplate.kind(text)
            parse_date(text)
            best = min(best, time.process_time() - start)
        return best

    small, large = cost(20_000), cost(80_000)
    assert large < max(10 * small, 0.05), (small, large)
    assert large < SLOW


@pytest.mark.parametrize(
    "text", ["(" * 1_000_000, "發(" * 500_000, "發(fā)" * 200_000, "?" * 1_000_000, "當?shù)" * 200_000]
)
def test_a_megacharacter(text):
    restore(text)
