"""Commands of verifiers about claimed actions, and the sponsor's question about any action."""

from __future__ import annotations

from dataclasses import dataclass
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
from models.field_metadata import FreeText, ServerField
from models.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify(ActionCommand):
    """Confirm that a claimed action is in place, and say what you found."""

    who: ClassVar = VERIFIER
    action_statuses: ClassVar = (ActionStatus.CLAIMED,)
    cli: ClassVar = "verify"
    mail: ClassVar = MailForm(
        verb="verify",
        words="finding",
        example="verify: the alert fired in the drill",
        question="What did you find? A sentence is enough.",
        is_decision=True,
        confirmation="verified, with your finding.",
    )

    kind: Literal["verify"] = "verify"
    finding: Annotated[
        str,
        FreeText(
            help="What you looked at and found.",
            example="I opened 60 connections in staging; 20 were refused within a second.",
        ),
    ]
    question: AskedBack = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(ActionCommand):
    """Reject the claim that an action is done, and say what is missing."""

    who: ClassVar = VERIFIER
    action_statuses: ClassVar = (ActionStatus.CLAIMED,)
    cli: ClassVar = "reject"
    mail: ClassVar = MailForm(
        verb="reject",
        words="reason",
        example="reject because the link is dead",
        question="What is missing?",
        is_decision=True,
    )

    kind: Literal["reject"] = "reject"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(ActionCommand):
    """Ask an owner about the status of an action; the answer is shown in the register."""

    who: ClassVar = (Role.SPONSOR,)
    action_statuses: ClassVar = PENDING
    cli: ClassVar = "action ask"

    kind: Literal["ask"] = "ask"
    question: Annotated[str, FreeText(help="What you want to know.", example="How far is the cap?")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBack(ActionCommand):
    """Remember that words of an owner or a verifier were asked back; the next are taken.

    Afterword gives it in the name of whoever wrote the words.
    """

    who: ClassVar = (*OWNER, *VERIFIER)
    audience: ClassVar = "Afterword, for an owner or a verifier"
    action_statuses: ClassVar = (*IN_PROGRESS, ActionStatus.CLAIMED)

    kind: Literal["ask-back"] = "ask-back"
    words: Annotated[str, ServerField()] = ""


VerificationCommand = Verify | Reject | Ask | AskBack
