"""Why a sponsor decides in the lead's place."""

from __future__ import annotations

from datetime import date

from models.people import Person
from models.review import Review


def standing_in(review: Review, by: str, lead: Person | None, today: date) -> str:
    """Say why the sponsor decides for the lead; "" where they do not, or are not the sponsor."""
    if by != review.roles.sponsor or lead is None:
        return ""
    if lead.gone:
        return "the lead has left"
    if lead.away_until is not None and lead.away_until > today:
        return f"the lead is away until {lead.away_until}"
    return ""
