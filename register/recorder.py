"""The recorder: the only writer of the register."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    ScalarSelect,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    update,
)

from models.action import FINISHED_STATUSES
from models.audit.audit_event import SERVER, AuditKind
from models.codes import EventKind
from models.messages.register_update import RegisterUpdate
from models.review import OPEN_STAGES, Gate
from register.mapping import (
    build_action_rows,
    build_cause_rows,
    build_event_rows,
    build_name_rows,
    build_review_columns,
    build_role_rows,
    build_service_rows,
)
from register.repositories.audit import append_audit_event
from register.repositories.base import utc_now
from register.search.index_documents import PassageReader, describe_index, read_passages
from register.search.search_index import index_update
from register.tables import (
    actions,
    audit_events,
    causes,
    events,
    review_names,
    review_roles,
    review_services,
    reviews,
)
from register.transactions import begin_write, insert_new, upsert
from rules.search.search_entries import Passage

Passages = tuple[Passage, ...] | None
"""Those of the document that an update brings; None where it brings none."""


def record(engine: Engine, change: RegisterUpdate, parse: PassageReader | None = None) -> int:
    """Write an update, and return the revision of its run that the register had before, or 0.

    `parse` reads documents for the full-text search; without it, no document is searched.
    A difference is applied only to the revision it starts from; where the returned revision is not
    `change.base`, the caller sends the whole review. A whole review never replaces a newer one:
    opened later, or at a higher revision. Writing an update twice is safe. Raises Unavailable.
    """
    passages = read_passages(engine, change, parse)
    with begin_write(engine) as connection:
        if change.base:
            return _record_difference(connection, change, passages)
        return _record_whole(connection, change, passages, describe_index(parse))


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


def _record_difference(connection: Connection, change: RegisterUpdate, passages: Passages) -> int:
    row = _find_row(connection, change.review)
    if row is None or row["run"] != change.run:
        return 0
    if row["revision"] == change.base:
        _add_items(connection, change, row["head"])
        head = {**row["head"], **to_jsonable_python(change.head)} if change.head else {}
        _update_row(connection, change, head)
        index_update(connection, change, head, passages)
    return int(row["revision"])


def _record_whole(
    connection: Connection, change: RegisterUpdate, passages: Passages, indexed_as: str
) -> int:
    head = to_jsonable_python(change.head)
    values = {
        **build_review_columns(change.review, head),
        **_build_revision_values(change),
        "id": change.review,
        "open_actions": 0,
        "indexed_as": indexed_as,
    }
    is_new = insert_new(connection, reviews, values)
    if is_new:
        connection.execute(insert(review_names), build_name_rows(change.review))
    row = None if is_new else _find_row(connection, change.review)
    if row is None:
        _add_items(connection, change, head)
        _update_row(connection, change, {})
        index_update(connection, change, head, passages)
        return 0
    if _is_newer(change, values, row):
        _replace(connection, change, head)
        index_update(connection, change, head, passages)
        _mark_index(connection, change.review, indexed_as)
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
    _add_items(connection, change, head)
    _update_row(connection, change, head)


def _mark_index(connection: Connection, review: str, indexed_as: str) -> None:
    statement = update(reviews).where(reviews.c.id == review).values(indexed_as=indexed_as)
    connection.execute(statement)


def _find_row(connection: Connection, review: str) -> RowMapping | None:
    return connection.execute(_build_select(), {"this": review}).mappings().one_or_none()


def _add_items(connection: Connection, change: RegisterUpdate, head: Mapping[str, Any]) -> None:
    if change.events:
        upsert(connection, events, build_event_rows(change.review, change.events))
    if change.actions:
        _add_actions(connection, change, is_open=_read_stage(change, head) in OPEN_STAGES)
    if change.causes:
        upsert(connection, causes, build_cause_rows(change.review, change.causes))


def _add_actions(connection: Connection, change: RegisterUpdate, *, is_open: bool) -> None:
    granted: dict[str, int] = dict(
        iter(connection.execute(_build_count(), {"this": change.review}))
    )
    upsert(
        connection,
        actions,
        build_action_rows(change.review, change.actions, granted, is_open=is_open),
    )


def _read_stage(change: RegisterUpdate, head: Mapping[str, Any]) -> str:
    return str(change.head.get("stage", head["stage"]))


def _update_row(connection: Connection, change: RegisterUpdate, head: dict[str, Any]) -> None:
    """Update the review's own row; with an empty head only its revision changes."""
    values = {**_build_revision_values(change), "this": change.review}
    if head:
        values |= build_review_columns(change.review, head)
    recount = bool(change.actions) or not change.base
    is_approved = any(event.kind is EventKind.APPROVE for event in change.events)
    redate = is_approved or not change.base
    connection.execute(_build_update(recount=recount, redate=redate), values)
    if "incident" in change.head:
        services = build_service_rows(change.review, to_jsonable_python(change.head))
        _replace_rows(connection, review_services, change.review, services)
    if "roles" in change.head:
        roles = build_role_rows(change.review, to_jsonable_python(change.head))
        _replace_rows(connection, review_roles, change.review, roles)
    if "stage" in change.head and change.base:
        _update_open(connection, change)


def _replace_rows(
    connection: Connection, table: Table, review: str, rows: list[dict[str, str]]
) -> None:
    connection.execute(delete(table).where(table.c.review == review))
    if rows:
        connection.execute(insert(table), rows)


def _update_open(connection: Connection, change: RegisterUpdate) -> None:
    """Update which actions are open: none once their review is over."""
    is_unfinished = actions.c.status.not_in(FINISHED_STATUSES)
    is_open = is_unfinished if change.head["stage"] in OPEN_STAGES else false()
    statement = update(actions).where(actions.c.review == change.review, actions.c.open != is_open)
    connection.execute(statement.values(open=is_open))


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
def _build_count() -> Select[Any]:
    """Build the query for how often each action was granted more time."""
    is_grant = (events.c.review == bindparam("this"), events.c.kind == EventKind.GRANT)
    return select(events.c.item, func.count()).where(*is_grant).group_by(events.c.item)


@cache
def _build_update(*, recount: bool, redate: bool) -> Update:
    statement = update(reviews).where(reviews.c.id == bindparam("this"))
    if redate:
        statement = statement.values(
            drafted_at=_select_first_approval(Gate.DRAFT),
            assigned_at=_select_first_approval(Gate.ACTIONS),
        )
    if not recount:
        return statement
    is_open = (actions.c.review == bindparam("this"), actions.c.status.not_in(FINISHED_STATUSES))
    return statement.values(
        open_actions=select(func.count()).where(*is_open).scalar_subquery(),
        next_due=select(func.min(actions.c.due)).where(*is_open).scalar_subquery(),
    )


def _select_first_approval(gate: Gate) -> ScalarSelect[Any]:
    is_approval = (
        events.c.review == bindparam("this"),
        events.c.kind == EventKind.APPROVE,
        events.c.gate == gate,
    )
    return select(func.min(events.c.at)).where(*is_approval).scalar_subquery()
