"""Why somebody gets an email: the roles that they have in the review, and had in its actions."""

from __future__ import annotations

from collections.abc import Iterable

from models.action import Action, ActionStatus, Verified
from models.commands import IN_PROGRESS, PENDING
from models.review import Review
from rules.formatting import join_words

OWNED = (*IN_PROGRESS, ActionStatus.CLAIMED, ActionStatus.GIVEN_UP)
FINISHED = (ActionStatus.VERIFIED, ActionStatus.DROPPED)


def format_reason(review: Review, address: str) -> str:
    """Format why somebody gets an email, as it is now: “you lead this review and verify A3”.

    What is withdrawn or declined is nobody's any more, and what is finished was theirs.
    """
    owned = [action for action in review.actions if action.owner == address]
    to_verify = [action for action in review.actions if action.verifier == address]
    reasons = (
        _format_roles(review, address),
        _format_actions("own", _select(owned, OWNED)),
        _format_actions("have been asked to own", _select(owned, (ActionStatus.ASSIGNED,))),
        _format_actions("are proposed as the owner of", _select(owned, (ActionStatus.PROPOSED,))),
        _format_actions("owned", _select(owned, FINISHED)),
        _format_actions("verify", _select(to_verify, PENDING)),
        _format_actions("verified", [each for each in to_verify if _is_verified_by(each, address)]),
    )
    present = [reason for reason in reasons if reason]
    return f"you {join_words(present)}" if present else "you are involved in this review"


def _format_roles(review: Review, address: str) -> str:
    roles = review.roles
    has_role = {
        "lead": address == roles.lead,
        "facilitate": address == roles.facilitator,
        "sponsor": address == roles.sponsor,
        "coordinate": address == roles.coordinator,
        "take part in": address in roles.participants,
    }
    names = [name for name, applies in has_role.items() if applies]
    return f"{join_words(names)} this review" if names else ""


def _format_actions(verb: str, actions: list[Action]) -> str:
    return f"{verb} {join_words([action.id for action in actions])}" if actions else ""


def _select(actions: Iterable[Action], statuses: tuple[ActionStatus, ...]) -> list[Action]:
    return [action for action in actions if action.status in statuses]


def _is_verified_by(action: Action, address: str) -> bool:
    return isinstance(action.outcome, Verified) and action.outcome.by == address
