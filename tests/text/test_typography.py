import pytest

from pipelines.text.typography import tidy


@pytest.mark.parametrize(
    ("dirty", "plain"),
    [
        ("国门\u00a0年产", "国门 年产"),
        ("\u3000\u3000近日，", "近日，"),
        ("\u00a0\u00a0近日，\u00a0", "近日，"),
        ("新气象\u3000新起点", "新气象 新起点"),
        ("攀\u200b枝\ufeff花", "攀枝花"),
        ("\ue602 分享", "分享"),
        ("攀枝花\uf08e", "攀枝花"),
        ("２０２０年ＧＤＰ", "2020年GDP"),
        ("增长５．６％。", "增长5.6%。"),
        ("近日，，市委", "近日，市委"),
        ("近日,,市委", "近日,市委"),
        ("发展。。", "发展。"),
        ("A&amp;nbsp;B", "A B"),
        ("&amp;lt;b&amp;gt;", "<b>"),
        ("&#8220;攀枝花&#8221;", "“攀枝花”"),
        ("一\r\n二", "一\n二"),
        ("\x93引\x94", "“引”"),
        ("⽤⼼", "用心"),
        ("一\x00二\x08", "一二"),
    ],
)
def test_dirt(dirty, plain):
    assert tidy(dirty) == plain
    assert tidy(plain) == plain


@pytest.mark.parametrize(
    "text",
    [
        "（以下简称《实施意见》），“一区多园”；总投资1,000.5亿元——好……",
        "50.8％，同比增长8.3％",
        "http://www.cinic.org.cn/xy/sc/777154.html?a=1&copy=2&b=3",
        "R&D投入",
        "3.5%、25℃、100㎡、CO₂、V₂O₅、E=mc²",
        "真的？！！？？",
        "他说：“好。”……",
        "。。。",
        "a,,b",
        "    四个空格",
        "表\t格",
        "👩\u200d👩\u200d👧",
        "阳光的味道?香飘世界",
        "",
        "\n\n",
    ],
)
def test_plain_text_is_left_alone(text):
    assert tidy(text) == text


def test_private_use_in_a_misread_run_holds_bytes_and_stays():
    assert "\ue1f9" in tidy("當?shù)厥\ue1f9\ue096Y源")
