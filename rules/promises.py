"""What actions and causes must say: who, what, by when, how we will know; why, and what then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from models.action import Action, Standing
from models.document import Cause
from models.errors import Blocker
from models.review import Review

MIN_WHYS = 2


def action_blockers(review: Review, action: Action, now: datetime) -> tuple[Blocker, ...]:
    """List what keeps one action from being assigned."""
    return tuple(promise(review, action, now))


def waived(review: Review, item: str, code: str) -> bool:
    """Tell whether somebody let this check pass."""
    return any(w.item == item and w.code == code for w in review.waivers)


def promise(review: Review, action: Action, now: datetime) -> Iterator[Blocker]:
    """List what an action leaves unsaid."""
    writers = writers_of(review)
    for missing, code, sentence, option in (
        (not action.owner, "no-owner", "has no owner", "--owner"),
        (not action.measure, "no-measure", "does not say how we know that it is done", "--measure"),
        (action.due is None, "no-due-date", "has no due date", "--due"),
        (not action.verifier, "no-verifier", "has nobody to verify it", "--verifier"),
        (not action.causes, "no-cause", "addresses no cause", "--cause"),
    ):
        if missing:
            yield Blocker(
                code=code,
                sentence=f"{action.id} {sentence}.",
                who=writers,
                item=action.id,
                way_out=f"afterword action revise {option} …",
            )
    if action.verifier and action.verifier in (action.owner, *action.owners):
        yield Blocker(
            code="verifier-owns",
            sentence=f"{action.verifier} owns or owned {action.id} and cannot verify it.",
            who=writers,
            item=action.id,
            way_out="afterword action verifier",
        )
    yield from _due(review, action, now)
    for found in action.findings:
        if not waived(review, action.id, found.code):
            yield finding(action.id, found.code, found.why, writers)


def _due(review: Review, action: Action, now: datetime) -> Iterator[Blocker]:
    if action.due is None:
        return
    if action.due < now.date():
        yield Blocker(
            code="due-in-the-past",
            sentence=f"{action.id} was due on {action.due}, which is past.",
            who=writers_of(review),
            item=action.id,
            way_out="afterword action revise --due …",
        )
    latest = now.date() + timedelta(days=review.policy.due_days[action.priority])
    if action.due > latest and not waived(review, action.id, "due-too-late"):
        yield Blocker(
            code="due-too-late",
            sentence=f"{action.id} is {action.priority} and due on {action.due}; "
            f"the latest for that is {latest}.",
            who=writers_of(review),
            item=action.id,
            way_out="name an earlier date, or the lead gives leave with afterword review waive",
        )


def finding(item: str, code: str, why: str, who: tuple[str, ...]) -> Blocker:
    """Word a finding of a check as a blocker."""
    return Blocker(
        code=code,
        sentence=f"{item}: {why}",
        who=who,
        item=item,
        way_out="say it better, or the lead lets it pass with afterword review waive",
    )


def writers_of(review: Review) -> tuple[str, ...]:
    """Name who writes: facilitator and lead."""
    return tuple(dict.fromkeys(a for a in (review.roles.facilitator, review.roles.lead) if a))


def cause_blockers(review: Review, cause: Cause) -> Iterator[Blocker]:
    """List what a cause still owes: a chain of whys, and an action or an accepted risk."""
    short = len(cause.whys) < MIN_WHYS
    if short and not waived(review, cause.id, "too-short"):
        yield Blocker(
            code="too-short",
            sentence=f"{cause.id} has {len(cause.whys)} of at least {MIN_WHYS} whys.",
            who=writers_of(review),
            item=cause.id,
            way_out="afterword cause revise --why …",
        )
    for found in cause.findings:
        if not waived(review, cause.id, found.code):
            yield finding(cause.id, found.code, found.why, writers_of(review))
    addressed = any(
        cause.id in a.causes and a.standing is not Standing.WITHDRAWN for a in review.actions
    )
    if not addressed and not cause.accepted_risk:
        yield Blocker(
            code="cause-without-action",
            sentence=f"{cause.id} has neither an action nor an accepted risk.",
            who=writers_of(review),
            item=cause.id,
            way_out=f"afterword action propose --cause {cause.id}, or afterword accept-risk",
        )
