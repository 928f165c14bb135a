"""當?shù)厥Y源 -> 當地石墨資源, and nothing that has no proof."""

from pathlib import Path

import pytest

from pipelines.text import annotations, damage, gbk, mirror, script, splices
from pipelines.text.restore import restore

SEED = next(iter(sorted((Path(__file__).parents[2] / ".." / "shared" / "seed").glob("*.txt"))), None)
ANNOTATED = "構區發產業經網術質轉創驅規環據統優態現戰權聯執養鎮數"


def test_the_model_of_the_mirrors_gives_the_damaged_text():
    assert mirror.annotate_bytes("大力推進當地石墨資源勘查", "數") == "大力推進當?shù)厥\ue1f9\ue096Y源勘查"


@pytest.mark.parametrize(
    ("damaged", "right"),
    [
        ("大力推進當?shù)厥\ue1f9\ue096Y源勘查", "大力推進當地石墨資源勘查"),
        ("大力推進當\ufffdshù)厥\ue1f9\ue096Y源勘查", "大力推進當地石墨資源勘查"),
        ("大力推進當\ufffd(shù)厥\ue1f9\ue096Y源勘查", "大力推進當地石墨資源勘查"),
        ("大力推進當(shù)厥\ue1f9\ue096Y源勘查", "大力推進當地石墨資源勘查"),
        ("大力推進當?shu)厥\ue1f9\ue096Y源勘查", "大力推進當地石墨資源勘查"),
        # a true aid inside the run, behind a trail byte that is an ASCII letter
        ("當?shù)厥\ue1f9\ue096Y(zī)源勘查", "當地石墨資源勘查"),
        # full-width letters folded after decoding: k is A3EB
        # a byte lost before a closing mark: the rest falls into step, the two halves are holes
        ("穩住“六!钡那疤嵯 努力", "穩住“六\ufffd”的前提\ufffd 努力"),
        # the < of the tag behind the text went with a lone lead byte
        ("推進當?shù)亍?/p>", "推進當地。"),
        ("在當?shù)爻\ue0e5猩霞堋kS后", "在當地超市上架。隨后"),
    ],
)
def test_known_damage(damaged, right):
    assert splices.undo(damaged) == right


def test_a_full_width_bracket_of_which_each_neighbour_took_a_byte():
    """It is A3A8."""
    assert splices.undo(splices.unbox("推進當担╯hù）厥\ue1f9\ue096Y源")) == "推進當地石墨資源"
    assert restore("推進當担╯hù）厥\ue1f9\ue096Y源") == "推进当地石墨资源"
    assert splices.unbox("制表╯和(shù)") == "制表╯和(shù)"


def test_an_aid_within_an_aid():
    """The second byte of ɡ and the letter u behind it are 纔."""
    assert restore("各國(ɡu(cái)ó)規(ɡu(cái)ī)劃") == "各国规划"


@pytest.mark.parametrize(
    ("text", "annotated"),
    [
        ("幾乎每個美國公民", "總"),  # the trail byte of 個 is 80, read as nothing
        ("充分活躍起來。科技和經濟。", "饋"),  # 。科 out of step has A3 BF, a full-width question mark
        ("新的發展潛力，寧德再次出發", "潛節"),  # 漸 can be read qián too, but isn't by a table
    ],
)
def test_what_looked_lost_is_not(text, annotated):
    garbled = mirror.annotate_bytes(text, annotated)
    assert splices.undo(annotations.strip(garbled)) == text


def test_a_run_that_ends_with_the_line():
    text = "近日，有關人員來到當地。"
    garbled = mirror.annotate_bytes(text, "數")
    assert garbled.endswith("?")
    assert splices.undo(garbled) == text


@pytest.mark.parametrize("tail", ["", "\ue60f", " \ue60f"])
def test_an_icon_may_follow_the_end_of_the_line(tail):
    garbled = mirror.annotate_bytes("有關人員來到當地。", "數")
    assert splices.undo(garbled + tail) == "有關人員來到當地。" + tail


def test_speech_may_end_on_either_mark():
    """。 and ” both begin with A1, and the byte behind it is gone."""
    garbled = mirror.annotate_bytes("他說：“大家再立新功，服務當地。", "數")
    assert splices.undo(garbled) == f"他說：“大家再立新功，服務當地{splices.HOLE}"


def test_marks_of_an_earlier_run_count():
    """The ” of the line is in a run too."""
    text = "服務“當地”，來到當地。"
    garbled = mirror.annotate_bytes(text, "數")
    assert garbled.count("shù") == 2
    assert splices.undo(garbled) == text


