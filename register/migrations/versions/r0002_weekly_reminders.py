"""Who wants reminders once a week."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the wish; nobody has it yet."""
    wish: sa.Column[bool] = sa.Column(
        "weekly", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("people", wish)
