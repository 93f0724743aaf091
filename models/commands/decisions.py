"""Commands by which the lead decides about the review and its actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from models.action import ActionStatus
from models.commands.base import (
    AFTER_ASSIGNMENT,
    IN_PROGRESS,
    LEAD,
    UNFINISHED,
    ActionCommand,
    Command,
    MailForm,
    Reason,
)
from models.field_metadata import ActionId, Choice, FreeText, RecurrenceId
from models.people import Role
from models.review import Gate, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Command):
    """Open a gate: draft, actions or closure."""

    who: ClassVar = LEAD
    stages: ClassVar = (Stage.DRAFT, Stage.MEETING, Stage.FOLLOW_UP)
    cli: ClassVar = "approve"
    mail: ClassVar = MailForm(
        verb="approve", words="gate", example="approve closure", is_decision=True
    )

    kind: Literal["approve"] = "approve"
    gate: Annotated[Gate, Choice(help="Which gate.", example="draft", is_argument=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Command):
    """Send the review back one stage, with a reason."""

    who: ClassVar = LEAD
    stages: ClassVar = (Stage.MEETING, Stage.ASSIGNED, Stage.FOLLOW_UP)
    cli: ClassVar = "send-back"

    kind: Literal["send-back"] = "send-back"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(ActionCommand):
    """Grant the time an owner asked for."""

    who: ClassVar = LEAD
    action_statuses: ClassVar = IN_PROGRESS
    cli: ClassVar = "action grant"
    mail: ClassVar = MailForm(verb="grant", words="reason", example="grant", is_decision=True)
    judges_work: ClassVar = True

    kind: Literal["grant"] = "grant"
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(ActionCommand):
    """Refuse the time an owner asked for; the old date stands."""

    who: ClassVar = LEAD
    action_statuses: ClassVar = IN_PROGRESS
    cli: ClassVar = "action refuse"
    mail: ClassVar = MailForm(
        verb="refuse",
        words="reason",
        example="refuse because the launch depends on it",
        question="Why is it refused?",
        is_decision=True,
        confirmation="no more time; the due date stays.",
    )
    judges_work: ClassVar = True

    kind: Literal["refuse"] = "refuse"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop(ActionCommand):
    """Drop an action: a reason, and a replacement action or an accepted risk."""

    who: ClassVar = LEAD
    action_statuses: ClassVar = (*UNFINISHED, ActionStatus.GIVEN_UP)
    cli: ClassVar = "drop"
    mail: ClassVar = MailForm(
        verb="drop",
        words="reason",
        example="drop because it costs too much, risk: one more such outage a year",
        question="Why is it dropped?",
        is_decision=True,
    )
    judges_work: ClassVar = True

    kind: Literal["drop"] = "drop"
    reason: Reason
    replacement: Annotated[
        str, ActionId(help="The action that takes its place, like A4.", example="")
    ] = ""
    risk: Annotated[
        str,
        FreeText(
            help="The risk that is accepted, and why it can be.",
            example="We live with one manual restart a quarter.",
        ),
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectGiveUp(ActionCommand):
    """Refuse to drop an action its owner gave up; it goes on."""

    who: ClassVar = LEAD
    action_statuses: ClassVar = (ActionStatus.GIVEN_UP,)
    cli: ClassVar = "action reject-give-up"
    mail: ClassVar = MailForm(
        verb="keep",
        words="reason",
        example="keep because the risk is too high",
        question="Why is it kept?",
        is_decision=True,
    )
    judges_work: ClassVar = True

    kind: Literal["reject-give-up"] = "reject-give-up"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Command):
    """End the review without an outcome, with a reason."""

    who: ClassVar = LEAD
    cli: ClassVar = "cancel"
    needs_confirmation: ClassVar = True

    kind: Literal["cancel"] = "cancel"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Command):
    """Reopen a closed review: name the outcomes that did not last, or a recurrence."""

    who: ClassVar = (*LEAD, Role.SPONSOR)
    stages: ClassVar = (Stage.CLOSED,)
    cli: ClassVar = "reopen"

    kind: Literal["reopen"] = "reopen"
    reason: Reason
    actions: Annotated[
        tuple[str, ...],
        ActionId(
            help="An action whose outcome did not last.",
            example=["A1"],
            option="action",
        ),
    ] = ()
    recurrence: Annotated[str, RecurrenceId()] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overturn(ActionCommand):
    """Take back an outcome that did not last; its owner must accept it again."""

    who: ClassVar = LEAD
    stages: ClassVar = AFTER_ASSIGNMENT
    action_statuses: ClassVar = (ActionStatus.VERIFIED, ActionStatus.DROPPED)
    cli: ClassVar = "action overturn"

    kind: Literal["overturn"] = "overturn"
    reason: Reason
    recurrence: Annotated[str, RecurrenceId()] = ""


DecisionCommand = (
    Approve | SendBack | Grant | Refuse | Drop | RejectGiveUp | Cancel | Reopen | Overturn
)
