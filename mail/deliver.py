"""Handing letters to the mail server: one connection for many, and two ways to fail."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib

from models.errors import Away

MAIL_SERVER = "the mail server"
IMPLICIT_TLS_PORT = 465
PERMANENT = 500
OURS = frozenset({500, 502, 503, 504, 530, 534, 535, 538})
"""5xx that speak of our commands or our login, not of the letter (RFC 5321, 4.2.2; RFC 4954, 6)."""

GOING_AWAY = 421
NOT_AN_ADDRESS = 501
NOT_SUPPORTED = 553
_ADDRESS = re.compile(r"[^\s<>\"]+")


class AddressRefused(Exception):
    """The mail server refuses a letter for good; trying again would not help."""

    def __init__(self, address: str, code: int, reply: str) -> None:
        super().__init__(f"the mail server refuses {address}: {code} {reply}")
        self.address = address
        self.code = code
        self.reply = reply


class Deferred(Away):
    """The mail server takes letters, but not to this address now (4xx to RCPT)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The mail server that takes our letters; `timeout` in seconds, for each of its answers.

    `starttls`: True for encrypted and verified or not at all, False for never, None for encrypted
    where the server offers it. A password is only sent encrypted and to a verified server, unless
    `starttls` is False. Port 465 speaks TLS from the first octet.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    starttls: bool | None = None
    timeout: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    sender: str
    receiver: str
    octets: bytes
    beyond_ascii: bool


class Mailer:
    """Sends letters one after the other over one connection, which it closes when idle."""

    def __init__(
        self, smtp: Smtp, *, idle: float = 20.0, context: ssl.SSLContext | None = None
    ) -> None:
        """Take the server to use, how many seconds to rest before closing, and whom to trust."""
        self._idle = idle
        self._client = _client(smtp, context)
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._farewell: asyncio.Task[None] | None = None

    async def send(self, message: EmailMessage) -> None:
        """Hand a letter to the mail server; when this returns, the server answers for it.

        Raises AddressRefused when it refuses this letter for good, Deferred when it does not take
        this address now, and Away on everything else that may pass: no connection, no answer, a
        4xx, a login or a certificate that fails.
        """
        envelope = _envelope(message)
        async with self._lock:
            self._stay()
            try:
                await self._hand_over(envelope)
            except (AddressRefused, Away):
                raise
            except BaseException:
                self._client.close()
                raise
            finally:
                self._leave_later()

    async def close(self) -> None:
        """Say goodbye to the mail server; another letter would open a new connection."""
        async with self._lock:
            self._stay()
            if self._client.is_connected:
                await self._say_goodbye()

    async def _hand_over(self, envelope: _Envelope) -> None:
        try:
            await self._begin(envelope)
            await self._client.rcpt(envelope.receiver, encoding=_encoding(envelope))
            await self._client.data(envelope.octets)
        except (
            aiosmtplib.SMTPSenderRefused,
            aiosmtplib.SMTPRecipientRefused,
            aiosmtplib.SMTPDataError,
        ) as answer:
            await self._forget()
            verdict = _verdict(envelope, answer.code, answer.message)
            if isinstance(answer, aiosmtplib.SMTPRecipientRefused) and isinstance(verdict, Away):
                raise Deferred(verdict.part, verdict.why) from answer
            raise verdict from answer
        except aiosmtplib.SMTPResponseException as answer:
            raise Away(MAIL_SERVER, f"{answer.code} {_readable(answer.message)}") from answer
        except (aiosmtplib.SMTPException, OSError, ValueError) as trouble:
            raise Away(MAIL_SERVER, str(trouble)) from trouble

    async def _begin(self, envelope: _Envelope) -> None:
        """Connect where needed and open the letter; a connection that has gone is made anew."""
        if self._client.is_connected:
            try:
                await self._open(envelope)
            except aiosmtplib.SMTPServerDisconnected:
                pass
            except aiosmtplib.SMTPSenderRefused as answer:
                if answer.code != GOING_AWAY:
                    raise
            else:
                return
        await self._client.connect()
        await self._open(envelope)

    async def _open(self, envelope: _Envelope) -> None:
        options = []
        if envelope.beyond_ascii:
            options = await self._beyond_ascii(envelope)
        await self._client.mail(envelope.sender, options=options, encoding=_encoding(envelope))

    async def _beyond_ascii(self, envelope: _Envelope) -> list[str]:
        if self._client.is_ehlo_or_helo_needed:
            await self._client.ehlo()
        if not self._client.supports_extension("smtputf8"):
            said = "it takes no addresses beyond ASCII"
            raise AddressRefused(envelope.receiver, NOT_SUPPORTED, said)
        return ["SMTPUTF8", "BODY=8BITMIME"]

    async def _forget(self) -> None:
        """Take a refused letter off the connection, which goes on to serve the next."""
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._client.close()

    def _stay(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _leave_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._idle, self._leave)

    def _leave(self) -> None:
        self._farewell = asyncio.get_running_loop().create_task(self.close())

    async def _say_goodbye(self) -> None:
        try:
            await self._client.quit()
        except (aiosmtplib.SMTPException, OSError):
            self._client.close()


def _client(smtp: Smtp, context: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    from_the_start = smtp.port == IMPLICIT_TLS_PORT
    starttls = True if smtp.starttls is None and smtp.username else smtp.starttls
    verified = from_the_start or starttls is True
    return aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port,
        username=smtp.username or None,
        password=smtp.password or None,
        timeout=smtp.timeout,
        use_tls=from_the_start,
        start_tls=False if from_the_start else starttls,
        validate_certs=verified,
        tls_context=context,
    )


def _envelope(message: EmailMessage) -> _Envelope:
    sender, receiver = (_only_address(message, name) for name in ("From", "To"))
    if not _ADDRESS.fullmatch(receiver):
        raise AddressRefused(receiver, NOT_AN_ADDRESS, "this is not a mail address")
    beyond_ascii = not (sender + receiver).isascii()
    return _Envelope(
        sender=sender, receiver=receiver, octets=message.as_bytes(), beyond_ascii=beyond_ascii
    )


def _only_address(message: EmailMessage, name: str) -> str:
    address = message[name].addresses[0]
    return f"{address.username}@{address.domain}" if address.domain else str(address.username)


def _encoding(envelope: _Envelope) -> str:
    return "utf-8" if envelope.beyond_ascii else "ascii"


def _verdict(envelope: _Envelope, code: int, reply: str) -> AddressRefused | Away:
    if code < PERMANENT or code in OURS:
        return Away(MAIL_SERVER, f"{code} {_readable(reply)}")
    return AddressRefused(envelope.receiver, code, _readable(reply))


def _readable(reply: str) -> str:
    """Put a server's answer on one line of Unicode that can be stored and sent."""
    return " ".join(reply.encode("utf-8", "replace").decode().split())
