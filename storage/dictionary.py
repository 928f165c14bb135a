"""The data dictionary, made of the schema: ``python -m storage.dictionary > docs/data-dictionary.md``."""

from __future__ import annotations

import sys
from typing import Any, Final

from sqlalchemy import Column, Table

from storage.schema import metadata
from storage.types import Day, Json, Moment

TABLES: Final = {
    "source": "A web site that is crawled, and its state.",
    "run": "One crawl of a source, from its start to how it ended.",
    "frontier": "The addresses to visit and when; a crawl is a walk over it.",
    "budget": "Requests made to a host on a day: the limit holds across restarts.",
    "capture": "One raw response, and where its WARC record stands.",
    "article": "One news item or notice at one canonical URL, with its present text.",
    "revision": "An earlier text of an article whose page changed.",
    "related_link": "An entry of an article's 延伸阅读 list.",
    "tag": "A region or an industry of an article, for filters.",
    "band": "Keys by which near-duplicates are found.",
    "kinship": "Two articles that were judged to be of one story.",
    "cluster": "Articles that are reprints of one text.",
    "policy_record": "An official document that articles tell of.",
    "policy_article": "Which articles tell of which document.",
    "watch": "A reader's saved question.",
    "alert": "A match of a watch.",
    "delivery": "An alert on its way through a channel.",
}

ORDER: Final = tuple(TABLES)

COLUMNS: Final = {
    "id": "Number of the row.",
    "url": "Canonical address.",
    "source": "Name of the source; NULL where no definition knows the page.",
    "title": "Title, cleaned, simplified.",
    "title_original": "Title as the page has it.",
    "name": "Name.",
    "kind": "What it is called: 意见, 通知, …",
    "number": "发文字号 in its standard form.",
    "first_seen_at": "When the archive first met it.",
    "changed_at": "When the row last changed.",
    "created_at": "When it was made.",
    "article_id": "The article.",
    "record_id": "The document.",
    "alert_id": "The alert.",
    "watch_id": "The watch.",
    "capture_id": "The raw page of this text.",
    "content_sha256": "SHA-256 of title, line feed and body in UTF-8, hex.",
    "body": "Text in simplified characters, paragraphs joined by line feeds.",
    "status": "有效, 失效, 废止, 征求意见, as the page says.",
    "code": "Administrative code (GB/T 2260) or industry class (GB/T 4754).",
    "host": "Host name.",
    "source.name": "Short ASCII name, as in the definition.",
    "run.started_at": "When it began.",
    "run.finished_at": "When it ended; NULL while it runs, or where it was killed.",
    "budget.day": "The day in China's time.",
    "budget.requests": "Requests made.",
    "capture.fetched_at": "When the response came.",
    "capture.status": "HTTP status.",
    "capture.content_type": "The Content-Type header, whole.",
    "frontier.depth": "0 for what a listing or a person names; +1 for each 延伸阅读 step.",
    "frontier.lease_owner": "The process that claimed it.",
    "frontier.etag": "Of the last answer, for conditional requests.",
    "frontier.last_modified": "Of the last answer, for conditional requests.",
    "frontier.found_on": "The page where the address was found first.",
    "frontier.missing_count": "Visits in a row that met 404 or 410.",
    "article.published_at": "When it was published.",
    "article.date_precision": "day, minute or second: how exact that is.",
    "article.last_seen_at": "The last visit that found it there.",
    "article.canonical": "Whether it is its cluster's canonical article, or alone.",
    "article.mirror_of": "The canonical address of which this page is a mirror.",
    "article.script": "simplified, traditional or mixed: the page's script.",
    "article.language": "As the page says.",
    "article.damaged": "Whether any text is broken beyond repair.",
    "article.policy_kind": "policy.kind, for filters.",
    "article.subtitle": "Subtitle.",
    "article.origin": "The medium named after 来源.",
    "article.reprinted_from": "The medium named after 转自.",
    "article.author": "Author.",
    "article.editor": "Editor.",
    "article.rights": "The copyright note of the page.",
    "article.fingerprint_recipe": "Number of the recipe that made the fingerprint.",
    "article.fingerprint_exact": "SHA-256 of the normalised text.",
    "article.fingerprint_shingles": "How many different shingles the text has.",
    "article.fingerprint_signature": "MinHash signature, little-endian 32-bit words.",
    "article.attachments": "Files that it offers: url, name, kind.",
    "article.images": "Images: url, caption.",
    "article.column": "Breadcrumbs from the outermost in.",
    "article.official": "The public-information table of a government page, as it stands there.",
    "article.damage": "Broken spans: field, start, end, kind.",
    "article.issues": "What is odd about it: kind (no-title, no-body, no-date, future-date, incomplete, dropped-line, "
    "mirrored), detail.",
    "article.regions": "Regions: code, name, the words that gave them.",
    "article.industries": "Industries: code, name, the words that gave them.",
    "article.policy": "What it says of an official document.",
    "article.evidence": "Where each field's value came from.",
    "related_link.position": "From 1, over all lists of the page.",
    "related_link.url": "Absolute and canonical; NULL where the page gives no link.",
    "related_link.title": "Title of the entry.",
    "related_link.summary": "Its summary.",
    "related_link.date": "Its date.",
    "related_link.heading": "Heading of the list: 延伸阅读, 相关阅读, …",
    "tag.name": "Name of the region or industry.",
    "band.key": "Key of a band.",
    "kinship.other_id": "The larger of the two.",
    "cluster.canonical_article_id": "The canonical article: of the first day, the nearest to the origin.",
    "cluster.size": "How many articles it has.",
    "policy_record.title": "Title of the document, without 《》.",
    "policy_record.issuers": "Who issued it.",
    "policy_record.issued_on": "When it was issued.",
    "policy_record.effective_on": "From when it applies.",
    "policy_record.expires_on": "Until when it applies.",
    "policy_record.comments_until": "Until when comments are taken.",
    "policy_article.seen_at": "When the article was seen.",
    "watch.rule": "The question, as data.",
    "watch.active": "Whether it is asked.",
    "alert.title": "What is told, in one line.",
    "alert.payload": "All that is told.",
    "delivery.channel": "Name of the channel.",
    "delivery.attempts": "How often it was tried.",
    "delivery.next_try_at": "When it is tried next.",
    "delivery.sent_at": "When it was sent.",
    "delivery.last_error": "Why the last try failed.",
}
"""What the schema does not say itself: by table and column, or by column where it means the same everywhere."""


