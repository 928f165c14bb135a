from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from crawler.items import MIRRORED, Article
from crawler.sites import SITES
from pipelines.clean import clean_text
from pipelines.mirrors import known_mirrors, marked, mirror_of, with_original
from pipelines.text.mirror import garble
from pipelines.text.script import to_traditional

CINIC = "中国产业经济信息网"


def page(url: str, **fields) -> Article:
    values = {"title": "一区多园", "title_original": "一区多园", "body": "正文", "body_original": "正文"}
    return Article(url=url, source=None, script="simplified", content_sha256="", **{**values, **fields})


@pytest.mark.parametrize(
    ("url", "fields", "original"),
    [
        ("http://spam.example/xy/sc/777154.html", {"origin": CINIC}, "http://www.cinic.org.cn/xy/sc/777154.html"),
        ("http://spam.example/xy/sc/777154.html", {"rights": f"凡本网…注明来源“{CINIC}”"}, "http://www.cinic.org.cn/xy/sc/777154.html"),
        ("http://www.kbm75.com/xy/sc/777154.html", {}, "http://www.cinic.org.cn/xy/sc/777154.html"),
        ("http://m.tasting24.com/any/path.html?a=1", {}, "http://www.cinic.org.cn/any/path.html?a=1"),
    ],
)  # fmt: skip
def test_a_copy_is_a_mirror_of_the_publishers_address(url: str, fields: dict[str, str], original: str) -> None:
    found = mirror_of(page(url, **fields), SITES.values())
    assert found is not None
    assert found.split("://")[1] == original.split("://")[1]


@pytest.mark.parametrize(
    ("url", "fields"),
    [
        ("http://www.cinic.org.cn/xy/sc/777154.html", {"origin": CINIC}),  # its own
        ("https://finance.sina.com.cn/a/777154.html", {"origin": CINIC}),  # a reprint has a path of its own
        ("https://other.example/news/777154.html", {"origin": CINIC}),
        ("http://other.example/xy/sc/777154.html", {"origin": "四川日报"}),  # a like path is not enough
        ("http://other.example/xy/sc/777154.html", {"body": f"据{CINIC}报道"}),  # the text may name anybody
        ("http://other.example/xy/sc/", {"origin": CINIC}),  # no article
        ("http://notkbm75.com/xy/sc/777154.html", {}),  # another host
    ],
)
def test_what_is_no_mirror(url: str, fields: dict[str, str]) -> None:
    assert mirror_of(page(url, **fields), SITES.values()) is None


def shown(text: str, *, original: str | None = None, url: str = "http://any.example/1.html") -> Article:
    """A page whose text was restored to this, as it showed the other."""
    return marked(page(url, title=text[:8], title_original=text[:8], body=text, body_original=original or text))


TEXT = "攀枝花市钒钛产业园区发展规划发布，县级融资平台为矿产资源开发提供资金。"


@pytest.mark.parametrize("style", [{}, {"share": 0.4}, {"bytewise": True}])
def test_what_mirrors_strew_into_a_text_shows_their_work(style: dict[str, Any]) -> None:
    garbled = garble(TEXT, **style)
    restored = clean_text(garbled)
    (issue,) = shown(restored, original=garbled).issues
    assert issue.kind == MIRRORED
    assert "(" in issue.detail


def test_a_known_host_shows_it_too() -> None:
    assert shown(TEXT, url="http://m.tasting24.com/1.html").issues[0].detail == "m.tasting24.com"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        to_traditional(TEXT),  # a page in traditional script is no mirror's
        "亳(bó)州和乐(yuè)清的代表参观了歙(shè)县。",  # an author's glosses
        "全长12公里(km)，投资(含税)168亿元，氧化钒(V2O5)产量增长。",
    ],
)
def test_what_shows_no_mirrors_work(text: str) -> None:
    assert shown(clean_text(text), original=text).issues == ()


def test_a_source_of_ours_is_a_mirror_only_where_its_page_shows_it() -> None:
    copies = replace(SITES["cinic"], name="copies", hosts=("copies.example",), home="http://copies.example/")
    publishers = [copies, *SITES.values()]
    garbled = garble(TEXT)
    url = "http://copies.example/xy/sc/777154.html"
    plain, made = shown(TEXT, url=url), shown(clean_text(garbled), original=garbled, url=url)
    assert with_original(replace(plain, source="copies", origin=CINIC), publishers).mirror_of is None
    found = with_original(replace(made, source="copies"), publishers).mirror_of
    assert found is not None
    assert found.endswith("www.cinic.org.cn/xy/sc/777154.html")
    elsewhere = replace(made, url="http://copies.example/news/1.html", source="copies")
    assert with_original(elsewhere, publishers).mirror_of is None


def test_a_known_mirror_wins_over_a_definition_of_its_host() -> None:
    site = SITES["cinic"]
    known = {"mirror.example": "cinic"}
    assert mirror_of(page("http://mirror.example/xy/sc/1.html"), [site], known) is not None
    assert mirror_of(page("http://mirror.example/xy/sc/1.html"), [], known) is None


def test_the_deny_list_names_sources_that_are_defined() -> None:
    assert {*known_mirrors().values()} <= SITES.keys()
