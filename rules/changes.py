"""What each order changes in the record: total functions that refuse nothing.

Each gives back the changed review and the sentence that stands in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from models import orders as o
from models.action import (
    Action,
    Dropped,
    Outcome,
    Postponement,
    Question,
    Standing,
    Verified,
)
from models.document import Cause, Document, Waiver
from models.incident import Recurrence
from models.people import Role
from models.review import Gate, Meeting, Review
from rules.machines import stage_after, standing_after
from rules.names import next_item

Changed = tuple[Review, str]
Change = Callable[[Review, Any, datetime], Changed]


def change(review: Review, order: o.Order, now: datetime) -> Changed:
    """Carry out an order on the record, and say in a sentence what was done."""
    return CHANGES[type(order)](review, order, now)


def moved(review: Review, verb: str, now: datetime) -> Review:
    """Move a review by a verb of its table; where the table has no such move, nothing changes."""
    after = stage_after(review.stage, verb)
    return review if after is None else replace(review, stage=after, stage_since=now)


def step(review: Review, name: str, verb: str, now: datetime, **said: Any) -> Review:
    """Move one action by a verb of its table, and set what was said along with it."""

    def stepped(action: Action) -> Action:
        after = standing_after(action.standing, verb)
        if after is None:
            return action
        return replace(action, standing=after, since=now, **said)

    return _each(review, name, stepped)


def _each(review: Review, name: str, changed: Callable[[Action], Action]) -> Review:
    actions = tuple(changed(a) if a.id == name else a for a in review.actions)
    return replace(review, actions=actions)


def _action(review: Review, name: str) -> Action | None:
    return next((a for a in review.actions if a.id == name), None)


def _plan_changed(review: Review, now: datetime) -> Review:
    return replace(review, plan_changed_at=now)


def _because(reason: str) -> str:
    return f": {reason}" if reason.strip() else ""


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
    return given, f"let “{order.code}” pass for {order.item}{_because(order.reason)}"


def _propose(review: Review, order: o.Propose, now: datetime) -> Changed:
    name = next_item("A", (a.id for a in review.actions))
    action = Action(
        id=name,
        text=order.text,
        owner=order.owner,
        verifier=order.verifier,
        due=order.due,
        measure=order.measure,
        priority=order.priority,
        causes=order.causes,
        since=now,
        proposed_by=order.by,
        findings=order.findings,
    )
    return replace(review, actions=(*review.actions, action)), f"proposed {name}: {order.text}"


def _revise(review: Review, order: o.Revise, now: datetime) -> Changed:
    names = ("text", "owner", "verifier", "due", "measure", "priority", "causes")
    said = {name: v for name in names if (v := getattr(order, name)) is not None}

    def revised(action: Action) -> Action:
        findings = order.findings if order.text is not None else action.findings
        return replace(action, findings=findings, **said)

    action = _action(review, order.action)
    after = _each(review, order.action, revised)
    sentence = f"revised {order.action} ({', '.join(said)})"
    if action is None or action.assigned_at is None:
        return after, sentence
    after = step(after, order.action, "revise", now, postponement=None)
    return _plan_changed(after, now), f"{sentence}; its owner accepts anew"


def _withdraw(review: Review, order: o.Withdraw, now: datetime) -> Changed:
    causes = tuple(replace(c, withdrawn=True) if c.id == order.item else c for c in review.causes)
    after = step(replace(review, causes=causes), order.item, "withdraw", now, said=order.reason)
    return after, f"withdrew {order.item}{_because(order.reason)}"


def _note(review: Review, order: o.Note, now: datetime) -> Changed:
    del now
    return review, f"noted: {order.text}"


def _schedule_meeting(review: Review, order: o.ScheduleMeeting, now: datetime) -> Changed:
    del now
    meeting = _set(review.meeting, order)
    return replace(review, meeting=meeting), _when(order, "meeting")


def _schedule_follow_up(review: Review, order: o.ScheduleFollowUp, now: datetime) -> Changed:
    del now
    current = review.follow_up
    if current is not None and current.held_at is not None:
        past = (*review.past_follow_ups, current)
        review = replace(review, past_follow_ups=past)
        current = None
    after = replace(review, follow_up=_set(current, order))
    return after, _when(order, "follow-up meeting")


def _set(current: Meeting | None, order: o.ScheduleMeeting | o.ScheduleFollowUp) -> Meeting:
    sequence = 0 if current is None else current.sequence + 1
    return Meeting(at=order.at, place=order.place, minutes=order.minutes, sequence=sequence)


def _when(order: o.ScheduleMeeting | o.ScheduleFollowUp, what: str) -> str:
    return f"set the {what} to {order.at:%d %B %Y %H:%M %Z}, {order.place}"


def _hold_meeting(review: Review, order: o.HoldMeeting, now: datetime) -> Changed:
    if review.meeting is None:
        return review, "held a meeting"
    held = replace(review.meeting, held_at=now, attended=order.attended, notes=order.notes)
    return replace(review, meeting=held), f"held the meeting{_with(order.attended)}"


def _with(attended: tuple[str, ...]) -> str:
    return f" with {', '.join(attended)}" if attended else ""


def _hold_follow_up(review: Review, order: o.HoldFollowUp, now: datetime) -> Changed:
    if review.follow_up is None:
        return review, "held a follow-up meeting"
    held = replace(
        review.follow_up,
        held_at=now,
        attended=order.attended,
        notes=order.notes,
        statuses=dict(order.statuses),
    )
    after = replace(review, follow_up=held, plan_changed_at=None)
    return after, f"held the follow-up meeting{_with(order.attended)}"


def _approve(review: Review, order: o.Approve, now: datetime) -> Changed:
    sentence = f"approved “{order.gate}”"
    after = moved(review, f"approve {order.gate}", now)
    if order.gate is Gate.ACTIONS:
        names = [a.id for a in review.actions if a.standing is Standing.PROPOSED]
        for name in names:
            after = _assigned(after, name, now)
        return _plan_changed(after, now), f"{sentence}: {', '.join(names) or 'no action'} assigned"
    if order.gate is Gate.CLOSURE:
        return replace(after, closed_at=now), sentence
    return after, sentence


def _assigned(review: Review, name: str, now: datetime) -> Review:
    action = _action(review, name)
    owners = (*action.owners, action.owner) if action else ()
    after = step(review, name, "assign", now, assigned_at=now, owners=tuple(dict.fromkeys(owners)))
    return _answered_by(after, name)


def _answered_by(review: Review, name: str) -> Review:
    """Take an assigned action that addresses a recurrence as the lead's answer to it."""
    action = _action(review, name)
    addressed = action.causes if action else ()
    return _answered(review, addressed, f"{name} addresses it")


