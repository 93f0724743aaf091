"""What is added to a review without a name, and what the facilitator makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models import orders as o
from models.document import Contribution
from models.errors import Unknown
from models.review import Review
from rules.names import next_item
from rules.refusing import refuse_unless
from rules.steps import because

LONGEST_CONTRIBUTION = 4_000
LONGEST_TIME = 100
MOST_CONTRIBUTIONS = 50
"""Anybody can write them: a flood must not fill the record."""


def may_contribute(review: Review, order: o.Contribute, now: datetime) -> None:
    """Need words, short enough, and no flood of them."""
    del now
    said = order.text.strip()
    refuse_unless(said, "empty", "The contribution is empty.", "Say what you saw, or remark on.")
    refuse_unless(
        len(said) <= LONGEST_CONTRIBUTION and len(order.when) <= LONGEST_TIME,
        "too-long",
        f"A contribution has at most {LONGEST_CONTRIBUTION} characters, its time {LONGEST_TIME}.",
        "Say it shorter, or in several.",
    )
    refuse_unless(
        sum(not c.settled_by for c in review.contributions) < MOST_CONTRIBUTIONS,
        "enough",
        f"{MOST_CONTRIBUTIONS} contributions wait for the facilitator already.",
        "Come back later, or speak to the facilitator.",
    )


def may_settle(review: Review, order: o.Settle, now: datetime) -> None:
    """Need a contribution that waits."""
    del now
    waiting = tuple(c.id for c in review.contributions if not c.settled_by)
    if order.contribution not in waiting:
        raise Unknown("contribution that waits", order.contribution, waiting)


def contribute(review: Review, order: o.Contribute, now: datetime) -> tuple[Review, str]:
    """Add what somebody wrote without their name."""
    name = next_item("K", (c.id for c in review.contributions))
    added = Contribution(id=name, text=order.text.strip(), when=order.when.strip(), at=now)
    said = f"contributed {name}{f' ({added.when})' if added.when else ''}: {added.text}"
    return replace(review, contributions=(*review.contributions, added)), said


def settle(review: Review, order: o.Settle, now: datetime) -> tuple[Review, str]:
    """Note whether it entered the document, or why not."""
    del now
    left_out = order.reason.strip()
    contributions = tuple(
        replace(c, settled_by=order.by, left_out=left_out) if c.id == order.contribution else c
        for c in review.contributions
    )
    fate = f"left out {order.contribution}{because(left_out)}" if left_out else ""
    said = fate or f"took {order.contribution} into the document"
    return replace(review, contributions=contributions), said
