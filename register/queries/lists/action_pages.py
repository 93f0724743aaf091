"""Pages of a list of actions, in any order that the list can be sorted by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import Engine, RowMapping, Select, select

from models.action import ActionStatus, Priority
from models.review import Stage
from register import tables
from register.queries.action_queries import ActionConditions, build_action_conditions
from register.queries.conditions import is_visible_to
from register.queries.lists.sorting import ListPage, PageWindow, SortKey, SortOrder, fetch_page
from register.transactions import begin_read

BATCH = 1000
"""How many rows are read at a time where all of them are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """An action in a list: what the register has of it in columns, and of its review.

    `first_due` is the due date that was promised first, None where nobody recorded it; `is_open`
    says that neither it nor its review is over.
    """

    review: str
    title: str
    stage: Stage
    severity: int | None
    id: str
    text: str
    status: ActionStatus
    owner: str
    verifier: str
    due: date | None
    first_due: date | None
    priority: Priority
    postponements: int
    since: datetime
    assigned_at: datetime | None
    finished_at: datetime | None
    is_open: bool


_actions, _reviews = tables.actions.c, tables.reviews.c
_REST = (_actions.sort_due, _actions.review, _actions.number)

ACTION_SORT_KEYS: Mapping[str, SortKey] = {
    "due": _REST,
    "owner": (_actions.owner, *_REST),
    "verifier": (_actions.verifier, *_REST),
    "status": (_actions.status, *_REST),
    "priority": (_actions.priority, *_REST),
    "postponed": (_actions.postponements, *_REST),
    "since": (_actions.since, *_REST),
    "review": (_actions.review, _actions.number),
}
"""The columns that each order of the list sorts by; each begins as an index does."""

_COLUMNS = {
    "title": _reviews.title,
    "stage": _reviews.stage,
    "severity": _reviews.severity,
    "is_open": _actions.open,
}


def fetch_actions(
    engine: Engine,
    conditions: ActionConditions,
    *,
    reader: str,
    order: SortOrder,
    wanted: PageWindow,
) -> ListPage[ActionLine]:
    """Return a page of the actions that `reader` may see. Raises Unavailable and InvalidInput."""
    statement = select_lines(engine.dialect.name, conditions, reader)
    with begin_read(engine) as connection:
        key = ACTION_SORT_KEYS[order.by]
        return fetch_page(connection, statement, key, order, wanted=wanted, build_row=build_line)


def iterate_actions(
    engine: Engine, conditions: ActionConditions, *, reader: str, order: SortOrder
) -> Iterator[ActionLine]:
    """Yield all actions that `reader` may see, reading some at a time. Raises Unavailable."""
    after = ""
    while True:
        wanted = PageWindow(limit=BATCH, after=after)
        page = fetch_actions(engine, conditions, reader=reader, order=order, wanted=wanted)
        yield from page.rows
        after = page.next
        if not after:
            return


def select_lines(dialect: str, wanted: ActionConditions, reader: str) -> Select[tuple[object]]:
    """Return the query for the actions that `reader` may see under these conditions."""
    columns = (
        (_COLUMNS[each.name] if each.name in _COLUMNS else _actions[each.name]).label(each.name)
        for each in fields(ActionLine)
    )
    return (
        select(*columns)
        .join_from(tables.actions, tables.reviews, _reviews.id == _actions.review)
        .where(is_visible_to(dialect, reader), *build_action_conditions(wanted))
    )


def build_line(row: RowMapping) -> ActionLine:
    """Build an action of a list from its row."""
    values = {each.name: row[each.name] for each in fields(ActionLine)}
    return ActionLine(
        **{
            **values,
            "stage": Stage(row["stage"]),
            "status": ActionStatus(row["status"]),
            "priority": Priority(row["priority"]),
        }
    )
