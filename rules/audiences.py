"""Audiences: who is invited to meetings and who is notified about a review."""

from __future__ import annotations

from models.action import Action, ActionStatus
from models.review import Review


def list_invitees(review: Review) -> tuple[str, ...]:
    """List who is invited to the meeting: lead, facilitator and participants."""
    roles = review.roles
    return _deduplicate(roles.lead, roles.facilitator, *roles.participants)


def list_follow_up_invitees(review: Review) -> tuple[str, ...]:
    """List who is invited to a follow-up meeting: the first invitees and every owner."""
    return _deduplicate(
        *list_invitees(review), *(a.owner for a in list_ever_assigned_actions(review))
    )


def list_stakeholders(review: Review) -> tuple[str, ...]:
    """List everybody with a role in a review; the coordinator only where they have another."""
    verifiers = (a.verifier for a in list_ever_assigned_actions(review))
    return _deduplicate(*list_follow_up_invitees(review), review.roles.sponsor, *verifiers)


def list_ever_assigned_actions(review: Review) -> tuple[Action, ...]:
    """List the actions that were ever assigned, whatever became of them."""
    never_assigned = (ActionStatus.PROPOSED, ActionStatus.WITHDRAWN)
    return tuple(a for a in review.actions if a.status not in never_assigned)


def _deduplicate(*addresses: str) -> tuple[str, ...]:
    return tuple(address for address in dict.fromkeys(addresses) if address)