def _answered(review: Review, names: tuple[str, ...], how: str) -> Review:
    recurrences = tuple(
        replace(r, answered=how) if r.id in names and not r.answered else r
        for r in review.recurrences
    )
    return replace(review, recurrences=recurrences)


def _send_back(review: Review, order: o.SendBack, now: datetime) -> Changed:
    after = moved(review, "send back", now)
    return after, f"sent the review back to {after.stage}{_because(order.reason)}"


def _assign(review: Review, order: o.Assign, now: datetime) -> Changed:
    after = _assigned(review, order.action, now)
    action = _action(after, order.action)
    return _plan_changed(after, now), f"assigned {order.action} to {action.owner if action else ''}"


def _reassign(review: Review, order: o.Reassign, now: datetime) -> Changed:
    action = _action(review, order.action)
    owners = tuple(dict.fromkeys((*(action.owners if action else ()), order.owner)))
    after = step(
        review,
        order.action,
        "reassign",
        now,
        owner=order.owner,
        owners=owners,
        postponement=None,
        question=None,
        said=order.reason,
    )
    sentence = f"gave {order.action} to {order.owner}{_because(order.reason)}"
    return _plan_changed(after, now), sentence


def _change_verifier(review: Review, order: o.ChangeVerifier, now: datetime) -> Changed:
    del now
    after = _each(review, order.action, lambda a: replace(a, verifier=order.verifier))
    return after, f"{order.verifier} is to verify {order.action}{_because(order.reason)}"


