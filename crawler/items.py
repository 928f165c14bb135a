"""The vocabulary: the values that travel between the packages.

Standard library only, so that every package may know it. All values are frozen. "Unknown" is ``None``, never
an empty string and never today's date; times are aware.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from operator import attrgetter
from typing import Any, Final, Literal

SHANGHAI = timezone(timedelta(hours=8), "+08:00")
"""China has had one time zone and no daylight saving since 1992."""

Script = Literal["simplified", "traditional", "mixed"]
Precision = Literal["day", "minute", "second"]
How = Literal["selector", "meta", "json-ld", "opengraph", "table", "pattern", "heuristic", "url"]
VisitKind = Literal["listing", "article"]
Relation = Literal["document", "report", "interpretation", "draft", "repeal"]


# --- what the network gives -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as bytes, with what the server said of it."""

    url: str
    """The address the bytes came from, after redirects."""
    body: bytes
    content_type: str | None = None
    """The Content-Type header, whole."""
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP exchange as it was on the wire: what the raw archive keeps."""

    url: str
    method: str
    request_headers: tuple[tuple[bytes, bytes], ...]
    status: int
    reason: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    """The body with its transfer and content encodings undone, as it was read."""
    fetched_at: datetime
    ip: str | None = None

    @property
    def content_type(self) -> str | None:
        """The Content-Type header of the response, whole; the last one where there are several, as browsers have it."""
        found = [value.decode("latin-1") for name, value in self.headers if name.lower() == b"content-type"]
        return next(filter(None, reversed(found)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedExchange:
    """An exchange as its WARC records, ready to be written: to pack a page takes longer than to write it."""

    exchange: Exchange
    """It, without its body."""
    sha256: str
    """Of the body, hex."""
    length: int
    """Of the body, bytes."""
    response: bytes
    """The packed record of what came, with the body …"""
    request: bytes
    """… and of what was asked."""


# --- what a page says -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where the value of a field came from."""

    field: str
    how: How
    where: str
    """A selector, the name of a meta tag, a JSON path or the words of the pattern that fired."""
    value: str
    """The string found there, as the page has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLink:
    """An entry of an article's 延伸阅读 list (or 相关阅读, 相关新闻, …)."""

    position: int
    """From 1, over all lists of the page."""
    title: str
    url: str | None
    """Absolute and canonical; None where the page gives the title without a link."""
    summary: str | None = None
    date: date | None = None
    heading: str | None = None
    """The heading of the list, e.g. 延伸阅读."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that the article offers: PDF, DOC(X), XLS(X), OFD, ZIP, …"""

    url: str
    name: str
    kind: str
    """The ending in lower case without its dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    url: str
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialTable:
    """The public-information table of a government page (政府信息公开), strings as the page has them."""

    index_number: str | None = None
    """索引号"""
    topic: str | None = None
    """主题分类"""
    issuer: str | None = None
    """发文机关, 发布机构"""
    written: str | None = None
    """成文日期"""
    published: str | None = None
    """发布日期"""
    title: str | None = None
    """标题, 名称"""
    number: str | None = None
    """发文字号, 文号"""
    validity: str | None = None
    """有效性"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrapedArticle:
    """An article as its page has it: strings found, nothing cleaned or parsed."""

    url: str
    source: str | None
    """The name of the Site whose definition read it; None where the generic reader did."""
    title: str
    paragraphs: tuple[str, ...]
    """The body in reading order: paragraphs, headings, list items, table rows (cells joined by a tab)."""
    subtitle: str | None = None
    published: tuple[str, ...] = ()
    """Strings that may say when it was published, the best first."""
    updated: str | None = None
    byline: str | None = None
    """The line under the title: 来源：… 时间：… 作者：…"""
    tail: tuple[str, ...] = ()
    """Lines behind the body that belong to it and are not text: 转自, 责任编辑, 校对."""
    origin: str | None = None
    """Only where the page labels it apart (meta tag, selector); else it is read from byline and tail."""
    reprinted_from: str | None = None
    author: str | None = None
    editor: str | None = None
    rights: str | None = None
    related: tuple[RelatedLink, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    column: tuple[str, ...] = ()
    """Breadcrumbs from the outermost in."""
    official: OfficialTable | None = None
    language: str | None = None
    next_page: str | None = None
    """Address of the article's following page, where it is in parts; see crawler.extraction.join."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a listing, feed or sitemap."""

    url: str
    title: str | None = None
    date: datetime | None = None
    """Publication or last change, as far as the listing says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A column page, feed or sitemap, read."""

    rows: tuple[Row, ...]
    next_pages: tuple[str, ...] = ()
    """Addresses of the listing's following pages, the nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotArticle:
    """Why a page gives no article."""

    kind: Literal["listing", "video", "gallery", "empty", "not-html", "error-page", "too-large", "other"]
    reason: str
    """One line for a person."""


# --- what we make of it -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A span of a field that is broken beyond exact repair."""

    field: Literal["title", "body"]
    start: int
    """Offset in characters into the cleaned field."""
    end: int
    kind: str
    """splice | lost-bytes | replacement | private-use | question-mark | aid"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something odd about an article; it is kept, the export decides."""

    kind: str
    detail: str


MIRRORED = "mirrored"
"""The kind of issue that says that a page is a mirror's work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A region or an industry, with the words of the text that gave it."""

    code: str
    """Regions: the administrative code (GB/T 2260) or the profile's own; industries: GB/T 4754."""
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The sentence that proves a statement about a policy."""

    of: str
    """The name of the field it proves."""
    text: str
    start: int
    """Offset in characters into the cleaned body; -1 where it stands in the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure that a document sets as an aim."""

    year: int | None
    what: str
    value: str
    """The figure with its unit and bound, as written: 2000亿元以上."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an article says of an official document."""

    relation: Relation
    title: str | None
    """The document's title without its 《》."""
    documents: tuple[str, ...] = ()
    """All documents the article is about, the first equal to ``title``."""
    short_title: str | None = None
    """What 以下简称 calls it."""
    issuers: tuple[str, ...] = ()
    number: str | None = None
    """发文字号 in its standard form: 攀办发〔2020〕12号."""
    kind: str | None = None
    """意见, 通知, 实施意见, …: what the document is called."""
    statutory_kind: str | None = None
    """One of the 15 kinds of 中办发〔2012〕14号."""
    carried_kind: str | None = None
    """What a 通知 carries: 规划, 方案, 办法, …"""
    written_on: date | None = None
    issued_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    comments_until: date | None = None
    status: str | None = None
    """有效 | 失效 | 废止 | 征求意见, where the page says so."""
    targets: tuple[Target, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What near-duplicates are found by; made from the cleaned text by a numbered recipe."""

    recipe: int
    exact: str
    """SHA-256 (hex) of the normalised text."""
    shingles: int
    """How many distinct shingles the text has."""
    bands: tuple[int, ...]
    """One signed 64-bit key a band of the MinHash signature."""
    signature: bytes
    """The MinHash signature, little-endian 32-bit words."""
    days: tuple[date, ...] = ()
    """The days the story may be from: its publication's, and the earlier one that the text itself states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What of an article is compared with another one."""

    url: str
    title: str
    body: str
    """Cleaned: simplified, paragraphs joined by \\n."""
    published_at: datetime | None = None
    origin: str | None = None
    reprinted_from: str | None = None
    mirror_of: str | None = None
    mirrored: bool = False
    """Its page is a mirror's work, whether or not it is known of which address (an issue ``MIRRORED``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """How two articles of one story are related."""

    relation: Literal["identical", "reprint", "excerpt", "revision"]
    """revision: the same publisher's text under another address, changed."""
    similarity: float
    """Jaccard similarity of their character shingles, 0 to 1."""
    containment: float
    """Share of the shorter text's shingles that the longer has, 0 to 1."""
    joins: bool
    """Whether both belong in one cluster: a short excerpt does not tie two stories together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article, cleaned. Identity is its canonical ``url``, never its text."""

    url: str
    source: str | None
    title: str
    title_original: str
    body: str
    """Simplified, paragraphs joined by \\n."""
    body_original: str
    """The same paragraphs as the page has them."""
    script: Script
    content_sha256: str
    """Of title + "\\n" + body in UTF-8, hex."""
    subtitle: str | None = None
    published_at: datetime | None = None
    date_precision: Precision | None = None
    updated_at: datetime | None = None
    origin: str | None = None
    reprinted_from: str | None = None
    author: str | None = None
    editor: str | None = None
    rights: str | None = None
    language: str | None = None
    related: tuple[RelatedLink, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    column: tuple[str, ...] = ()
    official: OfficialTable | None = None
    damage: tuple[Damage, ...] = ()
    issues: tuple[Issue, ...] = ()
    regions: tuple[Tag, ...] = ()
    industries: tuple[Tag, ...] = ()
    policy: Policy | None = None
    fingerprint: Fingerprint | None = None
    mirror_of: str | None = None
    """The canonical address this page is a mirror of."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexTerms:
    """What a text is found by in the full-text index."""

    content_sha256: str
    """Of the article they were made of."""
    terms: str
    """With blanks between them."""


# --- a crawl's steps --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address found, to be put on the frontier."""

    url: str
    source: str | None
    kind: VisitKind
    depth: int
    """0 for what a listing or a person names; +1 for each 延伸阅读 step."""
    priority: int = 0
    """Larger is sooner."""
    found_on: str | None = None
    again: bool = False
    """Visit it now even where it was visited before: listings, and what a person names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A claimed row of the frontier: one address this process may fetch until its lease ends."""

    id: int
    url: str
    source: str | None
    kind: VisitKind
    depth: int
    attempts: int
    """How often it was tried before."""
    etag: str | None = None
    last_modified: str | None = None
    first_seen_at: datetime | None = None
    """When the address was put on the frontier."""
    owner: str | None = None
    """The process that claimed it."""
    lease: timedelta | None = None
    """How long it is that process's, from its claim or from when an outcome of the process was last written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one visit. The archive writes it in one transaction."""

    visit: Visit
    state: Literal["done", "unchanged", "retry", "postponed", "failed", "gone", "skipped"]
    """unchanged: 304; retry: try again at ``due_at``; postponed: not tried, because its host or source does not want
    it before ``due_at``; gone: 404 or 410; skipped: not to be stored, and no
    failure: robots.txt forbids it, or it is a gallery, a video, a listing. On the frontier it stands as failed."""
    url: str
    """Where the visit ended, after redirects."""
    fetched_at: datetime
    status: int | None = None
    reason: str | None = None
    """Why it failed, one line."""
    due_at: datetime | None = None
    """When to visit again; None for never."""
    exchange: Exchange | PackedExchange | None = None
    parts: tuple[Exchange | PackedExchange, ...] = ()
    """The following pages of an article that has several."""
    article: ScrapedArticle | Article | None = None
    terms: IndexTerms | None = None
    """The article's, where they are made already."""
    links: tuple[Link, ...] = ()
    onward: Link | None = None
    """The following page of a listing: put on the frontier only where one of ``links`` was not known before
    ``since``, so that paging stops at the first page that is wholly known."""
    since: datetime | None = None
    """When this crawl began."""
    etag: str | None = None
    last_modified: str | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    """Counts for the run's record, e.g. rows of a listing."""


# --- how they are pickled ---------------------------------------------------------------------------------
# Every page goes through a pipe. What dataclasses do about a frozen value with slots asks ``fields`` for each value,
# and takes twice as long as the rest of the pickle.

_Reduced = tuple[Callable[..., Any], tuple[Any, ...]]


def _reduction(kind: type[Any]) -> Callable[[Any], _Reduced]:
    names = [each.name for each in fields(kind)]
    _SETTERS[kind] = tuple(getattr(kind, name).__set__ for name in names)
    values: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)  # of one name it would give the bare value
    return lambda value: (_made, (kind, *values(value)))


def _made(kind: type[Any], *values: Any) -> Any:
    made = object.__new__(kind)
    for put, value in zip(_SETTERS[kind], values, strict=True):
        put(made, value)
    return made


_SETTERS: Final[dict[type[Any], tuple[Callable[[Any, Any], None], ...]]] = {}
for _kind in [each for each in globals().values() if isinstance(each, type) and is_dataclass(each)]:
    copyreg.pickle(_kind, _reduction(_kind))
