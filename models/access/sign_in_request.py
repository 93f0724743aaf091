"""Somebody asks for a link by email, with which their browser signs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkState(StrEnum):
    """What a link from an email is good for, in the browser that shows it."""

    USABLE = "usable"
    OTHER_BROWSER = "other-browser"
    SPENT = "spent"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRequest:
    """A request for a link, by whoever typed an address, known or not.

    `browser` is the digest of a secret of the browser that asked; `return_path` is where its reader
    wanted to go. `sent_at` is None until it was looked whether to send an email.
    """

    id: str
    address: str
    browser: str
    return_path: str
    agent: str
    origin: str
    asked_at: datetime
    sent_at: datetime | None = None
    spent_at: datetime | None = None
