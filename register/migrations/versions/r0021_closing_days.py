"""Reviews are found by the day on which they were closed."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_reviews_closed_at", "reviews", ["closed_at"])
