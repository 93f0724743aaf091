"""One promise, where it stands, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from models.document import Finding


class Standing(StrEnum):
    """Where an action stands."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    BLOCKED = "blocked"
    CLAIMED = "claimed"
    GIVEN_UP = "given up"
    VERIFIED = "verified"
    DROPPED = "dropped"


class Priority(StrEnum):
    """How soon an action must be done; the policy sets the days."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Outcome: the verifier looked at the evidence and found the change in place."""

    kind: Literal["verified"] = "verified"
    evidence: str
    finding: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Outcome: given up with consent, and either a replacement action or an accepted risk."""

    kind: Literal["dropped"] = "dropped"
    reason: str
    by: str
    at: datetime
    replacement: str = ""
    risk: str = ""


Outcome = Verified | Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponement:
    """The owner asks for more time; the lead grants or refuses."""

    until: date
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The sponsor asks how it stands; the owner's next word answers it."""

    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change, one owner, one due date, one measure (`A1`…).

    `owners` is everybody who ever owned it (none of them may verify it); `said` the latest words
    about it (why declined or blocked, how far along); `since` when it came to its standing.
    """

    id: str
    text: str
    since: datetime
    owner: str = ""
    verifier: str = ""
    due: date | None = None
    measure: str = ""
    priority: Priority = Priority.P3
    causes: tuple[str, ...] = ()
    standing: Standing = Standing.PROPOSED
    proposed_by: str = ""
    owners: tuple[str, ...] = ()
    assigned_at: datetime | None = None
    said: str = ""
    evidence: str = ""
    claims: int = 0
    postponement: Postponement | None = None
    question: Question | None = None
    outcome: Outcome | None = None
    findings: tuple[Finding, ...] = ()
