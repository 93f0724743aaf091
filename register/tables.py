"""The tables: the archive, the source of truth, and the register, its read model."""

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
    text,
)
from sqlalchemy.types import TypeDecorator

from register.at_rest.sealed_octets import SealedOctets
from register.lookup.prefixes import BYTEWISE

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A time with zone, stored and returned in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert a time to UTC; raises ValueError where it has no time zone."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time as an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text by people; NUL, which PostgreSQL does not accept, is replaced by U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (SQLAlchemy's own signature)
        """Return the text with every NUL replaced by the replacement character."""
        return value if value is None else value.replace("\0", "\N{REPLACEMENT CHARACTER}")


# The archive


documents = Table(
    "documents",
    metadata,
    Column("digest", SafeText, primary_key=True),
    Column("content", SealedOctets, nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("review", SafeText, primary_key=True),
    Column("run", SafeText, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("record", JSON, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("address", SafeText, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("zone", SafeText, nullable=False),
    Column("country", SafeText, nullable=False),
    Column("manager", SafeText, nullable=False),
    Column("team", SafeText, nullable=False),
    Column("team_key", SafeText, nullable=False, server_default="", index=True),
    Column("away_until", Date),
    Column("gone", Boolean, nullable=False),
    Column("weekly", Boolean, nullable=False, server_default=false()),
    Column("renewed", Integer, nullable=False, server_default="0"),
    Column("wants_figures", Boolean, nullable=False, server_default=false()),
    Column("wants_digest", Boolean, nullable=False, server_default=false()),
    Index("ix_people_prefix", "address", postgresql_ops={"address": BYTEWISE}),
)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", SafeText, primary_key=True),
    Column("address", ForeignKey(people.c.address, ondelete="CASCADE"), nullable=False, index=True),
    Index("ix_aliases_prefix", "alias", postgresql_ops={"alias": BYTEWISE}),
)

people_words = Table(
    "people_words",
    metadata,
    Column("word", SafeText, primary_key=True),
    Column(
        "address", ForeignKey(people.c.address, ondelete="CASCADE"), primary_key=True, index=True
    ),
)

services = Table(
    "services",
    metadata,
    Column("name", SafeText, primary_key=True),
    Column("lead", SafeText, nullable=False),
    Column("facilitator", SafeText, nullable=False),
    Column("sponsor", SafeText, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", SafeText, primary_key=True),
    Column("person", SafeText, nullable=False),
    Column("scope", SafeText, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("services", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

token_secrets = Table(
    "token_secrets",
    metadata,
    Column("digest", SafeText, primary_key=True),
    Column("token", ForeignKey(tokens.c.name), nullable=False, index=True),
    Column("maker", SafeText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("replaced_at", UtcDateTime),
    Column("announced_at", UtcDateTime),
    Column("warned_at", UtcDateTime),
)

pseudonym_keys = Table(
    "pseudonym_keys",
    metadata,
    Column("purpose", SafeText, primary_key=True),
    Column("octets", LargeBinary, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", SafeText, primary_key=True),
    Column("person", SafeText, nullable=False, index=True),
    Column("way", SafeText, nullable=False),
    Column("agent", SafeText, nullable=False),
    Column("origin", SafeText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("is_coordinator", Boolean, nullable=False, server_default=false()),
)

sign_in_requests = Table(
    "sign_in_requests",
    metadata,
    Column("id", SafeText, primary_key=True),
    Column("address", SafeText, nullable=False),
    Column("browser", SafeText, nullable=False),
    Column("return_path", SafeText, nullable=False),
    Column("agent", SafeText, nullable=False),
    Column("origin", SafeText, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    Column("sent_at", UtcDateTime),
    Column("spent_at", UtcDateTime),
)

mail_tokens = Table(
    "mail_tokens",
    metadata,
    Column("digest", SafeText, primary_key=True),
    Column("kind", SafeText, nullable=False),
    Column("review", SafeText, nullable=False),
    Column("person", SafeText, nullable=False),
    Column("item", SafeText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

mails = Table(
    "mails",
    metadata,
    Column("command_id", SafeText, primary_key=True),
    Column("digest", SafeText, nullable=False, index=True),
    Column("raw", SealedOctets, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("review", SafeText, nullable=False),
    Column("person", SafeText, nullable=False),
    Column("verdict", SafeText, nullable=False),
    Column("kind", SafeText, nullable=False, server_default=""),
    Index("ix_mails_sender", "person", "received_at"),
    Index("ix_mails_kind", "kind", "received_at"),
    Index("ix_mails_review", "review", "received_at"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("message_id", SafeText, primary_key=True),
    Column("review", SafeText, nullable=False),
    Column("person", SafeText, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("text", SafeText, nullable=False),
    Index("ix_notifications_recipient", "review", "person", "sent_at"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("source", SafeText, primary_key=True),
    Column("delivery", SafeText, primary_key=True),
    Column("digest", SafeText, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("outcome", SafeText, nullable=False),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("by", SafeText, nullable=False),
    Column("channel", SafeText, nullable=False),
    Column("origin", SafeText, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("subject", SafeText, nullable=False),
    Column("text", SafeText, nullable=False),
    Column("link", SafeText, nullable=False),
    Column("seal", SafeText, nullable=False),
    Column("covers", SafeText, nullable=False),
)


# The register


FIGURE_COLUMNS = (
    *("review", "assigned_at", "status", "open", "due", "first_due", "finished_at"),
    *("priority", "postponements", "has_risk", "owner"),
)
"""All that figures count actions by; with an index over it they need not read the long records."""

reviews = Table(
    "reviews",
    metadata,
    Column("id", SafeText, primary_key=True),
    Column("run", SafeText, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("lost", Boolean, nullable=False),
    Column("source", SafeText, nullable=False),
    Column("key", SafeText, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("search_text", SafeText, nullable=False),
    Column("stage", SafeText, nullable=False, index=True),
    Column("severity", Integer),
    Column("lead", SafeText, nullable=False, index=True),
    Column("facilitator", SafeText, nullable=False),
    Column("sponsor", SafeText, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("stage_since", UtcDateTime, nullable=False),
    Column("meeting_at", UtcDateTime),
    Column("follow_up_at", UtcDateTime),
    Column("closed_at", UtcDateTime, index=True),
    Column("filed_at", UtcDateTime),
    Column("restricted_to", JSON, nullable=False),
    Column("open_actions", Integer, nullable=False),
    Column("next_due", Date),
    Column("restricted", Boolean, nullable=False, server_default=false()),
    Column("ended_at", UtcDateTime),
    Column("drafted_at", UtcDateTime),
    Column("meeting_held_at", UtcDateTime),
    Column("assigned_at", UtcDateTime),
    Column("follow_up_held_at", UtcDateTime),
    Column("came_back_at", UtcDateTime),
    # What is long stands last, so that a scan of the rest does not read it.
    Column("head", JSON, nullable=False),
    Column("indexed_as", SafeText, nullable=False, server_default="", index=True),
    Index("ix_reviews_newest", "opened_at", "id"),
)
Index(
    "ix_reviews_restricted",
    reviews.c.id,
    sqlite_where=text("restricted = 1"),
    postgresql_where=reviews.c.restricted,
)
"""Of the few that are restricted alone: with all in it, SQLite would look up most by it."""

review_names = Table(
    "review_names",
    metadata,
    Column("name", SafeText, primary_key=True),
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True, index=True),
    Index("ix_review_names_prefix", "name", postgresql_ops={"name": BYTEWISE}),
)

review_roles = Table(
    "review_roles",
    metadata,
    Column("address", SafeText, primary_key=True),
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", SafeText, primary_key=True),
)

review_services = Table(
    "review_services",
    metadata,
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True),
    Column("service", SafeText, primary_key=True, index=True),
)

actions = Table(
    "actions",
    metadata,
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True),
    Column("id", SafeText, primary_key=True),
    Column("owner", SafeText, nullable=False),
    Column("verifier", SafeText, nullable=False),
    Column("status", SafeText, nullable=False),
    Column("due", Date),
    Column("priority", SafeText, nullable=False),
    Column("number", Integer, nullable=False, server_default="0"),
    Column("text", SafeText, nullable=False, server_default=""),
    Column("search_text", SafeText, nullable=False, server_default=""),
    Column("open", Boolean, nullable=False, server_default=false()),
    Column("sort_due", Date, nullable=False, server_default="9999-12-31"),
    Column("first_due", Date),
    Column("postponements", Integer, nullable=False, server_default="0"),
    Column("since", UtcDateTime),
    Column("assigned_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("has_risk", Boolean, nullable=False, server_default=false()),
    Column("record", JSON, nullable=False),
    # Each begins with what a list is sorted by, and holds all that decides what it skips.
    Index("ix_actions_number", "review", "number"),
    Index("ix_actions_open", "open", "sort_due", "review", "number"),
    Index("ix_actions_sort_due", "sort_due", "review", "number", "open"),
    Index("ix_actions_figures", *FIGURE_COLUMNS),
    *(
        Index(f"ix_actions_{name}", name, "sort_due", "review", "number", "open")
        for name in ("owner", "verifier", "status", "priority", "postponements", "since")
    ),
)

causes = Table(
    "causes",
    metadata,
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True),
    Column("id", SafeText, primary_key=True),
    Column("search_text", SafeText, nullable=False, server_default=""),
    Column("symptom_key", SafeText, nullable=False, server_default=""),
    Column("record", JSON, nullable=False),
    Index("ix_causes_symptom_key", "symptom_key", "review"),
    Index("ix_causes_figures", "review", "symptom_key"),
)

events = Table(
    "events",
    metadata,
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", SafeText, nullable=False),
    Column("channel", SafeText, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("item", SafeText, nullable=False),
    Column("gate", SafeText, nullable=False, server_default=""),
    Column("text", SafeText, nullable=False),
    Column("link", SafeText, nullable=False, server_default=""),
    Column("seal", SafeText, nullable=False, server_default=""),
    Column("covers", SafeText, nullable=False, server_default=""),
)

search_entries = Table(
    "search_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("review", ForeignKey(reviews.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("item", SafeText, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("body", SafeText, nullable=False),
    Column("profile", SafeText, nullable=False, server_default=""),
    Index("uq_search_entries_item", "review", "kind", "item", unique=True),
)
"""What can be searched; the databases keep their full-text index of it (migration 0016)."""
