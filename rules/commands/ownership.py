"""Handlers of commands of owners about their own actions, and of snoozes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from models.action import Action, Postponement, ReminderSnooze
from models.codes import RefusalCode
from models.commands import (
    IN_PROGRESS,
    Accept,
    Block,
    Claim,
    Command,
    Decline,
    GiveUp,
    Postpone,
    Report,
    Snooze,
    TakeBack,
    Unblock,
)
from models.review import Review
from rules.command_lines import format_command_line
from rules.commands.handler import ApplyResult, Handler, ignore_review, ignore_time
from rules.commands.refusals import (
    ask_back_once,
    build_text_validator,
    check_not_too_far,
    refuse_unless,
    require_action,
    validate_reason,
)
from rules.commands.transitions import format_reason, move_action, update_action
from rules.formatting import format_date
from rules.notices import notices

MAX_SNOOZE = timedelta(days=7)
"""How far ahead reminders may be snoozed."""
ZONE_TOLERANCE = timedelta(days=1)
"""It may be the day before or after in the zone of whoever snoozes, which the review lacks."""


def _apply_accept(review: Review, command: Accept, now: datetime) -> ApplyResult:
    updated = move_action(review, command.action, "accept", now, last_comment="")
    return replace(updated, accepted_at=now), f"accepted {command.action}"


def _apply_decline(review: Review, command: Decline, now: datetime) -> ApplyResult:
    """Record why it was declined; who verifies it, or declines it, is no owner to suggest."""
    action = review.action(command.action)
    excluded = (action.owner, action.verifier) if action else ()
    suggested = "" if command.suggested in excluded else command.suggested
    updated = move_action(
        review,
        command.action,
        "decline",
        now,
        last_comment=command.reason,
        suggested_owner=suggested,
    )
    suggestion = f" (suggests {suggested})" if suggested else ""
    return updated, f"declined {command.action}{format_reason(command.reason)}{suggestion}"


def _apply_report(review: Review, command: Report) -> ApplyResult:
    """Record the progress of an action; it also answers an open question."""
    updated = update_action(review, command.action, last_comment=command.text, question=None)
    return updated, f"reported on {command.action}: {command.text}"


def _apply_block(review: Review, command: Block, now: datetime) -> ApplyResult:
    updated = move_action(
        review, command.action, "block", now, last_comment=command.reason, question=None
    )
    return updated, f"reported that {command.action} is blocked{format_reason(command.reason)}"


def _apply_unblock(review: Review, command: Unblock, now: datetime) -> ApplyResult:
    updated = move_action(review, command.action, "unblock", now, last_comment="", question=None)
    return updated, f"reported that {command.action} goes on"


def _validate_postpone(review: Review, command: Postpone, now: datetime) -> None:
    """Raise Refusal unless there is a reason and a later date."""
    action = require_action(review, command.action)
    validate_reason(command)
    refuse_unless(
        command.until > now.date(),
        RefusalCode.DUE_IN_THE_PAST,
        f"{format_date(command.until)} is not in the future.",
        "Name a later date.",
    )
    check_not_too_far(command.until, now)
    refuse_unless(
        action.due is None or command.until > action.due,
        RefusalCode.NOT_LATER,
        f"{action.id} is due on {format_date(action.due or command.until)}; "
        f"{format_date(command.until)} is not later.",
        "Name a later date.",
    )


def _apply_postpone(review: Review, command: Postpone, now: datetime) -> ApplyResult:
    postponement = Postponement(until=command.until, reason=command.reason, at=now)
    updated = update_action(review, command.action, postponement=postponement, question=None)
    until = f"{format_date(command.until)}{format_reason(command.reason)}"
    return updated, f"asked for more time for {command.action}, until {until}"


def _validate_claim(review: Review, command: Claim) -> None:
    """Raise Refusal unless there is evidence, or where some that shows nothing is asked back."""
    refuse_unless(
        command.evidence.strip(),
        RefusalCode.NO_EVIDENCE,
        "A claim needs evidence for the one who verifies it.",
        "A link, or what can be seen where.",
    )
    ask_back_once(review, command, command.evidence)


def _apply_claim(review: Review, command: Claim, now: datetime) -> ApplyResult:
    """Record the claim; where no such transition exists, return the review unchanged."""
    action = review.action(command.action)
    updated = move_action(
        review,
        command.action,
        "claim",
        now,
        evidence=command.evidence,
        claims=(action.claims if action else 0) + 1,
        postponement=None,
        question=None,
    )
    if updated == review:
        return review, f"reported on {command.action}: {command.evidence}"
    return updated, f"claimed {command.action} done: {command.evidence}"


def _apply_take_back(review: Review, command: TakeBack, now: datetime) -> ApplyResult:
    updated = move_action(review, command.action, "take back", now, last_comment=command.reason)
    return updated, f"took back the claim of {command.action}{format_reason(command.reason)}"


def _apply_give_up(review: Review, command: GiveUp, now: datetime) -> ApplyResult:
    updated = move_action(
        review,
        command.action,
        "give up",
        now,
        last_comment=command.reason,
        postponement=None,
        question=None,
    )
    return updated, f"gave up {command.action}{format_reason(command.reason)}"


def _validate_snooze(review: Review, command: Snooze, now: datetime) -> None:
    """Raise Refusal unless the date is near, and the first one while this due date holds."""
    action = require_action(review, command.action)
    suggestion = _suggest_instead_of_snooze(review, action, command.by)
    way_out = f"Name another day. {suggestion}"
    refuse_unless(
        command.until > now.date() - ZONE_TOLERANCE,
        RefusalCode.IN_THE_PAST,
        f"{format_date(command.until)} is in the past.",
        way_out,
    )
    latest = now.date() + MAX_SNOOZE
    refuse_unless(
        command.until <= latest + ZONE_TOLERANCE,
        RefusalCode.TOO_FAR,
        f"Reminders can be snoozed for at most {MAX_SNOOZE.days} days, until "
        f"{format_date(latest)}.",
        way_out,
    )
    earlier = [s for s in action.snoozes if (s.by, s.due) == (command.by, action.due)]
    refuse_unless(
        not earlier,
        RefusalCode.ALREADY_SNOOZED,
        f"You already snoozed your reminders of {action.id}"
        + "".join(f", until {format_date(snooze.until)}" for snooze in earlier)
        + "; this is possible once between two due dates.",
        suggestion,
    )


def _suggest_instead_of_snooze(review: Review, action: Action, by: str) -> str:
    """Return what ends reminders for longer: more time, which only an owner can ask for."""
    if action.owner == by and action.status in IN_PROGRESS:
        postpone = format_command_line(review, Postpone, action=action.id)
        return f"If the action needs more time, ask for it: {postpone}."
    return "Reminders end once nothing waits for you."


def _apply_snooze(review: Review, command: Snooze, now: datetime) -> ApplyResult:
    sentence = f"snoozed their reminders of {command.action} until {format_date(command.until)}"
    action = review.action(command.action)
    if action is None:
        return review, sentence
    snooze = ReminderSnooze(by=command.by, at=now, until=command.until, due=action.due)
    return update_action(review, action.id, snoozes=(*action.snoozes, snooze)), sentence


HANDLERS: dict[type[Command], Handler] = {
    Accept: Handler(apply=_apply_accept),
    Decline: Handler(validate=ignore_review(validate_reason), apply=_apply_decline),
    Report: Handler(
        validate=build_text_validator(
            "text", RefusalCode.EMPTY, "The report is empty.", "Say how far it has come."
        ),
        apply=ignore_time(_apply_report),
    ),
    Block: Handler(
        validate=ignore_review(validate_reason), apply=_apply_block, notify=(notices.notify_lead,)
    ),
    Unblock: Handler(apply=_apply_unblock),
    Postpone: Handler(validate=_validate_postpone, apply=_apply_postpone),
    Claim: Handler(
        validate=ignore_time(_validate_claim),
        apply=_apply_claim,
    ),
    TakeBack: Handler(apply=_apply_take_back, notify=(notices.notify_verifier,)),
    GiveUp: Handler(validate=ignore_review(validate_reason), apply=_apply_give_up),
    Snooze: Handler(validate=_validate_snooze, apply=_apply_snooze),
}
