"""Visibility: who may see a review, and the neutral title of a restricted one."""

from __future__ import annotations

from dataclasses import replace

from models.review import Review

NEUTRAL_TITLE = "A restricted review"
ANONYMOUS_READER = ""


def list_people(review: Review) -> frozenset[str]:
    """Return everybody with a role in a review, by address."""
    roles = review.roles
    role_holders = {
        roles.lead,
        roles.facilitator,
        roles.sponsor,
        roles.coordinator,
        *roles.participants,
    }
    assignees = {who for action in review.actions for who in (action.owner, action.verifier)}
    return frozenset(role_holders | assignees) - {""}


def may_see(review: Review, address: str) -> bool:
    """Return whether somebody may read this review."""
    if not review.restricted_to:
        return True
    return address in review.restricted_to or address in list_people(review)


def is_named(review: Review, address: str) -> bool:
    """Return whether somebody may read a review because it is theirs, not as the coordinator."""
    others = replace(review, roles=replace(review.roles, coordinator=""))
    return address in review.restricted_to or address in list_people(others)


def get_public_title(review: Review) -> str:
    """Return the title that everybody may read."""
    return NEUTRAL_TITLE if review.restricted_to else review.incident.title


def get_title(review: Review, reader: str) -> str:
    """Return the title that this reader may read."""
    return review.incident.title if may_see(review, reader) else NEUTRAL_TITLE
