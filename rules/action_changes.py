"""What orders about actions change in the record, and the sentence that stands in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models import orders as o
from models.action import Action, Dropped, Outcome, Postponement, Question, Verified
from models.review import Review
from rules.names import next_item
from rules.steps import (
    action_named,
    answered,
    assigned,
    because,
    each,
    overturned,
    plan_changed,
    step,
)

Changed = tuple[Review, str]


def propose(review: Review, order: o.Propose, now: datetime) -> Changed:
    """Add a proposed action."""
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


def revise(review: Review, order: o.Revise, now: datetime) -> Changed:
    """Change what an action says; once assigned, its owner accepts anew."""
    names = ("text", "owner", "verifier", "due", "measure", "priority", "causes")
    said = {name: v for name in names if (v := getattr(order, name)) is not None}

    def revised(action: Action) -> Action:
        findings = order.findings if order.text is not None else action.findings
        return replace(action, findings=findings, **said)

    action = action_named(review, order.action)
    after = each(review, order.action, revised)
    sentence = f"revised {order.action} ({', '.join(said)})"
    if action is None or action.assigned_at is None:
        return after, sentence
    after = step(after, order.action, "revise", now, postponement=None)
    return plan_changed(after, now), f"{sentence}; its owner accepts anew"


def assign(review: Review, order: o.Assign, now: datetime) -> Changed:
    """Assign a proposed action."""
    after = assigned(review, order.action, now)
    action = action_named(after, order.action)
    return plan_changed(after, now), f"assigned {order.action} to {action.owner if action else ''}"


def reassign(review: Review, order: o.Reassign, now: datetime) -> Changed:
    """Give an action to another owner."""
    action = action_named(review, order.action)
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
    sentence = f"gave {order.action} to {order.owner}{because(order.reason)}"
    return plan_changed(after, now), sentence


def change_verifier(review: Review, order: o.ChangeVerifier, now: datetime) -> Changed:
    """Name another verifier."""
    del now
    after = each(review, order.action, lambda a: replace(a, verifier=order.verifier))
    return after, f"{order.verifier} is to verify {order.action}{because(order.reason)}"


def grant(review: Review, order: o.Grant, now: datetime) -> Changed:
    """Move the due date to what was asked for."""
    action = action_named(review, order.action)
    if action is None or action.postponement is None:
        return review, f"granted time for {order.action}"
    until = action.postponement.until
    after = each(review, order.action, lambda a: replace(a, due=until, postponement=None))
    return plan_changed(
        after, now
    ), f"granted {order.action} until {until:%d %B %Y}{because(order.reason)}"


def refuse(review: Review, order: o.Refuse, now: datetime) -> Changed:
    """Leave the due date as it is."""
    del now
    after = each(review, order.action, lambda a: replace(a, postponement=None))
    return after, f"refused more time for {order.action}{because(order.reason)}"


def drop(review: Review, order: o.Drop, now: datetime) -> Changed:
    """Give an action the outcome “dropped”."""
    outcome = Dropped(
        reason=order.reason,
        by=order.by,
        at=now,
        replacement=order.replacement,
        risk=order.risk,
    )
    after = step(review, order.action, "drop", now, outcome=outcome, postponement=None)
    instead = f"replaced by {order.replacement}" if order.replacement else f"risk: {order.risk}"
    sentence = f"dropped {order.action}{because(order.reason)} ({instead})"
    return plan_changed(after, now), sentence


def keep(review: Review, order: o.Keep, now: datetime) -> Changed:
    """Let an action go on that was given up."""
    after = step(review, order.action, "keep", now, said=order.reason)
    return after, f"kept {order.action}{because(order.reason)}"


def overturn(review: Review, order: o.Overturn, now: datetime) -> Changed:
    """Take an outcome back."""
    after = overturned(review, order.action, order.reason, now)
    after = answered(after, (order.recurrence,), f"{order.action} was taken up again")
    return plan_changed(after, now), f"overturned {order.action}{because(order.reason)}"


def accept(review: Review, order: o.Accept, now: datetime) -> Changed:
    """Note that the owner accepts."""
    after = step(review, order.action, "accept", now, said="")
    return replace(after, accepted_at=now), f"accepted {order.action}"


def decline(review: Review, order: o.Decline, now: datetime) -> Changed:
    """Note that the owner declines, and why."""
    after = step(review, order.action, "decline", now, said=order.reason)
    return after, f"declined {order.action}{because(order.reason)}"


def report(review: Review, order: o.Report, now: datetime) -> Changed:
    """Note how far it has come; a question is answered by that."""
    del now
    after = each(review, order.action, lambda a: replace(a, said=order.text, question=None))
    return after, f"reported on {order.action}: {order.text}"


def block(review: Review, order: o.Block, now: datetime) -> Changed:
    """Note what holds it up."""
    after = step(review, order.action, "block", now, said=order.reason, question=None)
    return after, f"{order.action} is blocked{because(order.reason)}"


def unblock(review: Review, order: o.Unblock, now: datetime) -> Changed:
    """Note that it goes on."""
    after = step(review, order.action, "unblock", now, said="", question=None)
    return after, f"{order.action} goes on"


def postpone(review: Review, order: o.Postpone, now: datetime) -> Changed:
    """Note the time asked for."""
    asked = Postponement(until=order.until, reason=order.reason, at=now)
    after = each(review, order.action, lambda a: replace(a, postponement=asked, question=None))
    return after, f"asked for {order.action} until {order.until:%d %B %Y}{because(order.reason)}"


def claim(review: Review, order: o.Claim, now: datetime) -> Changed:
    """Note the claim; where the table has no such move, only the words."""
    action = action_named(review, order.action)
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


def take_back(review: Review, order: o.TakeBack, now: datetime) -> Changed:
    """Take a claim back."""
    after = step(review, order.action, "take back", now, said=order.reason)
    return after, f"took the claim of {order.action} back{because(order.reason)}"


def give_up(review: Review, order: o.GiveUp, now: datetime) -> Changed:
    """Note that it cannot be done, and why."""
    after = step(
        review, order.action, "give up", now, said=order.reason, postponement=None, question=None
    )
    return after, f"gave {order.action} up{because(order.reason)}"


def verify(review: Review, order: o.Verify, now: datetime) -> Changed:
    """Give an action the outcome “verified”."""
    action = action_named(review, order.action)
    outcome: Outcome = Verified(
        evidence=action.evidence if action else "", finding=order.finding, by=order.by, at=now
    )
    after = step(review, order.action, "verify", now, outcome=outcome)
    return after, f"verified {order.action}: {order.finding}"


def reject(review: Review, order: o.Reject, now: datetime) -> Changed:
    """Send a claim back to its owner."""
    after = step(review, order.action, "reject", now, said=order.reason)
    return after, f"rejected the claim of {order.action}{because(order.reason)}"


def ask(review: Review, order: o.Ask, now: datetime) -> Changed:
    """Note the sponsor's question."""
    question = Question(by=order.by, text=order.question, at=now)
    after = each(review, order.action, lambda a: replace(a, question=question))
    return after, f"asked about {order.action}: {order.question}"
