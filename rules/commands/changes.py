"""Appliers: what each command changes in the record. They are total and refuse nothing.

Each returns the changed review and the sentence for the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from models import commands as o
from models.action import ActionStatus
from models.document import Cause, Document, Waiver
from models.incident import Recurrence
from models.people import Role
from models.review import Gate, Review, Stage
from rules.commands import action_changes, anonymous_contributions, meeting_changes
from rules.commands.transitions import (
    answer_recurrences,
    assign_action,
    format_reason,
    mark_plan_changed,
    move_action,
    move_review,
    overturn_action,
)
from rules.identifiers import get_next_item_id

ApplyResult = tuple[Review, str]
Applier = Callable[[Review, Any, datetime], ApplyResult]


def apply_change(review: Review, command: o.Command, now: datetime) -> ApplyResult:
    """Apply a command to the record and return the review and a sentence for the log."""
    return APPLIERS[type(command)](review, command, now)


def _apply_write(review: Review, command: o.Write, now: datetime) -> ApplyResult:
    revision = review.document.revision + 1 if review.document else 1
    document = Document(
        digest=command.digest,
        revision=revision,
        by=command.by,
        at=now,
        size=command.size,
        title=command.title,
        sections=command.sections,
    )
    updated = replace(
        review,
        document=document,
        findings=command.findings,
        waivers=_carry_waivers(review, command),
    )
    return updated, f"wrote the document, revision {revision}"


def _carry_waivers(review: Review, command: o.Write) -> tuple[Waiver, ...]:
    """Return the waivers whose passage still stands in the document, moved to its new finding."""
    before = {f.id: (f.code, f.passage) for f in review.findings}
    after = {(f.code, f.passage): f.id for f in command.findings}
    return tuple(
        w if w.item not in before else replace(w, item=after[before[w.item]])
        for w in review.waivers
        if w.item not in before or before[w.item] in after
    )


def _apply_add_cause(review: Review, command: o.AddCause, now: datetime) -> ApplyResult:
    del now
    name = get_next_item_id("C", (c.id for c in review.causes))
    cause = Cause(id=name, symptom=command.symptom, whys=command.whys, findings=command.findings)
    return replace(review, causes=(*review.causes, cause)), f"named cause {name}: {command.symptom}"


def _apply_revise_cause(review: Review, command: o.ReviseCause, now: datetime) -> ApplyResult:
    del now

    def revise(cause: Cause) -> Cause:
        return replace(
            cause,
            symptom=cause.symptom if command.symptom is None else command.symptom,
            whys=cause.whys if command.whys is None else command.whys,
            findings=command.findings,
        )

    causes = tuple(revise(c) if c.id == command.cause else c for c in review.causes)
    return replace(review, causes=causes), f"revised cause {command.cause}"


def _apply_waive(review: Review, command: o.Waive, now: datetime) -> ApplyResult:
    waiver = Waiver(
        item=command.item, code=command.code, reason=command.reason, by=command.by, at=now
    )
    updated = replace(review, waivers=(*review.waivers, waiver))
    return updated, f"let “{command.code}” pass for {command.item}{format_reason(command.reason)}"


def _apply_withdraw(review: Review, command: o.Withdraw, now: datetime) -> ApplyResult:
    causes = tuple(replace(c, withdrawn=True) if c.id == command.item else c for c in review.causes)
    after = move_action(
        replace(review, causes=causes), command.item, "withdraw", now, last_comment=command.reason
    )
    return after, f"withdrew {command.item}{format_reason(command.reason)}"


def _apply_note(review: Review, command: o.Note, now: datetime) -> ApplyResult:
    del now
    return review, f"noted: {command.text}"


def _apply_approve(review: Review, command: o.Approve, now: datetime) -> ApplyResult:
    sentence = f"approved “{command.gate}”"
    after = move_review(review, f"approve {command.gate}", now)
    if command.gate is Gate.ACTIONS:
        names = [a.id for a in review.actions if a.status is ActionStatus.PROPOSED]
        for name in names:
            after = assign_action(after, name, now)
        return mark_plan_changed(
            after, now
        ), f"{sentence}: {', '.join(names) or 'no action'} assigned"
    if command.gate is Gate.CLOSURE:
        return replace(after, closed_at=now), sentence
    return after, sentence


def _apply_send_back(review: Review, command: o.SendBack, now: datetime) -> ApplyResult:
    after = move_review(review, "send back", now)
    if after.stage is Stage.DRAFT and after.meeting is not None:
        meeting = replace(after.meeting, held_at=None, attended=(), notes="")
        after = replace(after, meeting=meeting)
    return after, f"sent the review back to {after.stage}{format_reason(command.reason)}"


def _apply_accept_risk(review: Review, command: o.AcceptRisk, now: datetime) -> ApplyResult:
    del now
    causes = tuple(
        replace(c, accepted_risk=command.reason, accepted_by=command.by)
        if c.id == command.item
        else c
        for c in review.causes
    )
    after = answer_recurrences(
        replace(review, causes=causes), (command.item,), f"risk: {command.reason}"
    )
    return after, f"accepted the risk of {command.item}{format_reason(command.reason)}"


def _apply_cancel(review: Review, command: o.Cancel, now: datetime) -> ApplyResult:
    after = move_review(review, "cancel", now)
    return replace(after, closed_at=now), f"cancelled the review{format_reason(command.reason)}"


def _retire_follow_up(review: Review) -> Review:
    """Return the review with an unheld follow-up meeting moved to the past ones."""
    if review.follow_up is None or review.follow_up.held_at is not None:
        return review
    past = (*review.past_follow_ups, review.follow_up)
    return replace(review, follow_up=None, past_follow_ups=past)


def _apply_reopen(review: Review, command: o.Reopen, now: datetime) -> ApplyResult:
    after = move_review(review, "reopen", now)
    for name in command.actions:
        after = overturn_action(after, name, command.reason, now)
    if command.recurrence:
        after = _add_recurrence(after, command.recurrence, "", now)
    after = replace(_retire_follow_up(after), closed_at=None, reopened=review.reopened + 1)
    return mark_plan_changed(after, now), f"reopened the review{format_reason(command.reason)}"


def _add_recurrence(review: Review, text: str, link: str, now: datetime) -> Review:
    if any(r.id == text for r in review.recurrences):
        return review
    recurrence_id = get_next_item_id("R", (r.id for r in review.recurrences))
    recurrence = Recurrence(id=recurrence_id, at=now, text=text, link=link)
    return replace(review, recurrences=(*review.recurrences, recurrence))


def _apply_appoint(review: Review, command: o.Appoint, now: datetime) -> ApplyResult:
    del now
    roles = review.roles
    if command.role is Role.PARTICIPANT:
        people = tuple(dict.fromkeys((*roles.participants, command.person)))
        roles = replace(roles, participants=people)
    elif command.role is Role.LEAD:
        roles = replace(roles, lead=command.person)
    elif command.role is Role.FACILITATOR:
        roles = replace(roles, facilitator=command.person)
    elif command.role is Role.SPONSOR:
        roles = replace(roles, sponsor=command.person)
    return replace(review, roles=roles), f"{command.person} is now {command.role}"


def _apply_restrict(review: Review, command: o.Restrict, now: datetime) -> ApplyResult:
    del now
    people = tuple(dict.fromkeys((*command.people, command.by)))
    after = replace(review, restricted_to=people)
    return after, f"restricted the review{format_reason(command.reason)}"


def _apply_unrestrict(review: Review, command: o.Unrestrict, now: datetime) -> ApplyResult:
    del command, now
    return replace(review, restricted_to=()), "showed the review to everybody"


def _apply_recur(review: Review, command: o.Recur, now: datetime) -> ApplyResult:
    incident = command.incident
    return _add_recurrence(
        review, incident.title, incident.link, now
    ), f"the incident came back: {incident.title}"


def _apply_report_bounce(review: Review, command: o.ReportBounce, now: datetime) -> ApplyResult:
    del now
    return review, f"mail to {command.person} came back{format_reason(command.reason)}"


APPLIERS: dict[type[o.Command], Applier] = {
    o.Write: _apply_write,
    o.AddCause: _apply_add_cause,
    o.ReviseCause: _apply_revise_cause,
    o.Waive: _apply_waive,
    o.Contribute: anonymous_contributions.apply_contribute,
    o.Settle: anonymous_contributions.apply_settle,
    o.Propose: action_changes.apply_propose,
    o.Revise: action_changes.apply_revise,
    o.Withdraw: _apply_withdraw,
    o.Note: _apply_note,
    o.ScheduleMeeting: meeting_changes.apply_schedule_meeting,
    o.HoldMeeting: meeting_changes.apply_hold_meeting,
    o.ScheduleFollowUp: meeting_changes.apply_schedule_follow_up,
    o.HoldFollowUp: meeting_changes.apply_hold_follow_up,
    o.Attend: meeting_changes.apply_attend,
    o.Approve: _apply_approve,
    o.SendBack: _apply_send_back,
    o.Assign: action_changes.apply_assign,
    o.Reassign: action_changes.apply_reassign,
    o.ChangeVerifier: action_changes.apply_change_verifier,
    o.Grant: action_changes.apply_grant,
    o.Refuse: action_changes.apply_refuse,
    o.Drop: action_changes.apply_drop,
    o.RejectGiveUp: action_changes.apply_reject_give_up,
    o.AcceptRisk: _apply_accept_risk,
    o.Cancel: _apply_cancel,
    o.Reopen: _apply_reopen,
    o.Overturn: action_changes.apply_overturn,
    o.Accept: action_changes.apply_accept,
    o.Decline: action_changes.apply_decline,
    o.Report: action_changes.apply_report,
    o.Block: action_changes.apply_block,
    o.Unblock: action_changes.apply_unblock,
    o.Postpone: action_changes.apply_postpone,
    o.Claim: action_changes.apply_claim,
    o.TakeBack: action_changes.apply_take_back,
    o.GiveUp: action_changes.apply_give_up,
    o.Verify: action_changes.apply_verify,
    o.Reject: action_changes.apply_reject,
    o.Ask: action_changes.apply_ask,
    o.Appoint: _apply_appoint,
    o.Restrict: _apply_restrict,
    o.Unrestrict: _apply_unrestrict,
    o.Recur: _apply_recur,
    o.ReportBounce: _apply_report_bounce,
}