def _grant(review: Review, order: o.Grant, now: datetime) -> Changed:
    action = _action(review, order.action)
    if action is None or action.postponement is None:
        return review, f"granted time for {order.action}"
    until = action.postponement.until
    after = _each(review, order.action, lambda a: replace(a, due=until, postponement=None))
    return _plan_changed(after, now), f"granted {order.action} until {until:%d %B %Y}"


def _refuse(review: Review, order: o.Refuse, now: datetime) -> Changed:
    del now
    after = _each(review, order.action, lambda a: replace(a, postponement=None))
    return after, f"refused more time for {order.action}{_because(order.reason)}"


def _drop(review: Review, order: o.Drop, now: datetime) -> Changed:
    outcome = Dropped(
        reason=order.reason,
        by=order.by,
        at=now,
        replacement=order.replacement,
        risk=order.risk,
    )
    after = step(review, order.action, "drop", now, outcome=outcome, postponement=None)
    instead = f"replaced by {order.replacement}" if order.replacement else f"risk: {order.risk}"
    sentence = f"dropped {order.action}{_because(order.reason)} ({instead})"
    return _plan_changed(after, now), sentence


def _keep(review: Review, order: o.Keep, now: datetime) -> Changed:
    after = step(review, order.action, "keep", now, said=order.reason)
    return after, f"kept {order.action}{_because(order.reason)}"


def _accept_risk(review: Review, order: o.AcceptRisk, now: datetime) -> Changed:
    del now
    causes = tuple(
        replace(c, accepted_risk=order.reason, accepted_by=order.by) if c.id == order.item else c
        for c in review.causes
    )
    after = _answered(replace(review, causes=causes), (order.item,), f"risk: {order.reason}")
    return after, f"accepted the risk of {order.item}{_because(order.reason)}"


def _cancel(review: Review, order: o.Cancel, now: datetime) -> Changed:
    after = moved(review, "cancel", now)
    return replace(after, closed_at=now), f"cancelled the review{_because(order.reason)}"


def _reopen(review: Review, order: o.Reopen, now: datetime) -> Changed:
    after = moved(review, "reopen", now)
    for name in order.actions:
        after = _overturned(after, name, order.reason, now)
    if order.recurrence:
        after = _recurred(after, order.recurrence, "", now)
    after = replace(after, closed_at=None, reopened=review.reopened + 1)
    return _plan_changed(after, now), f"reopened the review{_because(order.reason)}"


def _recurred(review: Review, named: str, link: str, now: datetime) -> Review:
    if any(r.id == named for r in review.recurrences):
        return review
    name = next_item("R", (r.id for r in review.recurrences))
    recurrence = Recurrence(id=name, at=now, text=named, link=link)
    return replace(review, recurrences=(*review.recurrences, recurrence))


def _overturn(review: Review, order: o.Overturn, now: datetime) -> Changed:
    after = _overturned(review, order.action, order.reason, now)
    after = _answered(after, (order.recurrence,), f"{order.action} was taken up again")
    return _plan_changed(after, now), f"overturned {order.action}{_because(order.reason)}"


def _overturned(review: Review, name: str, reason: str, now: datetime) -> Review:
    return step(review, name, "overturn", now, outcome=None, evidence="", said=reason)


def _accept(review: Review, order: o.Accept, now: datetime) -> Changed:
    after = step(review, order.action, "accept", now, said="")
    return replace(after, accepted_at=now), f"accepted {order.action}"


def _decline(review: Review, order: o.Decline, now: datetime) -> Changed:
    after = step(review, order.action, "decline", now, said=order.reason)
    return after, f"declined {order.action}{_because(order.reason)}"


def _report(review: Review, order: o.Report, now: datetime) -> Changed:
    del now
    after = _each(review, order.action, lambda a: replace(a, said=order.text, question=None))
    return after, f"reported on {order.action}: {order.text}"


def _block(review: Review, order: o.Block, now: datetime) -> Changed:
    after = step(review, order.action, "block", now, said=order.reason, question=None)
    return after, f"{order.action} is blocked{_because(order.reason)}"


