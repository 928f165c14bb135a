"""Known tokens go, and nothing else does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.known import Known

TOKENS = ("發(fā)", "展(zhǎn)", "莊(zhuāng)", "會(huì )", "產(chan)")
KNOWN = Known()
for token in TOKENS:
    KNOWN.add(token)


def test_all_go_and_are_told_apart():
    left, gone = KNOWN.remove("發(fā)展(zhǎn)，村莊(zhuāng)發(fā)展")
    assert left == "發展，村莊發展"
    assert (len(gone), len(set(gone.tolist()))) == (4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(",
        ")",
        "(fā)",
        "發(",
        "發(fā",
        "發fā)",
        "發(fa)",
        "發(āf)",
        "發（fā）",
        "發( fā)",
        "髪(fā)",
        "發(fā)(fá)",
        "發(一段很長很長很長很長的話)",
        "\ud867(fā)",
        "\0(\0)",
    ],
)
def test_others_stay(text):
    left, gone = KNOWN.remove(text)
    assert (left, len(gone)) == (text, 0)


@pytest.mark.parametrize("token", ["發（fā）", "𠀀(fā)", "發(一段很長很長很長很長的話)"])
def test_what_does_not_fit_is_not_learned(token):
    known = Known()
    known.add(token)
    assert known.remove(token)[0] == token


def test_it_grows():
    known = Known()
    tokens = [f"{chr(0x4E00 + n)}(fā)" for n in range(2_000)]
    for each in tokens:
        known.add(each)
    left, gone = known.remove("".join(tokens))
    assert left.count("(fā)") == len(tokens) - len(gone)
    assert len(gone) > 1_800  # where two share a slot, the later one has it


@given(st.lists(st.sampled_from([*TOKENS, "發", "(", ")", "fā", "𠀀", "\ud800", "。", "(GDP)"])).map("".join))
def test_the_same_as_one_by_one(text):
    expected = re.sub(f"(?:{'|'.join(map(re.escape, TOKENS))})(?![(（])", lambda found: found[0][0], text)
    assert KNOWN.remove(text)[0] == expected
