"""A page makes one trip to the workshop: what comes back is cleaned, packed and ready to be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

import pytest
from scrapy.crawler import Crawler
from sqlalchemy import Engine

from crawler.items import Article, IndexTerms, Outcome
from crawler.replica import serve
from crawler.settings import ITEM_PIPELINES
from storage.grams import index_terms
from tests.faults.crawls import Forker


class Witness:
    """A stage that notes what it sees of each outcome."""

    def __init__(self, crawler: Crawler) -> None:
        self.told = open(crawler.settings["WITNESS"], "a")  # noqa: SIM115, PTH123

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Outcome) -> Outcome:
        made, terms = item.article, None
        if isinstance(made, Article):
            terms = item.terms == IndexTerms(made.content_sha256, index_terms(made.title, made.body))
        note = [item.visit.kind, item.status, type(made).__name__, type(item.exchange).__name__, terms]
        print(json.dumps(note), file=self.told, flush=True)
        return item


@pytest.mark.parametrize("cleans", [True, False], ids=["with Clean", "without"])
def test_what_comes_from_the_workshop_is_ready(
    forker: Forker, sqlite_engine: Engine, tmp_path: Path, *, cleans: bool
) -> None:
    stages: dict[str, Any] = {"tests.end_to_end.test_one_trip.Witness": 50}
    stages |= {name: place for name, place in ITEM_PIPELINES.items() if cleans or not name.endswith(".Clean")}
    with serve() as replica:
        told = tmp_path / "told"
        settings = {"PANXI_PROXY": replica.url, "ITEM_PIPELINES": stages, "WITNESS": str(told)}
        forker.crawl(str(sqlite_engine.url), tmp_path / "warc", settings=settings).wait()
    notes = [json.loads(line) for line in told.read_text().splitlines()]
    articles = [note for note in notes if note[2] != "NoneType"]
    assert len(articles) > 5
    ready = ["article", 200, "Article", "PackedExchange", True]
    scraped = ["article", 200, "ScrapedArticle", "PackedExchange", None]
    assert all(note == (ready if cleans else scraped) for note in articles), articles
    listings = [note for note in notes if note[0] == "listing"]
    assert listings
    assert {note[3] for note in listings} == {"NoneType"}
