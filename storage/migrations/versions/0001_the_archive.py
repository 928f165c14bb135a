"""The archive.

Revision ID: 0001
Revises:
"""

from alembic import op

from storage.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE article_search USING fts5(grams, content='', detail=none, tokenize='ascii')")
    else:
        op.execute(
            "CREATE TABLE article_search ("
            "article_id BIGINT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, grams TSVECTOR NOT NULL)"
        )
        op.execute(
            "CREATE INDEX ix_article_search_grams ON article_search USING gin (grams) "
            "WITH (gin_pending_list_limit = 512)"
        )
