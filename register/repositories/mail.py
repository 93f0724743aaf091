"""Repository of received mail."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select, update

from models.email_address import normalize_email_address
from models.errors import NotFound
from register.repositories.base import Repository
from register.tables import mails
from register.transactions import begin_read, begin_write, insert_new

SHORT_NAME_LENGTH = 12
"""How many characters of a mail's name are shown; any unique prefix is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """A mail in the archive: its command, its sender, and what was done with it."""

    command_id: str
    digest: str
    received_at: datetime
    person: str
    verdict: str

    @property
    def name(self) -> str:
        """Return the short name that people use for it."""
        return self.command_id[:SHORT_NAME_LENGTH]


class MailRepository(Repository):
    """Raw mail as received."""

    def store_mail(
        self,
        *,
        digest: str,
        raw: bytes,
        received_at: datetime,
        command_id: str,
        review: str,
        person: str,
        verdict: str,
    ) -> None:
        """Store a mail; under a known command id only the verdict is replaced.

        `digest` is the SHA-256 of `raw` in hex.
        """
        row = {
            "command_id": command_id,
            "digest": digest,
            "raw": raw,
            "received_at": received_at,
            "review": review,
            "person": normalize_email_address(person),
            "verdict": verdict,
        }
        replace_verdict = (
            update(mails).where(mails.c.command_id == command_id).values(verdict=verdict)
        )
        with begin_write(self.engine) as connection:
            if not insert_new(connection, mails, row):
                connection.execute(replace_verdict)

    def list_mail(self, review: str) -> tuple[StoredMail, ...]:
        """List the stored mails about a review, oldest first."""
        statement = (
            select(*(mails.c[field.name] for field in fields(StoredMail)))
            .where(mails.c.review == review)
            .order_by(mails.c.received_at)
        )
        with begin_read(self.engine) as connection:
            return tuple(StoredMail(**row) for row in connection.execute(statement).mappings())

    def find_mail(self, command_id: str) -> bytes | None:
        """Return the raw mail of a command; None where there is none."""
        statement = select(mails.c.raw).where(mails.c.command_id == command_id)
        with begin_read(self.engine) as connection:
            raw = connection.scalar(statement)
        return None if raw is None else bytes(raw)

    def read_mail(self, digest: str) -> bytes:
        """Return a mail as received; raises NotFound."""
        with begin_read(self.engine) as connection:
            raw = connection.scalar(select(mails.c.raw).where(mails.c.digest == digest).limit(1))
        if raw is None:
            raise NotFound("mail", digest)
        return bytes(raw)
