"""What each order needs besides the right person at the right time; every no has a way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import orders as o
from models.action import Action, Standing
from models.errors import Blocker, Refusal, Unknown
from models.people import Role
from models.review import Review
from rules.gates import action_blockers, blockers, gate_of

EARLY = timedelta(hours=12)
SATURDAY = 5
APPOINTED = (Role.LEAD, Role.FACILITATOR, Role.SPONSOR, Role.PARTICIPANT)

Check = Callable[[Review, Any, datetime], None]


def action_of(review: Review, name: str) -> Action:
    """Find an action by name. Raises Unknown."""
    found = next((a for a in review.actions if a.id == name), None)
    if found is None:
        raise Unknown("action", name, tuple(a.id for a in review.actions))
    return found


def check(review: Review, order: o.Order, now: datetime) -> None:
    """Raise Refusal or Unknown unless this order can be carried out now."""
    if (own := CHECKS.get(type(order))) is not None:
        own(review, order, now)


def refuse_unless(holds: object, code: str, reason: str, way_out: str = "") -> None:
    """Raise Refusal unless something holds."""
    if not holds:
        raise Refusal(code, reason, way_out)


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
        raise _blocked(f"“{order.gate}” cannot be approved", listed)


def _already(review: Review, order: o.Approve) -> str:
    done = [e for e in review.log if e.kind == order.kind and f"“{order.gate}”" in e.text]
    return f" {done[-1].by} approved it on {done[-1].at:%d %B %Y at %H:%M} UTC." if done else ""


def _blocked(what: str, listed: tuple[Blocker, ...]) -> Refusal:
    count = "one thing stands" if len(listed) == 1 else f"{len(listed)} things stand"
    return Refusal("blocked", f"{what}: {count} in the way.", "Clear what is listed.", listed)


def _write(review: Review, order: o.Write, now: datetime) -> None:
    del now
    current = review.document.revision if review.document else 0
    refuse_unless(
        order.base is None or order.base == current,
        "conflict",
        f"The document is at revision {current}; yours was written over revision {order.base}.",
        "Read the newer one, bring yours into it, and write again.",
    )


def _causes(review: Review, causes: tuple[str, ...] | None) -> None:
    known = [c.id for c in review.causes if not c.withdrawn]
    known += [r.id for r in review.recurrences]
    for name in causes or ():
        if name not in known:
            raise Unknown("cause", name, tuple(known))


def _propose(review: Review, order: o.Propose, now: datetime) -> None:
    refuse_unless(order.text.strip(), "empty", "An action needs words.", "Say what will change.")
    _causes(review, order.causes)
    _not_both(order.owner, order.verifier)
    _one_owner(order.owner)
    refuse_unless(
        order.due is None or order.due >= now.date(),
        "due-in-the-past",
        f"{order.due} is past.",
        "Name a date to come.",
    )


def _one_owner(owner: str) -> None:
    refuse_unless(
        not any(mark in owner.strip() for mark in (",", ";", " ")),
        "two-owners",
        f"“{owner}” is more than one person; a promise has one owner.",
        "Name one owner; others can help, or own an action each.",
    )


def _not_both(owner: str, verifier: str) -> None:
    refuse_unless(
        not owner or owner != verifier,
        "verifier-owns",
        f"{owner} cannot both own and verify an action.",
        "Name somebody else to verify it.",
    )


def _revise(review: Review, order: o.Revise, now: datetime) -> None:
    action = action_of(review, order.action)
    _causes(review, order.causes)
    assigned = action.assigned_at is not None
    refuse_unless(
        not (assigned and (order.owner is not None or order.verifier is not None)),
        "use-reassign",
        f"{action.id} is assigned; its owner or verifier does not change by the way.",
        "afterword action reassign, or afterword action verifier",
    )
    refuse_unless(
        order.text is None or order.text.strip(), "empty", "An action needs words.", "Say it anew."
    )
    refuse_unless(
        order.measure is None or order.measure.strip(),
        "empty-measure",
        "Without a measure nobody can tell whether it is done.",
        "Say how we will know.",
    )
    _one_owner(order.owner or "")
    _not_both(
        action.owner if order.owner is None else order.owner,
        action.verifier if order.verifier is None else order.verifier,
    )
    refuse_unless(
        order.due is None or order.due >= now.date(),
        "due-in-the-past",
        f"{order.due} is past.",
        "Name a date to come.",
    )
    if assigned and order.due is not None:
        priority = order.priority or action.priority
        latest = now.date() + timedelta(days=review.policy.due_days[priority])
        waived = any(w.item == action.id and w.code == "due-too-late" for w in review.waivers)
        refuse_unless(
            order.due <= latest or waived,
            "due-too-late",
            f"{action.id} is {priority}: the latest date for it is {latest}.",
            "Name an earlier date, or give leave with afterword review waive.",
        )


def _assign(review: Review, order: o.Assign, now: datetime) -> None:
    listed = action_blockers(review, action_of(review, order.action), now)
    if listed:
        raise _blocked(f"{order.action} cannot be assigned", listed)


def _reassign(review: Review, order: o.Reassign, now: datetime) -> None:
    del now
    action = action_of(review, order.action)
    _one_owner(order.owner)
    refuse_unless(order.owner.strip(), "no-owner", "An action needs an owner.", "Name one.")
    refuse_unless(
        order.owner != action.owner or action.standing is Standing.DECLINED,
        "no-news",
        f"{order.owner} owns {action.id} already.",
        "Name somebody else.",
    )
    refuse_unless(
        order.owner != action.verifier,
        "verifier-owns",
        f"{order.owner} is to verify {action.id} and cannot own it too.",
        "Name another verifier first: afterword action verifier.",
    )


def _verifier(review: Review, order: o.ChangeVerifier, now: datetime) -> None:
    del now
    action = action_of(review, order.action)
    refuse_unless(order.verifier.strip(), "no-verifier", "Name a verifier.", "")
    refuse_unless(
        order.verifier not in (action.owner, *action.owners),
        "verifier-owns",
        f"{order.verifier} owns or owned {action.id} and cannot verify it.",
        "Name somebody who never owned it.",
    )


def _withdraw(review: Review, order: o.Withdraw, now: datetime) -> None:
    del now
    cause = next((c for c in review.causes if c.id == order.item), None)
    if cause is not None:
        leaning = [a.id for a in review.actions if order.item in a.causes and a.assigned_at]
        refuse_unless(
            not leaning,
            "cause-in-use",
            f"{order.item} is what {', '.join(leaning)} addresses.",
            "Revise it instead: afterword cause revise.",
        )
        return
    action = action_of(review, order.item)
    refuse_unless(
        action.standing is Standing.PROPOSED,
        "wrong-standing",
        f"{action.id} is {action.standing}: only what is proposed can be withdrawn.",
        "The lead can drop it: afterword drop.",
    )


def _waive(review: Review, order: o.Waive, now: datetime) -> None:
    _reason(review, order, now)
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


def _meeting(review: Review, order: o.ScheduleMeeting, now: datetime) -> None:
    _to_come(order, now)
    refuse_unless(
        review.meeting is None or review.meeting.held_at is None,
        "already-held",
        "The meeting was held already.",
        "Send the review back to draft if it must be held again.",
    )


def _to_come(order: o.ScheduleMeeting | o.ScheduleFollowUp, now: datetime) -> None:
    refuse_unless(order.place.strip(), "no-place", "A meeting needs a place.", "A room, or a link.")
    refuse_unless(order.minutes > 0, "no-length", "A meeting lasts some minutes.", "")
    refuse_unless(
        order.at > now, "in-the-past", f"{order.at:%d %B %Y %H:%M %Z} is past.", "Name a time."
    )


def _hold_meeting(review: Review, order: o.HoldMeeting, now: datetime) -> None:
    del order
    meeting = review.meeting
    refuse_unless(meeting, "no-meeting", "No meeting is set.", "afterword meeting schedule")
    assert meeting is not None  # noqa: S101  (the line above refused)
    refuse_unless(meeting.held_at is None, "already-held", "The meeting was held already.", "")
    _not_before(meeting.at, now, "afterword meeting schedule")


def _not_before(at: datetime, now: datetime, way_out: str) -> None:
    refuse_unless(
        now >= at - EARLY,
        "not-yet",
        f"The meeting is set for {at:%d %B %Y %H:%M %Z}; it cannot have been held yet.",
        f"If it was held earlier, set it to then: {way_out}.",
    )


def _follow_up(review: Review, order: o.ScheduleFollowUp, now: datetime) -> None:
    _to_come(order, now)
    earliest, latest = follow_up_window(review, now)
    refuse_unless(
        earliest <= order.at <= latest,
        "outside-window",
        f"The follow-up meeting belongs between {earliest:%d %B %Y} and {latest:%d %B %Y}.",
        "Name a time in between.",
    )


def follow_up_window(review: Review, now: datetime) -> tuple[datetime, datetime]:
    """Give the first and last moment for the next follow-up meeting, both aware.

    The first one comes 28 to 42 days after the meeting, or within 10 working days of the last
    acceptance if that is later; each later one within 42 days of the one before.
    """
    policy = review.policy
    held = [m.held_at for m in (*review.past_follow_ups, review.follow_up) if m and m.held_at]
    to_latest = timedelta(days=policy.follow_up_latest_days + 1)
    late = _after_acceptance(review, now)
    if held:
        return now, max(held[-1] + to_latest, review.stage_since + to_latest, late)
    first = (review.meeting.held_at if review.meeting else None) or review.stage_since
    earliest = first + timedelta(days=policy.follow_up_earliest_days - 1)
    return earliest, max(first + to_latest, late)


def _after_acceptance(review: Review, now: datetime) -> datetime:
    accepted = review.accepted_at or now
    days = review.policy.follow_up_after_acceptance_working_days
    last = accepted
    while days > 0:
        last += timedelta(days=1)
        days -= last.weekday() < SATURDAY
    return last + timedelta(days=1)


def _hold_follow_up(review: Review, order: o.HoldFollowUp, now: datetime) -> None:
    meeting = review.follow_up
    if meeting is None or meeting.held_at is not None:
        raise Refusal(
            "no-follow-up", "No follow-up meeting is set.", "afterword follow-up schedule"
        )
    _not_before(meeting.at, now, "afterword follow-up schedule")
    known = {a.id for a in review.actions}
    for name in order.statuses:
        if name not in known:
            raise Unknown("action", name, tuple(sorted(known)))
    silent = [
        a.id
        for a in review.actions
        if a.standing in o.PENDING and not order.statuses.get(a.id, "").strip()
    ]
    refuse_unless(
        not silent,
        "status-missing",
        f"Nothing is said about {', '.join(silent)}.",
        "Give a status for every open action: --status A1=…",
    )


def _answer_postponement(review: Review, order: o.Grant | o.Refuse, now: datetime) -> None:
    del now
    action = action_of(review, order.action)
    refuse_unless(
        action.postponement,
        "nothing-asked",
        f"Nobody asked for more time for {action.id}.",
        "The owner asks with: until <date> because …",
    )


def _postpone(review: Review, order: o.Postpone, now: datetime) -> None:
    action = action_of(review, order.action)
    _reason(review, order, now)
    refuse_unless(
        order.until > now.date(),
        "due-in-the-past",
        f"{order.until} is not to come.",
        "Name a later date.",
    )
    refuse_unless(
        action.due is None or order.until > action.due,
        "not-later",
        f"{action.id} is due on {action.due}; {order.until} is not later.",
        "Name a later date.",
    )


def _drop(review: Review, order: o.Drop, now: datetime) -> None:
    _reason(review, order, now)
    refuse_unless(
        bool(order.replacement) != bool(order.risk.strip()),
        "no-replacement-or-risk",
        "An action is dropped for a replacement action or for an accepted risk; name one of them.",
        "--replacement A7, or --risk “what we live with from now on”",
    )
    if order.replacement:
        other = action_of(review, order.replacement)
        refuse_unless(
            other.id != order.action
            and other.standing not in (Standing.WITHDRAWN, Standing.DROPPED),
            "no-replacement",
            f"{other.id} cannot stand in for {order.action}: it is {other.standing}.",
            "Propose the replacement first: afterword action propose.",
        )


def _accept_risk(review: Review, order: o.AcceptRisk, now: datetime) -> None:
    _reason(review, order, now)
    items = [c.id for c in review.causes if not c.withdrawn]
    items += [r.id for r in review.recurrences]
    if order.item not in items:
        raise Unknown("cause or recurrence", order.item, tuple(items))


def _reopen(review: Review, order: o.Reopen, now: datetime) -> None:
    _reason(review, order, now)
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


def _overturn(review: Review, order: o.Overturn, now: datetime) -> None:
    _reason(review, order, now)
    if order.recurrence and all(r.id != order.recurrence for r in review.recurrences):
        known = tuple(r.id for r in review.recurrences)
        raise Unknown("recurrence", order.recurrence, known)


def _reason(review: Review, order: Any, now: datetime) -> None:
    del review, now
    refuse_unless(
        order.reason.strip(),
        "no-reason",
        "This needs a reason; it stands in the log for everybody.",
        "Say why.",
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


def _evidence(review: Review, order: o.Claim, now: datetime) -> None:
    del review, now
    refuse_unless(
        order.evidence.strip(),
        "no-evidence",
        "A claim needs evidence for the one who verifies it.",
        "A link, or what can be seen where.",
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
    o.Propose: _propose,
    o.Revise: _revise,
    o.Withdraw: _withdraw,
    o.Waive: _waive,
    o.Note: _said("text", "empty", "The note is empty.", "Say something."),
    o.ScheduleMeeting: _meeting,
    o.HoldMeeting: _hold_meeting,
    o.ScheduleFollowUp: _follow_up,
    o.HoldFollowUp: _hold_follow_up,
    o.SendBack: _reason,
    o.Assign: _assign,
    o.Reassign: _reassign,
    o.ChangeVerifier: _verifier,
    o.Grant: _answer_postponement,
    o.Refuse: _answer_postponement,
    o.Drop: _drop,
    o.Keep: _reason,
    o.AcceptRisk: _accept_risk,
    o.Cancel: _reason,
    o.Reopen: _reopen,
    o.Overturn: _overturn,
    o.Decline: _reason,
    o.Report: _said("text", "empty", "The report is empty.", "Say how far it has come."),
    o.Block: _reason,
    o.Postpone: _postpone,
    o.Claim: _evidence,
    o.GiveUp: _reason,
    o.Verify: _said("finding", "no-finding", "Say what you found.", "What did you look at?"),
    o.Reject: _reason,
    o.Ask: _said("question", "empty", "The question is empty.", "Ask something."),
    o.Appoint: _appoint,
}
