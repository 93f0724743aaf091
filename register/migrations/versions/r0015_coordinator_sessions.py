"""Sessions of people who do what the coordinator does, by a group of their company's sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark; no session of before has it."""
    column: sa.Column[object] = sa.Column(
        "is_coordinator", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("sessions", column)
