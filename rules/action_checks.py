"""What orders about actions need: words, one owner, another verifier, a date to come, a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models import orders as o
from models.action import Action, Dropped, Priority, Standing
from models.errors import Unknown
from models.review import Review
from rules.dates import said
from rules.promises import action_blockers, waived
from rules.refusing import action_of, blocked, reason, refuse_unless

FARTHEST = timedelta(days=731)
"""How far ahead any date may be."""


def _causes(review: Review, causes: tuple[str, ...] | None) -> None:
    known = [c.id for c in review.causes if not c.withdrawn]
    known += [r.id for r in review.recurrences]
    for name in causes or ():
        if name not in known:
            raise Unknown("cause", name, tuple(known))


def propose(review: Review, order: o.Propose, now: datetime) -> None:
    """Need words, one owner, another verifier, a date to come."""
    refuse_unless(order.text.strip(), "empty", "An action needs words.", "Say what will change.")
    _causes(review, order.causes)
    _not_both(order.owner, order.verifier)
    _one_owner(order.owner)
    _not_too_far(order.due, now)
    refuse_unless(
        order.due is None or order.due >= now.date(),
        "due-in-the-past",
        f"{said(order.due)} is past." if order.due else "",
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


def revise(review: Review, order: o.Revise, now: datetime) -> None:
    """Need what a proposal needs; once assigned, a date within the limit."""
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
        f"{said(order.due)} is past." if order.due else "",
        "Name a date to come.",
    )
    _not_too_far(order.due, now)
    if assigned:
        _still_a_promise(review, action, order, now)


def assign(review: Review, order: o.Assign, now: datetime) -> None:
    """Need what the actions gate asks of a promise."""
    listed = action_blockers(review, action_of(review, order.action), now)
    if listed:
        raise blocked(f"{order.action} cannot be assigned", listed)


def reassign(review: Review, order: o.Reassign, now: datetime) -> None:
    """Need a new owner who is not the verifier."""
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


def verifier(review: Review, order: o.ChangeVerifier, now: datetime) -> None:
    """Need a verifier who never owned the action."""
    del now
    action = action_of(review, order.action)
    refuse_unless(order.verifier.strip(), "no-verifier", "Name a verifier.", "")
    refuse_unless(
        order.verifier not in (action.owner, *action.owners),
        "verifier-owns",
        f"{order.verifier} owns or owned {action.id} and cannot verify it.",
        "Name somebody who never owned it.",
    )


def withdraw(review: Review, order: o.Withdraw, now: datetime) -> None:
    """Need an item that nothing leans on yet."""
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
    replaced = [
        a.id
        for a in review.actions
        if isinstance(a.outcome, Dropped) and a.outcome.replacement == order.item
    ]
    refuse_unless(
        not replaced,
        "replacement-in-use",
        f"{', '.join(replaced)} was dropped for {order.item}.",
        "Assign it and drop it with a risk, or overturn that drop first.",
    )
    refuse_unless(
        action.standing is Standing.PROPOSED,
        "wrong-standing",
        f"{action.id} is {action.standing}: only what is proposed can be withdrawn.",
        "The lead can drop it: afterword drop.",
    )


def grant(review: Review, order: o.Grant, now: datetime) -> None:
    """Need somebody to have asked; beyond the priority's limit, a reason as well."""
    answer_postponement(review, order, now)
    action = action_of(review, order.action)
    asked = action.postponement
    latest = _latest(review, action.priority, now)
    refuse_unless(
        asked is None or asked.until <= latest or order.reason.strip(),
        "due-too-late",
        f"{action.id} is {action.priority}: the latest date for it is {latest}.",
        "Give your leave with a reason: grant because …",
    )


def answer_postponement(review: Review, order: o.Grant | o.Refuse, now: datetime) -> None:
    """Need somebody to have asked for time."""
    del now
    action = action_of(review, order.action)
    refuse_unless(
        action.postponement,
        "nothing-asked",
        f"Nobody asked for more time for {action.id}.",
        "The owner asks with: until <date> because …",
    )


def postpone(review: Review, order: o.Postpone, now: datetime) -> None:
    """Need a reason and a later date."""
    action = action_of(review, order.action)
    reason(review, order, now)
    refuse_unless(
        order.until > now.date(),
        "due-in-the-past",
        f"{said(order.until)} is not to come.",
        "Name a later date.",
    )
    _not_too_far(order.until, now)
    refuse_unless(
        action.due is None or order.until > action.due,
        "not-later",
        f"{action.id} is due on {said(action.due or order.until)}; "
        f"{said(order.until)} is not later.",
        "Name a later date.",
    )


def drop(review: Review, order: o.Drop, now: datetime) -> None:
    """Need a reason, and a replacement or a risk."""
    reason(review, order, now)
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


def overturn(review: Review, order: o.Overturn, now: datetime) -> None:
    """Need a reason, and a recurrence that exists where one is named."""
    reason(review, order, now)
    if order.recurrence and all(r.id != order.recurrence for r in review.recurrences):
        known = tuple(r.id for r in review.recurrences)
        raise Unknown("recurrence", order.recurrence, known)


def evidence(review: Review, order: o.Claim, now: datetime) -> None:
    """Need evidence."""
    del review, now
    refuse_unless(
        order.evidence.strip(),
        "no-evidence",
        "A claim needs evidence for the one who verifies it.",
        "A link, or what can be seen where.",
    )


def _latest(review: Review, priority: Priority, now: datetime) -> date:
    return now.date() + timedelta(days=review.policy.due_days[priority])


def _still_a_promise(review: Review, action: Action, order: o.Revise, now: datetime) -> None:
    refuse_unless(
        order.causes is None or order.causes,
        "no-cause",
        f"{action.id} would address no cause.",
        "Name one, or drop the action.",
    )
    if order.due is None and order.priority is None:
        return
    due, priority = order.due or action.due, order.priority or action.priority
    latest = _latest(review, priority, now)
    refuse_unless(
        due is None or due <= latest or waived(review, action.id, "due-too-late"),
        "due-too-late",
        f"{action.id} is {priority}: the latest date for it is {latest}.",
        "Name an earlier date, or give leave with afterword review waive.",
    )


def _not_too_far(due: date | None, now: datetime) -> None:
    refuse_unless(
        due is None or due <= now.date() + FARTHEST,
        "too-far",
        f"{due} is more than {FARTHEST.days} days ahead; nobody plans that far.",
        "Name an earlier date.",
    )
