"""The archive.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    tables()
    full_text()


def tables() -> None:
    op.create_table(
        "band",
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", "key", "article_id", name=op.f("pk_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "budget",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", "day", name=op.f("pk_budget")),
    )
    op.create_table(
        "capture",
        sa.Column("id", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("warc_file", sa.Text(), nullable=False),
        sa.Column("warc_offset", sa.BigInteger(), nullable=False),
        sa.Column("warc_length", sa.BigInteger(), nullable=False),
        sa.Column("original_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["original_id"], ["capture.id"], name=op.f("fk_capture_original_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
    )
    op.create_index(
        "ix_capture_payload",
        "capture",
        ["sha256"],
        unique=False,
        sqlite_where=sa.text("original_id IS NULL"),
        postgresql_where=sa.text("original_id IS NULL"),
    )
    op.create_index(op.f("ix_capture_url_fetched_at"), "capture", ["url", "fetched_at"], unique=False)
    op.create_index(op.f("ix_capture_warc_file_warc_offset"), "capture", ["warc_file", "warc_offset"], unique=True)
    op.create_table(
        "frontier",
        sa.Column("id", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("found_on", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("visited_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("unchanged_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("missing_since", sa.BigInteger(), nullable=True),
        sa.Column("missing_count", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("kind IN ('listing', 'article')", name=op.f("ck_frontier_kind")),
        sa.CheckConstraint("state IN ('pending', 'leased', 'done', 'failed', 'gone')", name=op.f("ck_frontier_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frontier")),
        sa.UniqueConstraint("url", name=op.f("uq_frontier_url")),
    )
    op.create_index(
        "ix_frontier_later",
        "frontier",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state <> 'pending' AND due_at IS NOT NULL"),
        postgresql_where=sa.text("state <> 'pending' AND due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_frontier_leased",
        "frontier",
        ["lease_owner"],
        unique=False,
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    )
    op.create_index(
        "ix_frontier_ready",
        "frontier",
        ["host", "rank", sa.literal_column("id DESC"), "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "policy_record",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("title_key", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issuers", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Text(), nullable=True),
        sa.Column("comments_until", sa.Text(), nullable=True),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_record")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_record_key")),
    )
    op.create_index(op.f("ix_policy_record_issued_on"), "policy_record", ["issued_on"], unique=False)
    op.create_index(op.f("ix_policy_record_number"), "policy_record", ["number"], unique=False)
    op.create_index(op.f("ix_policy_record_title_key"), "policy_record", ["title_key"], unique=False)
    op.create_table(
        "run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_source_started_at"), "run", ["source", "started_at"], unique=False)
    op.create_table(
        "source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_run_at", sa.BigInteger(), nullable=True),
        sa.Column("last_success_at", sa.BigInteger(), nullable=True),
        sa.Column("baseline_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source")),
    )
    op.create_table(
        "watch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), server_default="each", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("baseline_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("name", name=op.f("uq_watch_name")),
    )
    op.create_table(
        "article",
        sa.Column("id", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("date_precision", sa.Text(), nullable=True),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("revised_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cluster_id", KEY, nullable=True),
        sa.Column("canonical", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("mirror_of", sa.Text(), nullable=True),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("capture_id", KEY, nullable=True),
        sa.Column("damaged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("policy_relation", sa.Text(), nullable=True),
        sa.Column("policy_kind", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_original", sa.Text(), nullable=False),
        sa.Column("subtitle", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("reprinted_from", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("editor", sa.Text(), nullable=True),
        sa.Column("rights", sa.Text(), nullable=True),
        sa.Column("fingerprint_recipe", sa.Integer(), nullable=True),
        sa.Column("fingerprint_exact", sa.Text(), nullable=True),
        sa.Column("fingerprint_shingles", sa.Integer(), nullable=True),
        sa.Column("fingerprint_signature", sa.LargeBinary(), nullable=True),
        sa.Column("attachments", sa.Text(), nullable=False),
        sa.Column("images", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("official", sa.Text(), nullable=True),
        sa.Column("damage", sa.Text(), nullable=False),
        sa.Column("issues", sa.Text(), nullable=False),
        sa.Column("regions", sa.Text(), nullable=False),
        sa.Column("industries", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_original", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_article_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("url", name=op.f("uq_article_url")),
    )
    op.create_index(op.f("ix_article_capture_id"), "article", ["capture_id"], unique=False)
    op.create_index(op.f("ix_article_changed_at"), "article", ["changed_at"], unique=False)
    op.create_index(op.f("ix_article_cluster_id"), "article", ["cluster_id"], unique=False)
    op.create_index(op.f("ix_article_fingerprint_exact"), "article", ["fingerprint_exact"], unique=False)
    op.create_index(op.f("ix_article_first_seen_at"), "article", ["first_seen_at"], unique=False)
    op.create_index(op.f("ix_article_mirror_of"), "article", ["mirror_of"], unique=False)
    op.create_index(
        "ix_article_published_at",
        "article",
        ["published_at", "canonical", "source", "policy_kind", "policy_relation"],
        unique=False,
    )
    for name in ("policy_kind", "policy_relation"):
        op.create_index(
            f"ix_article_{name}",
            "article",
            [name],
            unique=False,
            sqlite_where=sa.text(f"{name} IS NOT NULL"),
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    op.create_index(op.f("ix_article_source_published_at"), "article", ["source", "published_at"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("watch_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("article_id", KEY, nullable=True),
        sa.Column("record_id", KEY, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_alert_article_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["policy_record.id"], name=op.f("fk_alert_record_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_alert_watch_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("key", name=op.f("uq_alert_key")),
    )
    op.create_index(op.f("ix_alert_article_id"), "alert", ["article_id"], unique=False)
    op.create_index(op.f("ix_alert_record_id"), "alert", ["record_id"], unique=False)
    op.create_index(op.f("ix_alert_watch_id_created_at"), "alert", ["watch_id", "created_at"], unique=False)
    op.create_table(
        "cluster",
        sa.Column("id", KEY, nullable=False),
        sa.Column("canonical_article_id", KEY, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["canonical_article_id"], ["article.id"], name=op.f("fk_cluster_canonical_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_index(op.f("ix_cluster_canonical_article_id"), "cluster", ["canonical_article_id"], unique=False)
    op.create_table(
        "kinship",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("other_id", KEY, nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("containment", sa.Float(), nullable=False),
        sa.Column("joins", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_kinship_article_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["article.id"], name=op.f("fk_kinship_other_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "other_id", name=op.f("pk_kinship")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_kinship_other_id"), "kinship", ["other_id"], unique=False)
    op.create_table(
        "policy_article",
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_policy_article_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["policy_record.id"], name=op.f("fk_policy_article_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "article_id", name=op.f("pk_policy_article")),
    )
    op.create_index(op.f("ix_policy_article_article_id"), "policy_article", ["article_id"], unique=False)
    op.create_table(
        "related_link",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("heading", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_related_link_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_related_link")),
    )
    op.create_index(op.f("ix_related_link_url"), "related_link", ["url"], unique=False)
    op.create_table(
        "revision",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_original", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("capture_id", KEY, nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_original", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_revision_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_revision_capture_id")),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_revision")),
    )
    op.create_index(op.f("ix_revision_capture_id"), "revision", ["capture_id"], unique=False)
    op.create_table(
        "tag",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_tag_article_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "kind", "code", name=op.f("pk_tag")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_tag_kind_code_article_id"), "tag", ["kind", "code", "article_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("alert_id", KEY, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name=op.f("ck_delivery_state")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_delivery_alert_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("alert_id", "channel", name=op.f("uq_delivery_alert_id_channel")),
    )
    op.create_index(op.f("ix_delivery_state_next_try_at"), "delivery", ["state", "next_try_at"], unique=False)


def full_text() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE article_search USING fts5(grams, content='', detail=none, tokenize='ascii')")
        return
    op.execute(
        "CREATE TABLE article_search ("
        "article_id BIGINT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, grams TSVECTOR NOT NULL)"
    )
    op.execute(
        "CREATE INDEX ix_article_search_grams ON article_search USING gin (grams) WITH (gin_pending_list_limit = 512)"
    )
