"""Repository of sent notifications: their texts, and what the tokens in them grant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from models.email_address import TokenKind, normalize_email_address
from register.repositories.base import Repository
from register.tables import mail_tokens, notifications
from register.transactions import begin_read, begin_write, insert_new

MAX_COMPARED = 8
"""How many notifications a reply is compared with; people answer the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddress:
    """What a token grants, such as replies of one person about one review or one action."""

    kind: TokenKind
    review: str
    person: str
    item: str
    created_at: datetime

    @property
    def identity(self) -> str:
        """Return what identifies it, equal for all the ways in which a reply may come to it."""
        is_reply = self.kind in (TokenKind.REPLY, TokenKind.EARLIER, TokenKind.MESSAGE)
        kind = TokenKind.REPLY if is_reply else self.kind
        return f"{kind}\0{self.review}\0{self.person}\0{self.item}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A token in an email that is to be sent: its kind, itself, and the item that it is about."""

    kind: TokenKind
    token: str = field(repr=False)
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNotification:
    """A notification to be sent: its Message-ID, its whole text, and its tokens."""

    message_id: str
    text: str
    review: str
    person: str
    tokens: tuple[IssuedToken, ...] = ()


class SentNotificationRepository(Repository):
    """Sent notifications, and the tokens in them; no other token is ours.

    Of a token or a Message-ID, only the digest is stored: the secret makes it, whenever an email is
    composed again, and who reads the database can reply to nothing.
    """

    def add_reply_address(
        self, token: str, review: str, person: str, item: str, kind: TokenKind = TokenKind.REPLY
    ) -> None:
        """Store what a token grants; an existing one is not changed."""
        recipient = {"review": review, "person": normalize_email_address(person)}
        issued = IssuedToken(kind=kind, token=token, item=item)
        with begin_write(self.engine) as connection:
            insert_new(connection, mail_tokens, _build_row(issued, recipient, self.clock()))

    def store_sent_notifications(self, sent: Iterable[SentNotification]) -> None:
        """Store the texts of notifications and their tokens, unless they exist."""
        now, new = self.clock(), {compute_digest(each.message_id): each for each in sent}
        with begin_read(self.engine) as connection:
            existing = select(notifications.c.message_id).where(notifications.c.message_id.in_(new))
            for digest in connection.scalars(existing):
                del new[digest]
        if not new:
            return
        with begin_write(self.engine) as connection:
            for digest, notification in new.items():
                recipient = {
                    "review": notification.review,
                    "person": normalize_email_address(notification.person),
                }
                for issued in notification.tokens:
                    insert_new(connection, mail_tokens, _build_row(issued, recipient, now))
                row = {**recipient, "message_id": digest, "text": notification.text}
                insert_new(connection, notifications, {**row, "sent_at": now})

    def is_sent(self, message_id: str) -> bool:
        """Return whether a notification was stored as sent."""
        digest = compute_digest(message_id)
        statement = select(notifications.c.person).where(notifications.c.message_id == digest)
        with begin_read(self.engine) as connection:
            return connection.scalar(statement) is not None

    def store_sent_mark(self, message_id: str, person: str) -> None:
        """Store that an email about no one review was sent, without its text."""
        row = {
            "message_id": compute_digest(message_id),
            "review": "",
            "person": normalize_email_address(person),
            "sent_at": self.clock(),
            "text": "",
        }
        with begin_write(self.engine) as connection:
            insert_new(connection, notifications, row)

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
            .where(notifications.c.person == normalize_email_address(person))
            .where(notifications.c.review != "")
            .group_by(notifications.c.review)
            .order_by(func.max(notifications.c.sent_at).desc())
            .limit(MAX_COMPARED)
        )
        with begin_read(self.engine) as connection:
            return tuple(connection.scalars(statement))

    def find_reply_address(self, token: str) -> ReplyAddress | None:
        """Return what a token grants; None where it does not exist."""
        statement = select(mail_tokens).where(mail_tokens.c.digest == compute_digest(token))
        with begin_read(self.engine) as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        return ReplyAddress(
            kind=TokenKind(row.kind),
            review=row.review,
            person=row.person,
            item=row.item,
            created_at=row.created_at,
        )


def compute_digest(text: str) -> str:
    """Return the SHA-256 of a token or a Message-ID in hex."""
    return sha256(text.encode()).hexdigest()


def _build_row(issued: IssuedToken, recipient: dict[str, str], now: datetime) -> dict[str, Any]:
    digest = compute_digest(issued.token)
    return {
        **recipient,
        "digest": digest,
        "kind": issued.kind,
        "item": issued.item,
        "created_at": now,
    }
