"""The field's own names: for tables and columns, and in the records that are stored as JSON."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from models.errors import InvalidInput
from register.old_names import (
    EVENT_KINDS,
    translate_action,
    translate_cause,
    translate_review,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN_STAGES = ("draft", "meeting", "assigned", "follow-up")
MAX_NAMED = 5
"""How many open reviews a refusal names."""


def upgrade() -> None:
    """Rename tables, columns and fields; what was stored stays.

    Raises InvalidInput where the workflows of open reviews would be left behind.
    """
    if not context.config.attributes.get("carry_over_reviews", False):
        _refuse_open_reviews()
    _copy_notifications()
    _copy_reply_addresses()
    _copy_webhook_deliveries()
    op.drop_table("undeliverable")
    for table, old, new in (
        ("mails", "order_id", "command_id"),
        ("reviews", "words", "search_text"),
        ("actions", "standing", "status"),
        ("events", "way", "channel"),
    ):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    _rename_event_kinds()
    _add_event_gates()
    _rewrite_json("records", ("review",), "record", translate_review)
    _rewrite_json("reviews", ("id",), "head", translate_review)
    _rewrite_json("actions", ("review", "id"), "record", translate_action)
    _rewrite_json("causes", ("review", "id"), "record", translate_cause)


def _refuse_open_reviews() -> None:
    """Refuse a database with open reviews; one that is lost has no workflow, and does not count."""
    reviews = sa.table("reviews", *(sa.column(name) for name in ("id", "stage", "lost")))
    is_open = reviews.c.stage.in_(OPEN_STAGES) & (reviews.c.lost == sa.false())
    ids = list(op.get_bind().scalars(sa.select(reviews.c.id).where(is_open).order_by("id")))
    if ids:
        names = ", ".join([*ids[:MAX_NAMED], *(["…"] if len(ids) > MAX_NAMED else [])])
        raise InvalidInput(
            f"The database was made by an earlier release, and reviews in it are still open "
            f"({len(ids)}: {names}). This release cannot go on with their workflows. Finish or "
            "cancel them with the earlier release first, and then start this one. If the database "
            "is in a folder of “make up”, start “make up” on that folder: it carries them over. "
            "Nothing was changed."
        )


def _copy_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_notifications")),
    )
    op.execute(
        "INSERT INTO notifications (message_id, review, person, sent_at, text) "
        "SELECT message_id, review, person, sent_at, words FROM letters"
    )
    op.drop_table("letters")
    op.create_index("ix_notifications_recipient", "notifications", ["review", "person", "sent_at"])


def _copy_reply_addresses() -> None:
    op.create_table(
        "reply_addresses",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_reply_addresses")),
    )
    op.execute(
        "INSERT INTO reply_addresses (token, review, person, item, created_at) "
        "SELECT token, review, person, item, created_at FROM capabilities"
    )
    op.drop_table("capabilities")


def _copy_webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "delivery", name=op.f("pk_webhook_deliveries")),
    )
    op.execute(
        "INSERT INTO webhook_deliveries (source, delivery, digest, received_at, outcome) "
        "SELECT source, delivery, digest, received_at, outcome FROM deliveries"
    )
    op.drop_table("deliveries")


def _rename_event_kinds() -> None:
    events = sa.table("events", sa.column("kind", sa.Text))
    for old, new in EVENT_KINDS.items():
        op.execute(sa.update(events).where(events.c.kind == old).values(kind=new))


def _add_event_gates() -> None:
    """Add the gate that an approval opened; until now only the text named it."""
    gate = sa.Column("gate", sa.Text(), nullable=False, server_default="")
    op.add_column("events", gate)
    events = sa.table("events", *(sa.column(name, sa.Text) for name in ("kind", "gate", "text")))
    for name in ("draft", "actions", "closure"):
        names_gate = events.c.text.like(f"approved “{name}”%")
        is_approval = sa.and_(events.c.kind == "approve", names_gate)
        op.execute(sa.update(events).where(is_approval).values(gate=name))


def _rewrite_json(
    table_name: str, keys: tuple[str, ...], name: str, translate: Callable[[Any], dict[str, Any]]
) -> None:
    table = sa.table(
        table_name, *(sa.column(key, sa.Text) for key in keys), sa.column(name, sa.JSON)
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(table)).mappings().all():
        is_row = [table.c[key] == row[key] for key in keys]
        statement = sa.update(table).where(*is_row).values({name: translate(row[name])})
        connection.execute(statement)
