"""The archive's tables: SQLAlchemy Core, the same on SQLite and PostgreSQL.

Times are aware UTC in Python and microseconds in the database (``storage.types.Moment``). Lists that belong to
one article and are only read with it are JSON; what is asked for across articles (tags, links, bands) has rows.
The full-text index ``article_search`` differs between the databases and is made by the migrations.

A change here wants a migration beside it (before the first release it is folded into 0001), and
``python -m storage.dictionary > docs/data-dictionary.md``; the tests compare all three.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from storage.types import Day, Json, Key, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def owned_by(table: str) -> ForeignKey:
    """A row that lives and dies with its owner."""
    return ForeignKey(f"{table}.id", ondelete="CASCADE")


# --- crawling ---------------------------------------------------------------------------------------------

source = Table(
    "source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("last_run_at", Moment, doc="Start of its last crawl."),
    Column("last_success_at", Moment, doc="End of its last crawl that finished whole."),
    Column("baseline_at", Moment, doc="End of its first whole crawl; what was there by then is never told as news."),
    Column(
        "state",
        Text,
        nullable=False,
        server_default="new",
        doc="new, ok, late, failing, layout changed, blocked.",
    ),
    Column("detail", Json, doc="What the state rests on: a reason, example URLs, figures."),
)

run = Table(
    "run",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", Text, doc="NULL for a crawl of addresses that a person named."),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("state", Text, nullable=False, doc="running, finished, stopped or failed."),
    Column(
        "counts",
        Json,
        nullable=False,
        doc="Name to number: requests, articles, failures by kind; of a crawl under way its owner, as of a lease.",
    ),
    Column("reason", Text, doc="Why it stopped or failed."),
    Index(None, "source", "started_at"),
)

frontier = Table(
    "frontier",
    metadata,
    Column("id", Key, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("host", Text, nullable=False, doc="Host of the URL: claims are spread over hosts."),
    Column("source", Text),
    Column("kind", Text, nullable=False, doc="listing or article."),
    Column("priority", Integer, nullable=False, doc="Larger is sooner."),
    Column("rank", Integer, nullable=False, doc="Kind and priority in one number: the order of claims."),
    Column("depth", Integer, nullable=False),
    Column("state", Text, nullable=False, doc="pending, leased, done, failed or gone."),
    Column("due_at", Moment, doc="When to visit (again), NULL never; leased: its lease's end."),
    Column(
        "attempts",
        Integer,
        nullable=False,
        server_default="0",
        doc="Claims since the last visit that went well.",
    ),
    Column("lease_owner", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("found_on", Text),
    Column("reason", Text, doc="Why the last visit failed, one line."),
    Column("first_seen_at", Moment, nullable=False),
    Column("visited_at", Moment, doc="The last visit that had an answer."),
    Column("changed_at", Moment, doc="The last visit that met another text."),
    Column("unchanged_count", Integer, nullable=False, server_default="0", doc="Visits in a row without change."),
    Column("missing_since", Moment, doc="The first of the last 404s and 410s in a row."),
    Column("missing_count", Integer, nullable=False, server_default="0"),
    CheckConstraint("kind IN ('listing', 'article')", name="kind"),
    CheckConstraint("state IN ('pending', 'leased', 'done', 'failed', 'gone')", name="state"),
)
Index(
    "ix_frontier_ready",
    frontier.c.host,
    frontier.c.rank,
    frontier.c.id.desc(),
    frontier.c.due_at,
    sqlite_where=text("state = 'pending'"),
    postgresql_where=text("state = 'pending'"),
)
Index(
    "ix_frontier_later",
    frontier.c.due_at,
    sqlite_where=text("state <> 'pending' AND due_at IS NOT NULL"),
    postgresql_where=text("state <> 'pending' AND due_at IS NOT NULL"),
)
Index(
    "ix_frontier_leased",
    frontier.c.lease_owner,
    sqlite_where=text("state = 'leased'"),
    postgresql_where=text("state = 'leased'"),
)

budget = Table(
    "budget",
    metadata,
    Column("host", Text, primary_key=True),
    Column("day", Day, primary_key=True),
    Column("requests", Integer, nullable=False),
)

capture = Table(
    "capture",
    metadata,
    Column("id", Key, primary_key=True),
    Column("url", Text, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", Text),
    Column("sha256", Text, nullable=False, doc="Of the body, hex."),
    Column("warc_file", Text, nullable=False, doc="Relative to the folder of raw pages."),
    Column("warc_offset", BigInteger, nullable=False, doc="Of the response or revisit record."),
    Column("warc_length", BigInteger, nullable=False, doc="Bytes of that record in the file."),
    Column(
        "original_id",
        Key,
        ForeignKey("capture.id"),
        doc="Of a revisit record: the capture with its body.",
    ),
    Index(None, "url", "fetched_at"),
    Index(None, "warc_file", "warc_offset", unique=True),
)
Index(
    "ix_capture_payload",
    capture.c.sha256,
    sqlite_where=text("original_id IS NULL"),
    postgresql_where=text("original_id IS NULL"),
)

# --- articles ---------------------------------------------------------------------------------------------

article = Table(
    "article",
    metadata,
    # Short columns first: SQLite reads them without touching a long row's overflow pages.
    Column("id", Key, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("source", Text),
    Column("published_at", Moment),
    Column("date_precision", Text),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("revised_at", Moment, nullable=False, doc="When the present text was first seen."),
    Column("changed_at", Moment, nullable=False, doc="When anything but last_seen_at last changed."),
    Column("gone_at", Moment, doc="When the page was found to have vanished for good."),
    Column("revision", Integer, nullable=False, doc="Number of the present text, from 1."),
    Column("cluster_id", Key, doc="storage.clusters writes this and the next two."),
    Column("canonical", Boolean, nullable=False, server_default=true()),
    Column("relation", Text, doc="To the cluster's canonical article: identical, reprint, excerpt, revision."),
    Column("mirror_of", Text),
    Column("script", Text, nullable=False),
    Column("language", Text),
    Column("content_sha256", Text, nullable=False),
    Column("capture_id", Key, ForeignKey("capture.id"), doc="The raw page of the present text."),
    Column("damaged", Boolean, nullable=False, server_default=false()),
    Column("length", Integer, nullable=False, doc="Characters of the body."),
    Column("policy_relation", Text, doc="policy.relation, for filters."),
    Column("policy_kind", Text),
    Column("title", Text, nullable=False),
    Column("title_original", Text, nullable=False),
    Column("subtitle", Text),
    Column("updated_at", Moment, doc="As the page says."),
    Column("origin", Text),
    Column("reprinted_from", Text),
    Column("author", Text),
    Column("editor", Text),
    Column("rights", Text),
    Column("fingerprint_recipe", Integer),
    Column("fingerprint_exact", Text),
    Column("fingerprint_shingles", Integer),
    Column("fingerprint_signature", LargeBinary),
    Column("attachments", Json, nullable=False),
    Column("images", Json, nullable=False),
    Column("column", Json, nullable=False),
    Column("official", Json),
    Column("damage", Json, nullable=False),
    Column("issues", Json, nullable=False),
    Column("regions", Json, nullable=False),
    Column("industries", Json, nullable=False),
    Column("policy", Json),
    Column("evidence", Json, nullable=False),
    Column("body", Text, nullable=False),
    Column("body_original", Text, doc="NULL where it equals the body."),
    Index(None, "source", "published_at"),
    # With what a search counts: it looks at hundreds of articles, and SQLite would read a page of the file for each.
    Index("ix_article_published_at", "published_at", "canonical", "source", "policy_kind", "policy_relation"),
    Index(None, "first_seen_at"),
    Index(None, "changed_at"),
    Index(None, "cluster_id"),
    Index(None, "capture_id"),
    Index(None, "fingerprint_exact"),
    Index(None, "mirror_of"),
)

for _column in (article.c.policy_kind, article.c.policy_relation):
    Index(
        f"ix_article_{_column.name}",
        _column,
        sqlite_where=_column.is_not(None),
        postgresql_where=_column.is_not(None),
    )

revision = Table(
    "revision",
    metadata,
    # Earlier texts only; the present one stands in article. The text at a time T is the row with the greatest
    # seen_at <= T, or the article's own where revised_at <= T.
    Column("article_id", Key, owned_by("article"), primary_key=True),
    Column("number", Integer, primary_key=True, doc="From 1."),
    Column("seen_at", Moment, nullable=False, doc="When this text was first seen."),
    Column("title", Text, nullable=False),
    Column("title_original", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("capture_id", Key, ForeignKey("capture.id")),
    Column("fields", Json, nullable=False, doc="The other fields of the article's JSON, as they stood."),
    Column("body", Text, nullable=False),
    Column("body_original", Text, doc="NULL where it equals the body."),
    Index(None, "capture_id"),
)

related_link = Table(
    "related_link",
    metadata,
    Column("article_id", Key, owned_by("article"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text),
    Column("date", Day),
    Column("heading", Text),
    Index(None, "url"),
)

tag = Table(
    "tag",
    metadata,
    Column("article_id", Key, owned_by("article"), primary_key=True),
    Column("kind", Text, primary_key=True, doc="region or industry."),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Index(None, "kind", "code", "article_id"),
    sqlite_with_rowid=False,
)

# --- near-duplicates --------------------------------------------------------------------------------------

band = Table(
    "band",
    metadata,
    # Written by storage.candidates. The week comes first: rows of one time lie side by side, so that what is
    # recorded today touches few pages however old the archive is, and a formula that returns every year costs no
    # more than a text that came once. Rows of an earlier text stay: candidates are judged by their present one.
    Column("week", Integer, primary_key=True, autoincrement=False, doc="day // 7."),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", Key, primary_key=True),
    Column("day", Integer, nullable=False, doc="The story's day: date.toordinal()."),
    sqlite_with_rowid=False,
)

kinship = Table(
    "kinship",
    metadata,
    # Written by storage.clusters: two articles that were judged to be of one story. Clusters are the connected
    # components of the rows that join.
    Column("article_id", Key, owned_by("article"), primary_key=True, doc="The smaller of the two."),
    Column("other_id", Key, owned_by("article"), primary_key=True),
    Column("relation", Text, nullable=False, doc="identical, reprint, excerpt or revision."),
    Column("similarity", Float, nullable=False, doc="Jaccard of their character shingles."),
    Column("containment", Float, nullable=False, doc="Share of the shorter that stands in the longer."),
    Column("joins", Boolean, nullable=False, doc="False: told, but two clusters stay two."),
    Index(None, "other_id"),
    sqlite_with_rowid=False,
)

cluster = Table(
    "cluster",
    metadata,
    Column("id", Key, primary_key=True),
    Column("canonical_article_id", Key, ForeignKey("article.id"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index(None, "canonical_article_id"),
)

# --- policy and its readers -------------------------------------------------------------------------------

policy_record = Table(
    "policy_record",
    metadata,
    Column("id", Key, primary_key=True),
    Column(
        "key",
        Text,
        nullable=False,
        unique=True,
        doc="Its number, or title and issuer.",
    ),
    Column("title", Text),
    Column("title_key", Text, doc="What all writings of its title have in common."),
    Column("number", Text),
    Column("issuers", Json, nullable=False),
    Column("kind", Text),
    Column("status", Text),
    Column("issued_on", Day),
    Column("effective_on", Day),
    Column("expires_on", Day),
    Column("comments_until", Day),
    Column("first_seen_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("detail", Json, doc="What else is known of the document: the fields of items.Policy."),
    Index(None, "number"),
    Index(None, "title_key"),
    Index(None, "issued_on"),
)

policy_article = Table(
    "policy_article",
    metadata,
    Column("record_id", Key, owned_by("policy_record"), primary_key=True),
    Column("article_id", Key, owned_by("article"), primary_key=True),
    Column("relation", Text, nullable=False, doc="document, report, interpretation, draft or repeal."),
    Column("seen_at", Moment, nullable=False),
    Index(None, "article_id"),
)

watch = Table(
    "watch",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("rule", Json, nullable=False),
    Column("channels", Json, nullable=False, doc="Names of channels; their secrets never stand here."),
    Column("digest", Text, nullable=False, server_default="each", doc="each, hourly or daily."),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("created_at", Moment, nullable=False),
    Column("baseline_at", Moment, doc="What was first seen before is not told."),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", Text, nullable=False, unique=True, doc="Told once; a receiver may drop a key it has seen."),
    Column("watch_id", Key, owned_by("watch"), nullable=False),
    Column("kind", Text, nullable=False, doc="new, follow-up, revision, withdrawal, breakage, …"),
    Column("article_id", Key, ForeignKey("article.id", ondelete="SET NULL")),
    Column("record_id", Key, ForeignKey("policy_record.id", ondelete="SET NULL")),
    Column("title", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "watch_id", "created_at"),
    Index(None, "article_id"),
    Index(None, "record_id"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Key, primary_key=True),
    Column("alert_id", Key, owned_by("alert"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False, doc="waiting, sent or dead."),
    Column("batch", Text, doc="Key of the digest it travels in, fixed before its first try."),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Moment),
    Column("sent_at", Moment),
    Column("last_error", Text),
    UniqueConstraint("alert_id", "channel"),
    CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="state"),
    Index(None, "state", "next_try_at"),
)
