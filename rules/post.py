"""The record's own book about letters: which are held, under way, delivered or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from models.letters import Delivery, Letter, LetterKind
from models.plan import Plan
from models.review import Review
from rules.orders import by_clock
from rules.waits import counted

WHOLE = (
    LetterKind.STATUS_BRIEF,
    LetterKind.CLOSED,
    LetterKind.MEETING_INVITATION,
    LetterKind.MEETING_CANCELLED,
    LetterKind.FOLLOW_UP_INVITATION,
)
"""These speak of every action, or to everybody who has one."""


def to_plan(review: Review) -> Review:
    """Leave out what no plan looks at: receipts, and the log's lines about letters."""
    said = tuple(event for event in review.log if event.kind != "letter")
    return replace(review, receipts={}, log=said)


def planned(review: Review, plan: Plan, as_of: Review) -> Review:
    """Take over a plan that was made of the record `as_of`; what came in since stays as it is."""
    flying = {letter.key for letter in review.flying}
    since = tuple(letter for letter in review.held if letter not in as_of.held)
    return replace(
        review,
        told=max(review.told, as_of.revision),
        held=(*plan.held, *since),
        flying=(*review.flying, *(x for x in plan.letters if x.key not in flying)),
    )


def delivered(review: Review, delivery: Delivery, now: datetime) -> Review:
    """Enter what became of a letter; one that was refused for good counts as sent to nobody."""
    letter = next((x for x in review.flying if x.key == delivery.key), None)
    if letter is None:
        return review
    landed = replace(review, flying=tuple(x for x in review.flying if x is not letter))
    landed = replace(landed, sent={**landed.sent, **counted(letter, now)})
    items = ", ".join(dict.fromkeys(i.item for i in letter.items if i.item))
    about = f" about {items}" if items else ""
    if delivery.refused:
        said = f"could not write to {letter.to} ({letter.kind}{about}): {delivery.refused}"
        return by_clock(landed, now, kind="undeliverable", text=said, item=letter.to)
    return by_clock(landed, now, kind="letter", text=f"wrote to {letter.to}: {letter.kind}{about}")


def brief(review: Review, letters: Iterable[Letter]) -> Review:
    """Cut the record down to what some letters speak of."""
    letters = tuple(letters)
    whole = any(letter.kind in WHOLE for letter in letters)
    named = {item.item for letter in letters for item in letter.items}
    actions = tuple(a for a in review.actions if whole or a.id in named)
    named |= {cause for action in actions for cause in action.causes}
    return replace(
        review,
        actions=actions,
        causes=tuple(c for c in review.causes if c.id in named),
        document=None,
        findings=(),
        waivers=(),
        log=(),
        receipts={},
        held=(),
        flying=(),
        sent={},
    )
