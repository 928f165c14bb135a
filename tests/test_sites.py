"""Every source has pages written for it, and reads them as their expected.json says.

A case without expected.json has one written, and fails: someone has to read it before it counts.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.extraction import read
from crawler.items import NotArticle, Page
from crawler.sites import SITES, site_for

ROOT = Path(__file__).parent / "sites"
SELECTORS = {
    *("rows", "link", "title", "next", "subtitle", "byline", "origin", "author", "editor", "body", "drop", "rights"),
    *("related", "related_summary", "related_date", "column"),
}
CASES = sorted(path.parent for path in ROOT.glob("*/*/page.html.gz"))


def plain(value: Any) -> Any:
    """The value as JSON has it, without what is absent and without evidence."""
    if is_dataclass(value):
        return {
            field.name: plain(part)
            for field in fields(value)
            if field.name != "evidence" and (part := getattr(value, field.name)) not in (None, ())
        }
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_saved_page_reads_as_expected(case: Path) -> None:
    response = json.loads((case / "response.json").read_text("utf-8"))
    body = gzip.decompress((case / "page.html.gz").read_bytes())
    page = Page(url=response["url"], body=body, content_type=response["content_type"])
    found = plain(read(page, SITES[case.parent.name], kind=response["kind"]))
    expected = case / "expected.json"
    if not expected.exists():
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pytest.fail(f"{expected} was written; read it before it counts")
    assert found == json.loads(expected.read_text("utf-8"))


@pytest.mark.parametrize("name", SITES)
def test_a_source_has_a_case(name: str) -> None:
    assert any(case.parent.name == name for case in CASES)


@pytest.mark.parametrize("name", SITES)
def test_a_definition_holds_together(name: str) -> None:
    site = SITES[name]
    assert site.entrances
    assert site.owns(site.home)
    for entrance in site.entrances:
        assert site.owns(entrance.url)
        assert site_for(entrance.url) is site
    tree = LexborHTMLParser("<p>x</p>")
    for part in (*site.entrances, *site.layouts):
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name in SELECTORS and value is not None:
                for selector in value if isinstance(value, tuple) else (value,):
                    tree.css(selector)  # raises where it is no selector


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_case_knows_article_from_listing(case: Path) -> None:
    response = json.loads((case / "response.json").read_text("utf-8"))
    site = SITES[case.parent.name]
    entrances = {entrance.url for entrance in site.entrances}
    assert site.owns(response["url"])
    if response["kind"] == "listing":
        assert response["url"] in entrances
    else:
        assert site.is_article(response["url"])


def test_a_page_of_another_source_is_not_read_as_ones_own() -> None:
    assert site_for("http://elsewhere.example/xy/sc/777154.html") is None
    article = read(Page(url="http://elsewhere.example/", body=b"<html></html>"), None)
    assert isinstance(article, NotArticle)
