"""An intake that listens for the tests, and mail delivered to it."""

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

from intake.main import start_intake
from intake.receivers.listener import MailListener
from mail.common import reply_token
from models.commands import AnyCommand
from models.email_address import TokenKind
from models.review import Receipt, Review
from register.archive import Archive
from settings import MailSection, Settings, WebSection
from tests.in_memory_client import InMemoryReviewClient
from tests.mail.inbound_samples import build_mail
from tests.sample_people import COORDINATOR, OLGA
from tests.sample_reviews import ReviewBuilder
from workflows.client import ReviewClient

SECRET = "a secret of sixteen octets"
SENDER = "afterword@example.org"
DOMAIN = "reply.example.org"
HOST = "127.0.0.1"
Answer = TypeVar("Answer")
LINK = "https://example.org/changes/41"


MAIL_SERVER = "mx.example.org"


def build_settings(
    *, consequence: bool = False, url: str = "http://127.0.0.1:8600", **mail: Any
) -> Settings:
    """Return settings that listen on any free port."""
    return Settings(
        secret=SecretStr(SECRET),
        coordinator=COORDINATOR,
        web=WebSection(url=url),
        mail=MailSection(
            sender=SENDER,
            domain=DOMAIN,
            lmtp_port=0,
            smtp_port=0,
            decisions_by_mail=consequence or None,
            **mail,
        ),
    )


class InterleavingReviewClient(InMemoryReviewClient):
    """A review client in which another command runs between reading and changing a review."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.pending_commands: list[AnyCommand] = []
        self._asking = 0

    async def fetch_review(self, name: str) -> Review:
        """Return the record, and apply a pending command of somebody else afterwards."""
        record = await super().fetch_review(name)
        if self.pending_commands and not self._asking:
            await self.send_command(name, self.pending_commands.pop(0))
        return record

    async def send_command(self, review: str, command: AnyCommand) -> Receipt:
        """Apply a command and return its receipt."""
        self._asking += 1
        try:
            return await super().send_command(review, command)
        finally:
            self._asking -= 1


@dataclass
class IntakeServer:
    """An intake, its archive, and the one review behind it."""

    archive: Archive
    review_client: InterleavingReviewClient
    listening: MailListener
    builder: ReviewBuilder
    mails_sent: int = 0

    @property
    def review(self) -> Review:
        """Return the review as it is."""
        return self.review_client.reviews[self.builder.review.id]

    def read_clock(self) -> datetime:
        """Return the time at the intake."""
        return self.builder.now

    def build_reply_address(
        self,
        person: str = OLGA,
        item: str = "",
        *,
        granted: bool = True,
        kind: TokenKind = TokenKind.REPLY,
    ) -> str:
        """Return somebody's reply address, or an address with a token of another kind."""
        token = self.issue_token(person, item, granted=granted, kind=kind)
        return reply_token.build_token_address(token, DOMAIN)

    def build_organizer_address(self, person: str = OLGA, meeting: str = "follow-up-1") -> str:
        """Return the organizer's address in somebody's invitation to a meeting."""
        return self.build_reply_address(person, meeting, kind=TokenKind.MEETING)

    def build_return_path(self, message_id: str, person: str = OLGA) -> str:
        """Return the envelope sender of an email to somebody."""
        digest = reply_token.compute_digest(message_id)
        return self.build_reply_address(person, digest, kind=TokenKind.BOUNCE)

    def build_message_id(self, person: str = OLGA, kind: TokenKind = TokenKind.MESSAGE) -> str:
        """Return the Message-ID of an email to somebody."""
        return f"<0123456789.{self.issue_token(person, kind=kind)}@{DOMAIN}>"

    def issue_token(
        self,
        person: str = OLGA,
        item: str = "",
        *,
        granted: bool = True,
        kind: TokenKind = TokenKind.REPLY,
    ) -> str:
        """Return somebody's token for the review."""
        review = self.builder.review.id
        token = reply_token.sign_token(SECRET.encode(), review, person, item, kind=kind)
        if granted:
            self.archive.notifications.add_reply_address(token, review, person, item, kind)
        return token

    def build_mail(self, text: str, **headers: str | None) -> bytes:
        """Build a mail, each with a Message-ID of its own."""
        self.mails_sent += 1
        date = f"{self.builder.now:%a, %d %b %Y %H:%M:%S} +0000"
        defaults = {"Message_ID": f"<{self.mails_sent}@example.org>", "Date": date, **headers}
        return build_mail(text, **defaults)

    async def send_lmtp(self, raw: bytes, *to: str, sender: str = OLGA) -> list[str]:
        """Send a mail by LMTP, and return the answer for each recipient."""
        return await run_in_thread(send_by_lmtp, self.listening.lmtp_port, raw, to, sender)

    async def send_smtp(self, raw: bytes, *to: str, sender: str = OLGA) -> list[str]:
        """Send a mail by SMTP, and return the answers: of refused recipients, then of the mail."""
        return await run_in_thread(_send_by_smtp, self.listening.smtp_port, raw, to, sender)

    def list_verdicts(self) -> list[str]:
        """List what the archive says of the mails it has."""
        with self.archive.engine.connect() as connection:
            return list(connection.scalars(text("SELECT verdict FROM mails ORDER BY received_at")))

    def read_archived(self) -> bytes:
        """Return the one mail that the archive has."""
        with self.archive.engine.connect() as connection:
            digest = connection.scalar(text("SELECT digest FROM mails"))
        return self.archive.mail.read_mail(str(digest))


