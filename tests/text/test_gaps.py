import pytest

from pipelines.text import damage
from pipelines.text.gaps import may_hide
from pipelines.text.splices import undo


def test_two_characters_may_hide_behind_one():
    """超市 without the private-use character between its inner bytes is 承."""
    assert may_hide("當地承上架")


@pytest.mark.parametrize("text", ["當地石墨資源", "在當地。", "", "承", "承上", "abc"])
def test_nothing_hides(text):
    assert not may_hide(text)


@pytest.mark.parametrize("damaged", ["在當?shù)爻猩霞堋kS后", "大力推進當?shù)厥Y源勘查"])
def test_a_reading_that_may_be_short_of_characters_is_no_proof(damaged):
    assert undo(damaged) == damaged
    assert damage.find(damaged)


def test_what_came_through_shows_that_nothing_was_dropped():
    assert undo("在當?shù)爻\ue0e5猩霞堋kS后") == "在當地超市上架。隨后"
    assert undo("來到當?shù)亍?") == "來到當地。"
