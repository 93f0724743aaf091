"""Handlers of the lead's decisions about the review and its actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from models.action import ActionStatus, Dropped
from models.codes import EventKind, RefusalCode
from models.commands import (
    Approve,
    Cancel,
    Command,
    Drop,
    Grant,
    Overturn,
    Propose,
    Refuse,
    RejectGiveUp,
    Reopen,
    SendBack,
)
from models.errors import NotFound, Refusal
from models.review import Gate, Review, Stage
from rules.command_lines import format_command_line
from rules.commands.handler import ApplyResult, Handler, ignore_review, ignore_time
from rules.commands.refusals import (
    build_blocked_refusal,
    refuse_unless,
    require_action,
    validate_reason,
)
from rules.commands.transitions import (
    add_recurrence,
    answer_recurrences,
    assign_action,
    format_reason,
    mark_actions_changed,
    move_action,
    move_review,
    overturn_action,
    update_action,
)
from rules.formatting import format_date, format_time
from rules.gates.action_blockers import find_latest_due_date
from rules.gates.gates import find_gate, list_blockers
from rules.notices import invitations, notices


def _validate_approve(review: Review, command: Approve, now: datetime) -> None:
    gate = find_gate(review.stage)
    if gate is not command.gate:
        next_gate = f"; the next gate is “{gate}”" if gate else ""
        raise Refusal(
            RefusalCode.WRONG_GATE,
            f"The review is in stage {review.stage}: there is no “{command.gate}” to approve"
            f"{next_gate}.{_describe_earlier_approval(review, command)}",
            f"Approve that: {format_command_line(review, Approve, gate=gate)}."
            if gate
            else "Wait until every owner has accepted.",
        )
    open_blockers = list_blockers(review, now)
    if open_blockers:
        raise build_blocked_refusal(f"“{command.gate}” cannot be approved", open_blockers)


def _describe_earlier_approval(review: Review, command: Approve) -> str:
    approvals = [e for e in review.log if e.kind is EventKind.APPROVE and e.gate is command.gate]
    return (
        f" {approvals[-1].by} approved it on {format_time(approvals[-1].at, UTC)}."
        if approvals
        else ""
    )


def _apply_approve(review: Review, command: Approve, now: datetime) -> ApplyResult:
    sentence = f"approved “{command.gate}”"
    updated = move_review(review, f"approve {command.gate}", now)
    if command.gate is Gate.ACTIONS:
        names = [a.id for a in review.actions if a.status is ActionStatus.PROPOSED]
        for name in names:
            updated = assign_action(updated, name, now)
        sentence = f"{sentence}: {', '.join(names) or 'no action'} assigned"
        return mark_actions_changed(updated, now), sentence
    if command.gate is Gate.CLOSURE:
        return replace(updated, closed_at=now), sentence
    return updated, sentence


def _apply_send_back(review: Review, command: SendBack, now: datetime) -> ApplyResult:
    updated = move_review(review, "send back", now)
    if updated.stage is Stage.DRAFT and updated.meeting is not None:
        meeting = replace(updated.meeting, held_at=None, attended=(), notes="")
        updated = replace(updated, meeting=meeting)
    return updated, f"sent the review back to {updated.stage}{format_reason(command.reason)}"


def _validate_grant(review: Review, command: Grant, now: datetime) -> None:
    """Raise Refusal unless a postponement was asked for, with a reason if it exceeds the limit."""
    _validate_postponement_answer(review, command)
    action = require_action(review, command.action)
    postponement = action.postponement
    latest = find_latest_due_date(review, action.priority, now)
    refuse_unless(
        postponement is None or postponement.until <= latest or command.reason.strip(),
        RefusalCode.DUE_TOO_LATE,
        f"{action.id} is {action.priority}: the latest date for it is {format_date(latest)}.",
        "Grant it with a reason: grant because …",
    )


def _validate_postponement_answer(review: Review, command: Grant | Refuse) -> None:
    """Raise Refusal unless the owner has asked for more time."""
    action = require_action(review, command.action)
    refuse_unless(
        action.postponement,
        RefusalCode.NOTHING_ASKED,
        f"Nobody asked for more time for {action.id}.",
        "The owner asks with: until <date> because …",
    )


def _apply_grant(review: Review, command: Grant, now: datetime) -> ApplyResult:
    """Record the requested date as the due date."""
    action = review.action(command.action)
    if action is None or action.postponement is None:
        return review, f"granted time for {command.action}"
    until = action.postponement.until
    first_due = action.first_due or action.due
    updated = update_action(
        review, command.action, due=until, first_due=first_due, postponement=None
    )
    sentence = (
        f"granted more time for {command.action}, until {format_date(until)}"
        f"{format_reason(command.reason)}"
    )
    return mark_actions_changed(updated, now), sentence


def _apply_refuse(review: Review, command: Refuse) -> ApplyResult:
    """Record that the request for more time was refused; the due date stays."""
    updated = update_action(review, command.action, postponement=None)
    return updated, f"refused more time for {command.action}{format_reason(command.reason)}"


def _validate_drop(review: Review, command: Drop) -> None:
    """Raise Refusal unless there is a reason, and either a replacement or an accepted risk."""
    validate_reason(command)
    refuse_unless(
        bool(command.replacement) != bool(command.risk.strip()),
        RefusalCode.NO_REPLACEMENT_OR_RISK,
        "An action is dropped for a replacement action or for an accepted risk; name one of them.",
        "Name the action that takes its place (`--replacement A7`), or what you live with from "
        "now on (`--risk “…”`).",
    )
    if command.replacement:
        other = require_action(review, command.replacement)
        refuse_unless(
            other.id != command.action
            and other.status not in (ActionStatus.WITHDRAWN, ActionStatus.DROPPED),
            RefusalCode.NO_REPLACEMENT,
            f"{other.id} cannot replace {command.action}: it is {other.status}.",
            f"Propose the replacement first: {format_command_line(review, Propose)}.",
        )


def _apply_drop(review: Review, command: Drop, now: datetime) -> ApplyResult:
    outcome = Dropped(
        reason=command.reason,
        by=command.by,
        at=now,
        replacement=command.replacement,
        risk=command.risk,
        token_origin=command.token_origin,
    )
    updated = move_action(review, command.action, "drop", now, outcome=outcome, postponement=None)
    replacement = (
        f"replaced by {command.replacement}"
        if command.replacement
        else f"risk: {command.risk.strip().rstrip('.')}"
    )
    reason = format_reason(command.reason).rstrip(".")
    sentence = f"dropped {command.action}{reason} ({replacement})"
    return mark_actions_changed(updated, now), sentence


def _apply_reject_give_up(review: Review, command: RejectGiveUp, now: datetime) -> ApplyResult:
    """Record that giving up the action was refused; it becomes accepted again."""
    updated = move_action(
        review, command.action, "reject give-up", now, last_comment=command.reason
    )
    return updated, f"kept {command.action}{format_reason(command.reason)}"


def _apply_cancel(review: Review, command: Cancel, now: datetime) -> ApplyResult:
    updated = move_review(review, "cancel", now)
    return replace(updated, closed_at=now), f"cancelled the review{format_reason(command.reason)}"


def _validate_reopen(review: Review, command: Reopen) -> None:
    validate_reason(command)
    refuse_unless(
        command.actions or command.recurrence,
        RefusalCode.NOTHING_NAMED,
        "Reopening names the outcomes that did not last, or a recurrence.",
        f"Name them: {format_command_line(review, Reopen, actions=None)} or "
        f"{format_command_line(review, Reopen, recurrence=None)}.",
    )
    for name in command.actions:
        action = require_action(review, name)
        refuse_unless(
            action.outcome,
            RefusalCode.NO_OUTCOME,
            f"{name} has no outcome that could be taken back.",
            "Name another action.",
        )


def _apply_reopen(review: Review, command: Reopen, now: datetime) -> ApplyResult:
    updated = move_review(review, "reopen", now)
    for name in command.actions:
        updated = overturn_action(updated, name, command.reason, now)
    if command.recurrence:
        updated = add_recurrence(updated, command.recurrence, "", now)
    updated = replace(_retire_follow_up(updated), closed_at=None, reopened=review.reopened + 1)
    return mark_actions_changed(updated, now), f"reopened the review{format_reason(command.reason)}"


def _retire_follow_up(review: Review) -> Review:
    """Return the review with an unheld follow-up meeting moved to the past ones."""
    if review.follow_up is None or review.follow_up.held_at is not None:
        return review
    past = (*review.past_follow_ups, review.follow_up)
    return replace(review, follow_up=None, past_follow_ups=past)


def _validate_overturn(review: Review, command: Overturn) -> None:
    """Raise Refusal without a reason, or NotFound for an unknown recurrence."""
    validate_reason(command)
    if command.recurrence and all(r.id != command.recurrence for r in review.recurrences):
        known = tuple(r.id for r in review.recurrences)
        raise NotFound("recurrence", command.recurrence, known)


def _apply_overturn(review: Review, command: Overturn, now: datetime) -> ApplyResult:
    updated = overturn_action(review, command.action, command.reason, now)
    answer = f"{command.action} was taken up again"
    updated = answer_recurrences(updated, (command.recurrence,), answer)
    sentence = f"overturned {command.action}{format_reason(command.reason)}"
    return mark_actions_changed(updated, now), sentence


HANDLERS: dict[type[Command], Handler] = {
    Approve: Handler(
        validate=_validate_approve,
        apply=_apply_approve,
        notify=(notices.notify_of_closure, invitations.invite_new_owners),
    ),
    SendBack: Handler(
        validate=ignore_review(validate_reason),
        apply=_apply_send_back,
        notify=(notices.notify_invited,),
    ),
    Grant: Handler(
        validate=_validate_grant, apply=_apply_grant, notify=(notices.notify_postponement_answer,)
    ),
    Refuse: Handler(
        validate=ignore_time(_validate_postponement_answer),
        apply=ignore_time(_apply_refuse),
        notify=(notices.notify_postponement_answer,),
    ),
    Drop: Handler(
        validate=ignore_time(_validate_drop), apply=_apply_drop, notify=(notices.notify_of_drop,)
    ),
    RejectGiveUp: Handler(
        validate=ignore_review(validate_reason),
        apply=_apply_reject_give_up,
        notify=(notices.notify_give_up_answer,),
    ),
    Cancel: Handler(
        validate=ignore_review(validate_reason),
        apply=_apply_cancel,
        notify=(notices.notify_of_cancellation,),
    ),
    Reopen: Handler(
        validate=ignore_time(_validate_reopen),
        apply=_apply_reopen,
        notify=(notices.notify_everybody,),
    ),
    Overturn: Handler(
        validate=ignore_time(_validate_overturn),
        apply=_apply_overturn,
        notify=(invitations.invite_new_owners,),
    ),
}
