"""The rows behind a number of a figure: exactly those that it counts, and out of which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, RowMapping, Select, select, tuple_

from models.review import Stage
from register import tables
from register.queries.figure_conditions import (
    STEP_COLUMNS,
    FigureScope,
    build_counting,
    count_tenths,
    is_part,
)
from register.queries.page_cursor import build_row_cursor, parse_row_cursor
from register.transactions import begin_read
from rules.figures.definitions import FigureGroup, FigureId, FigureItem, ReviewStep, get_figure


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePart:
    """Which rows of a figure are listed: those of one part of one group.

    `counted` lists only what counts (True), only what does not (False), or both (None).
    """

    figure: FigureId
    group: FigureGroup = FigureGroup.WHOLE
    part: str = ""
    counted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A review, an action or a cause that a figure is about, and whether it counts.

    `item` is the action or the cause, "" for a review; what an item does not have is "" or None.
    `tenths` are tenths of days from the incident to a step of the review.
    """

    review: str
    title: str
    stage: Stage
    stage_since: datetime
    ended_at: datetime | None
    counts: bool
    item: str = ""
    text: str = ""
    owner: str = ""
    status: str = ""
    due: date | None = None
    first_due: date | None = None
    assigned_at: datetime | None = None
    finished_at: datetime | None = None
    postponements: int = 0
    tenths: int | None = None


def list_figure_rows(
    engine: Engine, part: FigurePart, scope: FigureScope, *, limit: int = 50, after: str = ""
) -> list[FigureRow]:
    """List the rows of a number by review and item: at most `limit`, after a cursor.

    Raises Unavailable, and InvalidInput for a cursor that is none.
    """
    statement = _build_rows(part, scope)
    if after:
        key = _build_sort_key(part.figure)
        values = parse_row_cursor(after)[: len(key)]
        statement = statement.where(tuple_(*key) > values)
    with begin_read(engine) as connection:
        return [_build_row(row) for row in connection.execute(statement.limit(limit)).mappings()]


def build_cursor_after(row: FigureRow) -> str:
    """Build the cursor of a page that ends with this row."""
    return build_row_cursor(row.review, row.item)


def _build_rows(part: FigurePart, scope: FigureScope) -> Select[Any]:
    counting = build_counting(part.figure, scope)
    reviews = tables.reviews.c
    columns = counting.parts.get(part.group)
    statement = (
        select(
            reviews.id.label("review"),
            *(reviews.title, reviews.stage, reviews.stage_since, reviews.ended_at),
            counting.counts.label("counts"),
            *_list_columns(part, scope.dialect),
        )
        .select_from(columns.source if columns else counting.source)
        .where(*counting.base, *counting.limits)
        .order_by(*_build_sort_key(part.figure))
    )
    if part.group is not FigureGroup.WHOLE:
        statement = statement.where(is_part(counting, part.group, part.part))
    if part.counted is None:
        return statement
    return statement.where(counting.counts if part.counted else ~counting.counts)


def _list_columns(part: FigurePart, dialect: str) -> tuple[Any, ...]:
    actions, causes = tables.actions.c, tables.causes.c
    item = get_figure(part.figure).item
    if item is FigureItem.CAUSE:
        return (causes.id.label("item"), causes.record["symptom"].as_string().label("text"))
    if part.group is FigureGroup.STEP:
        reached_at = STEP_COLUMNS[ReviewStep(part.part)]
        return (count_tenths(dialect, tables.reviews.c.ended_at, reached_at).label("tenths"),)
    if item is FigureItem.REVIEW:
        return ()
    names = "text owner status due first_due assigned_at finished_at postponements".split()
    return (actions.id.label("item"), *(actions[name] for name in names))


def _build_sort_key(figure: FigureId) -> tuple[ColumnElement[str], ...]:
    item = get_figure(figure).item
    if item is FigureItem.REVIEW:
        return (tables.reviews.c.id,)
    table = tables.actions if item is FigureItem.ACTION else tables.causes
    return (tables.reviews.c.id, table.c.id)


def _build_row(row: RowMapping) -> FigureRow:
    return FigureRow(**{**row, "stage": Stage(row["stage"]), "counts": bool(row["counts"])})