@asynccontextmanager
async def run_intake_server(
    archive: Archive,
    builder: ReviewBuilder,
    *,
    consequence: bool = False,
    postbox_id: str = "",
    **mail: Any,
) -> AsyncIterator[IntakeServer]:
    """Run an intake that listens for mail about one review."""
    review_client = InterleavingReviewClient(lambda: builder.now)
    review_client.reviews[builder.review.id] = builder.review
    builder.advance(minutes=5)
    settings = build_settings(consequence=consequence, **mail)
    listening = await start_intake(
        settings,
        cast("ReviewClient", review_client),
        archive,
        lambda: builder.now,
        postbox_id=postbox_id,
    )
    try:
        yield IntakeServer(archive, review_client, listening, builder)
    finally:
        await listening.close()


async def run_in_thread(function: Callable[..., Answer], *args: object) -> Answer:
    """Run the mail server's side of a session in a thread of its own, not in one of ours."""
    with ThreadPoolExecutor(1) as thread:
        return await asyncio.get_running_loop().run_in_executor(thread, function, *args)


def _format_answer(answer: tuple[int, bytes]) -> str:
    return f"{answer[0]} {answer[1].decode()}"


def send_by_lmtp(port: int, raw: bytes, to: tuple[str, ...], sender: str) -> list[str]:
    with smtplib.LMTP(HOST, port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail(sender)
        recipients = [client.rcpt(address) for address in to]
        if not any(code == 250 for code, _ in recipients):
            return [_format_answer(answer) for answer in recipients]
        answers = iter(
            [client.data(raw), *(client.getreply() for code, _ in recipients[1:] if code == 250)]
        )
        return [
            _format_answer(next(answers)) if code == 250 else _format_answer((code, why))
            for code, why in recipients
        ]


def _send_by_smtp(port: int, raw: bytes, to: tuple[str, ...], sender: str) -> list[str]:
    with smtplib.SMTP(HOST, port) as client:
        client.ehlo()
        client.mail(sender)
        recipients = [client.rcpt(address) for address in to]
        refused = [_format_answer(answer) for answer in recipients if answer[0] != 250]
        return (
            [*refused, _format_answer(client.data(raw))]
            if len(refused) < len(recipients)
            else refused
        )
