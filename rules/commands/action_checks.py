"""Validators of commands about actions: text, owner, verifier, due date and reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models import commands as o
from models.action import Action, ActionStatus, Dropped, Priority
from models.codes import BlockerCode, RefusalCode
from models.errors import NotFound
from models.review import Review
from rules.commands.refusals import (
    build_blocked_refusal,
    find_action,
    refuse_unless,
    validate_reason,
)
from rules.gates.action_blockers import is_waived, list_action_blockers
from rules.replies.dates import format_date

MAX_DATE_AHEAD = timedelta(days=731)
"""How far ahead a date may be."""


def _check_causes(review: Review, causes: tuple[str, ...] | None) -> None:
    known = [c.id for c in review.causes if not c.withdrawn]
    known += [r.id for r in review.recurrences]
    for name in causes or ():
        if name not in known:
            raise NotFound("cause", name, tuple(known))


def validate_propose(review: Review, command: o.Propose, now: datetime) -> None:
    """Raise Refusal unless there is text, one owner, another verifier and a future date."""
    refuse_unless(
        command.text.strip(), RefusalCode.EMPTY, "An action needs words.", "Say what will change."
    )
    _check_causes(review, command.causes)
    _check_verifier_not_owner(command.owner, command.verifier)
    _check_one_owner(command.owner)
    _check_not_too_far(command.due, now)
    refuse_unless(
        command.due is None or command.due >= now.date(),
        RefusalCode.DUE_IN_THE_PAST,
        f"{format_date(command.due)} is past." if command.due else "",
        "Name a date to come.",
    )


def _check_one_owner(owner: str) -> None:
    refuse_unless(
        not any(mark in owner.strip() for mark in (",", ";", " ")),
        RefusalCode.TWO_OWNERS,
        f"“{owner}” is more than one person; a promise has one owner.",
        "Name one owner; others can help, or own an action each.",
    )


def _check_verifier_not_owner(owner: str, verifier: str) -> None:
    refuse_unless(
        not owner or owner != verifier,
        RefusalCode.VERIFIER_OWNS,
        f"{owner} cannot both own and verify an action.",
        "Name somebody else to verify it.",
    )


def validate_revise(review: Review, command: o.Revise, now: datetime) -> None:
    """Raise Refusal unless valid as a proposal and, once assigned, due within the limit."""
    action = find_action(review, command.action)
    _check_causes(review, command.causes)
    is_assigned = action.assigned_at is not None
    refuse_unless(
        not (is_assigned and (command.owner is not None or command.verifier is not None)),
        RefusalCode.USE_REASSIGN,
        f"{action.id} is assigned; its owner or verifier does not change by the way.",
        "afterword action reassign, or afterword action verifier",
    )
    refuse_unless(
        command.text is None or command.text.strip(),
        RefusalCode.EMPTY,
        "An action needs words.",
        "Say it anew.",
    )
    refuse_unless(
        command.measure is None or command.measure.strip(),
        RefusalCode.EMPTY_MEASURE,
        "Without a measure nobody can tell whether it is done.",
        "Say how we will know.",
    )
    _check_one_owner(command.owner or "")
    _check_verifier_not_owner(
        action.owner if command.owner is None else command.owner,
        action.verifier if command.verifier is None else command.verifier,
    )
    refuse_unless(
        command.due is None or command.due >= now.date(),
        RefusalCode.DUE_IN_THE_PAST,
        f"{format_date(command.due)} is past." if command.due else "",
        "Name a date to come.",
    )
    _check_not_too_far(command.due, now)
    if is_assigned:
        _check_assigned_revision(review, action, command, now)


def validate_assign(review: Review, command: o.Assign, now: datetime) -> None:
    """Raise Refusal unless the action passes the checks of the actions gate."""
    open_blockers = list_action_blockers(review, find_action(review, command.action), now)
    if open_blockers:
        raise build_blocked_refusal(f"{command.action} cannot be assigned", open_blockers)


def validate_reassign(review: Review, command: o.Reassign, now: datetime) -> None:
    """Raise Refusal unless there is a new owner who is not the verifier."""
    del now
    action = find_action(review, command.action)
    _check_one_owner(command.owner)
    refuse_unless(
        command.owner.strip(), RefusalCode.NO_OWNER, "An action needs an owner.", "Name one."
    )
    refuse_unless(
        command.owner != action.owner or action.status is ActionStatus.DECLINED,
        RefusalCode.NO_NEWS,
        f"{command.owner} owns {action.id} already.",
        "Name somebody else.",
    )
    refuse_unless(
        command.owner != action.verifier,
        RefusalCode.VERIFIER_OWNS,
        f"{command.owner} is to verify {action.id} and cannot own it too.",
        "Name another verifier first: afterword action verifier.",
    )


def validate_change_verifier(review: Review, command: o.ChangeVerifier, now: datetime) -> None:
    """Raise Refusal unless the verifier never owned the action."""
    del now
    action = find_action(review, command.action)
    refuse_unless(command.verifier.strip(), RefusalCode.NO_VERIFIER, "Name a verifier.", "")
    refuse_unless(
        command.verifier not in (action.owner, *action.owners),
        RefusalCode.VERIFIER_OWNS,
        f"{command.verifier} owns or owned {action.id} and cannot verify it.",
        "Name somebody who never owned it.",
    )


def validate_withdraw(review: Review, command: o.Withdraw, now: datetime) -> None:
    """Raise Refusal unless nothing depends on the item yet."""
    del now
    cause = next((c for c in review.causes if c.id == command.item), None)
    if cause is not None:
        dependent_ids = [a.id for a in review.actions if command.item in a.causes and a.assigned_at]
        refuse_unless(
            not dependent_ids,
            RefusalCode.CAUSE_IN_USE,
            f"{command.item} is what {', '.join(dependent_ids)} addresses.",
            "Revise it instead: afterword cause revise.",
        )
        return
    action = find_action(review, command.item)
    replaced_ids = [
        a.id
        for a in review.actions
        if isinstance(a.outcome, Dropped) and a.outcome.replacement == command.item
    ]
    refuse_unless(
        not replaced_ids,
        RefusalCode.REPLACEMENT_IN_USE,
        f"{', '.join(replaced_ids)} was dropped for {command.item}.",
        "Assign it and drop it with a risk, or overturn that drop first.",
    )
    refuse_unless(
        action.status is ActionStatus.PROPOSED,
        RefusalCode.WRONG_STATUS,
        f"{action.id} is {action.status}: only what is proposed can be withdrawn.",
        "The lead can drop it: afterword drop.",
    )


def validate_grant(review: Review, command: o.Grant, now: datetime) -> None:
    """Raise Refusal unless a postponement was asked for, with a reason if it exceeds the limit."""
    validate_postponement_answer(review, command, now)
    action = find_action(review, command.action)
    postponement = action.postponement
    latest = _find_latest_due_date(review, action.priority, now)
    refuse_unless(
        postponement is None or postponement.until <= latest or command.reason.strip(),
        RefusalCode.DUE_TOO_LATE,
        f"{action.id} is {action.priority}: the latest date for it is {latest}.",
        "Give your leave with a reason: grant because …",
    )


def validate_postponement_answer(
    review: Review, command: o.Grant | o.Refuse, now: datetime
) -> None:
    """Raise Refusal unless the owner has asked for more time."""
    del now
    action = find_action(review, command.action)
    refuse_unless(
        action.postponement,
        RefusalCode.NOTHING_ASKED,
        f"Nobody asked for more time for {action.id}.",
        "The owner asks with: until <date> because …",
    )


def validate_postpone(review: Review, command: o.Postpone, now: datetime) -> None:
    """Raise Refusal unless there is a reason and a later date."""
    action = find_action(review, command.action)
    validate_reason(review, command, now)
    refuse_unless(
        command.until > now.date(),
        RefusalCode.DUE_IN_THE_PAST,
        f"{format_date(command.until)} is not to come.",
        "Name a later date.",
    )
    _check_not_too_far(command.until, now)
    refuse_unless(
        action.due is None or command.until > action.due,
        RefusalCode.NOT_LATER,
        f"{action.id} is due on {format_date(action.due or command.until)}; "
        f"{format_date(command.until)} is not later.",
        "Name a later date.",
    )


def validate_drop(review: Review, command: o.Drop, now: datetime) -> None:
    """Raise Refusal unless there is a reason, and either a replacement or an accepted risk."""
    validate_reason(review, command, now)
    refuse_unless(
        bool(command.replacement) != bool(command.risk.strip()),
        RefusalCode.NO_REPLACEMENT_OR_RISK,
        "An action is dropped for a replacement action or for an accepted risk; name one of them.",
        "--replacement A7, or --risk “what we live with from now on”",
    )
    if command.replacement:
        other = find_action(review, command.replacement)
        refuse_unless(
            other.id != command.action
            and other.status not in (ActionStatus.WITHDRAWN, ActionStatus.DROPPED),
            RefusalCode.NO_REPLACEMENT,
            f"{other.id} cannot stand in for {command.action}: it is {other.status}.",
            "Propose the replacement first: afterword action propose.",
        )


def validate_overturn(review: Review, command: o.Overturn, now: datetime) -> None:
    """Raise Refusal without a reason, or NotFound for an unknown recurrence."""
    validate_reason(review, command, now)
    if command.recurrence and all(r.id != command.recurrence for r in review.recurrences):
        known = tuple(r.id for r in review.recurrences)
        raise NotFound("recurrence", command.recurrence, known)


def validate_claim(review: Review, command: o.Claim, now: datetime) -> None:
    """Raise Refusal unless the claim has evidence."""
    del review, now
    refuse_unless(
        command.evidence.strip(),
        RefusalCode.NO_EVIDENCE,
        "A claim needs evidence for the one who verifies it.",
        "A link, or what can be seen where.",
    )


def _find_latest_due_date(review: Review, priority: Priority, now: datetime) -> date:
    return now.date() + timedelta(days=review.policy.due_days[priority])


def _check_assigned_revision(
    review: Review, action: Action, command: o.Revise, now: datetime
) -> None:
    refuse_unless(
        command.causes is None or command.causes,
        RefusalCode.NO_CAUSE,
        f"{action.id} would address no cause.",
        "Name one, or drop the action.",
    )
    if command.due is None and command.priority is None:
        return
    due, priority = command.due or action.due, command.priority or action.priority
    latest = _find_latest_due_date(review, priority, now)
    refuse_unless(
        due is None or due <= latest or is_waived(review, action.id, BlockerCode.DUE_TOO_LATE),
        RefusalCode.DUE_TOO_LATE,
        f"{action.id} is {priority}: the latest date for it is {latest}.",
        "Name an earlier date, or give leave with afterword review waive.",
    )


def _check_not_too_far(due: date | None, now: datetime) -> None:
    refuse_unless(
        due is None or due <= now.date() + MAX_DATE_AHEAD,
        RefusalCode.TOO_FAR,
        f"{due} is more than {MAX_DATE_AHEAD.days} days ahead; nobody plans that far.",
        "Name an earlier date.",
    )
