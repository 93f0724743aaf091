"""A postbox for one machine: it stores every email instead of delivering it.

It serves SMTP in the running event loop and stores each email as a file, so that they are there
again after a crash. `build_reply` writes a real reply, quoting the email as mail programs do.
"""

from __future__ import annotations

import asyncio
import email
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from aiosmtplib import send

from local.ports import HOST, open_listener
from mail.common.reply_subject import format_reply_subject
from models.errors import Unavailable

MAX_BYTES = 4 * 1024 * 1024
"""The largest email it accepts, in bytes."""
HOSTNAME = "postbox.localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEmail:
    """One email as it arrived: its number (from 1), the envelope, and the file that holds it."""

    number: int
    to: str
    subject: str
    sent_at: datetime | None
    file: Path

    @property
    def message(self) -> EmailMessage:
        """Return the email as a message object."""
        return email.message_from_bytes(self.file.read_bytes(), policy=policy.default)

    def get_body(self, subtype: str) -> str:
        """Return the body of one subtype ("plain", "html"), empty where it has none."""
        body = self.message.get_body((subtype,))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""


class Postbox:
    """Every email that was received, oldest first."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._emails = [_read_email(file) for file in sorted(directory.glob("*.eml"))]
        self._arrival = asyncio.Event()

    def list_emails(self, to: str = "", subject: str = "", after: int = 0) -> list[StoredEmail]:
        """List the emails to a person, with these words in the subject, after a number."""
        return [
            stored
            for stored in self._emails
            if stored.number > after
            and to.lower() in ("", stored.to)
            and subject.lower() in stored.subject.lower()
        ]

    def find_email(self, number: int) -> StoredEmail | None:
        """Find one email by its number."""
        return next((stored for stored in self._emails if stored.number == number), None)

    async def wait_for(
        self, to: str = "", subject: str = "", after: int = 0, within: float = 10.0
    ) -> StoredEmail:
        """Wait for the first such email. Raises Unavailable when none comes in time."""
        try:
            async with asyncio.timeout(within):
                return await self._wait_for_match(lambda: self.list_emails(to, subject, after))
        except TimeoutError:
            wanted = f"no email to {to or 'anybody'} about “{subject}” within {within:g} s"
            raise Unavailable("The postbox", wanted) from None

    async def _wait_for_match(self, find_matches: Callable[[], list[StoredEmail]]) -> StoredEmail:
        while not (matches := find_matches()):
            self._arrival.clear()
            await self._arrival.wait()
        return matches[0]

    def add(self, sender: str, recipient: str, content: bytes) -> StoredEmail:
        """Store one email, on disk completely or not at all."""
        number = self._emails[-1].number + 1 if self._emails else 1
        envelope = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient.lower()}\r\n"
        file = self._directory / f"{number:06}.eml"
        draft = file.with_suffix(".part")
        draft.write_bytes(envelope.encode() + content)
        draft.replace(file)
        self._emails.append(_read_email(file))
        self._arrival.set()
        return self._emails[-1]

    async def handle_DATA(  # noqa: N802  (aiosmtpd calls it by this name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Store an email for each of its recipients."""
        for recipient in envelope.rcpt_tos:
            self.add(envelope.mail_from or "", recipient, bytes(envelope.original_content or b""))
        return "250 stored in the postbox"


@asynccontextmanager
async def serve_smtp(postbox: Postbox, port: int | socket.socket) -> AsyncIterator[int]:
    """Serve SMTP until the block ends and yield the port. Raises InvalidInput when it is taken."""
    loop = asyncio.get_running_loop()
    listener = port if isinstance(port, socket.socket) else open_listener(port)
    server = await loop.create_server(lambda: _build_smtp_session(postbox, loop), sock=listener)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.close()


def build_reply(
    original: StoredEmail, text: str, now: datetime, postbox_id: str = ""
) -> EmailMessage:
    """Build a reply as a mail program does: the text on top, the email quoted below.

    By `postbox_id`, which only the intake of this machine knows, the postbox vouches for its
    sender, as a mail server does that has checked one.
    """
    message = original.message
    when = f"{original.sent_at:%a, %d %b %Y at %H:%M}" if original.sent_at else "Earlier"
    quoted = "\n".join(f"> {line}".rstrip() for line in original.get_body("plain").splitlines())
    reply = EmailMessage(policy=policy.SMTP)
    reply["From"] = original.to
    reply["To"] = str(message["Reply-To"] or message["From"])
    reply["Subject"] = format_reply_subject(original.subject)
    reply["Date"] = format_datetime(now)
    domain = original.to.rpartition("@")[2] or HOSTNAME
    reply["Message-ID"] = make_msgid(domain=domain)
    if message["Message-ID"]:
        reply["In-Reply-To"] = str(message["Message-ID"])
        reply["References"] = f"{message['References'] or ''} {message['Message-ID']}".strip()
    if postbox_id:
        reply["Authentication-Results"] = f"{postbox_id}; dmarc=pass header.from={domain}"
    reply.set_content(f"{text.strip()}\n\nOn {when}, {message['From']} wrote:\n{quoted}\n")
    return reply


async def send_message(port: int, message: EmailMessage) -> None:
    """Send a message to a local SMTP server. Raises aiosmtplib's errors when refused."""
    await send(message, hostname=HOST, port=port, start_tls=False, local_hostname=HOSTNAME)


def _build_smtp_session(postbox: Postbox, loop: asyncio.AbstractEventLoop) -> SMTP:
    return SMTP(
        postbox,
        data_size_limit=MAX_BYTES,
        enable_SMTPUTF8=True,
        hostname=HOSTNAME,
        ident=HOSTNAME,
        loop=loop,
    )


def _read_email(file: Path) -> StoredEmail:
    headers = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    return StoredEmail(
        number=int(file.stem),
        to=str(headers["Delivered-To"] or ""),
        subject=str(headers["Subject"] or ""),
        sent_at=headers["Date"].datetime if headers["Date"] else None,
        file=file,
    )
