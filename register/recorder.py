"""The recorder: the only writer of the register."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Select,
    Update,
    bindparam,
    delete,
    func,
    select,
    update,
)

from models.action import FINISHED_STATUSES
from models.audit.audit_event import SERVER, AuditKind
from models.messages.register_update import RegisterUpdate
from models.review import OPEN_STAGES
from register.mapping import (
    build_action_rows,
    build_cause_rows,
    build_event_rows,
    build_review_columns,
)
from register.repositories.audit import append_audit_event
from register.repositories.base import utc_now
from register.tables import actions, audit_events, causes, events, reviews
from register.transactions import begin_write, insert_new, upsert


def record(engine: Engine, change: RegisterUpdate) -> int:
    """Write an update, and return the revision of its run that the register had before, or 0.

    A difference is applied only to the revision it starts from; where the returned revision is not
    `change.base`, the caller sends the whole review. A whole review never replaces a newer one:
    opened later, or at a higher revision. Writing an update twice is safe. Raises Unavailable.
    """
    with begin_write(engine) as connection:
        return (
            _record_difference(connection, change)
            if change.base
            else _record_whole(connection, change)
        )


def mark_lost(engine: Engine, review: str) -> None:
    """Mark an open review whose workflow is gone, until it is recorded again."""
    statement = (
        update(reviews)
        .where(reviews.c.id == review, reviews.c.stage.in_(OPEN_STAGES))
        .values(lost=True)
    )
    with begin_write(engine) as connection:
        connection.execute(statement)


def clear_register(engine: Engine) -> None:
    """Delete all reviews but the lost ones, which are stored nowhere else, before a rebuild."""
    with begin_write(engine) as connection:
        connection.execute(delete(reviews).where(~reviews.c.lost))


def _record_difference(connection: Connection, change: RegisterUpdate) -> int:
    row = _find_row(connection, change.review)
    if row is None or row["run"] != change.run:
        return 0
    if row["revision"] == change.base:
        _add_items(connection, change)
        head = {**row["head"], **to_jsonable_python(change.head)} if change.head else {}
        _update_row(connection, change, head)
    return int(row["revision"])


def _record_whole(connection: Connection, change: RegisterUpdate) -> int:
    head = to_jsonable_python(change.head)
    values = {
        **build_review_columns(change.review, head),
        **_build_revision_values(change),
        "id": change.review,
        "open_actions": 0,
    }
    is_new = insert_new(connection, reviews, values)
    row = None if is_new else _find_row(connection, change.review)
    if row is None:
        _add_items(connection, change)
        _update_row(connection, change, {})
        return 0
    if _is_newer(change, values, row):
        _replace(connection, change, head)
    elif row["run"] != change.run and values["opened_at"] == row["opened_at"]:
        _note_reset(connection, change, int(row["revision"]))
    return int(row["revision"]) if row["run"] == change.run else 0


def _is_newer(change: RegisterUpdate, values: dict[str, Any], row: RowMapping) -> bool:
    if row["lost"] and row["run"] != change.run:
        return True
    return (values["opened_at"], change.revision) >= (row["opened_at"], int(row["revision"]))


def _note_reset(connection: Connection, change: RegisterUpdate, revision: int) -> None:
    """Add to the audit log, once for each run, that a review is behind what is known of it."""
    text = f"its workflow was set back: run {change.run} does not know all up to line {revision}"
    columns = audit_events.c
    same = (columns.kind == AuditKind.WORKFLOW_RESET, columns.subject == change.review)
    known = select(columns.seq).where(*same, columns.text == text).limit(1)
    if connection.scalar(known) is None:
        append_audit_event(
            connection,
            utc_now(),
            AuditKind.WORKFLOW_RESET,
            SERVER,
            subject=change.review,
            text=text,
        )


def _replace(connection: Connection, change: RegisterUpdate, head: dict[str, Any]) -> None:
    for table in (actions, causes, events):
        connection.execute(delete(table).where(table.c.review == change.review))
    _add_items(connection, change)
    _update_row(connection, change, head)


def _find_row(connection: Connection, review: str) -> RowMapping | None:
    return connection.execute(_build_select(), {"this": review}).mappings().one_or_none()


def _add_items(connection: Connection, change: RegisterUpdate) -> None:
    if change.actions:
        upsert(connection, actions, build_action_rows(change.review, change.actions))
    if change.causes:
        upsert(connection, causes, build_cause_rows(change.review, change.causes))
    if change.events:
        upsert(connection, events, build_event_rows(change.review, change.events))


def _update_row(connection: Connection, change: RegisterUpdate, head: dict[str, Any]) -> None:
    """Update the review's own row; with an empty head only its revision changes."""
    values = {**_build_revision_values(change), "this": change.review}
    if head:
        values |= build_review_columns(change.review, head)
    recount = bool(change.actions) or not change.base
    connection.execute(_build_update(recount=recount), values)


def _build_revision_values(change: RegisterUpdate) -> dict[str, Any]:
    return {"run": change.run, "revision": change.revision, "lost": False}


# Each command passes here, and building a statement costs as much as running it: once is enough.


@cache
def _build_select() -> Select[Any]:
    table_columns = reviews.c
    statement = select(
        table_columns.run,
        table_columns.revision,
        table_columns.lost,
        table_columns.opened_at,
        table_columns.head,
    )
    return statement.where(table_columns.id == bindparam("this")).with_for_update()


@cache
def _build_update(*, recount: bool) -> Update:
    statement = update(reviews).where(reviews.c.id == bindparam("this"))
    if not recount:
        return statement
    is_open = (actions.c.review == bindparam("this"), actions.c.status.not_in(FINISHED_STATUSES))
    return statement.values(
        open_actions=select(func.count()).where(*is_open).scalar_subquery(),
        next_due=select(func.min(actions.c.due)).where(*is_open).scalar_subquery(),
    )
