"""Repository of sent notifications: their texts, and the reply addresses in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from register.repositories.base import Repository
from register.tables import notifications, reply_addresses
from register.transactions import begin_read, begin_write, insert_new

MAX_COMPARED = 8
"""How many notifications a reply is compared with; people answer the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddress:
    """What a reply address grants: replies of one person about one review or one action."""

    token: str
    review: str
    person: str
    item: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNotification:
    """A notification to be sent: its Message-ID, its whole text, and its reply address."""

    message_id: str
    text: str
    token: str
    review: str
    person: str
    item: str


class SentNotificationRepository(Repository):
    """Sent notifications and their reply addresses; no other token is ours."""

    def add_reply_address(self, token: str, review: str, person: str, item: str) -> None:
        """Store what a reply address grants; an existing one is not changed."""
        row = {"token": token, "review": review, "person": person.lower(), "item": item}
        with begin_write(self.engine) as connection:
            insert_new(connection, reply_addresses, {**row, "created_at": self.clock()})

    def store_sent_notifications(self, sent: Iterable[SentNotification]) -> None:
        """Store the texts of notifications and their reply addresses, unless they exist."""
        now, new = self.clock(), {notification.message_id: notification for notification in sent}
        with begin_read(self.engine) as connection:
            existing = select(notifications.c.message_id).where(notifications.c.message_id.in_(new))
            for message_id in connection.scalars(existing):
                del new[message_id]
        if not new:
            return
        with begin_write(self.engine) as connection:
            for notification in new.values():
                recipient = {"review": notification.review, "person": notification.person.lower()}
                address = {
                    **recipient,
                    "token": notification.token,
                    "item": notification.item,
                    "created_at": now,
                }
                insert_new(connection, reply_addresses, address)
                row = {
                    **recipient,
                    "message_id": notification.message_id,
                    "text": notification.text,
                }
                insert_new(connection, notifications, {**row, "sent_at": now})

    def list_sent_texts(
        self, review: str, person: str, until: datetime | None = None
    ) -> tuple[str, ...]:
        """Return the texts of the last notifications to a person about a review, newest first.

        `until` leaves out what was written later.
        """
        conditions = notifications.c.review == review, notifications.c.person == person
        statement = (
            select(notifications.c.text)
            .where(*conditions, *([notifications.c.sent_at <= until] if until else []))
            .order_by(notifications.c.sent_at.desc())
            .limit(MAX_COMPARED)
        )
        with begin_read(self.engine) as connection:
            return tuple(connection.scalars(statement))

    def list_recent_reviews(self, person: str) -> tuple[str, ...]:
        """List the reviews of the last notifications to a person, the latest first."""
        statement = (
            select(notifications.c.review)
            .where(notifications.c.person == person.lower())
            .group_by(notifications.c.review)
            .order_by(func.max(notifications.c.sent_at).desc())
            .limit(MAX_COMPARED)
        )
        with begin_read(self.engine) as connection:
            return tuple(connection.scalars(statement))

    def find_reply_address(self, token: str) -> ReplyAddress | None:
        """Return what a reply address grants; None where it does not exist."""
        with begin_read(self.engine) as connection:
            statement = select(reply_addresses).where(reply_addresses.c.token == token)
            row = connection.execute(statement).mappings().one_or_none()
        return ReplyAddress(**row) if row else None
