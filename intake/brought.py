"""A mail on its way to the doorkeeper: its octets, what was read in them, and for whom it came."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from mail.reading import Mail, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A mail as the server brought it: its bytes, what was read, the envelope's two addresses."""

    raw: bytes
    mail: Mail
    envelope_from: str
    address: str

    @property
    def digest(self) -> str:
        """The mail's SHA-256 in hex."""
        return hashlib.sha256(self.raw).hexdigest()

    def order_id(self, token: str) -> str:
        """Name the order: the same mail to the same address is the same order for ever.

        A mail is the same by its Message-ID and its words, since ways of transport change the rest,
        and a program that gives one id to two mails must not lose the second.
        """
        words = "".join(self.mail.own_words.split())
        named = f"{self.mail.message_id}\0{words}".encode() if self.mail.message_id else self.raw
        return hashlib.sha256(token.encode() + b"\0" + named).hexdigest()[:32]


async def bring(raw: bytes, envelope_from: str, addresses: tuple[str, ...]) -> list[Brought]:
    """Read a mail once, for all the recipients it was brought for."""
    mail = await asyncio.to_thread(read, raw)
    return [
        Brought(raw=raw, mail=mail, envelope_from=envelope_from, address=address)
        for address in addresses
    ]