def _unblock(review: Review, order: o.Unblock, now: datetime) -> Changed:
    after = step(review, order.action, "unblock", now, said="", question=None)
    return after, f"{order.action} goes on"


def _postpone(review: Review, order: o.Postpone, now: datetime) -> Changed:
    asked = Postponement(until=order.until, reason=order.reason, at=now)
    after = _each(review, order.action, lambda a: replace(a, postponement=asked, question=None))
    return after, f"asked for {order.action} until {order.until:%d %B %Y}{_because(order.reason)}"


def _claim(review: Review, order: o.Claim, now: datetime) -> Changed:
    action = _action(review, order.action)
    after = step(
        review,
        order.action,
        "claim",
        now,
        evidence=order.evidence,
        claims=(action.claims if action else 0) + 1,
        postponement=None,
        question=None,
    )
    if after == review:
        return review, f"said of {order.action}: {order.evidence}"
    return after, f"claimed {order.action} done: {order.evidence}"


def _take_back(review: Review, order: o.TakeBack, now: datetime) -> Changed:
    after = step(review, order.action, "take back", now, said=order.reason)
    return after, f"took the claim of {order.action} back{_because(order.reason)}"


def _give_up(review: Review, order: o.GiveUp, now: datetime) -> Changed:
    after = step(
        review, order.action, "give up", now, said=order.reason, postponement=None, question=None
    )
    return after, f"gave {order.action} up{_because(order.reason)}"


def _verify(review: Review, order: o.Verify, now: datetime) -> Changed:
    action = _action(review, order.action)
    outcome: Outcome = Verified(
        evidence=action.evidence if action else "", finding=order.finding, by=order.by, at=now
    )
    after = step(review, order.action, "verify", now, outcome=outcome)
    return after, f"verified {order.action}: {order.finding}"


def _reject(review: Review, order: o.Reject, now: datetime) -> Changed:
    after = step(review, order.action, "reject", now, said=order.reason)
    return after, f"rejected the claim of {order.action}{_because(order.reason)}"


def _ask(review: Review, order: o.Ask, now: datetime) -> Changed:
    question = Question(by=order.by, text=order.question, at=now)
    after = _each(review, order.action, lambda a: replace(a, question=question))
    return after, f"asked about {order.action}: {order.question}"


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
    return after, f"restricted the review{_because(order.reason)}"


def _unrestrict(review: Review, order: o.Unrestrict, now: datetime) -> Changed:
    del order, now
    return replace(review, restricted_to=()), "showed the review to everybody"


def _recur(review: Review, order: o.Recur, now: datetime) -> Changed:
    again = order.incident
    return _recurred(review, again.title, again.link, now), f"the incident came back: {again.title}"


CHANGES: dict[type[o.Order], Change] = {
    o.Write: _write,
    o.AddCause: _add_cause,
    o.ReviseCause: _revise_cause,
    o.Waive: _waive,
    o.Propose: _propose,
    o.Revise: _revise,
    o.Withdraw: _withdraw,
    o.Note: _note,
    o.ScheduleMeeting: _schedule_meeting,
    o.HoldMeeting: _hold_meeting,
    o.ScheduleFollowUp: _schedule_follow_up,
    o.HoldFollowUp: _hold_follow_up,
    o.Approve: _approve,
    o.SendBack: _send_back,
    o.Assign: _assign,
    o.Reassign: _reassign,
    o.ChangeVerifier: _change_verifier,
    o.Grant: _grant,
    o.Refuse: _refuse,
    o.Drop: _drop,
    o.Keep: _keep,
    o.AcceptRisk: _accept_risk,
    o.Cancel: _cancel,
    o.Reopen: _reopen,
    o.Overturn: _overturn,
    o.Accept: _accept,
    o.Decline: _decline,
    o.Report: _report,
    o.Block: _block,
    o.Unblock: _unblock,
    o.Postpone: _postpone,
    o.Claim: _claim,
    o.TakeBack: _take_back,
    o.GiveUp: _give_up,
    o.Verify: _verify,
    o.Reject: _reject,
    o.Ask: _ask,
    o.Appoint: _appoint,
    o.Restrict: _restrict,
    o.Unrestrict: _unrestrict,
    o.Recur: _recur,
}
