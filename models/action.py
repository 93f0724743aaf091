"""An action: its status, its latest comments and its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from models.document import Finding
from models.filing import ToldOutcome


class ActionStatus(StrEnum):
    """The status of an action."""

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
    UNVERIFIED = "unverified"
    """Only in history that was filed: what it tells, nobody has verified here."""


FINISHED_STATUSES = (
    ActionStatus.WITHDRAWN,
    ActionStatus.VERIFIED,
    ActionStatus.DROPPED,
    ActionStatus.UNVERIFIED,
)
"""The statuses in which Afterword has nothing left to carry."""


class Priority(StrEnum):
    """How soon an action must be done; the policy sets the days."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Outcome: the verifier checked the evidence and confirmed that the change is in place.

    `token_origin` says by whose token it came, where somebody else had just made it for them.
    """

    kind: Literal["verified"] = "verified"
    evidence: str
    finding: str
    by: str
    at: datetime
    token_origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Outcome: dropped with consent, for a replacement action or an accepted risk.

    `token_origin` is as in Verified.
    """

    kind: Literal["dropped"] = "dropped"
    reason: str
    by: str
    at: datetime
    replacement: str = ""
    risk: str = ""
    token_origin: str = ""


Outcome = Verified | Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponement:
    """A request of the owner for more time, which the lead grants or refuses."""

    until: date
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the sponsor about an action; the owner's next report answers it."""

    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSnooze:
    """Somebody snoozed their own reminders of an action: when, until when, for which due date."""

    by: str
    at: datetime
    until: date
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change with one owner, one due date and one measure (`A1`…).

    `owners` is everybody who ever owned it (none of them may verify it); `last_comment` is the
    latest comment (why declined or blocked, progress); `since` is when its status last changed;
    `told` is what a finished post-mortem tells of it; `suggested_owner` is who could do it instead,
    as whoever declined it says; `handed_over` that its owner or verifier took it over from somebody
    else, together with all the rest; `first_due` is the due date first promised, None while it is
    the one that holds.
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
    status: ActionStatus = ActionStatus.PROPOSED
    proposed_by: str = ""
    owners: tuple[str, ...] = ()
    assigned_at: datetime | None = None
    last_comment: str = ""
    evidence: str = ""
    claims: int = 0
    postponement: Postponement | None = None
    question: Question | None = None
    outcome: Outcome | None = None
    findings: tuple[Finding, ...] = ()
    snoozes: tuple[ReminderSnooze, ...] = ()
    told: ToldOutcome | None = None
    suggested_owner: str = ""
    handed_over: bool = False
    first_due: date | None = None
