"""The index of restricted reviews, with the condition as SQLite meets it in queries."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it again: where only the words differ, SQLite does not use it."""
    op.drop_index("ix_reviews_restricted", "reviews")
    op.create_index(
        "ix_reviews_restricted",
        "reviews",
        ["id"],
        sqlite_where=sa.text("restricted = 1"),
        postgresql_where=sa.column("restricted", sa.Boolean()),
    )
