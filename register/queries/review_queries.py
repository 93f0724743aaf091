"""What pages and lists read from the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Table,
    and_,
    exists,
    func,
    select,
)

from models.review import Event, Review, Stage
from register import tables
from register.mapping import build_event, build_review
from register.queries.action_queries import ActionConditions, list_action_conditions
from register.queries.conditions import (
    affects_service,
    has_cause,
    is_one_of,
    is_open,
    is_open_and_one_of,
    is_visible_to,
)
from register.queries.page_cursor import is_listed_after
from register.queries.search_text import MAX_SEARCH_LENGTH
from register.transactions import begin_read


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One review in a list.

    `next_due` is the earliest due date of an open action, `filed_at` when history was filed, which
    no workflow carried; `lost` means that an open review has no workflow any more.
    """

    id: str
    revision: int
    source: str
    key: str
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
    restricted_to: tuple[str, ...]
    lost: bool
    open_actions: int
    next_due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewConditions:
    """What reviews are listed: all that are named here must hold; empty ones do not count.

    `involving` is the address of somebody with a role or an action; `overdue_on` is the day before
    which an open action was due; `history` lists only what was filed as history, or all but that,
    both where it is None. `action` holds for one action of the review at least: all of it that says
    something of the action itself. `cause` are words of a cause.
    """

    stage: Stage | None = None
    lead: str = ""
    involving: str = ""
    service: str = ""
    overdue_on: date | None = None
    open_only: bool = False
    history: bool | None = None
    q: str = ""
    severities: tuple[int, ...] = ()
    cause: str = ""
    action: ActionConditions | None = None


def find_review(engine: Engine, review_id: str) -> Review | None:
    """Find a review as the register has it, without receipts and notifications.

    Raises Unavailable.
    """
    table = tables.reviews
    with begin_read(engine) as connection:
        statement = select(table).where(table.c.id == review_id)
        row = connection.execute(statement).mappings().one_or_none()
        if row is None:
            return None
        return build_review(
            row,
            _select_records(connection, tables.actions, review_id),
            _select_records(connection, tables.causes, review_id),
            _select_events(connection, review_id),
        )


def list_reviews(
    engine: Engine,
    conditions: ReviewConditions = ReviewConditions(),
    *,
    reader: str = "",
    limit: int = 50,
    after: str = "",
) -> list[ReviewRow]:
    """List the reviews that `reader` may see, newest first: at most `limit`, after a place.

    `history` says whether to list only what was filed as history, or all but that (None: both).
    `q` is searched in ids and titles, `after` is a cursor of `page_cursor`. Raises Unavailable, and
    InvalidInput for a cursor that is none.
    """
    columns = tables.reviews.c
    statement = select(*(columns[field.name] for field in fields(ReviewRow)))
    page = (
        statement.where(is_visible_to(engine.dialect.name, reader))
        .where(*build_review_conditions(conditions))
        .where(*is_listed_after(after))
        .order_by(columns.opened_at.desc(), columns.id.desc())
        .limit(limit)
    )
    with begin_read(engine) as connection:
        return [build_review_row(row) for row in connection.execute(page).mappings()]


def build_review_conditions(wanted: ReviewConditions) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions in SQL that a list names."""
    columns = tables.reviews.c
    if wanted.stage is not None:
        yield columns.stage == wanted.stage
    if wanted.open_only:
        yield is_open()
    if wanted.history is not None:
        is_history = columns.filed_at.is_not(None)
        yield is_history if wanted.history else ~is_history
    if wanted.involving:
        yield is_one_of(wanted.involving)
    if wanted.overdue_on is not None:
        yield and_(is_open(), columns.next_due < wanted.overdue_on)
    if wanted.lead:
        yield columns.lead == wanted.lead
    if wanted.service:
        yield affects_service(wanted.service)
    yield from _iter_content_conditions(wanted)


def _iter_content_conditions(wanted: ReviewConditions) -> Iterator[ColumnElement[bool]]:
    columns, own = tables.reviews.c, tables.actions.c
    if wanted.severities:
        yield columns.severity.in_(wanted.severities)
    if wanted.cause:
        yield has_cause(wanted.cause)
    if wanted.action is not None:
        yield exists().where(own.review == columns.id, *list_action_conditions(wanted.action))
    if wanted.q:
        search_text = wanted.q[:MAX_SEARCH_LENGTH].casefold()
        yield columns.search_text.contains(search_text, autoescape=True)


def is_lost(engine: Engine, review_id: str) -> bool:
    """Return whether an open review has no workflow any more. Raises Unavailable."""
    columns = tables.reviews.c
    with begin_read(engine) as connection:
        return bool(connection.scalar(select(columns.lost).where(columns.id == review_id)))


def list_review_ids(engine: Engine) -> tuple[str, ...]:
    """List the ids of all reviews in the register, sorted. Raises Unavailable."""
    with begin_read(engine) as connection:
        return tuple(sorted(connection.scalars(select(tables.reviews.c.id))))


def list_open_ids_involving(engine: Engine, address: str) -> tuple[str, ...]:
    """List the ids of the open reviews in which somebody has a role or an action, sorted."""
    statement = select(tables.reviews.c.id).where(is_open_and_one_of(address))
    with begin_read(engine) as connection:
        return tuple(sorted(connection.scalars(statement)))


def _select_records(connection: Connection, table: Table, review_id: str) -> Iterator[Any]:
    """Return the records of actions or causes, sorted by number: A2 before A10."""
    ordering = (func.length(table.c.id), table.c.id)
    statement = select(table.c.record).where(table.c.review == review_id).order_by(*ordering)
    return iter(connection.scalars(statement))


def _select_events(connection: Connection, review_id: str) -> Iterator[Event]:
    table = tables.events
    statement = (
        select(table).where(table.c.review == review_id).order_by(table.c.revision, table.c.seq)
    )
    return map(build_event, connection.execute(statement).mappings())


def build_review_row(row: RowMapping) -> ReviewRow:
    """Build a row of a list."""
    restricted_to = tuple(row["restricted_to"])
    return ReviewRow(
        **{
            **{field.name: row[field.name] for field in fields(ReviewRow)},
            "stage": Stage(row["stage"]),
            "restricted_to": restricted_to,
        }
    )
