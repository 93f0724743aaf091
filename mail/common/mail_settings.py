"""The mail settings that all emails of one installation share: sender, reply domain, links."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from models.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail settings of one installation, as its emails show them.

    `sender` is the address emails come from, `domain` the domain of reply addresses, `url` where
    people reach the register, `secret` what signs reply addresses. `delimiter` stands before the
    token in a reply address; where it is "", replies go to `sender` and are known by the email they
    refer to. `is_reachable` says whether their readers can open `url`, `decision_links` whether
    emails have links by which people decide, `decisions_by_mail` whether decisions are accepted in
    replies, `bounce_addresses` whether each email has an envelope sender of its own.
    """

    sender: str
    domain: str
    url: str
    secret: bytes = field(repr=False)
    delimiter: str = "+"
    is_reachable: bool = True
    decision_links: bool = False
    decisions_by_mail: bool = False
    bounce_addresses: bool = True


def build_review_url(mail_settings: MailSettings, review: Review) -> str:
    """Return the URL of a review's page."""
    return f"{mail_settings.url.rstrip('/')}/reviews/{quote(review.id)}"


def is_loopback_url(url: str) -> bool:
    """Return whether a URL leads to the machine that opens it, so that nobody else can use it."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    with suppress(ValueError):
        address = ip_address(host)
        return address.is_loopback or address.is_unspecified
    return host == "localhost" or host.endswith(".localhost")
