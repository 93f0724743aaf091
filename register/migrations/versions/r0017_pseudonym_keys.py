"""The key by which pseudonyms stand for people in the ids of workflows."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; the key is made when it is first needed."""
    op.create_table(
        "pseudonym_keys",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_pseudonym_keys")),
    )
