"""Mail servers on loopback: real ones of aiosmtpd, and some that misbehave line by line."""

from __future__ import annotations

import asyncio
import socket
import ssl
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mail.deliver import Mailer, Smtp
from models.letters import Letter, LetterKind
from tests.cast import OLGA
from tests.mail.samples import composed, slice_of

HOST = "127.0.0.1"
CERTIFICATE = Path(__file__).with_name("loopback.pem")
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Postbox:
    """Keeps what it is given.

    `answers` are its replies by command or address where it is to refuse, `most` how many letters
    it takes over one connection.
    """

    answers: dict[str, str] = field(default_factory=dict)
    letters: list[Envelope] = field(default_factory=list)
    connections: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    goodbyes: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)
    most: int = 1000
    taken: Counter[Any] = field(default_factory=Counter)

    async def handle_MAIL(  # noqa: N802  (aiosmtpd's name)
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.taken[session.peer] += 1
        if self.taken[session.peer] > self.most:
            return "421 4.7.0 enough for one connection"
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.letters.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 kept"

    async def handle_QUIT(self, _: SMTP, __: Session, ___: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        self.goodbyes += 1
        self.left.set()
        return "221 Bye"

    def authenticate(
        self, _: SMTP, __: Session, ___: Envelope, ____: str, login: LoginPassword
    ) -> AuthResult:
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == b"right", handled=False)


@dataclass
class Running:
    """A server that runs: where it listens, and how to cut all its connections."""

    port: int
    sessions: list[Any]

    def cut(self) -> None:
        """Cut every connection as a crash would."""
        for session in self.sessions:
            if session.transport is not None:
                session.transport.abort()


@asynccontextmanager
async def serving(postbox: Postbox, *, port: int = 0, **options: Any) -> AsyncIterator[Running]:
    """Run a real SMTP server over a postbox; `options` are aiosmtpd's."""
    loop = asyncio.get_running_loop()
    sessions: list[Any] = []

    def session() -> SMTP:
        postbox.connections += 1
        with warnings.catch_warnings(action="ignore"):  # it warns of logins without encryption
            made = SMTP(postbox, hostname="localhost", loop=loop, **options)
        sessions.append(made)
        return made

    server = await loop.create_server(session, HOST, port)
    running = Running(port=server.sockets[0].getsockname()[1], sessions=sessions)
    try:
        yield running
    finally:
        server.close()
        running.cut()
        await server.wait_closed()


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[int]:
    """Run a server that says to each connection what `talk` says, and give its port."""
    writers: list[asyncio.StreamWriter] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await server.wait_closed()


def script(*answers: str) -> Talk:
    """Answer each line with the next of `answers`, then hang up; "" says nothing at all."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if answer:
                writer.write(f"{answer}\r\n".encode())
                await writer.drain()
            await reader.readline()

    return talk


def server_context() -> ssl.SSLContext:
    """Show the certificate of these tests."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def trusting() -> ssl.SSLContext:
    """Trust the certificate of these tests, and no other."""
    return ssl.create_default_context(cafile=CERTIFICATE)


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def letter(to: str = OLGA) -> EmailMessage:
    """Write a short letter."""
    return composed(Letter(kind=LetterKind.NOTICE, to=to), slice_of())


def smtp(port: int, **more: Any) -> Smtp:
    """Set up what a mailer needs to know of a server on loopback."""
    return Smtp(host=HOST, port=port, timeout=2.0, **more)


@asynccontextmanager
async def mailing(settings: Smtp, **more: Any) -> AsyncIterator[Mailer]:
    """Give a mailer that says goodbye in the end."""
    mailer = Mailer(settings, **more)
    try:
        yield mailer
    finally:
        await mailer.close()
