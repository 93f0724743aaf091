"""A review: the whole record that its workflow carries for one incident."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.action import Action
from models.codes import EventKind
from models.document import Cause, Contribution, Document, Finding, Waiver
from models.filing import Filing
from models.incident import Incident, Recurrence
from models.notifications import Notification, SentCount
from models.people import Channel, Roles
from models.policy import Policy


class Stage(StrEnum):
    """The stage of a review."""

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


class Rsvp(StrEnum):
    """Whether somebody comes to a meeting, as iCalendar's RSVP."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting with time and place; `sequence` counts its changes as iCalendar does.

    `rsvps` are the answers to the invitation, by address; `remarks` what people wrote with them,
    and `proposals` the times that they would rather meet at. `left` are the people who are no
    longer invited, with the revision since when, and `joined` those who took somebody's place.
    """

    at: datetime
    place: str
    minutes: int = 60
    sequence: int = 0
    held_at: datetime | None = None
    attended: tuple[str, ...] = ()
    notes: str = ""
    statuses: dict[str, str] = field(default_factory=dict)
    rsvps: dict[str, Rsvp] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    proposals: dict[str, datetime] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the review's log: who did what when, by which channel.

    `kind` is the command's kind, or the automatic change; `item` the action, cause, recurrence or
    person; `gate` the gate that was approved. `text` is for people; no rule reads it.

    `link` commits to the whole line and to the link before it (rules.audit); "" in lines
    from before there was a chain. `seal` is the salt of the commitment to names and text or, once
    any of these were taken out, the commitment itself. `covers` commits to what is left of lines
    of which something was taken out; only the events that do so have it.
    """

    revision: int
    at: datetime
    by: str
    channel: Channel
    kind: EventKind
    text: str
    item: str = ""
    gate: Gate | None = None
    link: str = ""
    seal: str = ""
    covers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a command: a summary of what was done, and the revision after it."""

    command_id: str
    revision: int
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The whole state of a review; start, continue-as-new, reopen and tests all pass it on.

    `revision` counts changes; `plan_changed_at` is the last change of plan that no follow-up
    meeting has gone through yet; `policy` is the one in force when it was opened;
    `notified_revision` is the revision up to which the log was turned into notifications;
    `held` are notifications that wait for their recipient's working hours; `in_flight` those
    given to the mail server but not yet accepted by it; `sent` counts notifications by pending
    key and recipient; `receipts` are by command id; `filing` is set where a finished post-mortem
    was filed as history, which Afterword never carried. From `chain_key` the salt of the next log
    line is drawn, and the key after it; no earlier salt follows from it.
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
    notified_revision: int = 0
    held: tuple[Notification, ...] = ()
    in_flight: tuple[Notification, ...] = ()
    sent: dict[str, SentCount] = field(default_factory=dict)
    filing: Filing | None = None
    chain_key: str = ""

    @property
    def next_meeting(self) -> Meeting | None:
        """Return the meeting still to be held (the follow-up if there is one), or None."""
        meeting = self.follow_up or self.meeting
        return meeting if meeting is not None and meeting.held_at is None else None

    def action(self, action_id: str) -> Action | None:
        """Return the action with this id, or None."""
        return next((action for action in self.actions if action.id == action_id), None)
