"""Who wants weekly emails: the figures, and a digest of what waits for them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns to people; nobody who did not ask gets another email."""
    for name in ("wants_figures", "wants_digest"):
        column: sa.Column[bool] = sa.Column(
            name, sa.Boolean(), nullable=False, server_default=sa.false()
        )
        op.add_column("people", column)
