"""What Temporal's own pages show of a review: search attributes and a line of details."""

from __future__ import annotations

from datetime import UTC, datetime, time

from temporalio.common import SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from models.action import Action
from models.orders import PENDING
from models.review import Review
from rules.visibility import title
from workflows import terms


def search_attributes(
    review: Review, shown: TypedSearchAttributes
) -> list[
    SearchAttributeUpdate[str] | SearchAttributeUpdate[int] | SearchAttributeUpdate[datetime]
]:
    """List the search attributes that differ from those shown now."""
    due = next_due(review)
    pending = len(_pending(review))
    updates: list[
        SearchAttributeUpdate[str] | SearchAttributeUpdate[int] | SearchAttributeUpdate[datetime]
    ] = []
    if shown.get(terms.STAGE) != review.stage.value:
        updates.append(terms.STAGE.value_set(review.stage.value))
    if shown.get(terms.LEAD) != _lead(review):
        updates.append(terms.LEAD.value_set(_lead(review)))
    severity = review.incident.severity
    if severity is not None and shown.get(terms.SEVERITY) != severity:
        updates.append(terms.SEVERITY.value_set(severity))
    if shown.get(terms.OPEN_ACTIONS) != pending:
        updates.append(terms.OPEN_ACTIONS.value_set(pending))
    if shown.get(terms.NEXT_DUE) != due:
        updates.append(
            terms.NEXT_DUE.value_unset() if due is None else terms.NEXT_DUE.value_set(due)
        )
    return updates


def shown_at_start(review: Review) -> TypedSearchAttributes:
    """Give the search attributes of a review when its workflow starts."""
    pairs: list[SearchAttributePair[str] | SearchAttributePair[int]] = [
        SearchAttributePair(terms.STAGE, review.stage.value),
        SearchAttributePair(terms.LEAD, _lead(review)),
        SearchAttributePair(terms.OPEN_ACTIONS, len(_pending(review))),
    ]
    if review.incident.severity is not None:
        pairs.append(SearchAttributePair(terms.SEVERITY, review.incident.severity))
    return TypedSearchAttributes(pairs)


def next_due(review: Review) -> datetime | None:
    """Give the earliest due date among pending actions, as midnight UTC."""
    days = [a.due for a in _pending(review) if a.due is not None]
    return datetime.combine(min(days), time(0), tzinfo=UTC) if days else None


def details(review: Review) -> str:
    """Say in Markdown where a review stands; neutral where it is restricted."""
    pending = _pending(review)
    lines = [f"**{title(review)}**: {review.stage}"]
    if not review.restricted_to:
        lines += [f"- lead {review.roles.lead}"]
        lines += [f"- {a.id} {a.standing}, {a.owner or 'nobody'}, due {a.due}" for a in pending]
    return "\n".join(lines)


def _lead(review: Review) -> str:
    """Name the lead where everybody may know; an attribute cannot be hidden from anybody."""
    return "restricted" if review.restricted_to else review.roles.lead


def _pending(review: Review) -> list[Action]:
    return [a for a in review.actions if a.standing in PENDING]
