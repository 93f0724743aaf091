"""One post-mortem of one incident: the whole record that its workflow carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.action import Action
from models.document import Cause, Contribution, Document, Finding, Waiver
from models.incident import Incident, Recurrence
from models.letters import Letter, Sent
from models.people import Roles, Way
from models.policy import Policy


class Stage(StrEnum):
    """Where a review stands."""

    DRAFT = "draft"
    MEETING = "meeting"
    ASSIGNED = "assigned"
    FOLLOW_UP = "follow-up"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN_STAGES = (Stage.DRAFT, Stage.MEETING, Stage.ASSIGNED, Stage.FOLLOW_UP)


class Gate(StrEnum):
    """What a lead approves."""

    DRAFT = "draft"
    ACTIONS = "actions"
    CLOSURE = "closure"


class Coming(StrEnum):
    """Whether somebody comes to a meeting."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting with time and place; `sequence` counts its changes as iCalendar does.

    `coming` is who said whether they come, by address.
    """

    at: datetime
    place: str
    minutes: int = 60
    sequence: int = 0
    held_at: datetime | None = None
    attended: tuple[str, ...] = ()
    notes: str = ""
    statuses: dict[str, str] = field(default_factory=dict)
    coming: dict[str, Coming] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the review's log: who did what when, by which way.

    `kind` is the order's verb, or what the clock did; `item` the action, cause or recurrence.
    """

    revision: int
    at: datetime
    by: str
    way: Way
    kind: str
    text: str
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to an order: what was done, as of which revision of the record."""

    order: str
    revision: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The whole state of a review; start, continue-as-new, reopen and test all hand it over.

    `revision` counts changes; `plan_changed_at` is the last change of plan that no follow-up
    meeting has gone through yet; `policy` is what held when it was opened;
    `told` the revision up to which the log has been turned into letters; `held` letters that wait
    for their receiver's working hours; `flying` letters handed to the mail server but not yet
    accepted by it; `sent` counts letters by wait key and receiver; `receipts` by order id.
    """

    id: str
    incident: Incident
    roles: Roles
    opened_at: datetime
    stage_since: datetime
    stage: Stage = Stage.DRAFT
    revision: int = 0
    document: Document | None = None
    findings: tuple[Finding, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    causes: tuple[Cause, ...] = ()
    actions: tuple[Action, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()
    meeting: Meeting | None = None
    follow_up: Meeting | None = None
    past_follow_ups: tuple[Meeting, ...] = ()
    plan_changed_at: datetime | None = None
    accepted_at: datetime | None = None
    restricted_to: tuple[str, ...] = ()
    closed_at: datetime | None = None
    reopened: int = 0
    policy: Policy = field(default_factory=Policy)
    log: tuple[Event, ...] = ()
    receipts: dict[str, Receipt] = field(default_factory=dict)
    told: int = 0
    held: tuple[Letter, ...] = ()
    flying: tuple[Letter, ...] = ()
    sent: dict[str, Sent] = field(default_factory=dict)
