"""The reviews that were opened or closed on this day in earlier years."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
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

    At most three that `reader` may see, in two queries. Raises Unavailable.
    """
    days = list_past_days(today)
    columns = reviews.c
    is_day = or_(*(_is_on(column, days) for column in (columns.opened_at, columns.closed_at)))
    statement = (
        select(columns.id, columns.title, columns.opened_at, columns.closed_at)
        .where(is_day, columns.stage != Stage.CANCELLED)
        .where(is_visible_to(engine.dialect.name, reader))
        .order_by(func.coalesce(columns.closed_at, columns.opened_at).desc(), columns.id)
        .limit(MAX_ANNIVERSARIES)
    )
    with begin_read(engine) as connection:
        rows = connection.execute(statement).mappings().all()
        counts = _count_actions(connection, [row["id"] for row in rows]) if rows else {}
    return tuple(_build_anniversary(row, days, counts.get(row["id"], {})) for row in rows)


def _is_on(column: Column[Any], days: Iterable[date]) -> ColumnElement[bool]:
    """Return the condition that a time is on one of some days."""
    begins = (datetime.combine(day, time(), UTC) for day in days)
    ranges = (and_(column >= begin, column < begin + timedelta(days=1)) for begin in begins)
    return or_(*ranges)


def _count_actions(
    connection: Connection, ids: Iterable[str]
) -> dict[str, dict[ActionStatus, int]]:
    """Count the actions of reviews by status."""
    columns = actions.c
    statement = (
        select(columns.review, columns.status, func.count())
        .where(columns.review.in_(ids))
        .group_by(columns.review, columns.status)
    )
    counts: dict[str, dict[ActionStatus, int]] = {}
    for review, status, number in connection.execute(statement):
        counts.setdefault(review, {})[ActionStatus(status)] = number
    return counts


def _build_anniversary(
    row: RowMapping, days: dict[date, int], counts: dict[ActionStatus, int]
) -> Anniversary:
    closed_at = row["closed_at"]
    was_closed = closed_at is not None and closed_at.date() in days
    at = closed_at if was_closed else row["opened_at"]
    return Anniversary(
        review=row["id"],
        title=row["title"],
        years=days[at.date()],
        was_closed=was_closed,
        promises=describe_promises(counts),
    )
