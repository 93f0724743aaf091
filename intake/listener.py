"""Listens for mail in the running event loop: LMTP behind the site's mail server, and SMTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import weakref
from dataclasses import dataclass, field

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from intake.brought import bring
from intake.doorkeeper import Doorkeeper
from intake.verdicts import LATER, ONE_AT_A_TIME
from models.errors import Malformed

SIZE_LIMIT = 25 * 1024 * 1024
LINE_LIMIT = 1024 * 1024
"""Octets of one line: RFC 5321 allows a thousand, but people's programs send more."""

MOST_AT_ONCE = 8
GRACE = 20.0
"""Seconds that mails under way are given when the listener stops."""

GO_ON = "354"
IDENT = "Afterword"

log = logging.getLogger("afterword.intake")


class _Smtp(SMTP):
    """SMTP for people's long lines."""

    line_length_limit = LINE_LIMIT


class _Lmtp(LMTP):
    """LMTP that answers once for every recipient after the mail, whatever the answer."""

    line_length_limit = LINE_LIMIT
    _taking = False

    async def push(self, status: str | bytes) -> None:
        """Send an answer; after the mail's end, an answer for all is sent once for each."""
        text = status.decode() if isinstance(status, bytes) else status
        recipients = len(self.envelope.rcpt_tos) if self._taking and self.envelope else 0
        self._taking = text.startswith(GO_ON)
        await super().push("\r\n".join([text] * max(1, recipients)))


class Handler:
    """Brings each mail to the doorkeeper and his verdicts back."""

    def __init__(self, keeper: Doorkeeper) -> None:
        self._keeper = keeper
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._under_way = 0
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
        """Judge a recipient; SMTP has one answer for a mail, so one recipient at a time."""
        del session, options
        if envelope.rcpt_tos and not isinstance(server, LMTP):
            return ONE_AT_A_TIME.line
        verdict = await self._keeper.admit(address)
        if verdict.is_accepted:
            envelope.rcpt_tos.append(address)
        return verdict.line

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Judge a mail, for each recipient by itself."""
        del server, session
        self._under_way += 1
        self._idle.clear()
        try:
            return await self._judged(envelope)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def handle_exception(self, error: Exception) -> str:
        """Answer what nobody expected: our own trouble is for later."""
        log.error("451 for a connection", exc_info=error)
        return LATER.line

    async def idle(self) -> None:
        """Wait until no mail is under way."""
        await self._idle.wait()

    async def _judged(self, envelope: Envelope) -> str:
        raw = bytes(envelope.original_content or b"")
        async with self._room:
            mails = await bring(raw, envelope.mail_from or "", tuple(envelope.rcpt_tos))
            return "\r\n".join([(await self._keeper.take(mail)).line for mail in mails])


@dataclass(slots=True, kw_only=True)
class Listening:
    """The two listeners at work, the ports they got, and the way to stop them."""

    lmtp_port: int = 0
    smtp_port: int = 0
    handler: Handler
    servers: list[asyncio.Server] = field(default_factory=list)
    talks: weakref.WeakSet[SMTP] = field(default_factory=weakref.WeakSet)
    fetching: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Take no more connections, finish the mails under way, and hang up."""
        if self.fetching is not None:
            self.fetching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.fetching
        for server in self.servers:
            server.close()
        try:
            await asyncio.wait_for(self.handler.idle(), GRACE)
        except TimeoutError:
            log.warning("stopped with mail under way; its sender will bring it again")
        for talk in list(self.talks):
            if talk.transport is not None:
                talk.transport.close()
        for server in self.servers:
            await server.wait_closed()


async def listen(
    keeper: Doorkeeper, *, host: str, lmtp_port: int, smtp_port: int, hostname: str
) -> Listening:
    """Listen on both ports (0: any free one). Raises Malformed where one is taken."""
    listening = Listening(handler=Handler(keeper))
    try:
        listening.lmtp_port = await _open(listening, _Lmtp, host, lmtp_port, hostname)
        listening.smtp_port = await _open(listening, _Smtp, host, smtp_port, hostname)
    except OSError as taken:
        await listening.close()
        raise Malformed(f"The mail intake cannot listen: {taken}") from taken
    return listening


async def _open(
    listening: Listening, protocol: type[SMTP], host: str, port: int, hostname: str
) -> int:
    loop = asyncio.get_running_loop()

    def connected() -> SMTP:
        talk = protocol(
            listening.handler,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident=IDENT,
            loop=loop,
        )
        listening.talks.add(talk)
        return talk

    server = await loop.create_server(connected, host, port)
    listening.servers.append(server)
    return int(server.sockets[0].getsockname()[1])
