"""The fields of a corpus: their names, Arrow types and the columns of ``article`` they are made of."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa


class CorpusError(Exception):
    """An export that can't be made as asked; the message is for the person who asked."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an exported article."""

    name: str
    type: pa.DataType
    doc: str
    columns: tuple[str, ...]
    """The columns that it is made of (``storage.corpus.read``)."""


def _struct(**members: pa.DataType) -> pa.DataType:
    return pa.struct(list(members.items()))


TEXT: Final = pa.string()
LOCAL: Final = pa.timestamp("us", "Asia/Shanghai")
UTC: Final = pa.timestamp("us", "UTC")
TAGS: Final = pa.list_(_struct(code=TEXT, name=TEXT, words=pa.list_(TEXT)))
RELATED: Final = pa.list_(
    _struct(position=pa.int32(), title=TEXT, url=TEXT, summary=TEXT, date=pa.date32(), heading=TEXT)
)
POLICY: Final = _struct(
    relation=TEXT,
    title=TEXT,
    documents=pa.list_(TEXT),
    short_title=TEXT,
    issuers=pa.list_(TEXT),
    number=TEXT,
    kind=TEXT,
    statutory_kind=TEXT,
    carried_kind=TEXT,
    written_on=pa.date32(),
    issued_on=pa.date32(),
    effective_on=pa.date32(),
    expires_on=pa.date32(),
    comments_until=pa.date32(),
    status=TEXT,
    targets=pa.list_(_struct(year=pa.int32(), what=TEXT, value=TEXT)),
    quotes=pa.list_(_struct(of=TEXT, text=TEXT, start=pa.int32())),
)
OFFICIAL: Final = _struct(
    index_number=TEXT, topic=TEXT, issuer=TEXT, written=TEXT, published=TEXT, title=TEXT, number=TEXT, validity=TEXT
)


def _field(name: str, kind: pa.DataType, doc: str, *columns: str) -> Field:
    return Field(name, kind, doc, columns or (name,))


CONTRACT: Final = (
    _field("id", pa.int64(), "The archive's number of the article."),
    _field("url", TEXT, "Canonical address: the article's identity."),
    _field("source", TEXT, "Name of the source that published it."),
    _field("title", TEXT, "In the script that was asked for, simplified by default."),
    _field("title_original", TEXT, "As the page has it."),
    _field("subtitle", TEXT, "The line above or under the title."),
    _field("published_at", LOCAL, "Publication; its precision is date_precision."),
    _field("date_precision", TEXT, "day, minute or second."),
    _field("origin", TEXT, "The medium named after 来源."),
    _field("reprinted_from", TEXT, "The medium named after 转自."),
    _field("author", TEXT, "作者, 记者."),
    _field("editor", TEXT, "编辑, 责任编辑."),
    _field("body", TEXT, "Paragraphs joined by \\n, in the script that was asked for."),
    _field("body_original", TEXT, "The same paragraphs as the page has them.", "body", "body_original"),
    _field("script", TEXT, "Script of the page: simplified, traditional or mixed."),
    _field("rights", TEXT, "The copyright note of the page."),
    _field("related", RELATED, "The further-reading list."),
    _field("attachments", pa.list_(_struct(url=TEXT, name=TEXT, kind=TEXT)), "Files the article offers."),
    _field("images", pa.list_(_struct(url=TEXT, caption=TEXT)), "Pictures."),
    _field("regions", TAGS, "GB/T 2260 codes, with the words that gave them."),
    _field("industries", TAGS, "GB/T 4754 codes, with the words that gave them."),
    _field("policy", POLICY, "What the article says of an official document."),
    _field(
        "damage",
        pa.list_(_struct(field=TEXT, start=pa.int32(), end=pa.int32(), kind=TEXT)),
        "Spans that are broken beyond exact repair; offsets in characters of the simplified text.",
    ),
    _field("cluster", pa.int64(), "Articles of one cluster are reprints of one text.", "cluster_id"),
    _field("canonical", pa.bool_(), "Whether it is its cluster's canonical article, or in none."),
    _field("first_seen_at", UTC, "When the archive first met it."),
    _field("last_seen_at", UTC, "When the archive last met it."),
    _field("revision", pa.int32(), "Number of this text, from 1."),
    _field("content_sha256", TEXT, 'SHA-256 (hex) of the simplified title + "\\n" + body.'),
)
"""The JSON of an article (``storage.rows.to_json``), in its order."""

FURTHER: Final = (
    _field("language", TEXT, "As the page declares it."),
    _field("relation", TEXT, "To its cluster's canonical article."),
    _field("mirror_of", TEXT, "The canonical address this page is a mirror of."),
    _field("length", pa.int32(), "Characters of the simplified body."),
    _field("updated_at", LOCAL, "As the page says."),
    _field("revised_at", UTC, "When this text was first seen."),
    _field("column", pa.list_(TEXT), "Breadcrumbs from the outermost in."),
    _field("official", OFFICIAL, "The public-information table of a government page."),
    _field("issues", pa.list_(_struct(kind=TEXT, detail=TEXT)), "What is odd about the article."),
    _field(
        "evidence",
        pa.list_(_struct(field=TEXT, how=TEXT, where=TEXT, value=TEXT)),
        "Where on the page each value came from.",
    ),
)
"""Fields that are given when they are asked for by name."""

FIELDS: Final = {field.name: field for field in CONTRACT + FURTHER}


def choose(names: Sequence[str] | None) -> tuple[Field, ...]:
    """The fields of these names, in the order asked for; None gives those of the contract.

    Raises CorpusError for a name that is unknown or given twice.
    """
    if names is None:
        return CONTRACT
    for name in names:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else "."
            raise CorpusError(f"there is no field {name!r}{meant} The fields are: {', '.join(FIELDS)}")
    if len(set(names)) < len(names):
        raise CorpusError(f"a field is named twice: {', '.join(names)}")
    if not names:
        raise CorpusError("no field is named")
    return tuple(FIELDS[name] for name in names)


def schema(fields: Sequence[Field]) -> pa.Schema:
    """The Arrow schema of a corpus with these fields; what each means stands in the fields' metadata."""
    return pa.schema([pa.field(field.name, field.type, metadata={"doc": field.doc}) for field in fields])