def markdown() -> str:
    """The dictionary as one Markdown page. Raises KeyError for a table or column that nothing describes."""
    lines = [
        "# Data dictionary",
        "",
        "Made of the schema by `python -m storage.dictionary`. A *time* is microseconds since 1970-01-01T00:00Z,",
        "a *day* an ISO date, *json* JSON as text; the same on SQLite and PostgreSQL. The full-text index stands in",
        "`article_search`.",
    ]
    for table in sorted(metadata.tables.values(), key=lambda table: ORDER.index(table.name)):
        lines += [
            "",
            f"## {table.name}",
            "",
            TABLES[table.name],
            "",
            "| column | type | meaning |",
            "| --- | --- | --- |",
        ]
        lines += [f"| {column.name} | {_type(column)} | {meaning(table, column)} |" for column in table.c]
    return "\n".join(lines) + "\n"


def meaning(table: Table, column: Column[Any]) -> str:
    """What the column holds."""
    return column.doc or COLUMNS.get(f"{table.name}.{column.name}") or COLUMNS[column.name]


def _type(column: Column[Any]) -> str:
    kinds = {Moment: "time", Day: "day", Json: "json"}
    kind = kinds.get(type(column.type)) or column.type.as_generic().__class__.__name__.lower()
    words = [{"biginteger": "integer", "largebinary": "bytes"}.get(kind, kind)]
    if column.primary_key:
        words.append("key")
    elif not column.nullable:
        words.append("not null")
    return ", ".join(words)


if __name__ == "__main__":
    sys.stdout.write(markdown())
