"""Articles as rows and as JSON: the one place that knows how the vocabulary maps to the tables.

The hot path writes a database's own values (integers, strings, bytes), made here, and so goes round the column
types of ``storage.schema``; both mean the same, which a test holds them to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import orjson

from crawler.items import SHANGHAI, Article, RelatedLink
from storage.types import micros

Native = dict[str, Any]
"""A row in the database's own values."""

EMPTY: Final = "[]"
LONE: Final = re.compile("[\ud800-\udfff]")
"""A surrogate without its other half."""


def article_row(article: Article) -> Native:
    """The columns of ``article`` that come from the page."""
    policy, fingerprint, body = article.policy, article.fingerprint, article.body
    return {
        "url": article.url,
        "source": article.source,
        "published_at": _micros(article.published_at),
        "date_precision": article.date_precision,
        "mirror_of": article.mirror_of,
        "script": article.script,
        "language": article.language,
        "content_sha256": article.content_sha256,
        "damaged": bool(article.damage),
        "length": len(body),
        "policy_relation": policy and policy.relation,
        "policy_kind": policy and policy.kind,
        "title": article.title,
        "title_original": article.title_original,
        "subtitle": article.subtitle,
        "updated_at": _micros(article.updated_at),
        "origin": article.origin,
        "reprinted_from": article.reprinted_from,
        "author": article.author,
        "editor": article.editor,
        "rights": article.rights,
        "fingerprint_recipe": fingerprint and fingerprint.recipe,
        "fingerprint_exact": fingerprint and fingerprint.exact,
        "fingerprint_shingles": fingerprint and fingerprint.shingles,
        "fingerprint_signature": fingerprint and fingerprint.signature,
        "attachments": _json(article.attachments),
        "images": _json(article.images),
        "column": _json(article.column),
        "official": None if article.official is None else orjson.dumps(article.official).decode(),
        "damage": _json(article.damage),
        "issues": _json(article.issues),
        "regions": _json(article.regions),
        "industries": _json(article.industries),
        "policy": None if policy is None else orjson.dumps(policy).decode(),
        "evidence": _json(article.evidence),
        "body": body,
        "body_original": None if article.body_original == body else article.body_original,
    }


def related_rows(article_id: int, related: Iterable[RelatedLink]) -> list[Native]:
    """The rows of ``related_link``."""
    return [
        {
            "article_id": article_id,
            "position": link.position,
            "url": link.url,
            "title": link.title,
            "summary": link.summary,
            "date": link.date and link.date.isoformat(),
            "heading": link.heading,
        }
        for link in related
    ]


def tag_rows(article_id: int, article: Article) -> list[Native]:
    """The rows of ``tag``; a code given twice has one row."""
    return [
        {"article_id": article_id, "kind": kind, "code": code, "name": name}
        for kind, tags in (("region", article.regions), ("industry", article.industries))
        for code, name in {tag.code: tag.name for tag in tags}.items()
    ]


def storable(article: Article) -> Article:
    """The article without what no database takes: NUL characters go, lone surrogates become U+FFFD."""
    text = "\n".join(
        part
        for part in (
            article.title, article.title_original, article.body, article.body_original, article.subtitle,
            article.origin, article.reprinted_from, article.author, article.editor, article.rights,
        )
        if part
    )  # fmt: skip
    try:
        orjson.dumps((text, article.related, article.attachments, article.images, article.column))
        sound = "\0" not in text and not any("\0" in (link.title + (link.summary or "")) for link in article.related)
    except orjson.JSONEncodeError:
        sound = False
    if sound:
        return article
    clean: Article = _scrubbed(article)
    return replace(clean, content_sha256=sha256(f"{clean.title}\n{clean.body}".encode()).hexdigest())


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        joined = value.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return LONE.sub("\ufffd", joined)
    if isinstance(value, tuple):
        return tuple(_scrubbed(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _scrubbed(getattr(value, field.name)) for field in fields(value)})
    return value


# --- out --------------------------------------------------------------------------------------------------


def article_json(article: Article) -> dict[str, Any]:
    """The JSON of an article that is not (yet) in an archive: what only an archive knows is null."""
    row = {
        **{field.name: getattr(article, field.name) for field in fields(article)},
        **{name: orjson.loads(orjson.dumps(getattr(article, name))) for name in STRUCTURED},
    }
    return to_json(row, orjson.loads(orjson.dumps(article.related)))


STRUCTURED: Final = ("attachments", "images", "regions", "industries", "policy", "damage")


def to_json(row: Mapping[str, Any], related: list[dict[str, Any]]) -> dict[str, Any]:
    """The JSON of an article, of a row of ``article`` (as read through the schema) and its related links."""
    get = row.get
    return {
        "id": get("id"),
        "url": row["url"],
        "source": row["source"],
        "title": row["title"],
        "title_original": row["title_original"],
        "subtitle": row["subtitle"] or None,
        "published_at": _local(row["published_at"]),
        "date_precision": row["date_precision"],
        "origin": row["origin"] or None,
        "reprinted_from": row["reprinted_from"] or None,
        "author": row["author"] or None,
        "editor": row["editor"] or None,
        "body": row["body"] or None,
        "body_original": (row["body"] if row["body_original"] is None else row["body_original"]) or None,
        "script": row["script"],
        "rights": row["rights"] or None,
        "related": related,
        **{name: row[name] for name in STRUCTURED},
        "cluster": get("cluster_id"),
        "canonical": get("canonical", True),
        "first_seen_at": _utc(get("first_seen_at")),
        "last_seen_at": _utc(get("last_seen_at")),
        "revision": get("revision"),
        "content_sha256": row["content_sha256"],
    }


def _local(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(SHANGHAI).isoformat()


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def _json(value: tuple[Any, ...]) -> str:
    return orjson.dumps(value).decode() if value else EMPTY
