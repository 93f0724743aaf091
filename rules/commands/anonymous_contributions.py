"""Anonymous contributions: validate and apply the commands that add and settle them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models import commands as o
from models.codes import RefusalCode
from models.document import Contribution
from models.errors import NotFound
from models.review import Review
from rules.commands.refusals import refuse_unless
from rules.commands.transitions import format_reason
from rules.identifiers import get_next_item_id

MAX_CONTRIBUTION_LENGTH = 4_000
MAX_TIME_LENGTH = 100
MAX_OPEN_CONTRIBUTIONS = 50
"""Maximum of unsettled contributions, so that anonymous writers cannot fill the record."""


def validate_contribute(review: Review, command: o.Contribute, now: datetime) -> None:
    """Raise Refusal unless the text is present, short enough and within the limit."""
    del now
    text = command.text.strip()
    refuse_unless(
        text, RefusalCode.EMPTY, "The contribution is empty.", "Say what you saw, or remark on."
    )
    refuse_unless(
        len(text) <= MAX_CONTRIBUTION_LENGTH and len(command.when) <= MAX_TIME_LENGTH,
        RefusalCode.TOO_LONG,
        f"A contribution has at most {MAX_CONTRIBUTION_LENGTH} characters, its time {MAX_TIME_LENGTH}.",
        "Say it shorter, or in several.",
    )
    refuse_unless(
        sum(not c.settled_by for c in review.contributions) < MAX_OPEN_CONTRIBUTIONS,
        RefusalCode.ENOUGH,
        f"{MAX_OPEN_CONTRIBUTIONS} contributions wait for the facilitator already.",
        "Come back later, or speak to the facilitator.",
    )


def validate_settle(review: Review, command: o.Settle, now: datetime) -> None:
    """Raise NotFound unless the contribution is unsettled."""
    del now
    open_ids = tuple(c.id for c in review.contributions if not c.settled_by)
    if command.contribution not in open_ids:
        raise NotFound("contribution that waits", command.contribution, open_ids)


def apply_contribute(review: Review, command: o.Contribute, now: datetime) -> tuple[Review, str]:
    """Add an anonymous contribution and return the review and a log sentence."""
    contribution_id = get_next_item_id("K", (c.id for c in review.contributions))
    contribution = Contribution(
        id=contribution_id, text=command.text.strip(), when=command.when.strip(), at=now
    )
    sentence = f"contributed {contribution_id}{f' ({contribution.when})' if contribution.when else ''}: {contribution.text}"
    return replace(review, contributions=(*review.contributions, contribution)), sentence


def apply_settle(review: Review, command: o.Settle, now: datetime) -> tuple[Review, str]:
    """Record whether a contribution entered the document, or why not."""
    del now
    rejected_because = command.reason.strip()
    contributions = tuple(
        replace(c, settled_by=command.by, rejected_because=rejected_because)
        if c.id == command.contribution
        else c
        for c in review.contributions
    )
    rejection = (
        f"left out {command.contribution}{format_reason(rejected_because)}"
        if rejected_because
        else ""
    )
    sentence = rejection or f"took {command.contribution} into the document"
    return replace(review, contributions=contributions), sentence
