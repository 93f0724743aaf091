"""Commands about the meeting and the follow-up meetings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from models.commands.base import AFTER_ASSIGNMENT, BEFORE_ASSIGNMENT, ORGANIZERS, Command
from models.field_metadata import (
    Choice,
    FieldMetadata,
    FreeText,
    Number,
    OneLine,
    PersonAddress,
    ServerField,
)
from models.people import Role
from models.review import Rsvp, Stage

_AT = FieldMetadata(
    help="When the meeting begins.",
    example="2026-03-09T14:00:00+01:00",
)
_PLACE = OneLine(
    help="Where: a room or a link.", example="Room 4, or https://meet.example.org/checkout"
)
_MINUTES = Number(help="How long, in minutes.", example=45)
_WORDS = FreeText(
    help="What you want to say with it; the facilitator reads it.", example="I am on leave then."
)
_PROPOSED = FieldMetadata(
    help="A time that would suit you better; the facilitator is notified of it.",
    example="2026-03-10T14:00:00+01:00",
)
_ATTENDED = PersonAddress(
    help="Who came (name or address).",
    example=["ada@example.org", "fay@example.org"],
    allows_guests=True,
)
_NOTES = FreeText(help="Notes of the meeting.", example="Calm and thorough.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleMeeting(Command):
    """Set the meeting's time and place; everybody is invited."""

    who: ClassVar = ORGANIZERS
    stages: ClassVar = BEFORE_ASSIGNMENT
    cli: ClassVar = "meeting schedule"

    kind: Literal["schedule-meeting"] = "schedule-meeting"
    at: Annotated[datetime, _AT]
    place: Annotated[str, _PLACE]
    minutes: Annotated[int, _MINUTES] = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldMeeting(Command):
    """Record that the meeting was held, and who came."""

    who: ClassVar = ORGANIZERS
    stages: ClassVar = (Stage.MEETING,)
    cli: ClassVar = "meeting hold"

    kind: Literal["hold-meeting"] = "hold-meeting"
    attended: Annotated[tuple[str, ...], _ATTENDED] = ()
    notes: Annotated[str, _NOTES] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFollowUp(Command):
    """Set the follow-up meeting's time and place; everybody is invited.

    `zone` and `country` are the facilitator's, as in models.people.Person: its day is counted in
    their working days.
    """

    who: ClassVar = (*ORGANIZERS, Role.CLOCK)
    stages: ClassVar = AFTER_ASSIGNMENT
    cli: ClassVar = "follow-up schedule"

    kind: Literal["schedule-follow-up"] = "schedule-follow-up"
    at: Annotated[datetime, _AT]
    place: Annotated[str, _PLACE]
    minutes: Annotated[int, _MINUTES] = 30
    zone: Annotated[str, ServerField()] = "UTC"
    country: Annotated[str, ServerField()] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFollowUp(Command):
    """Record the follow-up meeting, with the status of every open action."""

    who: ClassVar = ORGANIZERS
    stages: ClassVar = (Stage.FOLLOW_UP,)
    cli: ClassVar = "follow-up hold"

    kind: Literal["hold-follow-up"] = "hold-follow-up"
    statuses: Annotated[
        dict[str, str],
        FreeText(
            help='The status of an open action, like A1="half done".',
            example={"A1": "The cap is live; waiting for the load test."},
            option="status",
        ),
    ]
    attended: Annotated[tuple[str, ...], _ATTENDED] = ()
    notes: Annotated[str, _NOTES] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attend(Command):
    """Say whether you come to the next meeting: yes, no or maybe."""

    who: ClassVar = (Role.ANYBODY,)
    audience: ClassVar = "anybody Afterword wrote to"
    cli: ClassVar = "meeting attend"

    kind: Literal["attend"] = "attend"
    rsvp: Annotated[Rsvp, Choice(help="Whether you will come.", example="yes", is_argument=True)]
    words: Annotated[str, _WORDS] = ""
    proposed: Annotated[datetime | None, _PROPOSED] = None


MeetingCommand = ScheduleMeeting | HoldMeeting | ScheduleFollowUp | HoldFollowUp | Attend
