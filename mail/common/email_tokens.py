"""The tokens of one email: each kind is signed by itself, and nothing but its digest is stored."""

from __future__ import annotations

from dataclasses import dataclass

from mail.common import reply_token
from mail.common.mail_settings import MailSettings
from models.email_address import TokenKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailTokens:
    """Signs the tokens of emails to one person about one review, or about several joined.

    `renewed` counts how often the person's addresses were replaced.
    """

    mail_settings: MailSettings
    reviews: str
    person: str
    renewed: int = 0

    def sign(self, kind: TokenKind, item: str = "") -> str:
        """Return the token of a kind: about an item, or about all of the review."""
        return reply_token.sign_token(
            self.mail_settings.secret,
            self.reviews,
            self.person,
            item,
            renewed=self.renewed,
            kind=kind,
        )

    def build_address(self, kind: TokenKind, item: str = "") -> str:
        """Return the address that carries a token, or our own where addresses carry none."""
        return build_address(self.sign(kind, item), self.mail_settings)


def build_address(token: str, mail_settings: MailSettings) -> str:
    """Return the address that carries a token, or our own where addresses carry none."""
    if not mail_settings.delimiter:
        return mail_settings.sender
    return reply_token.build_token_address(token, mail_settings.domain, mail_settings.delimiter)


def sign_bounce_token(message_id: str, mail_settings: MailSettings) -> str:
    """Return the token by which the bounce of an email is known."""
    digest = reply_token.compute_digest(message_id)
    kind = TokenKind.BOUNCE
    return reply_token.sign_token(mail_settings.secret, "", "", digest, kind=kind)


def build_return_path(message_id: str, mail_settings: MailSettings) -> str:
    """Return the envelope sender of an email: its own address, where the settings allow one."""
    if not mail_settings.bounce_addresses:
        return mail_settings.sender
    return build_address(sign_bounce_token(message_id, mail_settings), mail_settings)
