"""What is worked out from a cleaned article, in this order."""

from __future__ import annotations

from crawler.items import Article
from pipelines.dedupe import fingerprint
from pipelines.enrich import enrich
from pipelines.policy import detect

STEPS = (enrich, detect, fingerprint)


def refine(article: Article) -> Article:
    """The article with its regions, industries, policy and fingerprint."""
    for step in STEPS:
        article = step(article)
    return article
