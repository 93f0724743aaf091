"""Delegation: why a sponsor decides on behalf of the lead."""

from __future__ import annotations

from datetime import date

from models.people import Person
from models.review import Review
from rules.formatting import format_date


def explain_delegation(review: Review, by: str, lead: Person | None, today: date) -> str:
    """Return why the sponsor decides on behalf of the lead, or "" where they do not."""
    if by != review.roles.sponsor or lead is None:
        return ""
    if lead.gone:
        return "the lead has left"
    if lead.away_until is not None and lead.away_until > today:
        return f"the lead is away until {format_date(lead.away_until)}"
    return ""
