"""What stands in prose is likelier than what does not, and how that was counted."""

import pytest

from pipelines.text import prose
from pipelines.text.count_prose import lines

DICTIONARY = ["发展 400 vn", "发 100 v", "音乐会 64 n", "重庆 900 ns", "罕见 70 a", "囧 3 n", "T恤 99 n", "GDP 9 eng"]


def test_the_lines_that_are_made_of_a_dictionary():
    made = {line[0]: line for line in lines(DICTIONARY)}
    assert made["发"] == "发s展r"  # 500 and 400 times
    assert made["乐"] == "乐m会m"
    assert made["重"] == "重u\t庆u"  # a name
    assert "囧" not in made
    assert "T" not in made


@pytest.mark.parametrize(
    ("likely", "unlikely"),
    [
        ("當地石墨資源", "惫硎鳉苖"),
        ("目標實施", "目標屍施"),
        ("參加", "叄加"),
        ("培訓班", "培訊班"),
        ("經濟。", "經濟‰"),
    ],
)
def test_prose_costs_less(likely, unlikely):
    assert prose.text_cost(likely) + 3 < prose.text_cost(unlikely)


def test_what_is_no_text_is_never_read():
    for char in ("\ue123", "a", "\ufffd", ""):
        assert prose.alone(char) == prose.NEVER


def test_everyday_words_are_no_names():
    assert prose.is_everyday("音", "樂")
    assert not prose.is_everyday("樂", "清")
    assert not prose.is_everyday("濟", "南")
    assert not prose.is_everyday("發", "，")
