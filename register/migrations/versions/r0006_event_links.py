"""The hash chain of each review's log."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the links; lines of before have none, and each chain begins at the next line."""
    for name in ("link", "seal", "covers"):
        column: sa.Column[object] = sa.Column(name, sa.Text(), nullable=False, server_default="")
        op.add_column("events", column)
