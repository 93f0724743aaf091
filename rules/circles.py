"""The circles of people that news of a review goes round."""

from __future__ import annotations

from models.action import Action, Standing
from models.review import Review


def invited(review: Review) -> tuple[str, ...]:
    """Name who comes to the meeting: lead, facilitator and participants."""
    roles = review.roles
    return _once(roles.lead, roles.facilitator, *roles.participants)


def invited_to_follow_up(review: Review) -> tuple[str, ...]:
    """Name who comes to a follow-up meeting: besides those invited first, every owner."""
    return _once(*invited(review), *(a.owner for a in promised(review)))


def concerned(review: Review) -> tuple[str, ...]:
    """Name everybody with a part in a review; the desk only where it plays one of the others."""
    verifiers = (a.verifier for a in promised(review))
    return _once(*invited_to_follow_up(review), review.roles.sponsor, *verifiers)


def promised(review: Review) -> tuple[Action, ...]:
    """List the actions that were ever assigned, whatever became of them."""
    unmade = (Standing.PROPOSED, Standing.WITHDRAWN)
    return tuple(a for a in review.actions if a.standing not in unmade)


def _once(*addresses: str) -> tuple[str, ...]:
    return tuple(address for address in dict.fromkeys(addresses) if address)
