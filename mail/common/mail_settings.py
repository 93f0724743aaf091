"""The mail settings that all emails of one installation share: sender, reply domain, links."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from models.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail settings of one installation, as its emails show them.

    `sender` is the address emails come from, `domain` the domain of reply addresses, `url` where
    people reach the register, `secret` what signs reply addresses. `delimiter` stands before the
    token in a reply address; where it is "", replies go to `sender` and are known by the email they
    refer to.
    """

    sender: str
    domain: str
    url: str
    secret: bytes = field(repr=False)
    delimiter: str = "+"


def build_review_url(mail_settings: MailSettings, review: Review) -> str:
    """Return the URL of a review's page."""
    return f"{mail_settings.url.rstrip('/')}/reviews/{quote(review.id)}"
