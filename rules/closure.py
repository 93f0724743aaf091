"""What keeps a review from follow-up, and from being closed: every action without an outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.action import Action, Standing
from models.errors import Blocker
from models.review import Review
from rules.authority import decider
from rules.promises import cause_blockers, writers_of


def accepted(review: Review, now: datetime) -> Iterator[Blocker]:
    """List what keeps a review in “assigned”."""
    del now
    for action in review.actions:
        if action.standing is Standing.ASSIGNED:
            yield _to_accept(review, action)
        if action.standing is Standing.DECLINED:
            yield _declined(review, action)
    if review.follow_up is None:
        yield _no_follow_up(review)


def closure(review: Review, now: datetime) -> Iterator[Blocker]:
    """List what keeps a review from being closed."""
    del now
    for action in review.actions:
        yield from _without_outcome(review, action)
    for cause in review.causes:
        if not cause.withdrawn:
            yield from cause_blockers(review, cause)
    held = any(m.held_at for m in (*review.past_follow_ups, review.follow_up) if m)
    if review.follow_up is None or review.follow_up.held_at is not None:
        if not held or review.plan_changed_at is not None:
            yield _no_follow_up(review)
    elif not held or review.plan_changed_at is not None:
        yield Blocker(
            code="follow-up-not-held",
            sentence="The plan has changed since the last follow-up meeting."
            if held
            else "The follow-up meeting has not been held.",
            who=writers_of(review),
            way_out="afterword follow-up hold",
        )
    for recurrence in review.recurrences:
        if not recurrence.answered:
            yield Blocker(
                code="recurrence",
                sentence=f"The incident came back ({recurrence.id}) and nothing was decided on it.",
                who=(review.roles.lead,),
                item=recurrence.id,
                way_out="a new or overturned action for it, or afterword accept-risk",
            )


def _without_outcome(review: Review, action: Action) -> Iterator[Blocker]:
    """Say what an action waits for; nothing about one that has its outcome or was withdrawn."""
    waits = WAITS.get(action.standing)
    if waits is not None:
        yield waits(review, action)
    if action.standing in AT_WORK and action.postponement is not None:
        yield _asks_for_time(review, action)


def _proposed(review: Review, action: Action) -> Blocker:
    return Blocker(
        code="not-assigned",
        sentence=f"{action.id} is proposed and neither assigned nor withdrawn.",
        who=(review.roles.lead,),
        item=action.id,
        way_out="afterword action assign, or afterword action withdraw",
    )


def _not_done(_review: Review, action: Action) -> Blocker:
    return Blocker(
        code="not-done",
        sentence=f"{action.id} is {action.standing} and not claimed done.",
        who=(action.owner,),
        item=action.id,
        way_out="claim it with evidence, ask for time, or give it up",
    )


def _asks_for_time(review: Review, action: Action) -> Blocker:
    asked = action.postponement
    said = f"{asked.until}: {asked.reason}" if asked else ""
    return Blocker(
        code="postponement",
        sentence=f"{action.owner} asks for {action.id} until {said}",
        who=_decides(review, action),
        item=action.id,
        way_out="afterword action grant, or afterword action refuse",
    )


def _not_verified(_review: Review, action: Action) -> Blocker:
    return Blocker(
        code="not-verified",
        sentence=f"{action.id} is claimed done and waits to be verified.",
        who=(action.verifier,),
        item=action.id,
        way_out="afterword verify, or afterword reject",
    )


def _given_up(review: Review, action: Action) -> Blocker:
    return Blocker(
        code="given-up",
        sentence=f"{action.id} was given up: {action.said}",
        who=_decides(review, action),
        item=action.id,
        way_out="afterword drop with a replacement or a risk, or afterword action keep",
    )


def _decides(review: Review, action: Action) -> tuple[str]:
    return (decider(review, {*action.owners, action.owner}),)


def _to_accept(_review: Review, action: Action) -> Blocker:
    return Blocker(
        code="not-accepted",
        sentence=f"{action.id} waits for {action.owner} to accept it.",
        who=(action.owner,),
        item=action.id,
        way_out="accept or decline it",
    )


def _declined(review: Review, action: Action) -> Blocker:
    return Blocker(
        code="declined",
        sentence=f"{action.owner} declined {action.id}: {action.said}",
        who=(review.roles.lead,),
        item=action.id,
        way_out="afterword action reassign, or afterword drop",
    )


def _no_follow_up(review: Review) -> Blocker:
    return Blocker(
        code="no-follow-up",
        sentence="No follow-up meeting is set.",
        who=writers_of(review),
        way_out="afterword follow-up schedule",
    )


WAITS = {
    Standing.PROPOSED: _proposed,
    Standing.ASSIGNED: _to_accept,
    Standing.DECLINED: _declined,
    Standing.ACCEPTED: _not_done,
    Standing.BLOCKED: _not_done,
    Standing.CLAIMED: _not_verified,
    Standing.GIVEN_UP: _given_up,
}
"""What stands between an action and its outcome, by its standing."""

AT_WORK = (Standing.ACCEPTED, Standing.BLOCKED)
