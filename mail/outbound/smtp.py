"""Send emails over SMTP: one connection for many emails, and two kinds of failure."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib

from mail.outbound.email_formatting import encode_domain
from models.email_address import is_email_address
from models.errors import Unavailable

MAIL_SERVER = "the mail server"
IMPLICIT_TLS_PORT = 465
FIRST_PERMANENT_CODE = 500
OUR_ERROR_CODES = frozenset({500, 502, 503, 504, 530, 534, 535, 538})
"""5xx codes about our commands or login, not about the email (RFC 5321, 4.2.2; RFC 4954, 6)."""

SERVICE_NOT_AVAILABLE = 421
SYNTAX_ERROR_IN_PARAMETERS = 501
MAILBOX_NAME_NOT_ALLOWED = 553


class AddressRefused(Exception):
    """The mail server refuses an email permanently; a retry would not help."""

    def __init__(self, address: str, code: int, reply: str) -> None:
        super().__init__(f"the mail server refuses {address}: {code} {reply}")
        self.address = address
        self.code = code
        self.reply = reply


class Deferred(Unavailable):
    """The mail server accepts emails, but not for this address now (4xx to RCPT)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """The mail server that we send through; `timeout` in seconds, for each of its replies.

    `starttls`: True for encrypted and verified or not at all, False for never, None for encrypted
    where the server offers it. A password is only sent encrypted and to a verified server, unless
    `starttls` is False. Port 465 uses TLS from the first octet. `ca_file` has the authorities that
    are believed in place of the usual ones.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    starttls: bool | None = None
    timeout: float = 30.0
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    sender: str
    recipient: str
    octets: bytes
    needs_smtputf8: bool


class Mailer:
    """Sends emails one after the other over one connection, which it closes when idle."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        idle_seconds: float = 20.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Set the server, the idle seconds before the connection closes, and the TLS context."""
        self._idle_seconds = idle_seconds
        self._client = _build_client(server, context)
        self._lock = asyncio.Lock()
        self._idle_timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def send(self, message: EmailMessage, return_path: str = "") -> None:
        """Send an email; when this returns, the mail server is responsible for it.

        `return_path` is the envelope sender, to whom it is returned; without one, its sender.

        Raises AddressRefused when it refuses this email for good, Deferred when it does not take
        this address now, and Unavailable on everything else that may pass: no connection, no
        answer, a 4xx, a login or a certificate that fails.
        """
        envelope = _build_envelope(message, return_path)
        async with self._lock:
            self._cancel_idle_timer()
            try:
                await self._transfer(envelope)
            except (AddressRefused, Unavailable):
                raise
            except BaseException:
                self._client.close()
                raise
            finally:
                self._start_idle_timer()

    async def close(self) -> None:
        """Close the connection; another email would open a new one."""
        async with self._lock:
            self._cancel_idle_timer()
            if self._client.is_connected:
                await self._quit()

    async def _transfer(self, envelope: _Envelope) -> None:
        try:
            await self._start_transaction(envelope)
            await self._client.rcpt(envelope.recipient, encoding=_choose_encoding(envelope))
            await self._client.data(envelope.octets)
        except (
            aiosmtplib.SMTPSenderRefused,
            aiosmtplib.SMTPRecipientRefused,
            aiosmtplib.SMTPDataError,
        ) as response:
            await self._reset()
            error_for_reply = _convert_reply(envelope, response.code, response.message)
            if isinstance(response, aiosmtplib.SMTPRecipientRefused) and isinstance(
                error_for_reply, Unavailable
            ):
                raise Deferred(error_for_reply.part, error_for_reply.why) from response
            raise error_for_reply from response
        except aiosmtplib.SMTPResponseException as response:
            raise Unavailable(
                MAIL_SERVER, f"{response.code} {_format_reply(response.message)}"
            ) from response
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise Unavailable(MAIL_SERVER, str(error)) from error

    async def _start_transaction(self, envelope: _Envelope) -> None:
        """Connect if needed and start the transaction; a lost connection is opened again."""
        if self._client.is_connected:
            try:
                await self._send_mail_from(envelope)
            except aiosmtplib.SMTPServerDisconnected:
                pass
            except aiosmtplib.SMTPSenderRefused as response:
                if response.code != SERVICE_NOT_AVAILABLE:
                    raise
            else:
                return
        await self._client.connect()
        await self._send_mail_from(envelope)

    async def _send_mail_from(self, envelope: _Envelope) -> None:
        options = []
        if envelope.needs_smtputf8:
            options = await self._build_smtputf8_options(envelope)
        await self._client.mail(
            envelope.sender, options=options, encoding=_choose_encoding(envelope)
        )

    async def _build_smtputf8_options(self, envelope: _Envelope) -> list[str]:
        if self._client.is_ehlo_or_helo_needed:
            await self._client.ehlo()
        if not self._client.supports_extension("smtputf8"):
            reason = "it takes no addresses beyond ASCII"
            raise AddressRefused(envelope.recipient, MAILBOX_NAME_NOT_ALLOWED, reason)
        return ["SMTPUTF8", "BODY=8BITMIME"]

    async def _reset(self) -> None:
        """Reset the connection after a refused email, so that the next can use it."""
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._client.close()

    def _cancel_idle_timer(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None

    def _start_idle_timer(self) -> None:
        loop = asyncio.get_running_loop()
        self._idle_timer = loop.call_later(self._idle_seconds, self._close_when_idle)

    def _close_when_idle(self) -> None:
        self._closing = asyncio.get_running_loop().create_task(self.close())

    async def _quit(self) -> None:
        try:
            await self._client.quit()
        except (aiosmtplib.SMTPException, OSError):
            self._client.close()


def _build_client(server: SmtpServer, context: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    implicit_tls = server.port == IMPLICIT_TLS_PORT
    starttls = True if server.starttls is None and server.username else server.starttls
    validate_certs = implicit_tls or starttls is True
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username or None,
        password=server.password or None,
        timeout=server.timeout,
        use_tls=implicit_tls,
        start_tls=False if implicit_tls else starttls,
        validate_certs=validate_certs,
        tls_context=context,
        cert_bundle=None if context else server.ca_file or None,
    )


def _build_envelope(message: EmailMessage, return_path: str) -> _Envelope:
    sender, recipient = (_find_only_address(message, name) for name in ("From", "To"))
    if not is_email_address(recipient if "@" in recipient else f"{recipient}@localhost"):
        raise AddressRefused(recipient, SYNTAX_ERROR_IN_PARAMETERS, "this is not an email address")
    needs_smtputf8 = not (sender + recipient).isascii()
    return _Envelope(
        sender=encode_domain(return_path) or sender,
        recipient=recipient,
        octets=message.as_bytes(),
        needs_smtputf8=needs_smtputf8,
    )


def _find_only_address(message: EmailMessage, name: str) -> str:
    address = message[name].addresses[0]
    return f"{address.username}@{address.domain}" if address.domain else str(address.username)


def _choose_encoding(envelope: _Envelope) -> str:
    return "utf-8" if envelope.needs_smtputf8 else "ascii"


def _convert_reply(envelope: _Envelope, code: int, reply: str) -> AddressRefused | Unavailable:
    if code < FIRST_PERMANENT_CODE or code in OUR_ERROR_CODES:
        return Unavailable(MAIL_SERVER, f"{code} {_format_reply(reply)}")
    return AddressRefused(envelope.recipient, code, _format_reply(reply))


def _format_reply(reply: str) -> str:
    """Format a server's reply as one line of Unicode that can be stored and sent."""
    return " ".join(reply.encode("utf-8", "replace").decode().split())
