"""SMTP and LMTP as we receive mail: of any lines, in time linear in its length, from not too many.

Where there are too many connections, the one that has waited longest for its client is closed, so
that nobody can keep others out by saying nothing.

The library's own protocols keep an object for each line of a mail, of which a mail may have some
millions.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

MAX_LINE_OCTETS = 1024 * 1024
"""Octets of one command, and half of what is read at once."""

MAX_CONNECTIONS = 20
"""Open connections; Postfix opens no more to one destination."""

BUSY = b"421 4.3.2 Too many connections; please try again in a minute\r\n"
TOO_LARGE = "552 5.3.4 This mail is larger than we accept"
START_MAIL_INPUT = "354"
START_INPUT_LINE = "354 End data with <CR><LF>.<CR><LF>"
LINE_END = b"\r\n"
END_OF_DATA = b"\r\n.\r\n"
STUFFED_DOT = b"\r\n."
CHUNK_OCTETS = 4 * MAX_LINE_OCTETS
"""More than a stream ever holds, so that nothing remains behind what is given back to it."""


class BoundedSmtp(SMTP):
    """SMTP that reads a mail's content in pieces, and has room for so many connections.

    `open_protocols` are those of all connections that share the room; `waits_since` is when the
    client was last heard, by the loop's clock, and `is_handled` whether it waits for us.
    """

    line_length_limit = MAX_LINE_OCTETS

    def __init__(self, handler: object, open_protocols: set[BoundedSmtp], **options: Any) -> None:
        self._open_protocols = open_protocols
        self.waits_since = 0.0
        self.is_handled = False
        super().__init__(handler, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, and close another where there are too many."""
        super().connection_made(transport)
        self.waits_since = self.loop.time()
        self._open_protocols.add(self)
        if len(self._open_protocols) > MAX_CONNECTIONS:
            waiting = [each for each in self._open_protocols if not each.is_handled]
            min(waiting, key=lambda each: each.waits_since, default=self).turn_away()

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for another."""
        self._open_protocols.discard(self)
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  (aiosmtpd's name)
        """Receive a mail, and answer what the handler says of it."""
        if await self._refuses_data(arg):
            return
        await self.push(START_INPUT_LINE)
        content = await self._read_content()
        if content is None or self.envelope is None:
            await self.push(TOO_LARGE)
            self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd's
            return
        self.envelope.content = self.envelope.original_content = content
        self.is_handled = True
        status = await self._call_handler_hook("DATA")
        self.is_handled = False
        self.waits_since = self.loop.time()
        self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd's
        await self.push(status)

    def turn_away(self) -> None:
        """Close the connection, since there are too many."""
        self._open_protocols.discard(self)
        if isinstance(self.transport, asyncio.Transport):
            self.transport.write(BUSY)
            self.transport.close()

    async def _refuses_data(self, arg: str) -> bool:
        """Return whether no mail can be sent now, after saying why."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return True
        if arg:
            await self.push("501 Syntax: DATA")
            return True
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return True
        return False

    async def _read_content(self) -> bytes | None:
        """Read to the line with a lone dot; None if there is more than a mail may have."""
        content, searched, is_too_large = bytearray(LINE_END), 0, False
        while (end := content.find(END_OF_DATA, searched)) < 0:
            is_too_large = is_too_large or len(content) > (self.data_size_limit or len(content))
            if is_too_large:
                del content[: -len(END_OF_DATA)]
            searched = max(0, len(content) - len(END_OF_DATA))
            content += await self._read_chunk()
        self._give_back(bytes(content[end + len(END_OF_DATA) :]))
        mail = content[len(LINE_END) : end + len(LINE_END)]
        if is_too_large or len(mail) > (self.data_size_limit or len(mail)):
            return None
        return bytes(content[: end + len(LINE_END)].replace(STUFFED_DOT, LINE_END)[len(LINE_END) :])

    async def _read_chunk(self) -> bytes:
        chunk = await self._reader.read(CHUNK_OCTETS)
        if not chunk:
            raise ConnectionResetError("the connection ended within a mail")
        return chunk

    def _give_back(self, rest: bytes) -> None:
        """Let what was sent behind the mail be read as commands."""
        if rest:
            self._reader.feed_data(rest)


class BoundedLmtp(LMTP, BoundedSmtp):
    """LMTP that replies once for every recipient after the mail, whatever the reply."""

    _is_receiving_data = False

    async def push(self, status: str | bytes) -> None:
        """Send a reply; after the mail's end, a reply for all is sent once per recipient."""
        text = status.decode() if isinstance(status, bytes) else status
        recipients = len(self.envelope.rcpt_tos) if self._is_receiving_data and self.envelope else 0
        self._is_receiving_data = text.startswith(START_MAIL_INPUT)
        await super().push("\r\n".join([text] * max(1, recipients)))
