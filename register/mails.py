"""The part of the archive that knows what came in and what did not get out: mails, webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from models.errors import Unknown
from register.parts import Part
from register.tables import deliveries, mails, undeliverable
from register.transactions import insert_new, reading, upsert, writing

SHORT = 12
"""Characters of a mail's name that are shown; any unique beginning of it will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeliverable:
    """An address that a mail server refused for good, why and when last."""

    address: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A mail in the archive: the order it made, whose it was, and what was made of it."""

    order_id: str
    digest: str
    received_at: datetime
    person: str
    verdict: str

    @property
    def name(self) -> str:
        """The name by which people ask for it."""
        return self.order_id[:SHORT]


class Mails(Part):
    """Raw mail as it came, webhooks already taken, and addresses that take no mail."""

    def file_mail(
        self,
        *,
        digest: str,
        raw: bytes,
        received_at: datetime,
        order_id: str,
        review: str,
        person: str,
        verdict: str,
    ) -> None:
        """File a mail; filed again under the same order, the first bytes and the last verdict stay.

        `digest` is the SHA-256 of `raw` in hex.
        """
        row = {
            "order_id": order_id,
            "digest": digest,
            "raw": raw,
            "received_at": received_at,
            "review": review,
            "person": person.lower(),
            "verdict": verdict,
        }
        again = update(mails).where(mails.c.order_id == order_id).values(verdict=verdict)
        with writing(self.engine) as connection:
            if not insert_new(connection, mails, row):
                connection.execute(again)

    def mail_seen(self, order_id: str) -> bool:
        """Tell whether a mail that made this order was filed."""
        wanted = select(mails.c.order_id).where(mails.c.order_id == order_id)
        with reading(self.engine) as connection:
            return connection.scalar(wanted) is not None

    def mails_about(self, review: str) -> tuple[Filed, ...]:
        """List the mails that were filed about a review, the oldest first."""
        told = (mails.c.order_id, mails.c.digest, mails.c.received_at, mails.c.person)
        wanted = (
            select(*told, mails.c.verdict)
            .where(mails.c.review == review)
            .order_by(mails.c.received_at)
        )
        with reading(self.engine) as connection:
            return tuple(Filed(**row) for row in connection.execute(wanted).mappings())

    def mail_of(self, order_id: str) -> bytes | None:
        """Give the mail that made an order; None where none did."""
        wanted = select(mails.c.raw).where(mails.c.order_id == order_id)
        with reading(self.engine) as connection:
            raw = connection.scalar(wanted)
        return None if raw is None else bytes(raw)

    def mail(self, digest: str) -> bytes:
        """Give a mail as it came; raises Unknown."""
        with reading(self.engine) as connection:
            raw = connection.scalar(select(mails.c.raw).where(mails.c.digest == digest).limit(1))
        if raw is None:
            raise Unknown("mail", digest)
        return bytes(raw)

    def delivery_seen(self, source: str, delivery: str, digest: str, outcome: str = "") -> bool:
        """Note that a webhook was taken in full, and tell whether the same was before.

        Another body under a known id is news. `outcome` says what came of it.
        """
        row = {
            "source": source,
            "delivery": delivery,
            "digest": digest,
            "received_at": self.clock(),
            "outcome": outcome,
        }
        wanted = select(deliveries.c.digest).where(
            deliveries.c.source == source, deliveries.c.delivery == delivery
        )
        with writing(self.engine) as connection:
            if insert_new(connection, deliveries, row):
                return False
            if connection.scalar(wanted) == digest:
                return True
            upsert(connection, deliveries, [row])
            return False

    def undeliverable(self, address: str, reason: str, at: datetime) -> None:
        """Note that a mail server refused an address for good."""
        row = {"address": address.lower(), "reason": reason, "at": at}
        with writing(self.engine) as connection:
            upsert(connection, undeliverable, [row])

    def undeliverables(self) -> tuple[Undeliverable, ...]:
        """List the addresses that take no mail, in order of the alphabet."""
        with reading(self.engine) as connection:
            found = connection.execute(select(undeliverable)).mappings().all()
        return tuple(sorted((Undeliverable(**row) for row in found), key=lambda one: one.address))
