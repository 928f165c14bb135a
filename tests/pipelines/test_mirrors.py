from __future__ import annotations

import pytest

from crawler.items import Article
from crawler.sites import SITES
from pipelines.mirrors import is_known_mirror, known_mirrors, mirror_of

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


def test_a_known_mirror_wins_over_a_definition_of_its_host() -> None:
    site = SITES["cinic"]
    known = {"mirror.example": "cinic"}
    assert mirror_of(page("http://mirror.example/xy/sc/1.html"), [site], known) is not None
    assert mirror_of(page("http://mirror.example/xy/sc/1.html"), [], known) is None


def test_the_deny_list_names_sources_that_are_defined() -> None:
    assert {*known_mirrors().values()} <= SITES.keys()
    assert is_known_mirror("http://www.bestofkualalumpur.com/xy/sc/777154.html")
    assert not is_known_mirror("http://www.cinic.org.cn/xy/sc/777154.html")
    assert not is_known_mirror("not an address")
