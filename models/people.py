"""People and their roles in a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """The role of somebody in one review."""

    LEAD = "lead"
    FACILITATOR = "facilitator"
    SPONSOR = "sponsor"
    COORDINATOR = "coordinator"
    PARTICIPANT = "participant"
    OWNER = "owner"
    VERIFIER = "verifier"
    TOOL = "tool"
    CLOCK = "clock"
    ANYBODY = "anybody"


class Channel(StrEnum):
    """The channel by which a command came in."""

    MAIL = "mail"
    CLI = "cli"
    API = "api"
    TOOL = "tool"
    CLOCK = "clock"
    LINK = "link"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person from the people directory.

    `address` is lower case; `zone` an IANA name; `country` an ISO 3166 code, or empty where
    public holidays do not matter, with a subdivision after a hyphen where holidays depend on it
    ("DE-BY"); `away_until` is the first day back at work; `weekly` is set where reminders go
    out once a week; `renewed` counts how often their reply addresses were replaced.
    `wants_figures` and `wants_digest` are set for who wants the figures, or what waits for them
    and what they promised, by email on Mondays.
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
    wants_figures: bool = False
    wants_digest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who has which role in a review, by address."""

    lead: str
    facilitator: str
    sponsor: str
    coordinator: str
    participants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A row of the service map: the roles for one service; empty means the coordinator."""

    name: str
    lead: str = ""
    facilitator: str = ""
    sponsor: str = ""
