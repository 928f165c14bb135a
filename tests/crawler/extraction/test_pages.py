"""Pages written for the test in the structure of well-known content systems, read by the generic reader.

Beside each page stands what a person reads on it. ``paragraphs`` is the whole text; where a page has lines on which
readers may differ, ``holds`` names those that must be there, in their order.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from crawler.extraction import read
from crawler.items import Page, ScrapedArticle
from pipelines.text.dates import parse_date

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_read_as_a_person_reads_it(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    article = read(Page(url=expected["url"], body=path.read_bytes(), content_type="text/html"), None)
    assert isinstance(article, ScrapedArticle), article
    assert article.title == expected["title"]
    if "paragraphs" in expected:
        assert list(article.paragraphs) == expected["paragraphs"]
    else:
        assert [text for text in article.paragraphs if text in expected["holds"]] == expected["holds"]
    assert parse_date(article.published[0]) == parse_date(expected["published"])
    for name in ("subtitle", "origin", "author", "editor", "next_page"):
        assert getattr(article, name) == expected[name], name
    assert [file.name for file in article.attachments] == expected["attachments"]
    if "related" in expected:
        assert [link.title for link in article.related] == expected["related"]
    if "column" in expected:
        assert list(article.column) == expected["column"]
    official = {key: value for key, value in asdict(article.official).items() if value} if article.official else None
    assert official == expected["official"]


def test_there_are_pages() -> None:
    assert len(PAGES) >= 20
