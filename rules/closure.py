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
            yield _to_accept(action)
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
    lead = (decider(review, {*action.owners, action.owner}),)
    match action.standing:
        case Standing.ASSIGNED:
            yield _to_accept(action)
        case Standing.DECLINED:
            yield _declined(review, action)
        case Standing.PROPOSED:
            yield Blocker(
                code="not-assigned",
                sentence=f"{action.id} is proposed and neither assigned nor withdrawn.",
                who=(review.roles.lead,),
                item=action.id,
                way_out="afterword action assign, or afterword action withdraw",
            )
        case Standing.ACCEPTED | Standing.BLOCKED:
            yield Blocker(
                code="not-done",
                sentence=f"{action.id} is {action.standing} and not claimed done.",
                who=(action.owner,),
                item=action.id,
                way_out="claim it with evidence, ask for time, or give it up",
            )
            if action.postponement is not None:
                yield Blocker(
                    code="postponement",
                    sentence=f"{action.owner} asks for {action.id} until "
                    f"{action.postponement.until}: {action.postponement.reason}",
                    who=lead,
                    item=action.id,
                    way_out="afterword action grant, or afterword action refuse",
                )
        case Standing.CLAIMED:
            yield Blocker(
                code="not-verified",
                sentence=f"{action.id} is claimed done and waits to be verified.",
                who=(action.verifier,),
                item=action.id,
                way_out="afterword verify, or afterword reject",
            )
        case Standing.GIVEN_UP:
            yield Blocker(
                code="given-up",
                sentence=f"{action.id} was given up: {action.said}",
                who=lead,
                item=action.id,
                way_out="afterword drop with a replacement or a risk, or afterword action keep",
            )
        case _:
            return


def _to_accept(action: Action) -> Blocker:
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
