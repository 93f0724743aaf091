"""Tokens of several kinds, of which only digests are stored, and the kinds of received mail."""

from collections.abc import Iterator
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 500


def upgrade() -> None:
    """Keep of every token and Message-ID the digest; a token of before is of the kind “earlier”."""
    op.create_table(
        "mail_tokens",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mail_tokens")),
    )
    columns = "review, person, item, created_at"
    copy = sa.text(
        f"INSERT INTO mail_tokens (digest, kind, {columns}) "  # noqa: S608  (names of columns)
        f"SELECT :digest, 'earlier', {columns} FROM reply_addresses WHERE token = :value"
    )
    for values in _iter_digests("SELECT token FROM reply_addresses"):
        op.get_bind().execute(copy, values)
    op.drop_table("reply_addresses")
    shorten = sa.text("UPDATE notifications SET message_id = :digest WHERE message_id = :value")
    for values in _iter_digests("SELECT message_id FROM notifications"):
        op.get_bind().execute(shorten, values)
    kind: sa.Column[object] = sa.Column("kind", sa.Text(), nullable=False, server_default="")
    op.add_column("mails", kind)
    op.create_index("ix_mails_sender", "mails", ["person", "received_at"])
    op.create_index("ix_mails_kind", "mails", ["kind", "received_at"])


def _iter_digests(query: str) -> Iterator[list[dict[str, str]]]:
    """Yield the values of a query with their digests, some at a time."""
    found = list(op.get_bind().scalars(sa.text(query)))
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        yield [{"value": each, "digest": sha256(each.encode()).hexdigest()} for each in batch]
