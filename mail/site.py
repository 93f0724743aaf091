"""Where letters come from and where replies go: what every letter of one installation shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from models.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One installation as its letters show it.

    `sender` is the address letters come from, `domain` the domain of reply addresses, `url` where
    people reach the register, `secret` what signs reply addresses. `delimiter` stands before the
    token in a reply address; where it is "", replies go to `sender` and are known by the letter
    they refer to.
    """

    sender: str
    domain: str
    url: str
    secret: bytes = field(repr=False)
    delimiter: str = "+"


def page_of(site: Site, review: Review) -> str:
    """Give the address of a review's page."""
    return f"{site.url.rstrip('/')}/reviews/{quote(review.id)}"
