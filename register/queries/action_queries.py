"""What lists of actions, and of what waits for somebody, read from the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Table,
    func,
    select,
    tuple_,
)

from models.action import Action, ActionStatus, Priority
from models.review import Review, Stage
from register import tables
from register.mapping import LAST_DAY, build_review
from register.queries.conditions import (
    affects_service,
    has_cause,
    is_open_and_one_of,
    is_owned_by_team,
    is_visible_to,
    says,
)
from register.queries.page_cursor import build_action_cursor, is_listed_after, parse_action_cursor
from register.transactions import begin_read


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionConditions:
    """What actions are listed: all that are named here must hold; empty ones do not count.

    `overdue_on` is the day before which an unfinished action was due; `open_only` leaves out what
    is finished, and the actions of closed and cancelled reviews; `postponed` is how often more time
    was granted at least; `cause` and `q` are words of a cause it answers, and of its own.
    """

    review: str = ""
    owner: str = ""
    verifier: str = ""
    statuses: tuple[ActionStatus, ...] = ()
    team: str = ""
    service: str = ""
    overdue_on: date | None = None
    open_only: bool = False
    severities: tuple[int, ...] = ()
    priorities: tuple[Priority, ...] = ()
    postponed: int = 0
    cause: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """An action in a list, and the review that it belongs to."""

    review: str
    title: str
    stage: Stage
    action: Action


@cache
def get_action_adapter() -> TypeAdapter[Action]:
    """Return the adapter that converts JSON to an action; it is built once, for that is slow."""
    return TypeAdapter(Action)


def list_actions(
    engine: Engine,
    conditions: ActionConditions,
    *,
    reader: str,
    limit: int = 50,
    after: str = "",
) -> list[ActionRow]:
    """List the actions that `reader` may see, the first due first: at most `limit`.

    They start after the cursor `after`. Raises Unavailable and InvalidInput.
    """
    actions, reviews = tables.actions.c, tables.reviews.c
    statement = (
        select(actions.review, actions.record, reviews.title, reviews.stage)
        .join(tables.reviews, reviews.id == actions.review)
        .where(is_visible_to(engine.dialect.name, reader))
        .where(*build_action_conditions(conditions))
        .order_by(*_build_sort_key())
        .limit(limit)
    )
    if after:
        statement = statement.where(tuple_(*_build_sort_key()) > _parse_sort_key(after))
    with begin_read(engine) as connection:
        return [_build_row(row) for row in connection.execute(statement).mappings()]


def list_reviews_of(
    engine: Engine, address: str, *, limit: int, after: str = ""
) -> tuple[Review, ...]:
    """List the open reviews in which somebody is responsible for something, newest first.

    At most `limit`, after the cursor `after`; without logs, receipts and notifications, and in
    three queries, however many there are. Raises Unavailable and InvalidInput.
    """
    columns = tables.reviews.c
    statement = (
        select(tables.reviews)
        .where(is_open_and_one_of(address, as_participant=False), *is_listed_after(after))
        .order_by(columns.opened_at.desc(), columns.id.desc())
        .limit(limit)
    )
    with begin_read(engine) as connection:
        rows = connection.execute(statement).mappings().all()
        ids = [row["id"] for row in rows]
        actions = _load_records(connection, tables.actions, ids)
        causes = _load_records(connection, tables.causes, ids)
    return tuple(
        build_review(row, actions.get(row["id"], ()), causes.get(row["id"], ()), ()) for row in rows
    )


def build_action_conditions(wanted: ActionConditions) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions in SQL that a list names, on actions and on their reviews."""
    actions, reviews = tables.actions.c, tables.reviews.c
    if wanted.review:
        yield actions.review == wanted.review
    yield from list_action_conditions(wanted)
    if wanted.service:
        yield affects_service(wanted.service)
    if wanted.severities:
        yield reviews.severity.in_(wanted.severities)
    if wanted.cause:
        yield has_cause(wanted.cause)
    if wanted.q:
        yield says(wanted.q)


def list_action_conditions(wanted: ActionConditions) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions on the actions themselves, without those on their review."""
    actions = tables.actions.c
    if wanted.owner:
        yield actions.owner == wanted.owner
    if wanted.verifier:
        yield actions.verifier == wanted.verifier
    if wanted.statuses:
        yield actions.status.in_(wanted.statuses)
    if wanted.priorities:
        yield actions.priority.in_(wanted.priorities)
    if wanted.postponed:
        yield actions.postponements >= wanted.postponed
    if wanted.team:
        yield is_owned_by_team(wanted.team)
    if wanted.overdue_on is not None:
        yield actions.open & (actions.sort_due < wanted.overdue_on)
    if wanted.open_only:
        yield actions.open


def _build_sort_key() -> tuple[ColumnElement[Any], ...]:
    actions = tables.actions.c
    return (actions.sort_due, actions.review, actions.number)


def build_cursor(row: ActionRow) -> str:
    """Build the cursor of a page that ends with this action."""
    return build_action_cursor(row.action.due or LAST_DAY, row.review, row.action.id)


def _parse_sort_key(after: str) -> tuple[Any, ...]:
    return parse_action_cursor(after)


def _load_records(connection: Connection, table: Table, ids: list[str]) -> dict[str, list[Any]]:
    """Return the records of actions or causes by review, sorted by number: A2 before A10."""
    ordering = (table.c.review, func.length(table.c.id), table.c.id)
    statement = select(table.c.review, table.c.record).where(table.c.review.in_(ids))
    rows = connection.execute(statement.order_by(*ordering))
    return {
        review: [row.record for row in of_review]
        for review, of_review in groupby(rows, key=lambda row: row.review)
    }


def _build_row(row: RowMapping) -> ActionRow:
    return ActionRow(
        review=row["review"],
        title=row["title"],
        stage=Stage(row["stage"]),
        action=get_action_adapter().validate_python(row["record"]),
    )
