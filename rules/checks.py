"""What each order needs besides the right person at the right time; every no has a way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import orders as o
from models.errors import Refusal, Unknown
from models.people import Role
from models.review import Review
from rules import action_checks, contributions, meeting_checks
from rules.gates import blockers, gate_of
from rules.promises import action_blockers
from rules.refusing import action_of, blocked, reason, refuse_unless

APPOINTED = (Role.LEAD, Role.FACILITATOR, Role.SPONSOR, Role.PARTICIPANT)

Check = Callable[[Review, Any, datetime], None]


def check(review: Review, order: o.Order, now: datetime) -> None:
    """Raise Refusal or Unknown unless this order can be carried out now."""
    if (own := CHECKS.get(type(order))) is not None:
        own(review, order, now)


def _approve(review: Review, order: o.Approve, now: datetime) -> None:
    gate = gate_of(review.stage)
    if gate is not order.gate:
        ahead = f"; the gate ahead is “{gate}”" if gate else ""
        raise Refusal(
            "wrong-gate",
            f"The review is in stage {review.stage}: there is no “{order.gate}” to approve{ahead}."
            f"{_already(review, order)}",
            f"afterword approve … {gate}" if gate else "wait until every owner has accepted",
        )
    listed = blockers(review, now)
    if listed:
        raise blocked(f"“{order.gate}” cannot be approved", listed)


def _already(review: Review, order: o.Approve) -> str:
    done = [e for e in review.log if e.kind == order.kind and f"“{order.gate}”" in e.text]
    return f" {done[-1].by} approved it on {done[-1].at:%d %B %Y at %H:%M} UTC." if done else ""


def _write(review: Review, order: o.Write, now: datetime) -> None:
    del now
    current = review.document.revision if review.document else 0
    refuse_unless(
        order.base is None or order.base == current,
        "conflict",
        f"The document is at revision {current}; yours was written over revision {order.base}.",
        "Read the newer one, bring yours into it, and write again.",
    )


def _waive(review: Review, order: o.Waive, now: datetime) -> None:
    reason(review, order, now)
    found = [b for b in blockers(review, now) if b.item == order.item]
    found += [
        b for a in review.actions if a.id == order.item for b in action_blockers(review, a, now)
    ]
    due = order.code == "due-too-late" and any(a.id == order.item for a in review.actions)
    words = [f.code for f in review.findings if f.id == order.item]
    words += [f.code for c in review.causes if c.id == order.item for f in c.findings]
    words += [f.code for a in review.actions if a.id == order.item for f in a.findings]
    codes = {*words} | ({"too-short"} & {b.code for b in found})
    refuse_unless(
        due or order.code in codes,
        "nothing-to-waive",
        f"No check “{order.code}” that can be let pass speaks of {order.item}.",
        f"Open for {order.item}: {', '.join(sorted(codes))}." if codes else "",
    )


def _accept_risk(review: Review, order: o.AcceptRisk, now: datetime) -> None:
    reason(review, order, now)
    items = [c.id for c in review.causes if not c.withdrawn]
    items += [r.id for r in review.recurrences]
    if order.item not in items:
        raise Unknown("cause or recurrence", order.item, tuple(items))


def _reopen(review: Review, order: o.Reopen, now: datetime) -> None:
    reason(review, order, now)
    refuse_unless(
        order.actions or order.recurrence,
        "nothing-named",
        "Reopening names the outcomes that did not last, or a recurrence.",
        "--actions A2, or --recurrence “what came back”",
    )
    for name in order.actions:
        action = action_of(review, name)
        refuse_unless(
            action.outcome,
            "no-outcome",
            f"{name} has no outcome that could be taken back.",
            "Name another action.",
        )


def _appoint(review: Review, order: o.Appoint, now: datetime) -> None:
    del review, now
    refuse_unless(order.person.strip(), "no-person", "Name a person.", "")
    refuse_unless(
        order.role in APPOINTED,
        "no-such-role",
        f"Nobody is appointed {order.role}.",
        f"One of: {', '.join(APPOINTED)}.",
    )


def _said(field: str, code: str, reason: str, way_out: str) -> Check:
    def check_said(review: Review, order: Any, now: datetime) -> None:
        del review, now
        refuse_unless(getattr(order, field).strip(), code, reason, way_out)

    return check_said


CHECKS: dict[type[o.Order], Check] = {
    o.Approve: _approve,
    o.Write: _write,
    o.AddCause: _said("symptom", "empty", "A cause needs words.", "Say what happened."),
    o.Propose: action_checks.propose,
    o.Revise: action_checks.revise,
    o.Withdraw: action_checks.withdraw,
    o.Waive: _waive,
    o.Contribute: contributions.may_contribute,
    o.Settle: contributions.may_settle,
    o.Note: _said("text", "empty", "The note is empty.", "Say something."),
    o.ScheduleMeeting: meeting_checks.meeting,
    o.HoldMeeting: meeting_checks.hold_meeting,
    o.Attend: meeting_checks.attend,
    o.ScheduleFollowUp: meeting_checks.follow_up,
    o.HoldFollowUp: meeting_checks.hold_follow_up,
    o.SendBack: reason,
    o.Assign: action_checks.assign,
    o.Reassign: action_checks.reassign,
    o.ChangeVerifier: action_checks.verifier,
    o.Grant: action_checks.grant,
    o.Refuse: action_checks.answer_postponement,
    o.Drop: action_checks.drop,
    o.Keep: reason,
    o.AcceptRisk: _accept_risk,
    o.Cancel: reason,
    o.Reopen: _reopen,
    o.Overturn: action_checks.overturn,
    o.Decline: reason,
    o.Report: _said("text", "empty", "The report is empty.", "Say how far it has come."),
    o.Block: reason,
    o.Postpone: action_checks.postpone,
    o.Claim: action_checks.evidence,
    o.GiveUp: reason,
    o.Verify: _said("finding", "no-finding", "Say what you found.", "What did you look at?"),
    o.Reject: reason,
    o.Ask: _said("question", "empty", "The question is empty.", "Ask something."),
    o.Appoint: _appoint,
}
