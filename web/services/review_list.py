"""The list of the reviews that a reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

from models.review import Stage
from register.queries import review_queries
from register.queries.page_cursor import build_review_cursor
from register.queries.review_queries import ReviewConditions, ReviewRow
from web.dependencies import AppContext
from web.services.reader_time import find_today


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewListItem:
    """One review in a list.

    `filed_at` is when history was filed, which Afterword never carried. `overdue` says that an open
    action's due date has passed, `lost` that an open review has no workflow any more.
    """

    id: str
    title: str
    stage: Stage
    severity: int | None
    lead: str
    facilitator: str
    sponsor: str
    opened_at: datetime
    stage_since: datetime
    meeting_at: datetime | None
    follow_up_at: datetime | None
    closed_at: datetime | None
    filed_at: datetime | None
    open_actions: int
    next_due: date | None
    overdue: bool
    restricted: bool
    lost: bool
    revision: int


SHOWN_FIELDS = {field.name for field in fields(ReviewRow)} - {"source", "key", "restricted_to"}


def list_reviews(
    context: AppContext,
    conditions: ReviewConditions,
    reader: str,
    *,
    limit: int = 50,
    after: str = "",
    today: date | None = None,
) -> tuple[list[ReviewListItem], str]:
    """Return one page of the list for a reader ("" for anybody), and the `after` of the next.

    `today` is the date where the reader is, if the caller knows it already.
    """
    rows = review_queries.list_reviews(
        context.engine, conditions, reader=reader, limit=limit + 1, after=after
    )
    page_rows = rows[:limit]
    is_last = len(rows) <= limit or not page_rows
    last = None if is_last else page_rows[-1]
    next_after = build_review_cursor(last.opened_at, last.id) if last else ""
    today = today or find_today(context, reader)
    return [build_list_item(row, today) for row in page_rows], next_after


def list_role_holders(items: Iterable[ReviewListItem]) -> frozenset[str]:
    """Return the addresses of everybody whom a list shows."""
    roles = (who for item in items for who in (item.lead, item.facilitator, item.sponsor))
    return frozenset(who for who in roles if who)


def build_list_item(row: ReviewRow, today: date) -> ReviewListItem:
    """Build a review of a list as it is shown on a day."""
    shown = {name: getattr(row, name) for name in SHOWN_FIELDS}
    return ReviewListItem(
        **shown,
        overdue=row.next_due is not None and row.next_due < today,
        restricted=bool(row.restricted_to),
    )
