"""An incoming mail: its bytes, what was parsed from them, and its envelope."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from mail.inbound.parse_mail import ParsedMail

MAX_MAIL_SIZE = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMail:
    """A mail as the server delivered it: its bytes, the parsed mail, the envelope's addresses."""

    raw: bytes
    mail: ParsedMail
    envelope_from: str
    address: str

    @property
    def digest(self) -> str:
        """Return the mail's SHA-256 in hex."""
        return hashlib.sha256(self.raw).hexdigest()

    def build_command_id(self, token: str) -> str:
        """Return the command id: equal whenever the same mail comes to the same address."""
        identity = self.mail.message_id.encode() or self.raw
        return hashlib.sha256(token.encode() + b"\0" + identity).hexdigest()[:32]

    def build_second_command_id(self, token: str) -> str:
        """Return the command id of a different mail whose first id is already taken."""
        identity = f"{self.build_command_id(token)}\0{_remove_whitespace(self.mail)}".encode()
        return hashlib.sha256(identity).hexdigest()[:32]

    def has_same_text(self, other: ParsedMail) -> bool:
        """Return whether one mail's text contains the other's, apart from whitespace."""
        shorter, longer = sorted(
            (_remove_whitespace(self.mail), _remove_whitespace(other)), key=len
        )
        return shorter in longer


def _remove_whitespace(mail: ParsedMail) -> str:
    return "".join(mail.own_words.split())
