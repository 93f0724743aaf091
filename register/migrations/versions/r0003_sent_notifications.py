"""What our letters say, and how often somebody's reply addresses were renewed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; letters sent before are not known, and addresses revoked one by one hold again."""
    op.create_table(
        "letters",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_of_somebody", "letters", ["review", "person", "sent_at"])
    times: sa.Column[int] = sa.Column("renewed", sa.Integer(), nullable=False, server_default="0")
    op.add_column("people", times)
    with op.batch_alter_table("capabilities") as capabilities:
        capabilities.drop_column("revoked_at")
