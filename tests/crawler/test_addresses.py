"""One page, one address, however it is written."""

from __future__ import annotations

import pytest

from crawler.sites import SITES


@pytest.mark.parametrize(
    "url",
    [
        "http://www.cinic.org.cn/xy/sc/1.html",
        "https://www.cinic.org.cn/xy/sc/1.html",
        "http://cinic.org.cn/xy/sc/1.html",
        "https://cinic.org.cn/xy/sc/1.html",
    ],
)
def test_a_page_of_the_home_host_has_one_address(url: str) -> None:
    assert SITES["cinic"].at_home(url) == "http://www.cinic.org.cn/xy/sc/1.html"


def test_what_is_asked_for_stays() -> None:
    assert SITES["cnmn"].at_home("http://www.cnmn.com.cn/ShowNews1.aspx?id=1") == (
        "https://www.cnmn.com.cn/ShowNews1.aspx?id=1"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://wap.panzhihua.gov.cn/1.html",  # it may be another page there, or none without TLS
        "https://www.panzhihua.gov.cn:8443/1.html",
        "https://panzhihua.gov.cn.example/1.html",
    ],
)
def test_another_host_is_left_as_it_is(url: str) -> None:
    assert SITES["panzhihua"].at_home(url) == url