def test_a_digit_before_what_is_counted_is_not_read_as_a_character():
    """個 has the trail byte that is read as nothing; but here 倫7 lost theirs."""
    garbled = mirror.annotate_bytes("首相卡梅倫7號訪問", gbk.character(b"\xb7\x82"))
    assert splices.undo(garbled) == f"首相卡梅{splices.HOLE}號訪問"


def test_a_quotation_closes_where_the_line_ends():
    text = "來自“當地”"
    assert splices.undo(mirror.annotate_bytes(text, "數")) == text


def test_several_splices_in_a_line_and_in_a_run():
    text = "推進當地石墨資源勘查，在當地石墨產業集中的地區，當地石墨資源豐富"
    garbled = mirror.annotate_bytes(text, "數資產")
    assert garbled.count("shù") == 3
    assert splices.undo(annotations.strip(garbled)) == text


@pytest.mark.parametrize(
    "text",
    [
        "“陽光的味道?香飄世界”",
        "是什么?数(shù)",
        "真的吗?shù)",
        "為什麼?發展得好",
        "he said (shù)",
        "好!币值稳定下来",
        "太棒了!比赛开始了",
        "?shù)",
        "終於打通!貝爾格萊德的居民說",  # nothing is open that a mark could close
        "“貝爾格萊德”!貝爾格萊德的居民說",
        "亳(bó)州",
        "答案是(a)还是(b)?",
        "",
    ],
)
def test_what_is_no_splice_stays(text):
    assert splices.undo(text) == text


def test_a_byte_lost_for_good_is_a_marked_hole():
    """The trail byte of 有 and the digit behind it went into one question mark."""
    damaged = mirror.annotate_bytes("當地有4000噸", "數")
    undone = splices.undo(damaged)
    assert "4000" not in undone
    assert undone == f"當地{splices.HOLE}000噸"
    assert [span.kind for span in damage.find(undone)] == ["replacement"]


def test_what_is_restored_is_what_the_mirror_would_damage_so():
    for tail in ("厥\ue1f9\ue096Y源", "焗慃饕餮", "龘靐齉", "\ue000\ue001\ue002。"):
        damaged = f"當?shù){tail}"
        undone = splices.undo(damaged)
        assert undone == damaged or mirror.annotate_bytes(undone, "數") == damaged


@pytest.mark.skipif(SEED is None, reason="the seed page is not here")
def test_the_seed_comes_back_and_forward_again_exactly():
    """All aids out and the splice undone, then the mirror's work again on GBK bytes: the seed, to the letter."""
    seed = SEED.read_text(encoding="utf-8")
    original = splices.undo(annotations.strip(seed))
    assert not annotations._BRACKET.search(original.replace("(含迤資園區)", ""))
    assert "當地石墨資源" in original
    assert mirror.annotate_bytes(original, ANNOTATED) == seed
    assert annotations.strip(original) == original
    assert damage.find(restore(seed).split("延伸阅读", maxsplit=1)[0]) == ()


OWN = """近年来，当地石墨资源勘查及开发利用步伐加快，产业链条不断延伸，企业效益明显提高。
在当地超市上架。随后，各有关部门联合开展市场监督检查，严厉打击违法行为。
据当地媒体报道，这一项目总投资达数十亿元，带动就业数千人，成为地区经济新的增长点。
“我们当地的农产品不愁卖！”合作社负责人说，订单已经排到了明年。
随着铁路建成通车，沿线旅游、餐饮、运输等服务业迅速发展起来，群众的钱袋子鼓了起来。"""


@pytest.mark.parametrize("bytewise", [False, True])
@pytest.mark.parametrize("style", [mirror.SEED, mirror.Style(lost="\ufffd", swallows=False)])
def test_a_text_of_our_own_there_and_back(bytewise, style):
    garbled = mirror.garble(OWN, bytewise=bytewise, style=style)
    for right, back in zip(OWN.split("\n"), restore(garbled).split("\n"), strict=True):
        assert back == right or damage.find(back), back


def test_the_proof_holds_on_a_text_of_our_own():
    """What was restored gives the damaged text again when the mirror's work is run on it."""
    annotated = [c for c in dict.fromkeys(script.to_traditional(OWN)) if script.convert(c) != c]
    annotated.insert(0, "數")
    line = script.to_traditional(OWN).split("\n")[0]
    damaged = mirror.annotate_bytes(line, annotated)
    assert damaged != mirror.annotate(line, annotated)
    assert mirror.annotate_bytes(splices.undo(annotations.strip(damaged)), annotated) == damaged
