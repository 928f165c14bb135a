"""Each field that a source's own layout gives has its evidence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from crawler.extraction import read
from crawler.items import Page, ScrapedArticle
from crawler.sites import SITES
from pipelines.clean import clean
from tests.storage.samples import NOW

SAVED = sorted((Path(__file__).parents[2] / "sites").glob("*/*/page.html.gz"))
FIELDS = ("title", "subtitle", "origin", "reprinted_from", "author", "editor", "rights", "column", "published_at")
"""Of the cleaned article."""
PARTS = ("related", "attachments", "images", "next_page")
"""Of the article as its page has it."""


def article(path: Path) -> ScrapedArticle | None:
    response = json.loads((path.parent / "response.json").read_text("utf-8"))
    body = gzip.decompress(path.read_bytes())
    page = Page(url=response["url"], body=body, content_type=response["content_type"])
    found = read(page, SITES[path.parent.parent.name], kind=response["kind"])
    return found if isinstance(found, ScrapedArticle) else None


@pytest.mark.parametrize("path", SAVED, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_every_field_of_a_saved_page_says_where_it_came_from(path: Path) -> None:
    scraped = article(path)
    if scraped is None:
        return
    told = {one.field for one in scraped.evidence}
    cleaned = clean(scraped, now=NOW)
    given = {name for name in FIELDS if getattr(cleaned, name)} | {name for name in PARTS if getattr(scraped, name)}
    given |= {"body"} if scraped.paragraphs else set()
    if scraped.official is not None and "official" in told:
        given -= {"published_at"}  # the table's own day
    assert given - told == set()
    assert all(one.where and one.value for one in scraped.evidence), "and none says nothing"


def test_a_field_that_a_layout_reads_has_one_line() -> None:
    """Evidence is stored with each article: one line a field, whatever a list is long."""
    scraped = next(found for found in map(article, SAVED) if found is not None and found.source == "cinic")
    fields = [one.field for one in scraped.evidence]
    assert len(fields) == len(set(fields))
    assert len(scraped.related) > 1 or "related" not in fields
