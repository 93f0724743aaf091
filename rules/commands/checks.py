"""Validators: what each command needs besides the right person at the right time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import commands as o
from models.codes import BlockerCode, EventKind, RefusalCode
from models.commands import APPOINTABLE_ROLES
from models.errors import NotFound, Refusal
from models.review import Review
from rules.commands import action_checks, anonymous_contributions, meeting_checks
from rules.commands.refusals import (
    build_blocked_refusal,
    find_action,
    refuse_unless,
    validate_reason,
)
from rules.gates.action_blockers import list_action_blockers
from rules.gates.gates import find_gate, list_blockers

Validator = Callable[[Review, Any, datetime], None]


def validate_content(review: Review, command: o.Command, now: datetime) -> None:
    """Raise Refusal or NotFound unless the content of this command is valid now."""
    if (validator := VALIDATORS.get(type(command))) is not None:
        validator(review, command, now)


def _validate_approve(review: Review, command: o.Approve, now: datetime) -> None:
    gate = find_gate(review.stage)
    if gate is not command.gate:
        next_gate = f"; the gate ahead is “{gate}”" if gate else ""
        raise Refusal(
            RefusalCode.WRONG_GATE,
            f"The review is in stage {review.stage}: there is no “{command.gate}” to approve{next_gate}."
            f"{_describe_earlier_approval(review, command)}",
            f"afterword approve … {gate}" if gate else "wait until every owner has accepted",
        )
    open_blockers = list_blockers(review, now)
    if open_blockers:
        raise build_blocked_refusal(f"“{command.gate}” cannot be approved", open_blockers)


def _describe_earlier_approval(review: Review, command: o.Approve) -> str:
    approvals = [e for e in review.log if e.kind is EventKind.APPROVE and e.gate is command.gate]
    return (
        f" {approvals[-1].by} approved it on {approvals[-1].at:%d %B %Y at %H:%M} UTC."
        if approvals
        else ""
    )


def _validate_write(review: Review, command: o.Write, now: datetime) -> None:
    del now
    current = review.document.revision if review.document else 0
    refuse_unless(
        command.base is None or command.base == current,
        RefusalCode.CONFLICT,
        f"The document is at revision {current}; yours was written over revision {command.base}.",
        "Read the newer one, bring yours into it, and write again.",
    )


def _validate_waive(review: Review, command: o.Waive, now: datetime) -> None:
    validate_reason(review, command, now)
    open_blockers = [b for b in list_blockers(review, now) if b.item == command.item]
    open_blockers += [
        b
        for a in review.actions
        if a.id == command.item
        for b in list_action_blockers(review, a, now)
    ]
    is_due_date = command.code == BlockerCode.DUE_TOO_LATE and any(
        a.id == command.item for a in review.actions
    )
    finding_codes = [f.code for f in review.findings if f.id == command.item]
    finding_codes += [f.code for c in review.causes if c.id == command.item for f in c.findings]
    finding_codes += [f.code for a in review.actions if a.id == command.item for f in a.findings]
    codes = {*finding_codes} | ({BlockerCode.TOO_SHORT} & {b.code for b in open_blockers})
    refuse_unless(
        is_due_date or command.code in codes,
        RefusalCode.NOTHING_TO_WAIVE,
        f"No check “{command.code}” that can be let pass speaks of {command.item}.",
        f"Open for {command.item}: {', '.join(sorted(codes))}." if codes else "",
    )


def _validate_accept_risk(review: Review, command: o.AcceptRisk, now: datetime) -> None:
    validate_reason(review, command, now)
    items = [c.id for c in review.causes if not c.withdrawn]
    items += [r.id for r in review.recurrences]
    if command.item not in items:
        raise NotFound("cause or recurrence", command.item, tuple(items))


def _validate_reopen(review: Review, command: o.Reopen, now: datetime) -> None:
    validate_reason(review, command, now)
    refuse_unless(
        command.actions or command.recurrence,
        RefusalCode.NOTHING_NAMED,
        "Reopening names the outcomes that did not last, or a recurrence.",
        "--actions A2, or --recurrence “what came back”",
    )
    for name in command.actions:
        action = find_action(review, name)
        refuse_unless(
            action.outcome,
            RefusalCode.NO_OUTCOME,
            f"{name} has no outcome that could be taken back.",
            "Name another action.",
        )


def _validate_appoint(review: Review, command: o.Appoint, now: datetime) -> None:
    del review, now
    refuse_unless(command.person.strip(), RefusalCode.NO_PERSON, "Name a person.", "")
    refuse_unless(
        command.role in APPOINTABLE_ROLES,
        RefusalCode.NO_SUCH_ROLE,
        f"Nobody is appointed {command.role}.",
        f"One of: {', '.join(APPOINTABLE_ROLES)}.",
    )


def _build_text_validator(field: str, code: RefusalCode, reason: str, way_out: str) -> Validator:
    def validate_text(review: Review, command: Any, now: datetime) -> None:
        del review, now
        refuse_unless(getattr(command, field).strip(), code, reason, way_out)

    return validate_text


VALIDATORS: dict[type[o.Command], Validator] = {
    o.Approve: _validate_approve,
    o.Write: _validate_write,
    o.AddCause: _build_text_validator(
        "symptom", RefusalCode.EMPTY, "A cause needs words.", "Say what happened."
    ),
    o.Propose: action_checks.validate_propose,
    o.Revise: action_checks.validate_revise,
    o.Withdraw: action_checks.validate_withdraw,
    o.Waive: _validate_waive,
    o.Contribute: anonymous_contributions.validate_contribute,
    o.Settle: anonymous_contributions.validate_settle,
    o.Note: _build_text_validator(
        "text", RefusalCode.EMPTY, "The note is empty.", "Say something."
    ),
    o.ScheduleMeeting: meeting_checks.validate_schedule_meeting,
    o.HoldMeeting: meeting_checks.validate_hold_meeting,
    o.Attend: meeting_checks.validate_attend,
    o.ScheduleFollowUp: meeting_checks.validate_schedule_follow_up,
    o.HoldFollowUp: meeting_checks.validate_hold_follow_up,
    o.SendBack: validate_reason,
    o.Assign: action_checks.validate_assign,
    o.Reassign: action_checks.validate_reassign,
    o.ChangeVerifier: action_checks.validate_change_verifier,
    o.Grant: action_checks.validate_grant,
    o.Refuse: action_checks.validate_postponement_answer,
    o.Drop: action_checks.validate_drop,
    o.RejectGiveUp: validate_reason,
    o.AcceptRisk: _validate_accept_risk,
    o.Cancel: validate_reason,
    o.Reopen: _validate_reopen,
    o.Overturn: action_checks.validate_overturn,
    o.Decline: validate_reason,
    o.Report: _build_text_validator(
        "text", RefusalCode.EMPTY, "The report is empty.", "Say how far it has come."
    ),
    o.Block: validate_reason,
    o.Postpone: action_checks.validate_postpone,
    o.Claim: action_checks.validate_claim,
    o.GiveUp: validate_reason,
    o.Verify: _build_text_validator(
        "finding", RefusalCode.NO_FINDING, "Say what you found.", "What did you look at?"
    ),
    o.Reject: validate_reason,
    o.Ask: _build_text_validator(
        "question", RefusalCode.EMPTY, "The question is empty.", "Ask something."
    ),
    o.Appoint: _validate_appoint,
}
