from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import canonical

BASE = "http://www.site.example/a/b.html"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://WWW.Site.example:80/x.html?from=singlemessage#top", "http://www.site.example/x.html"),
        ("https://site.example:443/", "https://site.example/"),
        ("http://site.example", "http://site.example/"),
        ("http://site.example/a/index.shtml", "http://site.example/a/"),
        ("http://site.example/a/index.html?utm_source=x&isappinstalled=0", "http://site.example/a/"),
        ("http://user:pass@site.example:8080/x", "http://site.example:8080/x"),
        ("http://site.example/a/../b/./c.html", "http://site.example/b/c.html"),
        ("http://site.example//x/./y", "http://site.example//x/y"),
        ("http://site.example//.", "http://site.example//"),
        ("http://site.example/x;jsessionid=1A2B?a=1", "http://site.example/x?a=1"),
        ("http://site.example/要闻.html", "http://site.example/%E8%A6%81%E9%97%BB.html"),
        ("http://site.example./x", "http://site.example/x"),
        ("http://[::1]:80/x", "http://[::1]/x"),
        ("http://例子.example/x", "http://xn--fsqu00a.example/x"),
        (" http://site.example/x\n", "http://site.example/x"),
    ],
)
def test_spellings_of_one_address_become_one(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/x.html", "http://www.site.example/x.html"),
        ("c.html", "http://www.site.example/a/c.html"),
        ("//m.site.example/x", "http://m.site.example/x"),
        ("?page=2", "http://www.site.example/a/b.html?page=2"),
    ],
)
def test_a_relative_address_is_made_whole(url: str, expected: str) -> None:
    assert canonical(url, BASE) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:void(0)",
        "mailto:a@site.example",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://site.example/",
        "http://",
        "http://site.example:99999/",
        "http://site.example:x/",
        "http://[bad/",
        "tel:0812",
    ],
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert canonical(url, BASE) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://site.example/index.php?m=content&c=index&a=show&id=7",
        "http://site.example/show.aspx?id=7&page=2",
        "http://site.example/index_2.html",
        "http://site.example/a?b=2&a=1",
        "http://site.example/reindex.html",
    ],
)
def test_what_names_the_page_is_kept(url: str) -> None:
    assert canonical(url) == url


PARTS = (
    "http", "https", "://", "/", "//", ".", "..", ":", "?", "#", ";", "~", "_", "-", "@", "80", "443", "8080", "", " ",
    "www.Site.example", "site.example", "index", "default", ".html", ".HTML", "a", "Z9", "%41", "要闻", "from=x",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(PARTS), max_size=9).map("".join),
    st.sampled_from([BASE, "https://Site.example:443", "http://[::1]/"]),
)
def test_the_short_way_and_the_long_way_lead_to_one_form(url: str, base: str) -> None:
    def both() -> tuple[str | None, str | None]:
        return canonical(url, base), canonical(f"http://site.example/{url}")

    quick = both()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawler.urls._PLAIN", re.compile("(?!)"))
        assert both() == quick


@given(st.text(max_size=200))
def test_any_string_is_answered_and_the_answer_is_final(text: str) -> None:
    for url in (canonical(text, BASE), canonical(f"http://site.example/{text}")):
        if url is not None:
            assert canonical(url) == url
            assert url.startswith(("http://", "https://"))
