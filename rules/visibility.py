"""Who may see a review; a restricted one has a neutral title everywhere outside its people."""

from __future__ import annotations

from models.review import Review

NEUTRAL_TITLE = "A restricted review"


def people_of(review: Review) -> frozenset[str]:
    """Name everybody who plays a part in a review, by address."""
    roles = review.roles
    parts = {roles.lead, roles.facilitator, roles.sponsor, roles.desk, *roles.participants}
    hands = {who for action in review.actions for who in (action.owner, action.verifier)}
    return frozenset(parts | hands) - {""}


def may_see(review: Review, address: str) -> bool:
    """Tell whether somebody ("" for a passer-by) may read this review."""
    if not review.restricted_to:
        return True
    return address in review.restricted_to or address in people_of(review)


def title(review: Review) -> str:
    """Give the title that everybody may read."""
    return NEUTRAL_TITLE if review.restricted_to else review.incident.title


def title_for(review: Review, address: str) -> str:
    """Give the title that this reader may read."""
    return review.incident.title if may_see(review, address) else NEUTRAL_TITLE
