import pytest

from pipelines.text import damage
from pipelines.text.mojibake import repair

TEXT = "中国产业经济发展，攀枝花。"


@pytest.mark.parametrize(
    "wrong",
    [
        TEXT.encode().decode("latin-1"),
        TEXT.encode("gb18030").decode("latin-1"),
        TEXT.encode().decode("gb18030", "replace"),
        f"前{TEXT.encode().decode('latin-1')}",
    ],
)
def test_what_is_all_there_comes_back(wrong):
    back = repair(wrong)
    assert back.removeprefix("前").startswith(TEXT[:6])
    assert back.endswith(TEXT) or damage.find(back)


def test_utf8_read_as_gbk_exactly():
    assert repair("经济发展".encode().decode("gb18030")) == "经济发展"


def test_a_run_that_lost_its_last_byte_ends_in_a_hole():
    assert repair("，的是".encode().decode("gb18030", "replace")) == "，的\ufffd"


def test_byte_order_mark_read_as_text():
    assert repair("ï»¿中国") == "中国"


@pytest.mark.parametrize(
    "text",
    ["café déjà vu", "Ägypten, Öl, Ärzte", "5µm", "缁衣", "发(fā)展", "中国产业经济", "à la carte", "锛", "µÄ", ""],
)
def test_other_text_is_left_alone(text):
    assert repair(text) == text


def test_what_can_not_come_back_is_marked():
    for wrong in ("锟斤拷锟斤拷", TEXT.encode("gb18030").decode("utf-8", "replace"), "ä¸­å›½".replace("½", "?")):
        assert damage.find(repair(wrong))
