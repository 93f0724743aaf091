"""The tables: the archive, which is truth, and the register, which is its shadow."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in time: goes in aware, comes out aware and in UTC, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time that does not say where it is meant."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """What somebody wrote; PostgreSQL takes any character but NUL, which is shown as such."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (SQLAlchemy's own signature)
        """Put the sign for an unreadable character where NUL stood."""
        return value if value is None else value.replace("\0", "\N{REPLACEMENT CHARACTER}")


# The archive


documents = Table(
    "documents",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("filed_at", Moment, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("review", Words, primary_key=True),
    Column("run", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("record", JSON, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("address", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("zone", Words, nullable=False),
    Column("country", Words, nullable=False),
    Column("manager", Words, nullable=False),
    Column("team", Words, nullable=False),
    Column("away_until", Date),
    Column("gone", Boolean, nullable=False),
    Column("weekly", Boolean, nullable=False, server_default=false()),
    Column("renewed", Integer, nullable=False, server_default="0"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", Words, primary_key=True),
    Column("address", ForeignKey(people.c.address, ondelete="CASCADE"), nullable=False, index=True),
)

services = Table(
    "services",
    metadata,
    Column("name", Words, primary_key=True),
    Column("lead", Words, nullable=False),
    Column("facilitator", Words, nullable=False),
    Column("sponsor", Words, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", Words, primary_key=True),
    Column("digest", Words, nullable=False, unique=True),
    Column("person", Words, nullable=False),
    Column("tool", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

capabilities = Table(
    "capabilities",
    metadata,
    Column("token", Words, primary_key=True),
    Column("review", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("item", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
)

mails = Table(
    "mails",
    metadata,
    Column("order_id", Words, primary_key=True),
    Column("digest", Words, nullable=False, index=True),
    Column("raw", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("review", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("verdict", Words, nullable=False),
)

letters = Table(
    "letters",
    metadata,
    Column("message_id", Words, primary_key=True),
    Column("review", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("words", Words, nullable=False),
    Index("ix_letters_of_somebody", "review", "person", "sent_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("source", Words, primary_key=True),
    Column("delivery", Words, primary_key=True),
    Column("digest", Words, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("outcome", Words, nullable=False),
)

undeliverable = Table(
    "undeliverable",
    metadata,
    Column("address", Words, primary_key=True),
    Column("reason", Words, nullable=False),
    Column("at", Moment, nullable=False),
)


# The register


reviews = Table(
    "reviews",
    metadata,
    Column("id", Words, primary_key=True),
    Column("run", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("lost", Boolean, nullable=False),
    Column("source", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("words", Words, nullable=False),
    Column("stage", Words, nullable=False, index=True),
    Column("severity", Integer),
    Column("lead", Words, nullable=False, index=True),
    Column("facilitator", Words, nullable=False),
    Column("sponsor", Words, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("stage_since", Moment, nullable=False),
    Column("meeting_at", Moment),
    Column("follow_up_at", Moment),
    Column("closed_at", Moment),
    Column("restricted_to", JSON, nullable=False),
    Column("open_actions", Integer, nullable=False),
    Column("next_due", Date),
    Column("head", JSON, nullable=False),
    Index("ix_reviews_newest", "opened_at", "id"),
)

actions = Table(
    "actions",
    metadata,
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True),
    Column("id", Words, primary_key=True),
    Column("owner", Words, nullable=False),
    Column("verifier", Words, nullable=False),
    Column("standing", Words, nullable=False),
    Column("due", Date),
    Column("priority", Words, nullable=False),
    Column("record", JSON, nullable=False),
)

causes = Table(
    "causes",
    metadata,
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True),
    Column("id", Words, primary_key=True),
    Column("record", JSON, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("way", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("item", Words, nullable=False),
    Column("text", Words, nullable=False),
)
