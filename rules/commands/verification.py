"""Handlers of commands of verifiers, and of the sponsor's question."""

from __future__ import annotations

from datetime import datetime

from models.action import Outcome, Question, Verified
from models.codes import RefusalCode
from models.commands import Ask, AskBack, Claim, Command, Reject, Verify
from models.review import Review
from rules.commands.handler import ApplyResult, Handler, ignore_review, ignore_time
from rules.commands.refusals import (
    ask_back_once,
    build_text_validator,
    refuse_unless,
    validate_reason,
)
from rules.commands.transitions import format_reason, move_action, update_action
from rules.formatting import quote
from rules.notices import notices


def _validate_verify(review: Review, command: Verify) -> None:
    """Raise Refusal unless there is a finding, or where one that says nothing is asked back."""
    refuse_unless(
        command.finding.strip(),
        RefusalCode.NO_FINDING,
        "Say what you found.",
        "What did you look at?",
    )
    ask_back_once(review, command, command.finding)


def _apply_verify(review: Review, command: Verify, now: datetime) -> ApplyResult:
    action = review.action(command.action)
    outcome: Outcome = Verified(
        evidence=action.evidence if action else "",
        finding=command.finding,
        by=command.by,
        at=now,
        token_origin=command.token_origin,
    )
    updated = move_action(review, command.action, "verify", now, outcome=outcome)
    return updated, f"verified {command.action}: {command.finding}"


def _apply_reject(review: Review, command: Reject, now: datetime) -> ApplyResult:
    """Record that a claim was rejected; the action goes back to its owner."""
    updated = move_action(review, command.action, "reject", now, last_comment=command.reason)
    return updated, f"rejected the claim of {command.action}{format_reason(command.reason)}"


def _apply_ask(review: Review, command: Ask, now: datetime) -> ApplyResult:
    question = Question(by=command.by, text=command.question, at=now)
    updated = update_action(review, command.action, question=question)
    return updated, f"asked about {command.action}: {command.question}"


def build_ask_back(command: Claim | Verify, command_id: str) -> AskBack:
    """Build the command that remembers that the words of another were asked back."""
    words = command.evidence if isinstance(command, Claim) else command.finding
    return AskBack(
        id=command_id,
        by=command.by,
        channel=command.channel,
        action=command.action,
        words=words,
    )


def _apply_ask_back(review: Review, command: AskBack) -> ApplyResult:
    return review, f"was asked back about {command.action}: {quote(command.words)} names nothing"


HANDLERS: dict[type[Command], Handler] = {
    Verify: Handler(
        validate=ignore_time(_validate_verify),
        apply=_apply_verify,
        notify=(notices.notify_verdict,),
    ),
    Reject: Handler(
        validate=ignore_review(validate_reason),
        apply=_apply_reject,
        notify=(notices.notify_verdict,),
    ),
    Ask: Handler(
        validate=build_text_validator(
            "question", RefusalCode.EMPTY, "The question is empty.", "Ask something."
        ),
        apply=_apply_ask,
    ),
    AskBack: Handler(apply=ignore_time(_apply_ask_back)),
}
