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

from mail.outbound.smtp import Mailer, SmtpServer
from models.notifications import Notification, NotificationKind
from tests.mail.notification_samples import compose_for_person, select_actions
from tests.patience import PATIENCE
from tests.sample_people import OLGA

HOST = "127.0.0.1"
CERTIFICATE = Path(__file__).with_name("loopback.pem")
ConnectionHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RecordingHandler:
    """An aiosmtpd handler that keeps every mail it receives.

    `answers` are its replies by command or address where it is to refuse, `most` how many emails
    it takes over one connection.
    """

    replies: dict[str, str] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    connections: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    quit_count: int = 0
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)
    max_per_connection: int = 1000
    received_per_peer: Counter[Any] = field(default_factory=Counter)

    async def handle_MAIL(  # noqa: N802  (aiosmtpd's name)
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.received_per_peer[session.peer] += 1
        if self.received_per_peer[session.peer] > self.max_per_connection:
            return "421 4.7.0 enough for one connection"
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        if "DATA" in self.replies:
            return self.replies["DATA"]
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 kept"

    async def handle_QUIT(self, _: SMTP, __: Session, ___: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        self.quit_count += 1
        self.disconnected.set()
        return "221 Bye"

    def authenticate(
        self, _: SMTP, __: Session, ___: Envelope, ____: str, login: LoginPassword
    ) -> AuthResult:
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == b"right", handled=False)


@dataclass
class RunningServer:
    """A server that runs: where it listens, and how to drop all its connections."""

    port: int
    sessions: list[Any]

    def drop_connections(self) -> None:
        """Drop every connection as a crash would."""
        for session in self.sessions:
            if session.transport is not None:
                session.transport.abort()


@asynccontextmanager
async def run_smtp_server(
    handler: RecordingHandler, *, port: int = 0, **options: Any
) -> AsyncIterator[RunningServer]:
    """Run a real SMTP server with a handler; `options` are aiosmtpd's."""
    loop = asyncio.get_running_loop()
    sessions: list[Any] = []

    def session() -> SMTP:
        handler.connections += 1
        with warnings.catch_warnings(action="ignore"):  # it warns of logins without encryption
            made = SMTP(handler, hostname="localhost", loop=loop, **options)
        sessions.append(made)
        return made

    server = await loop.create_server(session, HOST, port)
    running = RunningServer(port=server.sockets[0].getsockname()[1], sessions=sessions)
    try:
        yield running
    finally:
        server.close()
        running.drop_connections()
        await server.wait_closed()


@asynccontextmanager
async def run_scripted_server(handle: ConnectionHandler) -> AsyncIterator[int]:
    """Run a server that handles each connection with `talk`, and yield its port."""
    writers: list[asyncio.StreamWriter] = []

    async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await handle(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve_connection, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await server.wait_closed()


def build_script(*answers: str) -> ConnectionHandler:
    """Return a handler that answers each line with the next of `answers` ("": nothing)."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if answer:
                writer.write(f"{answer}\r\n".encode())
                await writer.drain()
            await reader.readline()

    return handle


def build_server_context() -> ssl.SSLContext:
    """Return a TLS context with the certificate of these tests."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


def build_client_context() -> ssl.SSLContext:
    """Return a TLS context that trusts the certificate of these tests, and no other."""
    return ssl.create_default_context(cafile=CERTIFICATE)


def find_free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def build_email(to: str = OLGA) -> EmailMessage:
    """Build a short email."""
    return compose_for_person(Notification(kind=NotificationKind.NOTICE, to=to), select_actions())


def build_smtp_settings(port: int, **more: Any) -> SmtpServer:
    """Return what a mailer needs to know of a server on loopback."""
    return SmtpServer(host=HOST, port=port, timeout=PATIENCE, **more)


@asynccontextmanager
async def open_mailer(settings: SmtpServer, **more: Any) -> AsyncIterator[Mailer]:
    """Yield a mailer that is closed at the end."""
    mailer = Mailer(settings, **more)
    try:
        yield mailer
    finally:
        await mailer.close()
