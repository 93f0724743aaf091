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
        """Name the order: the same mail to the same address is the same order for ever."""
        named = self.mail.message_id.encode() or self.raw
        return hashlib.sha256(token.encode() + b"\0" + named).hexdigest()[:32]

    def second_id(self, token: str) -> str:
        """Name the order of another mail under an id that was taken by a first one."""
        named = f"{self.order_id(token)}\0{_bare(self.mail)}".encode()
        return hashlib.sha256(named).hexdigest()[:32]

    def is_said_in(self, other: Mail) -> bool:
        """Tell whether this mail says what the other does, but for what was put around it."""
        one, two = sorted((_bare(self.mail), _bare(other)), key=len)
        return one in two


def _bare(mail: Mail) -> str:
    return "".join(mail.own_words.split())


async def bring(raw: bytes, envelope_from: str, addresses: tuple[str, ...]) -> list[Brought]:
    """Read a mail once, for all the recipients it was brought for."""
    mail = await asyncio.to_thread(read, raw)
    return [
        Brought(raw=raw, mail=mail, envelope_from=envelope_from, address=address)
        for address in addresses
    ]
