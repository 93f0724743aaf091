"""Repository of received mail."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, literal, select, update

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCount:
    """How many mails there are, and how many octets they have together."""

    mails: int
    octets: int


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
        kind: str = "person",
    ) -> None:
        """Store a mail; under a known command id only the verdict is replaced.

        `digest` is the SHA-256 of `raw` in hex, `kind` what it is counted as.
        """
        row = {
            "command_id": command_id,
            "digest": digest,
            "raw": raw,
            "received_at": received_at,
            "review": review,
            "person": normalize_email_address(person),
            "verdict": verdict,
            "kind": kind,
        }
        replace_verdict = (
            update(mails).where(mails.c.command_id == command_id).values(verdict=verdict)
        )
        with begin_write(self.engine) as connection:
            if not insert_new(connection, mails, row):
                connection.execute(replace_verdict)

    def has_mail(self, digest: str) -> bool:
        """Return whether a mail with these bytes is stored."""
        statement = select(mails.c.digest).where(mails.c.digest == digest).limit(1)
        with begin_read(self.engine) as connection:
            return connection.scalar(statement) is not None

    def count_mail(self, since: datetime, kind: str, person: str = "") -> MailCount:
        """Count the mails of a kind that were received since a time: of a person, or of all.

        Octets are counted for a person alone.
        """
        conditions = [mails.c.received_at >= since, mails.c.kind == kind]
        if person:
            conditions.append(mails.c.person == normalize_email_address(person))
        size = func.coalesce(func.sum(func.length(mails.c.raw)), 0) if person else literal(0)
        statement = select(func.count(), size).select_from(mails).where(*conditions)
        with begin_read(self.engine) as connection:
            count, octets = connection.execute(statement).one()
        return MailCount(mails=int(count), octets=int(octets))

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
