"""Commands that plan actions: proposing, assigning, and who owns and verifies them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from models.action import ActionStatus, Priority
from models.commands.base import (
    AFTER_ASSIGNMENT,
    LEAD,
    PENDING,
    UNFINISHED,
    WRITERS,
    ActionCommand,
    Command,
    Findings,
    ItemCommand,
    MailForm,
    Reason,
)
from models.field_metadata import CauseId, Choice, FieldMetadata, FreeText, PersonAddress
from models.people import Role

_TEXT = FreeText(help="In your own words.", example="Cap the connection pool of checkout at 40.")
_OWNER = PersonAddress(help="Who will do it (name or address).", example="olga@example.org")
_VERIFIER = PersonAddress(
    help="Who will check that it is done, never one who owned it (name or address).",
    example="vera@example.org",
)
_DUE = FieldMetadata(help="The day by which it will be done.", example="2026-04-01")
_MEASURE = FreeText(
    help="How we will know that it is done.",
    example="60 connections at once in staging: 20 are refused, checkout goes on.",
)
_PRIORITY = Choice(help="How soon it must be done.", example="P2")
_CAUSES = CauseId(
    help="A cause it addresses, like C1; '' for none.",
    example=["C1"],
    option="cause",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Command):
    """Propose an action."""

    who: ClassVar = WRITERS
    cli: ClassVar = "action propose"

    kind: Literal["propose"] = "propose"
    text: Annotated[str, _TEXT]
    owner: Annotated[str, _OWNER] = ""
    verifier: Annotated[str, _VERIFIER] = ""
    due: Annotated[date | None, _DUE] = None
    measure: Annotated[str, _MEASURE] = ""
    priority: Annotated[Priority, _PRIORITY] = Priority.P3
    causes: Annotated[tuple[str, ...], _CAUSES] = ()
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise(ActionCommand):
    """Change an action's text, measure, due date, priority or causes."""

    who: ClassVar = WRITERS
    action_statuses: ClassVar = (ActionStatus.PROPOSED, *UNFINISHED)
    cli: ClassVar = "action revise"

    kind: Literal["revise"] = "revise"
    text: Annotated[str | None, _TEXT] = None
    owner: Annotated[str | None, _OWNER] = None
    verifier: Annotated[str | None, _VERIFIER] = None
    due: Annotated[date | None, _DUE] = None
    measure: Annotated[str | None, _MEASURE] = None
    priority: Annotated[Priority | None, _PRIORITY] = None
    causes: Annotated[tuple[str, ...] | None, _CAUSES] = None
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(ItemCommand):
    """Withdraw a proposed action or a cause."""

    who: ClassVar = WRITERS
    cli: ClassVar = "action withdraw"

    kind: Literal["withdraw"] = "withdraw"
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(ActionCommand):
    """Assign a proposed action after the actions gate, by the same checks."""

    who: ClassVar = LEAD
    stages: ClassVar = AFTER_ASSIGNMENT
    action_statuses: ClassVar = (ActionStatus.PROPOSED,)
    cli: ClassVar = "action assign"

    kind: Literal["assign"] = "assign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign(ActionCommand):
    """Give an action to another owner, who must accept it again."""

    who: ClassVar = (*LEAD, Role.CLOCK)
    action_statuses: ClassVar = UNFINISHED
    cli: ClassVar = "action reassign"
    mail: ClassVar = MailForm(
        verb="reassign",
        words="owner",
        example="reassign to omar@example.org because he owns the pool",
        question="To whom? Please write their address.",
        is_decision=True,
        confirmation="given to {owner}, who is asked to accept it.",
    )

    kind: Literal["reassign"] = "reassign"
    owner: Annotated[str, _OWNER]
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVerifier(ActionCommand):
    """Name somebody else to verify an action; never one who owned it."""

    who: ClassVar = (*LEAD, Role.CLOCK)
    action_statuses: ClassVar = (ActionStatus.PROPOSED, *PENDING)
    cli: ClassVar = "action verifier"

    kind: Literal["change-verifier"] = "change-verifier"
    verifier: Annotated[str, _VERIFIER]
    reason: Reason = ""


AssignmentCommand = Propose | Revise | Withdraw | Assign | Reassign | ChangeVerifier
