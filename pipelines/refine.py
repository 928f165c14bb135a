"""What is worked out from a cleaned article, in this order."""

from __future__ import annotations

from crawler.items import Article
from pipelines.dedupe import fingerprint
from pipelines.enrich import enrich
from pipelines.mirrors import marked
from pipelines.policy import detect

STEPS = (marked, enrich, detect, fingerprint)


def refine(article: Article) -> Article:
    """The article with what it is a mirror by, its regions, industries, policy and fingerprint."""
    for step in STEPS:
        article = step(article)
    return article
