"""A page's strings to an article: ScrapedArticle -> Article."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Literal

from crawler.items import Article, ScrapedArticle
from pipelines.text import annotations, attribution, script, typography
from pipelines.text.dates import parse_date

_BETWEEN = "\n\x1f\n"
"""Joins the fields of a page, so that each step runs once over all of them."""


def clean_text(text: str, *, script: Literal["simplified", "traditional", "keep"] = "simplified") -> str:
    """Restores a text: aids out, characters tidied, in the script asked for."""
    restored = typography.tidy(annotations.strip(text))
    match script:
        case "simplified":
            return _simplified(restored)
        case "traditional":
            return _traditional(restored)
        case "keep":
            return restored
        case _:
            raise ValueError(f"script is simplified, traditional or keep, not {script!r}")


_simplified = script.to_simplified
_traditional = script.to_traditional


def clean(scraped: ScrapedArticle, *, now: datetime) -> Article:
    """The article that the page's strings say; ``now`` is when the page was read."""
    fields = [scraped.title, scraped.subtitle or "", scraped.byline or "", *scraped.tail]
    count = len(fields)
    for link in scraped.related:
        fields += [link.title, link.summary or ""]
    fields += scraped.paragraphs
    texts = [text.strip() for text in clean_text(_BETWEEN.join(fields)).split(_BETWEEN)]
    title, subtitle, byline, *tail = texts[:count]
    related = tuple(
        replace(link, title=texts[count + 2 * i], summary=texts[count + 2 * i + 1] or None)
        for i, link in enumerate(scraped.related)
    )
    pairs = [(a, b) for a, b in zip(texts[count + 2 * len(related) :], scraped.paragraphs, strict=True) if a]
    body = "\n".join(a for a, _ in pairs)
    said = [attribution.attribute(line) for line in (byline, *tail)]
    published = next(
        (found for text in (*scraped.published, byline) if (found := parse_date(text, today=now.date()))), None
    )

    def first(name: str) -> str | None:
        return getattr(scraped, name) or next((v for a in said if (v := getattr(a, name))), None)

    return Article(
        url=scraped.url,
        source=scraped.source,
        title=title,
        title_original=scraped.title,
        subtitle=subtitle or None,
        body=body,
        body_original="\n".join(b for _, b in pairs),
        script=script.detect(f"{scraped.title}\n{''.join(scraped.paragraphs)}"),
        content_sha256=sha256(f"{title}\n{body}".encode()).hexdigest(),
        published_at=published[0] if published else None,
        date_precision=published[1] if published else None,
        origin=first("origin"),
        reprinted_from=first("reprinted_from"),
        author=first("author"),
        editor=first("editor"),
        rights=scraped.rights,
        language=scraped.language,
        related=related,
        attachments=scraped.attachments,
        images=scraped.images,
        column=scraped.column,
        official=scraped.official,
        evidence=scraped.evidence,
    )
