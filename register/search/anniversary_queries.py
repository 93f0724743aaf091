"""The reviews that were opened or closed on this day in earlier years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    RowMapping,
    Select,
    Subquery,
    and_,
    func,
    or_,
    select,
)

from models.action import ActionStatus
from models.review import Stage
from register.queries.conditions import is_visible_to
from register.tables import actions, reviews
from register.transactions import begin_read
from rules.search.anniversaries import Anniversary, describe_promises, list_past_days

MAX_ANNIVERSARIES = 3


def list_anniversaries(engine: Engine, reader: str, today: date) -> tuple[Anniversary, ...]:
    """List what was opened or closed on this day of an earlier year, in UTC, the latest first.

    At most three that `reader` may see, in one query. Raises Unavailable.
    """
    days = list_past_days(today)
    columns = reviews.c
    is_day = or_(*(_is_on(column, days) for column in (columns.opened_at, columns.closed_at)))
    latest_at = func.coalesce(columns.closed_at, columns.opened_at)
    found = (
        select(columns.id, columns.title, columns.opened_at, columns.closed_at, latest_at)
        .where(is_day, columns.stage != Stage.CANCELLED)
        .where(is_visible_to(engine.dialect.name, reader))
        .order_by(latest_at.desc(), columns.id)
        .limit(MAX_ANNIVERSARIES)
        .subquery()
    )
    with begin_read(engine) as connection:
        rows = connection.execute(_count_actions(found)).mappings().all()
    groups = groupby(rows, key=itemgetter("id"))
    return tuple(_build_anniversary(list(group), days) for _, group in groups)


def _is_on(column: Column[Any], days: Iterable[date]) -> ColumnElement[bool]:
    """Return the condition that a time is on one of some days."""
    begins = (datetime.combine(day, time(), UTC) for day in days)
    ranges = (and_(column >= begin, column < begin + timedelta(days=1)) for begin in begins)
    return or_(*ranges)


def _count_actions(found: Subquery) -> Select[Any]:
    """Build the query for some reviews with the number of their actions, by status."""
    *shown, latest_at = found.c
    count = func.count(actions.c.id)
    return (
        select(*shown, actions.c.status, count.label("number"))
        .select_from(found.outerjoin(actions, actions.c.review == found.c.id))
        .group_by(*shown, latest_at, actions.c.status)
        .order_by(latest_at.desc(), found.c.id)
    )


def _build_anniversary(rows: Sequence[RowMapping], days: dict[date, int]) -> Anniversary:
    """Build the anniversary of one review from its rows, one for each status of its actions."""
    review = rows[0]
    closed_at = review["closed_at"]
    was_closed = closed_at is not None and closed_at.date() in days
    at = closed_at if was_closed else review["opened_at"]
    counts = {ActionStatus(row["status"]): row["number"] for row in rows if row["status"]}
    return Anniversary(
        review=review["id"],
        title=review["title"],
        years=days[at.date()],
        was_closed=was_closed,
        promises=describe_promises(counts),
    )
