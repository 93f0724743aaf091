"""People, and the parts they play in a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """The part somebody plays in one review."""

    LEAD = "lead"
    FACILITATOR = "facilitator"
    SPONSOR = "sponsor"
    DESK = "desk"
    PARTICIPANT = "participant"
    OWNER = "owner"
    VERIFIER = "verifier"
    TOOL = "tool"
    CLOCK = "clock"
    ANYBODY = "anybody"


class Way(StrEnum):
    """The way by which an order came in."""

    MAIL = "mail"
    CLI = "cli"
    API = "api"
    TOOL = "tool"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody from the people directory.

    `address` is lower case; `zone` an IANA name; `country` an ISO 3166 code, or empty where no
    public holidays are kept, with a subdivision after a hyphen where holidays depend on it
    ("DE-BY"); `away_until` the first day back at work; `weekly` is set for who wants reminders once
    a week; `renewed` counts how often their reply addresses were replaced by new ones.
    """

    address: str
    name: str = ""
    zone: str = "UTC"
    country: str = ""
    manager: str = ""
    team: str = ""
    away_until: date | None = None
    gone: bool = False
    weekly: bool = False
    renewed: int = 0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who plays which part in a review, by address."""

    lead: str
    facilitator: str
    sponsor: str
    desk: str
    participants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A row of the service map: who answers for one service's reviews; empty means the desk."""

    name: str
    lead: str = ""
    facilitator: str = ""
    sponsor: str = ""
