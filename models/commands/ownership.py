"""Commands of owners about their own actions; verifiers too may snooze their reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from models.action import ActionStatus
from models.commands.base import (
    IN_PROGRESS,
    OWNER,
    PENDING,
    VERIFIER,
    ActionCommand,
    AskedBack,
    MailForm,
    Reason,
)
from models.field_metadata import FieldMetadata, FreeText, PersonAddress
from models.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(ActionCommand):
    """Accept an action as yours."""

    who: ClassVar = OWNER
    action_statuses: ClassVar = (ActionStatus.ASSIGNED,)
    cli: ClassVar = "action accept"
    mail: ClassVar = MailForm(verb="accept", example="accept")

    kind: Literal["accept"] = "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(ActionCommand):
    """Decline an action, with a reason."""

    who: ClassVar = OWNER
    action_statuses: ClassVar = (ActionStatus.ASSIGNED,)
    cli: ClassVar = "action decline"
    mail: ClassVar = MailForm(
        verb="decline",
        words="reason",
        example="decline because I am on leave until May",
        question="Why do you decline it?",
    )

    kind: Literal["decline"] = "decline"
    reason: Reason
    suggested: Annotated[
        str,
        PersonAddress(
            help="Who could do it instead (name or address).",
            example="omar@example.org",
            option="suggest",
        ),
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(ActionCommand):
    """Report how far an action has come."""

    who: ClassVar = (*OWNER, Role.TOOL)
    action_statuses: ClassVar = PENDING
    cli: ClassVar = "action report"
    mail: ClassVar = MailForm(
        verb="progress",
        words="text",
        example="progress half of the alerts are live",
        question="How far has it come?",
        confirmation="your update is in the register.",
    )

    kind: Literal["report"] = "report"
    text: Annotated[
        str, FreeText(help="In your own words.", example="Half of the alerts are live.")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(ActionCommand):
    """Report what blocks an action."""

    who: ClassVar = OWNER
    action_statuses: ClassVar = (ActionStatus.ACCEPTED,)
    cli: ClassVar = "action block"
    mail: ClassVar = MailForm(
        verb="blocked",
        words="reason",
        example="blocked by the freeze",
        question="What holds it up?",
        confirmation="marked as blocked.",
    )

    kind: Literal["block"] = "block"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblock(ActionCommand):
    """Report that an action is no longer blocked."""

    who: ClassVar = OWNER
    action_statuses: ClassVar = (ActionStatus.BLOCKED,)
    cli: ClassVar = "action unblock"
    mail: ClassVar = MailForm(
        verb="unblocked", example="unblocked", confirmation="no longer marked as blocked."
    )

    kind: Literal["unblock"] = "unblock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postpone(ActionCommand):
    """Ask for more time, with a reason."""

    who: ClassVar = OWNER
    action_statuses: ClassVar = IN_PROGRESS
    cli: ClassVar = "action postpone"
    mail: ClassVar = MailForm(
        verb="until",
        words="until",
        example="until 13 March because the vendor answers late",
        question="Why is more time needed?",
    )

    kind: Literal["postpone"] = "postpone"
    until: Annotated[date, FieldMetadata(help="The day you ask for.", example="2026-04-30")]
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(ActionCommand):
    """Claim that an action is done, with evidence for the verifier."""

    who: ClassVar = (*OWNER, Role.TOOL)
    action_statuses: ClassVar = IN_PROGRESS
    cli: ClassVar = "action claim"
    mail: ClassVar = MailForm(
        verb="done",
        words="evidence",
        example="done https://…",
        question="What shows that it is done? Whoever verifies it needs a link or a sentence.",
    )

    kind: Literal["claim"] = "claim"
    evidence: Annotated[
        str,
        FreeText(
            help="What shows that it is done: a link, a figure, a test.",
            example="The pool is capped at 40 since release 214; see the dashboard “pool”.",
        ),
    ]
    question: AskedBack = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack(ActionCommand):
    """Take back a claim; the action goes on."""

    who: ClassVar = OWNER
    action_statuses: ClassVar = (ActionStatus.CLAIMED,)
    cli: ClassVar = "action take-back"
    mail: ClassVar = MailForm(
        verb="take back",
        words="reason",
        example="take back because one region is missing",
        confirmation="the claim is taken back; the action is open again.",
    )

    kind: Literal["take-back"] = "take-back"
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp(ActionCommand):
    """Report that an action cannot be done; the lead drops or keeps it."""

    who: ClassVar = OWNER
    action_statuses: ClassVar = IN_PROGRESS
    cli: ClassVar = "action give-up"
    mail: ClassVar = MailForm(
        verb="give up",
        words="reason",
        example="give up because the vendor ends the product",
        question="Why can it not be done?",
    )

    kind: Literal["give-up"] = "give-up"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze(ActionCommand):
    """Put off your own reminders of an action for a few days; escalation is not put off."""

    who: ClassVar = (*OWNER, *VERIFIER)
    action_statuses: ClassVar = PENDING
    cli: ClassVar = "action snooze"
    mail: ClassVar = MailForm(
        verb="snooze",
        words="until",
        example="snooze until Friday",
        question="Until when?",
        confirmation="no more reminders for you before {until}. Escalation is not put off.",
    )

    kind: Literal["snooze"] = "snooze"
    until: Annotated[
        date,
        FieldMetadata(
            help="The day on which reminders start again, at most 7 days away.",
            example="2026-03-11",
        ),
    ]


OwnershipCommand = (
    Accept | Decline | Report | Block | Unblock | Postpone | Claim | TakeBack | GiveUp | Snooze
)
