"""What people type, and what it stands for."""

from __future__ import annotations

import pytest

from crawler.cli.names import Names, UnknownNameError, industry, policy_kind, region, source


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("攀枝花", "510400"),
        ("攀枝花市", "510400"),
        (" 攀枝花 ", "510400"),
        ("510400", "510400"),
        ("5104", "510400"),
        ("５１０４", "510400"),
        ("51", "510000"),
        ("四川", "510000"),
        ("西区", "510403"),
        ("西區", "510403"),
        ("仁和", "510411"),
        ("鹽邊", "510422"),
        ("钒钛高新区", "510400/fantai"),
        ("510400/FANTAI", "510400/fantai"),
        ("楚雄州", "532300"),
        ("大田镇", "510411/datian"),
    ],
)
def test_regions(typed: str, code: str) -> None:
    assert region(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("汽车制造业", "C36"),
        ("汽車製造", "C36"),
        ("c36", "C36"),
        ("36", "C36"),
        ("C", "C"),
        ("C264", "C264"),
        ("2643", "C2643"),
    ],
)
def test_industries(typed: str, code: str) -> None:
    assert industry(typed) == code


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("cinic", "cinic"),
        ("CINIC", "cinic"),
        ("中国产业经济信息网", "cinic"),
        ("www.cinic.org.cn", "cinic"),
        ("cinic.org.cn", "cinic"),
        ("攀枝花日报", "panzhihua-daily"),
        ("攀枝花市人民政府", "panzhihua"),
    ],
)
def test_sources(typed: str, name: str) -> None:
    assert source(typed) == name


def test_a_source_that_the_archive_alone_knows() -> None:
    assert source("mirror", kept=["cinic", "mirror"]) == "mirror"
    with pytest.raises(UnknownNameError):
        source("mirror")


def test_kinds_of_documents() -> None:
    assert policy_kind("實施意見") == "实施意见"
    with pytest.raises(UnknownNameError, match="did you mean 实施意见"):
        policy_kind("实施意建")


@pytest.mark.parametrize(
    ("lookup", "typed", "message"),
    [
        (region, "攀枝话", r"no region is called '攀枝话'; did you mean 攀枝花市 \(510400\)"),
        (region, "510409", "no region is called '510409'; did you mean "),
        (industry, "芒果", r"did you mean 热带水果种植 \(A0154\)"),
        (source, "cinik", r"did you mean 中国产业经济信息网 \(cinic\)"),
        (source, "米易", r"did you mean 米易县人民政府 \(miyi\)"),
    ],
)
def test_what_comes_near_is_suggested_and_never_taken(lookup: object, typed: str, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        lookup(typed)  # type: ignore[operator]


@pytest.mark.parametrize("lookup", [region, industry, source, policy_kind])
@pytest.mark.parametrize("typed", ["", " ", "火星", "x", "C2x9", "\x00", "市", "0", "00"])
def test_nothing_is_guessed(lookup: object, typed: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        lookup(typed)  # type: ignore[operator]
    assert repr(typed) in str(raised.value)
    assert raised.value.hint or "did you mean" in str(raised.value)


def test_a_name_of_two_is_asked_about() -> None:
    names = Names(
        "region", {"鼓楼": ("320106", "350102")}, {"320106": "鼓楼区", "350102": "鼓楼区"}, {}, "see the list"
    )
    with pytest.raises(UnknownNameError, match=r"'鼓楼' can be 鼓楼区 \(320106\) or 鼓楼区 \(350102\)"):
        names.find("鼓楼")
