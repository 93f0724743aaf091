"""What each order changes in the record: total functions that refuse nothing.

Each gives back the changed review and the sentence that stands in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from models import orders as o
from models.action import Standing
from models.document import Cause, Document, Waiver
from models.incident import Recurrence
from models.people import Role
from models.review import Gate, Review, Stage
from rules import action_changes, contributions, meeting_changes
from rules.names import next_item
from rules.steps import answered, assigned, because, moved, overturned, plan_changed, step

Changed = tuple[Review, str]
Change = Callable[[Review, Any, datetime], Changed]


def change(review: Review, order: o.Order, now: datetime) -> Changed:
    """Carry out an order on the record, and say in a sentence what was done."""
    return CHANGES[type(order)](review, order, now)


def _write(review: Review, order: o.Write, now: datetime) -> Changed:
    revision = review.document.revision + 1 if review.document else 1
    document = Document(
        digest=order.digest,
        revision=revision,
        by=order.by,
        at=now,
        size=order.size,
        title=order.title,
        sections=order.sections,
    )
    written = replace(
        review, document=document, findings=order.findings, waivers=_kept(review, order)
    )
    return written, f"wrote the document, revision {revision}"


def _kept(review: Review, order: o.Write) -> tuple[Waiver, ...]:
    """Let a waiver go on for as long as the passage it was given for stands in the document."""
    before = {f.id: (f.code, f.where) for f in review.findings}
    after = {(f.code, f.where): f.id for f in order.findings}
    return tuple(
        w if w.item not in before else replace(w, item=after[before[w.item]])
        for w in review.waivers
        if w.item not in before or before[w.item] in after
    )


def _add_cause(review: Review, order: o.AddCause, now: datetime) -> Changed:
    del now
    name = next_item("C", (c.id for c in review.causes))
    cause = Cause(id=name, symptom=order.symptom, whys=order.whys, findings=order.findings)
    return replace(review, causes=(*review.causes, cause)), f"named cause {name}: {order.symptom}"


def _revise_cause(review: Review, order: o.ReviseCause, now: datetime) -> Changed:
    del now

    def revised(cause: Cause) -> Cause:
        return replace(
            cause,
            symptom=cause.symptom if order.symptom is None else order.symptom,
            whys=cause.whys if order.whys is None else order.whys,
            findings=order.findings,
        )

    causes = tuple(revised(c) if c.id == order.cause else c for c in review.causes)
    return replace(review, causes=causes), f"revised cause {order.cause}"


def _waive(review: Review, order: o.Waive, now: datetime) -> Changed:
    waiver = Waiver(item=order.item, code=order.code, reason=order.reason, by=order.by, at=now)
    given = replace(review, waivers=(*review.waivers, waiver))
    return given, f"let “{order.code}” pass for {order.item}{because(order.reason)}"


def _withdraw(review: Review, order: o.Withdraw, now: datetime) -> Changed:
    causes = tuple(replace(c, withdrawn=True) if c.id == order.item else c for c in review.causes)
    after = step(replace(review, causes=causes), order.item, "withdraw", now, said=order.reason)
    return after, f"withdrew {order.item}{because(order.reason)}"


def _note(review: Review, order: o.Note, now: datetime) -> Changed:
    del now
    return review, f"noted: {order.text}"


def _approve(review: Review, order: o.Approve, now: datetime) -> Changed:
    sentence = f"approved “{order.gate}”"
    after = moved(review, f"approve {order.gate}", now)
    if order.gate is Gate.ACTIONS:
        names = [a.id for a in review.actions if a.standing is Standing.PROPOSED]
        for name in names:
            after = assigned(after, name, now)
        return plan_changed(after, now), f"{sentence}: {', '.join(names) or 'no action'} assigned"
    if order.gate is Gate.CLOSURE:
        return replace(after, closed_at=now), sentence
    return after, sentence


def _send_back(review: Review, order: o.SendBack, now: datetime) -> Changed:
    after = moved(review, "send back", now)
    if after.stage is Stage.DRAFT and after.meeting is not None:
        again = replace(after.meeting, held_at=None, attended=(), notes="")
        after = replace(after, meeting=again)
    return after, f"sent the review back to {after.stage}{because(order.reason)}"


def _accept_risk(review: Review, order: o.AcceptRisk, now: datetime) -> Changed:
    del now
    causes = tuple(
        replace(c, accepted_risk=order.reason, accepted_by=order.by) if c.id == order.item else c
        for c in review.causes
    )
    after = answered(replace(review, causes=causes), (order.item,), f"risk: {order.reason}")
    return after, f"accepted the risk of {order.item}{because(order.reason)}"


def _cancel(review: Review, order: o.Cancel, now: datetime) -> Changed:
    after = moved(review, "cancel", now)
    return replace(after, closed_at=now), f"cancelled the review{because(order.reason)}"


def _put_aside(review: Review) -> Review:
    """Leave a follow-up meeting that closing called off behind; another one will be set."""
    if review.follow_up is None or review.follow_up.held_at is not None:
        return review
    past = (*review.past_follow_ups, review.follow_up)
    return replace(review, follow_up=None, past_follow_ups=past)


def _reopen(review: Review, order: o.Reopen, now: datetime) -> Changed:
    after = moved(review, "reopen", now)
    for name in order.actions:
        after = overturned(after, name, order.reason, now)
    if order.recurrence:
        after = _recurred(after, order.recurrence, "", now)
    after = replace(_put_aside(after), closed_at=None, reopened=review.reopened + 1)
    return plan_changed(after, now), f"reopened the review{because(order.reason)}"


def _recurred(review: Review, named: str, link: str, now: datetime) -> Review:
    if any(r.id == named for r in review.recurrences):
        return review
    name = next_item("R", (r.id for r in review.recurrences))
    recurrence = Recurrence(id=name, at=now, text=named, link=link)
    return replace(review, recurrences=(*review.recurrences, recurrence))


def _appoint(review: Review, order: o.Appoint, now: datetime) -> Changed:
    del now
    roles = review.roles
    if order.role is Role.PARTICIPANT:
        people = tuple(dict.fromkeys((*roles.participants, order.person)))
        roles = replace(roles, participants=people)
    elif order.role is Role.LEAD:
        roles = replace(roles, lead=order.person)
    elif order.role is Role.FACILITATOR:
        roles = replace(roles, facilitator=order.person)
    elif order.role is Role.SPONSOR:
        roles = replace(roles, sponsor=order.person)
    return replace(review, roles=roles), f"{order.person} is now {order.role}"


def _restrict(review: Review, order: o.Restrict, now: datetime) -> Changed:
    del now
    people = tuple(dict.fromkeys((*order.people, order.by)))
    after = replace(review, restricted_to=people)
    return after, f"restricted the review{because(order.reason)}"


def _unrestrict(review: Review, order: o.Unrestrict, now: datetime) -> Changed:
    del order, now
    return replace(review, restricted_to=()), "showed the review to everybody"


def _recur(review: Review, order: o.Recur, now: datetime) -> Changed:
    again = order.incident
    return _recurred(review, again.title, again.link, now), f"the incident came back: {again.title}"


def _come_back(review: Review, order: o.ComeBack, now: datetime) -> Changed:
    del now
    return review, f"mail to {order.person} came back{because(order.reason)}"


CHANGES: dict[type[o.Order], Change] = {
    o.Write: _write,
    o.AddCause: _add_cause,
    o.ReviseCause: _revise_cause,
    o.Waive: _waive,
    o.Contribute: contributions.contribute,
    o.Settle: contributions.settle,
    o.Propose: action_changes.propose,
    o.Revise: action_changes.revise,
    o.Withdraw: _withdraw,
    o.Note: _note,
    o.ScheduleMeeting: meeting_changes.schedule_meeting,
    o.HoldMeeting: meeting_changes.hold_meeting,
    o.ScheduleFollowUp: meeting_changes.schedule_follow_up,
    o.HoldFollowUp: meeting_changes.hold_follow_up,
    o.Attend: meeting_changes.attend,
    o.Approve: _approve,
    o.SendBack: _send_back,
    o.Assign: action_changes.assign,
    o.Reassign: action_changes.reassign,
    o.ChangeVerifier: action_changes.change_verifier,
    o.Grant: action_changes.grant,
    o.Refuse: action_changes.refuse,
    o.Drop: action_changes.drop,
    o.Keep: action_changes.keep,
    o.AcceptRisk: _accept_risk,
    o.Cancel: _cancel,
    o.Reopen: _reopen,
    o.Overturn: action_changes.overturn,
    o.Accept: action_changes.accept,
    o.Decline: action_changes.decline,
    o.Report: action_changes.report,
    o.Block: action_changes.block,
    o.Unblock: action_changes.unblock,
    o.Postpone: action_changes.postpone,
    o.Claim: action_changes.claim,
    o.TakeBack: action_changes.take_back,
    o.GiveUp: action_changes.give_up,
    o.Verify: action_changes.verify,
    o.Reject: action_changes.reject,
    o.Ask: action_changes.ask,
    o.Appoint: _appoint,
    o.Restrict: _restrict,
    o.Unrestrict: _unrestrict,
    o.Recur: _recur,
    o.ComeBack: _come_back,
}
