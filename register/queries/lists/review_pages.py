"""Pages of a list of reviews, in any order that the list can be sorted by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from sqlalchemy import Date, Engine, Integer, Text, case, func, literal, select

from models.review import Stage
from register import tables
from register.mapping import LAST_DAY
from register.queries.conditions import is_visible_to
from register.queries.lists.sorting import ListPage, PageWindow, SortKey, SortOrder, fetch_page
from register.queries.review_queries import (
    ReviewConditions,
    ReviewRow,
    build_review_conditions,
    build_review_row,
)
from register.transactions import begin_read

BATCH = 500
"""How many rows are read at a time where all of them are wanted."""
TITLE_LENGTH = 60
"""By how much of a title is sorted; what follows would make a link too long."""
NO_SEVERITY = 99

_columns = tables.reviews.c
_RANKS = {stage: rank for rank, stage in enumerate(Stage)}

REVIEW_SORT_KEYS: Mapping[str, SortKey] = {
    "opened": (_columns.opened_at, _columns.id),
    "title": (
        func.lower(func.substr(_columns.title, 1, TITLE_LENGTH), type_=Text()),
        _columns.id,
    ),
    "stage": (
        case(_RANKS, value=_columns.stage, else_=len(_RANKS)),
        _columns.stage_since,
        _columns.id,
    ),
    "severity": (
        func.coalesce(_columns.severity, NO_SEVERITY, type_=Integer()),
        _columns.opened_at,
        _columns.id,
    ),
    "lead": (_columns.lead, _columns.opened_at, _columns.id),
    "actions": (_columns.open_actions, _columns.opened_at, _columns.id),
    "due": (
        func.coalesce(_columns.next_due, literal(LAST_DAY, Date()), type_=Date()),
        _columns.id,
    ),
    "since": (_columns.stage_since, _columns.id),
}
"""The columns that each order of the list sorts by."""


def fetch_reviews(
    engine: Engine,
    conditions: ReviewConditions,
    *,
    reader: str,
    order: SortOrder,
    wanted: PageWindow,
) -> ListPage[ReviewRow]:
    """Return a page of the reviews that `reader` may see. Raises Unavailable and InvalidInput."""
    dialect = engine.dialect.name
    statement = select(*(_columns[field.name] for field in fields(ReviewRow))).where(
        is_visible_to(dialect, reader), *build_review_conditions(conditions)
    )
    with begin_read(engine) as connection:
        key = REVIEW_SORT_KEYS[order.by]
        return fetch_page(
            connection, statement, key, order, wanted=wanted, build_row=build_review_row
        )


def iterate_reviews(
    engine: Engine, conditions: ReviewConditions, *, reader: str, order: SortOrder
) -> Iterator[ReviewRow]:
    """Yield all reviews that `reader` may see, reading some at a time. Raises Unavailable."""
    after = ""
    while True:
        wanted = PageWindow(limit=BATCH, after=after)
        page = fetch_reviews(engine, conditions, reader=reader, order=order, wanted=wanted)
        yield from page.rows
        after = page.next
        if not after:
            return
