"""Visibility: who may see a review, and what of it; the neutral title of a restricted one."""

from __future__ import annotations

from dataclasses import replace

from models.codes import EventKind
from models.document import Contribution
from models.review import Event, Review

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


def hide_contributions(review: Review, reader: str) -> Review:
    """Return the review with the contributions that this reader may read.

    The words of strangers are for those who decide about them, and for all once they are accepted.
    """
    roles = review.roles
    if reader and reader in (roles.facilitator, roles.lead, roles.sponsor, roles.coordinator):
        return review
    return replace(
        review,
        contributions=tuple(map(_hide_contribution, review.contributions)),
        log=tuple(map(_hide_words, review.log)),
    )


def is_accepted(contribution: Contribution) -> bool:
    """Return whether a contribution was decided about, and not left out."""
    return bool(contribution.settled_by) and not contribution.rejected_because


def format_contribution(contribution_id: str) -> str:
    """Format the log's line about a contribution, which has none of its words."""
    return f"contributed {contribution_id} for the facilitator to decide about"


def _hide_contribution(contribution: Contribution) -> Contribution:
    if is_accepted(contribution):
        return contribution
    return replace(contribution, text="", when="")


def _hide_words(event: Event) -> Event:
    """Return an event without a stranger's words, which lines of earlier releases have."""
    if event.kind is not EventKind.CONTRIBUTE or not event.text.startswith("contributed "):
        return event
    contribution_id = event.text.split(maxsplit=2)[1].rstrip(":")
    return replace(event, text=format_contribution(contribution_id))


def get_public_title(review: Review) -> str:
    """Return the title that everybody may read."""
    return NEUTRAL_TITLE if review.restricted_to else review.incident.title


def get_title(review: Review, reader: str) -> str:
    """Return the title that this reader may read."""
    return review.incident.title if may_see(review, reader) else NEUTRAL_TITLE
