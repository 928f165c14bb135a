from itertools import pairwise

import pytest

from pipelines.text.damage import find


@pytest.mark.parametrize(
    ("text", "span", "kind"),
    [
        ("推進當?shù)焗慃\ue1f9。", "?shù)焗慃\ue1f9。", "splice"),
        ("来自锟斤拷锟斤拷的消息", "锟斤拷锟斤拷", "lost-bytes"),
        ("来自\ufffd\ufffd的消息", "\ufffd\ufffd", "replacement"),
        ("攀枝\ue123花", "\ue123", "private-use"),
        ("阳光的味道?香飘世界", "?", "question-mark"),
        ("阿卜杜拉?哈桑", "?", "question-mark"),
        ("2020年?月", "?", "question-mark"),
        ("说得好?!币晃环", "?!", "lost-bytes"),
    ],
)
def test_spans(text, span, kind):
    (found,) = find(text)
    assert (text[found.start : found.end], found.kind) == (span, kind)


@pytest.mark.parametrize(
    "text",
    [
        "是什么?记者了解到",
        "怎么办?有关部门",
        "这是真的吗?!比赛开始了",
        "发展了吗?当然",
        "好吗？",
        "http://a.cn/?id=1",
        "增长5%?",
        "(GDP)",
        "亳(bó)州",
        "",
        "锟是一个字",
    ],
)
def test_sound_text(text):
    assert find(text) == ()


def test_spans_do_not_overlap():
    spans = find("當?shù)\ufffd\ue000\ufffd。?锟斤拷\ufffd")
    assert all(a.end <= b.start for a, b in pairwise(spans))
