"""Blockers of follow-up and closure: every action without an outcome, and open decisions."""

from __future__ import annotations

from collections.abc import Iterator

from models.action import Action, ActionStatus
from models.codes import BlockerCode
from models.commands.base import IN_PROGRESS
from models.errors import Blocker
from models.review import Review
from rules.formatting import format_date
from rules.gates.action_blockers import iter_cause_blockers, list_writers
from rules.permissions import find_decider


def iter_acceptance_blockers(review: Review) -> Iterator[Blocker]:
    """Yield what keeps a review in stage “assigned”."""
    for action in review.actions:
        if action.status is ActionStatus.ASSIGNED:
            yield _build_not_accepted(review, action)
        if action.status is ActionStatus.DECLINED:
            yield _build_declined(review, action)
    if review.follow_up is None:
        yield _build_no_follow_up(review)


def iter_closure_blockers(review: Review) -> Iterator[Blocker]:
    """Yield what keeps a review from being closed."""
    for action in review.actions:
        yield from _iter_outcome_blockers(review, action)
    for cause in review.causes:
        if not cause.withdrawn:
            yield from iter_cause_blockers(review, cause)
    was_held = any(m.held_at for m in (*review.past_follow_ups, review.follow_up) if m)
    if review.follow_up is None or review.follow_up.held_at is not None:
        if not was_held or review.plan_changed_at is not None:
            yield _build_no_follow_up(review)
    elif not was_held or review.plan_changed_at is not None:
        yield Blocker(
            code=BlockerCode.FOLLOW_UP_NOT_HELD,
            sentence="The plan has changed since the last follow-up meeting."
            if was_held
            else "The follow-up meeting has not been held.",
            who=list_writers(review),
            way_out="afterword follow-up hold",
        )
    for recurrence in review.recurrences:
        if not recurrence.answer:
            yield Blocker(
                code=BlockerCode.RECURRENCE,
                sentence=f"The incident came back ({recurrence.id}), and nothing is decided yet.",
                who=(review.roles.lead,),
                item=recurrence.id,
                way_out="a new or overturned action for it, or afterword accept-risk",
            )


def _iter_outcome_blockers(review: Review, action: Action) -> Iterator[Blocker]:
    """Yield what an action still needs; nothing once it has an outcome or was withdrawn."""
    build_blocker = BLOCKER_BUILDERS.get(action.status)
    if build_blocker is not None:
        yield build_blocker(review, action)
    if action.status in IN_PROGRESS and action.postponement is not None:
        yield _build_postponement(review, action)


def _build_not_assigned(review: Review, action: Action) -> Blocker:
    return Blocker(
        code=BlockerCode.NOT_ASSIGNED,
        sentence=f"{action.id} is proposed and neither assigned nor withdrawn.",
        who=(review.roles.lead,),
        item=action.id,
        way_out="afterword action assign, or afterword action withdraw",
    )


def _build_not_done(_review: Review, action: Action) -> Blocker:
    return Blocker(
        code=BlockerCode.NOT_DONE,
        sentence=f"{action.id} is {action.status} and not claimed done.",
        who=(action.owner,),
        item=action.id,
        way_out="claim it with evidence, ask for time, or give it up",
    )


def _build_postponement(review: Review, action: Action) -> Blocker:
    postponement = action.postponement
    request = f"{format_date(postponement.until)}: {postponement.reason}" if postponement else ""
    return Blocker(
        code=BlockerCode.POSTPONEMENT,
        sentence=f"{action.owner} asks for {action.id} until {request}",
        who=_find_deciders(review, action),
        item=action.id,
        way_out="afterword action grant, or afterword action refuse",
    )


def _build_not_verified(_review: Review, action: Action) -> Blocker:
    return Blocker(
        code=BlockerCode.NOT_VERIFIED,
        sentence=f"{action.id} is claimed done and waits to be verified.",
        who=(action.verifier,),
        item=action.id,
        way_out="afterword verify, or afterword reject",
    )


def _build_given_up(review: Review, action: Action) -> Blocker:
    return Blocker(
        code=BlockerCode.GIVEN_UP,
        sentence=f"{action.id} was given up: {action.last_comment}",
        who=_find_deciders(review, action),
        item=action.id,
        way_out="afterword drop with a replacement or a risk, or afterword action reject-give-up",
    )


def _find_deciders(review: Review, action: Action) -> tuple[str]:
    return (find_decider(review, {*action.owners, action.owner}),)


def _build_not_accepted(_review: Review, action: Action) -> Blocker:
    return Blocker(
        code=BlockerCode.NOT_ACCEPTED,
        sentence=f"{action.id} waits for {action.owner} to accept it.",
        who=(action.owner,),
        item=action.id,
        way_out="accept or decline it",
    )


def _build_declined(review: Review, action: Action) -> Blocker:
    return Blocker(
        code=BlockerCode.DECLINED,
        sentence=f"{action.owner} declined {action.id}: {action.last_comment}",
        who=(review.roles.lead,),
        item=action.id,
        way_out="afterword action reassign, or afterword drop",
    )


def _build_no_follow_up(review: Review) -> Blocker:
    return Blocker(
        code=BlockerCode.NO_FOLLOW_UP,
        sentence="No follow-up meeting is scheduled.",
        who=list_writers(review),
        way_out="afterword follow-up schedule",
    )


BLOCKER_BUILDERS = {
    ActionStatus.PROPOSED: _build_not_assigned,
    ActionStatus.ASSIGNED: _build_not_accepted,
    ActionStatus.DECLINED: _build_declined,
    ActionStatus.ACCEPTED: _build_not_done,
    ActionStatus.BLOCKED: _build_not_done,
    ActionStatus.CLAIMED: _build_not_verified,
    ActionStatus.GIVEN_UP: _build_given_up,
}
"""Function that builds the blocker of an action, by its status."""
