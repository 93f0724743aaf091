"""Handlers of commands that plan actions: text, owner, verifier and due date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from models.action import Action, ActionStatus, Dropped
from models.codes import BlockerCode, RefusalCode
from models.commands import (
    Assign,
    ChangeVerifier,
    Command,
    Drop,
    Propose,
    Reassign,
    Revise,
    ReviseCause,
    Waive,
    Withdraw,
)
from models.errors import NotFound, Refusal
from models.review import Review
from rules.command_lines import format_command_line
from rules.commands.handler import ApplyResult, Handler, ignore_time
from rules.commands.refusals import (
    build_blocked_refusal,
    check_not_too_far,
    count_held_actions,
    refuse_unless,
    require_action,
)
from rules.commands.transitions import (
    assign_action,
    format_reason,
    mark_actions_changed,
    move_action,
    update_action,
    update_cause,
)
from rules.formatting import format_date
from rules.gates.action_blockers import find_latest_due_date, is_waived, iter_action_blockers
from rules.identifiers import get_next_item_id
from rules.notices import invitations, notices


def _validate_propose(review: Review, command: Propose, now: datetime) -> None:
    """Raise Refusal unless there is text, one owner, another verifier and a future date."""
    refuse_unless(
        command.text.strip(), RefusalCode.EMPTY, "An action needs a text.", "Say what will change."
    )
    _check_room(review)
    _check_causes(review, command.causes)
    _check_verifier_not_owner(command.owner, command.verifier)
    _check_one_owner(command.owner)
    _check_due_date(command.due, now)


def _check_room(review: Review) -> None:
    """Raise Refusal where a review has as many actions as it can hold."""
    limit = review.policy.max_actions
    refuse_unless(
        count_held_actions(review) < limit,
        RefusalCode.FULL,
        f"This review has {limit} actions already, and can hold no more.",
        "Withdraw one that matters less, or keep this one in your own tracker; whoever runs "
        "Afterword can raise the limit for new reviews (policy.max_actions).",
    )


def _apply_propose(review: Review, command: Propose, now: datetime) -> ApplyResult:
    action_id = get_next_item_id("A", (a.id for a in review.actions))
    action = Action(
        id=action_id,
        text=command.text,
        owner=command.owner,
        verifier=command.verifier,
        due=command.due,
        measure=command.measure,
        priority=command.priority,
        causes=command.causes,
        since=now,
        proposed_by=command.by,
        findings=command.findings,
    )
    return replace(
        review, actions=(*review.actions, action)
    ), f"proposed {action_id}: {command.text}"


def _validate_revise(review: Review, command: Revise, now: datetime) -> None:
    """Raise Refusal unless valid as a proposal and, once assigned, due within the limit."""
    action = require_action(review, command.action)
    _check_causes(review, command.causes)
    is_assigned = action.assigned_at is not None
    refuse_unless(
        not (is_assigned and (command.owner is not None or command.verifier is not None)),
        RefusalCode.USE_REASSIGN,
        f"{action.id} is assigned; a revision does not change its owner or verifier.",
        "Change them instead: "
        f"{format_command_line(review, Reassign, action=action.id)} or "
        f"{format_command_line(review, ChangeVerifier, action=action.id)}.",
    )
    refuse_unless(
        command.text is None or command.text.strip(),
        RefusalCode.EMPTY,
        "An action needs a text.",
        "Write what will be done.",
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
    _check_due_date(command.due, now)
    if is_assigned:
        _check_assigned_revision(review, action, command, now)


def _check_assigned_revision(
    review: Review, action: Action, command: Revise, now: datetime
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
    latest = find_latest_due_date(review, priority, now)
    refuse_unless(
        due is None or due <= latest or is_waived(review, action.id, BlockerCode.DUE_TOO_LATE),
        RefusalCode.DUE_TOO_LATE,
        f"{action.id} is {priority}: the latest date for it is {format_date(latest)}.",
        "Choose an earlier date, or waive the limit: "
        f"{format_command_line(review, Waive, item=action.id, code=BlockerCode.DUE_TOO_LATE)}.",
    )


def _apply_revise(review: Review, command: Revise, now: datetime) -> ApplyResult:
    """Apply a revision; once the action is assigned, its owner must accept it again."""
    names = ("text", "owner", "verifier", "due", "measure", "priority", "causes")
    changes = {name: v for name in names if (v := getattr(command, name)) is not None}
    is_reworded = command.text is not None or command.measure is not None
    findings = {"findings": command.findings} if is_reworded else {}
    action = review.action(command.action)
    updated = update_action(review, command.action, **changes, **findings)
    sentence = f"revised {command.action} ({', '.join(changes)})"
    if action is None or action.assigned_at is None:
        return updated, sentence
    first_due = (action.first_due or action.due) if command.due else action.first_due
    updated = move_action(
        updated,
        command.action,
        "revise",
        now,
        postponement=None,
        suggested_owner="",
        first_due=first_due,
    )
    return mark_actions_changed(updated, now), f"{sentence}; its owner must accept it again"


def _validate_withdraw(review: Review, command: Withdraw) -> None:
    """Raise Refusal unless nothing depends on the item yet."""
    cause = next((c for c in review.causes if c.id == command.item), None)
    if cause is not None:
        dependent_ids = [a.id for a in review.actions if command.item in a.causes and a.assigned_at]
        refuse_unless(
            not dependent_ids,
            RefusalCode.CAUSE_IN_USE,
            f"{command.item} is addressed by {', '.join(dependent_ids)}.",
            "Revise it instead: "
            f"{format_command_line(review, ReviseCause, cause=cause.id, whys=None)}.",
        )
        return
    action = require_action(review, command.item)
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
        f"The lead can drop it: {format_command_line(review, Drop, action=action.id, risk=None)}.",
    )


def _apply_withdraw(review: Review, command: Withdraw, now: datetime) -> ApplyResult:
    updated = update_cause(review, command.item, withdrawn=True)
    updated = move_action(updated, command.item, "withdraw", now, last_comment=command.reason)
    return updated, f"withdrew {command.item}{format_reason(command.reason)}"


def _validate_assign(review: Review, command: Assign, now: datetime) -> None:
    """Raise Refusal unless the action passes the checks of the actions gate."""
    action = require_action(review, command.action)
    if open_blockers := tuple(iter_action_blockers(review, action, now)):
        raise build_blocked_refusal(f"{action.id} cannot be assigned", open_blockers)


def _apply_assign(review: Review, command: Assign, now: datetime) -> ApplyResult:
    updated = mark_actions_changed(assign_action(review, command.action, now), now)
    action = updated.action(command.action)
    return updated, f"assigned {command.action} to {action.owner if action else ''}"


def _validate_reassign(review: Review, command: Reassign) -> None:
    """Raise Refusal unless there is a new owner who is not the verifier."""
    action = require_action(review, command.action)
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
        "Name another verifier first: "
        f"{format_command_line(review, ChangeVerifier, action=action.id)}.",
    )


def _apply_reassign(review: Review, command: Reassign, now: datetime) -> ApplyResult:
    action = review.action(command.action)
    owners = tuple(dict.fromkeys((*(action.owners if action else ()), command.owner)))
    updated = move_action(
        review,
        command.action,
        "reassign",
        now,
        owner=command.owner,
        owners=owners,
        postponement=None,
        question=None,
        last_comment=command.reason,
        suggested_owner="",
    )
    is_own = command.owner == command.by
    deed = f"took {command.action} over" if is_own else f"gave {command.action} to {command.owner}"
    return mark_actions_changed(updated, now), f"{deed}{format_reason(command.reason)}"


def _validate_change_verifier(review: Review, command: ChangeVerifier) -> None:
    """Raise Refusal unless the verifier never owned the action."""
    action = require_action(review, command.action)
    refuse_unless(
        command.verifier.strip(),
        RefusalCode.NO_VERIFIER,
        "An action needs a verifier.",
        "Name somebody who never owned it.",
    )
    refuse_unless(
        command.verifier not in (action.owner, *action.owners),
        RefusalCode.VERIFIER_OWNS,
        f"{command.verifier} owns or owned {action.id} and cannot verify it.",
        "Name somebody who never owned it.",
    )


def _apply_change_verifier(review: Review, command: ChangeVerifier) -> ApplyResult:
    updated = update_action(review, command.action, verifier=command.verifier)
    reason = format_reason(command.reason)
    return updated, f"made {command.verifier} the verifier of {command.action}{reason}"


def _check_causes(review: Review, causes: tuple[str, ...] | None) -> None:
    known = [c.id for c in review.causes if not c.withdrawn]
    known += [r.id for r in review.recurrences]
    for name in causes or ():
        if name not in known:
            raise NotFound("cause", name, tuple(known))


def _check_due_date(due: date | None, now: datetime) -> None:
    check_not_too_far(due, now)
    if due is not None and due < now.date():
        raise Refusal(
            RefusalCode.DUE_IN_THE_PAST,
            f"{format_date(due)} is in the past.",
            "Choose a date in the future.",
        )


def _check_one_owner(owner: str) -> None:
    refuse_unless(
        not any(mark in owner.strip() for mark in (",", ";", " ")),
        RefusalCode.TWO_OWNERS,
        f"“{owner}” is more than one person; an action has one owner.",
        "Name one owner; others can help, or own an action each.",
    )


def _check_verifier_not_owner(owner: str, verifier: str) -> None:
    refuse_unless(
        not owner or owner != verifier,
        RefusalCode.VERIFIER_OWNS,
        f"{owner} cannot both own and verify an action.",
        "Name somebody else to verify it.",
    )


HANDLERS: dict[type[Command], Handler] = {
    Propose: Handler(validate=_validate_propose, apply=_apply_propose),
    Revise: Handler(validate=_validate_revise, apply=_apply_revise),
    Withdraw: Handler(validate=ignore_time(_validate_withdraw), apply=_apply_withdraw),
    Assign: Handler(
        validate=_validate_assign, apply=_apply_assign, notify=(invitations.invite_new_owners,)
    ),
    Reassign: Handler(
        validate=ignore_time(_validate_reassign),
        apply=_apply_reassign,
        notify=(notices.notify_previous_owner, invitations.invite_new_owners),
    ),
    ChangeVerifier: Handler(
        validate=ignore_time(_validate_change_verifier),
        apply=ignore_time(_apply_change_verifier),
        notify=(notices.notify_owner_and_verifier,),
    ),
}
