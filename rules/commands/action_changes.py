"""Appliers of commands about actions: each returns the changed review and a log sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models import commands as o
from models.action import Action, Dropped, Outcome, Postponement, Question, Verified
from models.review import Review
from rules.commands.transitions import (
    answer_recurrences,
    assign_action,
    format_reason,
    get_action,
    mark_plan_changed,
    move_action,
    overturn_action,
    update_action,
)
from rules.identifiers import get_next_item_id

ApplyResult = tuple[Review, str]


def apply_propose(review: Review, command: o.Propose, now: datetime) -> ApplyResult:
    """Add a proposed action."""
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


def apply_revise(review: Review, command: o.Revise, now: datetime) -> ApplyResult:
    """Apply a revision; once the action is assigned, its owner must accept it again."""
    names = ("text", "owner", "verifier", "due", "measure", "priority", "causes")
    changes = {name: v for name in names if (v := getattr(command, name)) is not None}

    def revise_action(action: Action) -> Action:
        findings = command.findings if command.text is not None else action.findings
        return replace(action, findings=findings, **changes)

    action = get_action(review, command.action)
    after = update_action(review, command.action, revise_action)
    sentence = f"revised {command.action} ({', '.join(changes)})"
    if action is None or action.assigned_at is None:
        return after, sentence
    after = move_action(after, command.action, "revise", now, postponement=None)
    return mark_plan_changed(after, now), f"{sentence}; its owner accepts anew"


def apply_assign(review: Review, command: o.Assign, now: datetime) -> ApplyResult:
    """Record that a proposed action is assigned."""
    after = assign_action(review, command.action, now)
    action = get_action(after, command.action)
    return mark_plan_changed(
        after, now
    ), f"assigned {command.action} to {action.owner if action else ''}"


def apply_reassign(review: Review, command: o.Reassign, now: datetime) -> ApplyResult:
    """Record another owner of an action."""
    action = get_action(review, command.action)
    owners = tuple(dict.fromkeys((*(action.owners if action else ()), command.owner)))
    after = move_action(
        review,
        command.action,
        "reassign",
        now,
        owner=command.owner,
        owners=owners,
        postponement=None,
        question=None,
        last_comment=command.reason,
    )
    sentence = f"gave {command.action} to {command.owner}{format_reason(command.reason)}"
    return mark_plan_changed(after, now), sentence


def apply_change_verifier(review: Review, command: o.ChangeVerifier, now: datetime) -> ApplyResult:
    """Record another verifier of an action."""
    del now
    after = update_action(review, command.action, lambda a: replace(a, verifier=command.verifier))
    return after, f"{command.verifier} is to verify {command.action}{format_reason(command.reason)}"


def apply_grant(review: Review, command: o.Grant, now: datetime) -> ApplyResult:
    """Record the requested date as the due date."""
    action = get_action(review, command.action)
    if action is None or action.postponement is None:
        return review, f"granted time for {command.action}"
    until = action.postponement.until
    after = update_action(
        review, command.action, lambda a: replace(a, due=until, postponement=None)
    )
    return mark_plan_changed(
        after, now
    ), f"granted {command.action} until {until:%d %B %Y}{format_reason(command.reason)}"


def apply_refuse(review: Review, command: o.Refuse, now: datetime) -> ApplyResult:
    """Record that the request for more time was refused; the due date stays."""
    del now
    after = update_action(review, command.action, lambda a: replace(a, postponement=None))
    return after, f"refused more time for {command.action}{format_reason(command.reason)}"


def apply_drop(review: Review, command: o.Drop, now: datetime) -> ApplyResult:
    """Record the outcome “dropped” of an action."""
    outcome = Dropped(
        reason=command.reason,
        by=command.by,
        at=now,
        replacement=command.replacement,
        risk=command.risk,
    )
    after = move_action(review, command.action, "drop", now, outcome=outcome, postponement=None)
    replacement = (
        f"replaced by {command.replacement}" if command.replacement else f"risk: {command.risk}"
    )
    sentence = f"dropped {command.action}{format_reason(command.reason)} ({replacement})"
    return mark_plan_changed(after, now), sentence


def apply_reject_give_up(review: Review, command: o.RejectGiveUp, now: datetime) -> ApplyResult:
    """Record that giving up the action was refused; it becomes accepted again."""
    after = move_action(review, command.action, "reject give-up", now, last_comment=command.reason)
    return after, f"kept {command.action}{format_reason(command.reason)}"


def apply_overturn(review: Review, command: o.Overturn, now: datetime) -> ApplyResult:
    """Record that an outcome was taken back."""
    after = overturn_action(review, command.action, command.reason, now)
    after = answer_recurrences(after, (command.recurrence,), f"{command.action} was taken up again")
    return mark_plan_changed(
        after, now
    ), f"overturned {command.action}{format_reason(command.reason)}"


def apply_accept(review: Review, command: o.Accept, now: datetime) -> ApplyResult:
    """Record that the owner accepts."""
    after = move_action(review, command.action, "accept", now, last_comment="")
    return replace(after, accepted_at=now), f"accepted {command.action}"


def apply_decline(review: Review, command: o.Decline, now: datetime) -> ApplyResult:
    """Record that the owner declines, and why."""
    after = move_action(review, command.action, "decline", now, last_comment=command.reason)
    return after, f"declined {command.action}{format_reason(command.reason)}"


def apply_report(review: Review, command: o.Report, now: datetime) -> ApplyResult:
    """Record the progress of an action; it also answers an open question."""
    del now
    after = update_action(
        review, command.action, lambda a: replace(a, last_comment=command.text, question=None)
    )
    return after, f"reported on {command.action}: {command.text}"


def apply_block(review: Review, command: o.Block, now: datetime) -> ApplyResult:
    """Record what blocks an action."""
    after = move_action(
        review, command.action, "block", now, last_comment=command.reason, question=None
    )
    return after, f"{command.action} is blocked{format_reason(command.reason)}"


def apply_unblock(review: Review, command: o.Unblock, now: datetime) -> ApplyResult:
    """Record that an action is no longer blocked."""
    after = move_action(review, command.action, "unblock", now, last_comment="", question=None)
    return after, f"{command.action} goes on"


def apply_postpone(review: Review, command: o.Postpone, now: datetime) -> ApplyResult:
    """Record the requested extra time."""
    postponement = Postponement(until=command.until, reason=command.reason, at=now)
    after = update_action(
        review, command.action, lambda a: replace(a, postponement=postponement, question=None)
    )
    return (
        after,
        f"asked for {command.action} until {command.until:%d %B %Y}{format_reason(command.reason)}",
    )


def apply_claim(review: Review, command: o.Claim, now: datetime) -> ApplyResult:
    """Record the claim; where no such transition exists, return the review unchanged."""
    action = get_action(review, command.action)
    after = move_action(
        review,
        command.action,
        "claim",
        now,
        evidence=command.evidence,
        claims=(action.claims if action else 0) + 1,
        postponement=None,
        question=None,
    )
    if after == review:
        return review, f"said of {command.action}: {command.evidence}"
    return after, f"claimed {command.action} done: {command.evidence}"


def apply_take_back(review: Review, command: o.TakeBack, now: datetime) -> ApplyResult:
    """Record that a claim was taken back."""
    after = move_action(review, command.action, "take back", now, last_comment=command.reason)
    return after, f"took the claim of {command.action} back{format_reason(command.reason)}"


def apply_give_up(review: Review, command: o.GiveUp, now: datetime) -> ApplyResult:
    """Record that an action cannot be done, and why."""
    after = move_action(
        review,
        command.action,
        "give up",
        now,
        last_comment=command.reason,
        postponement=None,
        question=None,
    )
    return after, f"gave {command.action} up{format_reason(command.reason)}"


def apply_verify(review: Review, command: o.Verify, now: datetime) -> ApplyResult:
    """Record the outcome “verified” of an action."""
    action = get_action(review, command.action)
    outcome: Outcome = Verified(
        evidence=action.evidence if action else "", finding=command.finding, by=command.by, at=now
    )
    after = move_action(review, command.action, "verify", now, outcome=outcome)
    return after, f"verified {command.action}: {command.finding}"


def apply_reject(review: Review, command: o.Reject, now: datetime) -> ApplyResult:
    """Record that a claim was rejected; the action goes back to its owner."""
    after = move_action(review, command.action, "reject", now, last_comment=command.reason)
    return after, f"rejected the claim of {command.action}{format_reason(command.reason)}"


def apply_ask(review: Review, command: o.Ask, now: datetime) -> ApplyResult:
    """Record the sponsor's question."""
    question = Question(by=command.by, text=command.question, at=now)
    after = update_action(review, command.action, lambda a: replace(a, question=question))
    return after, f"asked about {command.action}: {command.question}"
