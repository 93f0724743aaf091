"""When a finished post-mortem was filed as history."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the time; no review of before is history."""
    filed: sa.Column[object] = sa.Column("filed_at", sa.DateTime(timezone=True))
    op.add_column("reviews", filed)
