"""The part of the archive that knows letters: what was written to whom, and where they answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from register.parts import Part
from register.tables import capabilities, letters
from register.transactions import insert_new, reading, writing

MOST = 8
"""Letters that a reply is compared with; people answer the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a reply address stands for: one person, one review, perhaps one action."""

    token: str
    review: str
    person: str
    item: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter that goes out: its Message-ID, all its words, and who answers it where."""

    message_id: str
    words: str
    token: str
    review: str
    person: str
    item: str


class Letters(Part):
    """Letters and their reply addresses; a token that is not here was never ours."""

    def grant_capability(self, token: str, review: str, person: str, item: str) -> None:
        """Note what a reply address stands for; one that is known stays as it is."""
        row = {"token": token, "review": review, "person": person.lower(), "item": item}
        with writing(self.engine) as connection:
            insert_new(connection, capabilities, {**row, "created_at": self.clock()})

    def keep_letters(self, sent: Iterable[Sent]) -> None:
        """Keep what letters say, and what their reply addresses stand for; known ones stay."""
        now, new = self.clock(), {letter.message_id: letter for letter in sent}
        with reading(self.engine) as connection:
            known = select(letters.c.message_id).where(letters.c.message_id.in_(new))
            for message_id in connection.scalars(known):
                del new[message_id]
        if not new:
            return
        with writing(self.engine) as connection:
            for letter in new.values():
                whose = {"review": letter.review, "person": letter.person.lower()}
                address = {**whose, "token": letter.token, "item": letter.item, "created_at": now}
                insert_new(connection, capabilities, address)
                words = {**whose, "message_id": letter.message_id, "words": letter.words}
                insert_new(connection, letters, {**words, "sent_at": now})

    def letters_to(
        self, review: str, person: str, until: datetime | None = None
    ) -> tuple[str, ...]:
        """Give the words of the last letters to somebody about a review, the newest first.

        `until` leaves out what was written later.
        """
        theirs = letters.c.review == review, letters.c.person == person
        wanted = (
            select(letters.c.words)
            .where(*theirs, *([letters.c.sent_at <= until] if until else []))
            .order_by(letters.c.sent_at.desc())
            .limit(MOST)
        )
        with reading(self.engine) as connection:
            return tuple(connection.scalars(wanted))

    def capability(self, token: str) -> Capability | None:
        """Say what a reply address stands for; None where it was never given out."""
        with reading(self.engine) as connection:
            wanted = select(capabilities).where(capabilities.c.token == token)
            found = connection.execute(wanted).mappings().one_or_none()
        return Capability(**found) if found else None
