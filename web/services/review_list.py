"""The list of reviews, as each reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime

from models.review import Stage
from register import queries
from register.queries import ReviewRow
from rules.visibility import NEUTRAL_TITLE, may_see
from web.dependencies import AppContext


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFilter:
    """What to list; `after` is the id of the last review of the previous page.

    `history` lists only what was filed as history, or all but that; both where it is None.
    """

    stage: Stage | None = None
    lead: str = ""
    open: bool = False
    history: bool | None = None
    q: str = ""
    limit: int = 50
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewListItem:
    """One review in a list. A restricted one shows a neutral title and no names.

    By words it is found only by those who may see it.

    `filed_at` is when history was filed, which Afterword never carried.
    `readable` says whether this reader may open it, `overdue` that an open action's due date has
    passed, `lost` that an open review has no workflow any more.
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
    readable: bool
    lost: bool
    revision: int


SHOWN_FIELDS = {field.name for field in fields(ReviewRow)} - {"source", "key", "restricted_to"}


def list_reviews(
    context: AppContext, review_filter: ReviewFilter, reader: str
) -> tuple[list[ReviewListItem], str]:
    """Return one page of the list for a reader ("" for anybody), and the `after` of the next."""
    rows = queries.list_reviews(
        context.engine,
        stage=review_filter.stage,
        lead=review_filter.lead or None,
        open_only=review_filter.open,
        history=review_filter.history,
        q=review_filter.q,
        limit=review_filter.limit + 1,
        after=review_filter.after,
    )
    page_rows = rows[: review_filter.limit]
    after = page_rows[-1].id if len(rows) > len(page_rows) and page_rows else ""
    return list(_list_items(context, page_rows, review_filter, reader)), after


def _list_items(
    context: AppContext, rows: Iterable[ReviewRow], review_filter: ReviewFilter, reader: str
) -> Iterable[ReviewListItem]:
    today = context.clock().astimezone(UTC).date()
    for row in rows:
        item = _build_item(row, today)
        if _may_read(context, row, reader):
            yield item
        elif not (review_filter.lead or review_filter.q.strip()):
            yield _redact_item(item)


def _may_read(context: AppContext, row: ReviewRow, reader: str) -> bool:
    if not row.restricted_to:
        return True
    if not reader:
        return False
    review = queries.find_review(context.engine, row.id)
    return review is not None and may_see(review, reader)


def _build_item(row: ReviewRow, today: date) -> ReviewListItem:
    shown = {name: getattr(row, name) for name in SHOWN_FIELDS}
    return ReviewListItem(
        **shown,
        overdue=row.next_due is not None and row.next_due < today,
        restricted=bool(row.restricted_to),
        readable=True,
    )


def _redact_item(item: ReviewListItem) -> ReviewListItem:
    return replace(
        item,
        title=NEUTRAL_TITLE,
        lead="",
        facilitator="",
        sponsor="",
        severity=None,
        readable=False,
    )
