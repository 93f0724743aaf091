"""What Temporal's own pages show of a review: search attributes and current details."""

from __future__ import annotations

from datetime import UTC, datetime, time

from temporalio.common import SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from models.action import Action
from models.commands import PENDING
from models.review import Review
from rules.visibility import get_public_title
from workflows import options


def list_search_attribute_updates(
    review: Review, current: TypedSearchAttributes
) -> list[
    SearchAttributeUpdate[str] | SearchAttributeUpdate[int] | SearchAttributeUpdate[datetime]
]:
    """List the updates for search attributes whose current value is out of date."""
    due = find_next_due(review)
    pending = len(_list_pending(review))
    updates: list[
        SearchAttributeUpdate[str] | SearchAttributeUpdate[int] | SearchAttributeUpdate[datetime]
    ] = []
    if current.get(options.STAGE) != review.stage.value:
        updates.append(options.STAGE.value_set(review.stage.value))
    if current.get(options.LEAD) != _get_visible_lead(review):
        updates.append(options.LEAD.value_set(_get_visible_lead(review)))
    severity = review.incident.severity
    if severity is not None and current.get(options.SEVERITY) != severity:
        updates.append(options.SEVERITY.value_set(severity))
    if current.get(options.OPEN_ACTIONS) != pending:
        updates.append(options.OPEN_ACTIONS.value_set(pending))
    if current.get(options.NEXT_DUE) != due:
        updates.append(
            options.NEXT_DUE.value_unset() if due is None else options.NEXT_DUE.value_set(due)
        )
    return updates


def build_search_attributes(review: Review) -> TypedSearchAttributes:
    """Return the search attributes of a review when its workflow starts."""
    pairs: list[SearchAttributePair[str] | SearchAttributePair[int]] = [
        SearchAttributePair(options.STAGE, review.stage.value),
        SearchAttributePair(options.LEAD, _get_visible_lead(review)),
        SearchAttributePair(options.OPEN_ACTIONS, len(_list_pending(review))),
    ]
    if review.incident.severity is not None:
        pairs.append(SearchAttributePair(options.SEVERITY, review.incident.severity))
    return TypedSearchAttributes(pairs)


def find_next_due(review: Review) -> datetime | None:
    """Return the earliest due date of pending actions, as midnight UTC; None if there is none."""
    days = [a.due for a in _list_pending(review) if a.due is not None]
    return datetime.combine(min(days), time(0), tzinfo=UTC) if days else None


def format_details(review: Review) -> str:
    """Format the state of a review as Markdown; without names where it is restricted."""
    pending = _list_pending(review)
    lines = [f"**{get_public_title(review)}**: {review.stage}"]
    if not review.restricted_to:
        lines += [f"- lead {review.roles.lead}"]
        lines += [f"- {a.id} {a.status}, {a.owner or 'nobody'}, due {a.due}" for a in pending]
    return "\n".join(lines)


def _get_visible_lead(review: Review) -> str:
    """Return the lead, or what stands for one: attributes are not encrypted, and stay in histories.

    Where a review may be restricted later, nobody is named from the start.
    """
    if review.restricted_to:
        return "restricted"
    return "not shown" if review.policy.restricted_reviews else review.roles.lead


def _list_pending(review: Review) -> list[Action]:
    return [a for a in review.actions if a.status in PENDING]
