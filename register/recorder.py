"""The recorder: the only one who writes the register."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    RowMapping,
    Select,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from models.review import OPEN_STAGES
from models.shadow import Change
from register.rows import FINISHED, action_rows, cause_rows, columns, event_rows
from register.tables import actions, causes, events, reviews
from register.transactions import insert_new, upsert, writing


def record(engine: Engine, change: Change) -> int:
    """Write a change and give the revision of its run that the register had found before, or 0.

    A part is written only onto the revision it starts from; where the answer is not `change.base`
    the caller sends the whole review. A whole never replaces a newer one: one opened later, or at a
    higher revision. Writing the same change twice does no harm. Raises Away.
    """
    with writing(engine) as connection:
        return _part(connection, change) if change.base else _whole(connection, change)


def mark_lost(engine: Engine, review: str) -> None:
    """Note that an open review has no workflow any more, until it is recorded anew."""
    lost = (
        update(reviews)
        .where(reviews.c.id == review, reviews.c.stage.in_(OPEN_STAGES))
        .values(lost=True)
    )
    with writing(engine) as connection:
        connection.execute(lost)


def clear(engine: Engine) -> None:
    """Forget every review but the lost ones, which stand nowhere else; a rebuild begins so."""
    with writing(engine) as connection:
        connection.execute(delete(reviews).where(~reviews.c.lost))


def _part(connection: Connection, change: Change) -> int:
    found = _found(connection, change.review)
    if found is None or found["run"] != change.run:
        return 0
    if found["revision"] == change.base:
        _add(connection, change)
        head = {**found["head"], **to_jsonable_python(change.head)} if change.head else {}
        _update(connection, change, head)
    return int(found["revision"])


def _whole(connection: Connection, change: Change) -> int:
    head = to_jsonable_python(change.head)
    values = {**columns(change.review, head), **_at(change), "id": change.review, "open_actions": 0}
    new = insert_new(connection, reviews, values)
    found = None if new else _found(connection, change.review)
    if found is None:
        _add(connection, change)
        _update(connection, change, {})
        return 0
    if _newer(change, values, found):
        _replace(connection, change, head)
    return int(found["revision"]) if found["run"] == change.run else 0


def _newer(change: Change, values: dict[str, Any], found: RowMapping) -> bool:
    if found["lost"] and found["run"] != change.run:
        return True
    return (values["opened_at"], change.revision) >= (found["opened_at"], int(found["revision"]))


def _replace(connection: Connection, change: Change, head: dict[str, Any]) -> None:
    for table in (actions, causes, events):
        connection.execute(delete(table).where(table.c.review == change.review))
    _add(connection, change)
    _update(connection, change, head)


def _found(connection: Connection, review: str) -> RowMapping | None:
    return connection.execute(_standing(), {"this": review}).mappings().one_or_none()


def _add(connection: Connection, change: Change) -> None:
    if change.actions:
        upsert(connection, actions, action_rows(change.review, change.actions))
    if change.causes:
        upsert(connection, causes, cause_rows(change.review, change.causes))
    if change.events:
        connection.execute(_insert_events(), event_rows(change.review, change.events))


def _update(connection: Connection, change: Change, head: dict[str, Any]) -> None:
    """Bring the review's own row up to date; an empty head leaves its columns as they are."""
    values = {**_at(change), "this": change.review}
    if head:
        values |= columns(change.review, head)
    counting = bool(change.actions) or not change.base
    connection.execute(_moved_on(counting=counting), values)


def _at(change: Change) -> dict[str, Any]:
    return {"run": change.run, "revision": change.revision, "lost": False}


# Each order passes here, and building a statement costs as much as running it: once is enough.


@cache
def _standing() -> Select[Any]:
    seen = reviews.c
    wanted = select(seen.run, seen.revision, seen.lost, seen.opened_at, seen.head)
    return wanted.where(seen.id == bindparam("this")).with_for_update()


@cache
def _insert_events() -> Insert:
    return insert(events)


@cache
def _moved_on(*, counting: bool) -> Update:
    moved = update(reviews).where(reviews.c.id == bindparam("this"))
    if not counting:
        return moved
    still = (actions.c.review == bindparam("this"), actions.c.standing.not_in(FINISHED))
    return moved.values(
        open_actions=select(func.count()).where(*still).scalar_subquery(),
        next_due=select(func.min(actions.c.due)).where(*still).scalar_subquery(),
    )
