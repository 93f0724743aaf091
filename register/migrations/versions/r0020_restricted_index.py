"""An index of the restricted reviews, which are few."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it."""
    restricted = sa.column("restricted", sa.Boolean())
    op.create_index(
        "ix_reviews_restricted",
        "reviews",
        ["id"],
        sqlite_where=restricted,
        postgresql_where=restricted,
    )
