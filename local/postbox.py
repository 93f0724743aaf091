"""A postbox for one machine: keeps every letter it is given, instead of carrying it to anybody.

It speaks SMTP in the running event loop and keeps each letter as a file, so that a start after a
crash finds them again. `answer` sends a real reply back, quoting the letter as mail programs do.
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

from local.ports import HOST, listening
from models.errors import Away

HOLDS = 4 * 1024 * 1024
"""The largest letter it takes, in octets."""
NAME = "postbox.localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One letter as it arrived: its number (from 1), the envelope, and the file that holds it."""

    number: int
    to: str
    subject: str
    sent_at: datetime | None
    file: Path

    @property
    def message(self) -> EmailMessage:
        """The letter itself."""
        return email.message_from_bytes(self.file.read_bytes(), policy=policy.default)

    def part(self, kind: str) -> str:
        """Its text in one kind ("plain", "html"), empty where it has none."""
        body = self.message.get_body((kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""


class Postbox:
    """Every letter that was handed in, oldest first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._posts = [_read(file) for file in sorted(folder.glob("*.eml"))]
        self._news = asyncio.Event()

    def letters(self, to: str = "", subject: str = "", after: int = 0) -> list[Post]:
        """Give the letters to somebody, with these words in the subject, after a number."""
        return [
            post
            for post in self._posts
            if post.number > after
            and to.lower() in ("", post.to)
            and subject.lower() in post.subject.lower()
        ]

    def letter(self, number: int) -> Post | None:
        """Give one letter by its number."""
        return next((post for post in self._posts if post.number == number), None)

    async def wait_for(
        self, to: str = "", subject: str = "", after: int = 0, within: float = 10.0
    ) -> Post:
        """Wait for such a letter and give the first one. Raises Away when none comes in time."""
        try:
            async with asyncio.timeout(within):
                return await self._first(lambda: self.letters(to, subject, after))
        except TimeoutError:
            wanted = f"no letter to {to or 'anybody'} about “{subject}” within {within:g} s"
            raise Away("The postbox", wanted) from None

    async def _first(self, look: Callable[[], list[Post]]) -> Post:
        while not (found := look()):
            self._news.clear()
            await self._news.wait()
        return found[0]

    def put(self, sender: str, receiver: str, content: bytes) -> Post:
        """Keep one letter; it is on disk whole, or not at all."""
        number = self._posts[-1].number + 1 if self._posts else 1
        envelope = f"Return-Path: <{sender}>\r\nDelivered-To: {receiver.lower()}\r\n"
        file = self._folder / f"{number:06}.eml"
        draft = file.with_suffix(".part")
        draft.write_bytes(envelope.encode() + content)
        draft.replace(file)
        self._posts.append(_read(file))
        self._news.set()
        return self._posts[-1]

    async def handle_DATA(  # noqa: N802  (aiosmtpd calls it by this name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take what a mail program or Afterword itself hands in."""
        for receiver in envelope.rcpt_tos:
            self.put(envelope.mail_from or "", receiver, bytes(envelope.original_content or b""))
        return "250 kept in the postbox"


@asynccontextmanager
async def listening_at(postbox: Postbox, port: int | socket.socket) -> AsyncIterator[int]:
    """Take letters over SMTP until the block ends; gives the port. Raises Malformed when taken."""
    loop = asyncio.get_running_loop()
    listener = port if isinstance(port, socket.socket) else listening(port)
    server = await loop.create_server(lambda: _conversation(postbox, loop), sock=listener)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.close()


def answer(post: Post, text: str, now: datetime) -> EmailMessage:
    """Write the reply that a mail program writes: their words on top, the letter quoted below."""
    letter = post.message
    when = f"{post.sent_at:%a, %d %b %Y at %H:%M}" if post.sent_at else "Earlier"
    quoted = "\n".join(f"> {line}".rstrip() for line in post.part("plain").splitlines())
    reply = EmailMessage(policy=policy.SMTP)
    reply["From"] = post.to
    reply["To"] = str(letter["Reply-To"] or letter["From"])
    reply["Subject"] = _again(post.subject)
    reply["Date"] = format_datetime(now)
    reply["Message-ID"] = make_msgid(domain=post.to.rpartition("@")[2] or NAME)
    if letter["Message-ID"]:
        reply["In-Reply-To"] = str(letter["Message-ID"])
        reply["References"] = f"{letter['References'] or ''} {letter['Message-ID']}".strip()
    reply.set_content(f"{text.strip()}\n\nOn {when}, {letter['From']} wrote:\n{quoted}\n")
    return reply


async def post_to(port: int, message: EmailMessage) -> None:
    """Hand a mail to an SMTP server on this machine. Raises aiosmtplib's errors when it refuses."""
    await send(message, hostname=HOST, port=port, start_tls=False, local_hostname=NAME)


def _conversation(postbox: Postbox, loop: asyncio.AbstractEventLoop) -> SMTP:
    return SMTP(
        postbox, data_size_limit=HOLDS, enable_SMTPUTF8=True, hostname=NAME, ident=NAME, loop=loop
    )


def _read(file: Path) -> Post:
    headers = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    return Post(
        number=int(file.stem),
        to=str(headers["Delivered-To"] or ""),
        subject=str(headers["Subject"] or ""),
        sent_at=headers["Date"].datetime if headers["Date"] else None,
        file=file,
    )


def _again(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"
