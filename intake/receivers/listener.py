"""Listen for mail in the running event loop: LMTP from the mail server, and SMTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from intake.incoming_mail import MAX_MAIL_SIZE
from intake.mail_handler import MailHandler
from intake.receivers.protocols import BoundedLmtp, BoundedSmtp
from intake.smtp_replies import ONE_RECIPIENT_ONLY, TRY_AGAIN_LATER
from models.errors import InvalidInput

MAX_CONCURRENT_MAILS = 8
SHUTDOWN_TIMEOUT = 20.0
"""Seconds that mails in progress get when the listener stops."""

SERVER_IDENT = "Afterword"

log = logging.getLogger("afterword.intake")


class SmtpHandler:
    """Passes each mail to the mail handler and returns its replies."""

    def __init__(self, mail_handler: MailHandler) -> None:
        self._mail_handler = mail_handler
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_MAILS)
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Return the reply for a recipient; SMTP takes only one, as it replies once per mail."""
        del session, options
        if envelope.rcpt_tos and not isinstance(server, LMTP):
            return ONE_RECIPIENT_ONLY.line
        smtp_reply = await self._mail_handler.check_recipient(address)
        if smtp_reply.is_accepted:
            envelope.rcpt_tos.append(address)
        return smtp_reply.line

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Return the reply for a mail, one line per recipient."""
        del server, session
        self._in_flight += 1
        self._idle.clear()
        try:
            return await self._handle_envelope(envelope)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    async def handle_exception(self, error: Exception) -> str:
        """Answer an unexpected error with a temporary failure."""
        log.error("451 for a connection", exc_info=error)
        return TRY_AGAIN_LATER.line

    async def wait_until_idle(self) -> None:
        """Wait until no mail is in progress."""
        await self._idle.wait()

    async def _handle_envelope(self, envelope: Envelope) -> str:
        raw = bytes(envelope.original_content or b"")
        async with self._slots:
            replies = await self._mail_handler.handle_raw(
                raw, envelope.mail_from or "", tuple(envelope.rcpt_tos)
            )
            return "\r\n".join(reply.line for reply in replies)


@dataclass(slots=True, kw_only=True)
class MailListener:
    """The two running servers, their ports, and how to stop them."""

    lmtp_port: int = 0
    smtp_port: int = 0
    handler: SmtpHandler
    servers: list[asyncio.Server] = field(default_factory=list)
    connections: set[BoundedSmtp] = field(default_factory=set)
    fetch_task: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Stop accepting connections, finish the mails in progress, and disconnect."""
        if self.fetch_task is not None:
            self.fetch_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.fetch_task
        for server in self.servers:
            server.close()
        try:
            await asyncio.wait_for(self.handler.wait_until_idle(), SHUTDOWN_TIMEOUT)
        except TimeoutError:
            log.warning("stopped while receiving mail; the sending server will retry")
        for connection in list(self.connections):
            if connection.transport is not None:
                connection.transport.close()
        for server in self.servers:
            await server.wait_closed()


async def start_listener(
    mail_handler: MailHandler, *, host: str, lmtp_port: int, smtp_port: int, hostname: str
) -> MailListener:
    """Start listening on both ports (0: any free one). Raises InvalidInput where one is taken."""
    listener = MailListener(handler=SmtpHandler(mail_handler))
    try:
        listener.lmtp_port = await _open_port(listener, BoundedLmtp, host, lmtp_port, hostname)
        listener.smtp_port = await _open_port(listener, BoundedSmtp, host, smtp_port, hostname)
    except OSError as error:
        await listener.close()
        raise InvalidInput(f"The mail intake cannot listen: {error}") from error
    return listener


async def _open_port(
    listener: MailListener, protocol: type[BoundedSmtp], host: str, port: int, hostname: str
) -> int:
    loop = asyncio.get_running_loop()

    def build_protocol() -> BoundedSmtp:
        return protocol(
            listener.handler,
            listener.connections,
            data_size_limit=MAX_MAIL_SIZE,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident=SERVER_IDENT,
            loop=loop,
        )

    server = await loop.create_server(build_protocol, host, port)
    listener.servers.append(server)
    return int(server.sockets[0].getsockname()[1])
