"""What the tests of the intake stand on: an intake that listens, and mail brought to it."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from pydantic import SecretStr
from sqlalchemy import text

from intake.listener import Listening
from intake.main import serve
from mail import capability
from models.orders import AnyOrder
from models.review import Receipt, Review
from register.archive import Archive
from settings import Mail, Settings
from tests.cast import DESK, OLGA
from tests.lives import Life
from tests.mail.incoming import mail
from tests.rooms import Room
from workflows.door import Door

SECRET = "a secret of sixteen octets"
SENDER = "afterword@example.org"
DOMAIN = "reply.example.org"
HOST = "127.0.0.1"
Answer = TypeVar("Answer")
LINK = "https://example.org/changes/41"


MAIL_SERVER = "mx.example.org"


def chosen(*, consequence: bool = False, **mail: Any) -> Settings:
    """Settings that listen on any free port."""
    return Settings(
        secret=SecretStr(SECRET),
        desk=DESK,
        mail=Mail(
            sender=SENDER,
            domain=DOMAIN,
            lmtp_port=0,
            smtp_port=0,
            orders_of_consequence=consequence,
            **mail,
        ),
    )


class Hurry(Room):
    """A room in which something happens between the look at a review and the next order."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.meanwhile: list[AnyOrder] = []
        self._asked = 0

    async def review(self, name: str) -> Review:
        """Show the record, and let somebody else change it then."""
        seen = await super().review(name)
        if self.meanwhile and not self._asked:
            await self.ask(name, self.meanwhile.pop(0))
        return seen

    async def ask(self, review: str, order: AnyOrder) -> Receipt:
        """Give an order."""
        self._asked += 1
        try:
            return await super().ask(review, order)
        finally:
            self._asked -= 1


@dataclass
class Gate:
    """An intake, its archive, and the one review behind it."""

    archive: Archive
    room: Hurry
    listening: Listening
    life: Life
    brought: int = 0

    @property
    def review(self) -> Review:
        """The review as it is."""
        return self.room.reviews[self.life.review.id]

    def clock(self) -> datetime:
        """The time at the intake."""
        return self.life.now

    def address(self, person: str = OLGA, item: str = "", *, granted: bool = True) -> str:
        """Give somebody's reply address."""
        token = capability.token(SECRET.encode(), self.life.review.id, person, item)
        if granted:
            self.archive.grant_capability(token, self.life.review.id, person, item)
        return capability.address(token, DOMAIN)

    def mail(self, words: str, **headers: str | None) -> bytes:
        """Write a mail, each with a Message-ID of its own."""
        self.brought += 1
        date = f"{self.life.now:%a, %d %b %Y %H:%M:%S} +0000"
        given = {"Message_ID": f"<{self.brought}@example.org>", "Date": date, **headers}
        return mail(words, **given)

    async def lmtp(self, raw: bytes, *to: str, sender: str = OLGA) -> list[str]:
        """Bring a mail by LMTP, and give the answer for each recipient."""
        return await aside(lmtp, self.listening.lmtp_port, raw, to, sender)

    async def smtp(self, raw: bytes, *to: str, sender: str = OLGA) -> list[str]:
        """Bring a mail by SMTP, and give the answers: of refused recipients, then of the mail."""
        return await aside(_smtp, self.listening.smtp_port, raw, to, sender)

    def verdicts(self) -> list[str]:
        """List what the archive says of the mails it has."""
        with self.archive.engine.connect() as connection:
            return list(connection.scalars(text("SELECT verdict FROM mails ORDER BY received_at")))

    def filed(self) -> bytes:
        """Give the one mail that the archive has."""
        with self.archive.engine.connect() as connection:
            digest = connection.scalar(text("SELECT digest FROM mails"))
        return self.archive.mail(str(digest))


@asynccontextmanager
async def gate(
    archive: Archive, life: Life, *, consequence: bool = False, **mail: Any
) -> AsyncIterator[Gate]:
    """Listen for mail about one review."""
    room = Hurry(lambda: life.now)
    room.reviews[life.review.id] = life.review
    life.later(minutes=5)
    settings = chosen(consequence=consequence, **mail)
    listening = await serve(settings, cast("Door", room), archive, lambda: life.now)
    try:
        yield Gate(archive, room, listening, life)
    finally:
        await listening.close()


async def aside(work: Callable[..., Answer], *given: object) -> Answer:
    """Let a mail server's side of the talk run in a thread of its own, not in one of ours."""
    with ThreadPoolExecutor(1) as thread:
        return await asyncio.get_running_loop().run_in_executor(thread, work, *given)


def _said(answer: tuple[int, bytes]) -> str:
    return f"{answer[0]} {answer[1].decode()}"


def lmtp(port: int, raw: bytes, to: tuple[str, ...], sender: str) -> list[str]:
    with smtplib.LMTP(HOST, port) as talk:
        talk.ehlo_or_helo_if_needed()
        talk.mail(sender)
        asked = [talk.rcpt(address) for address in to]
        if not any(code == 250 for code, _ in asked):
            return [_said(answer) for answer in asked]
        answers = iter([talk.data(raw), *(talk.getreply() for code, _ in asked[1:] if code == 250)])
        return [_said(next(answers)) if code == 250 else _said((code, why)) for code, why in asked]


def _smtp(port: int, raw: bytes, to: tuple[str, ...], sender: str) -> list[str]:
    with smtplib.SMTP(HOST, port) as talk:
        talk.ehlo()
        talk.mail(sender)
        asked = [talk.rcpt(address) for address in to]
        said = [_said(answer) for answer in asked if answer[0] != 250]
        return [*said, _said(talk.data(raw))] if len(said) < len(asked) else said
