"""Columns and indexes that figures count by: what came back, and which risks were accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BATCH = 500
TIME = sa.DateTime(timezone=True)
REVIEWS = sa.table(
    "reviews",
    sa.column("id", sa.Text()),
    sa.column("head", sa.JSON()),
    sa.column("came_back_at", TIME),
)
MAX_KEY = 400
"""Characters of a symptom's words; of a longer one it is their digest, as an index holds few."""

CAUSES = sa.table(
    "causes",
    sa.column("review", sa.Text()),
    sa.column("id", sa.Text()),
    sa.column("record", sa.JSON()),
    sa.column("symptom_key", sa.Text()),
)

ACTIONS = sa.table(
    "actions",
    sa.column("review", sa.Text()),
    sa.column("id", sa.Text()),
    sa.column("record", sa.JSON()),
    sa.column("has_risk", sa.Boolean()),
)
FIGURE_COLUMNS = (
    *("review", "assigned_at", "status", "open", "due", "first_due", "finished_at"),
    *("priority", "postponements", "has_risk", "owner"),
)


def upgrade() -> None:
    """Add them, and fill them from what is stored."""
    _add_review_column()
    key: sa.Column[Any] = sa.Column("symptom_key", sa.Text(), nullable=False, server_default="")
    op.add_column("causes", key)
    risk: sa.Column[Any] = sa.Column(
        "has_risk", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("actions", risk)
    _fill_reviews()
    _fill_causes()
    _fill_actions()
    op.create_index("ix_causes_symptom_key", "causes", ["symptom_key", "review"])
    op.create_index("ix_causes_figures", "causes", ["review", "symptom_key"])
    op.create_index("ix_actions_figures", "actions", list(FIGURE_COLUMNS))


def _add_review_column() -> None:
    """Add it before the long column on SQLite, where a scan reads all that stands before one."""
    recreate: Literal["always", "never"] = (
        "always" if op.get_bind().dialect.name == "sqlite" else "never"
    )
    order: list[tuple[str, ...]] = [("came_back_at", "head")]
    with op.batch_alter_table("reviews", recreate=recreate, partial_reordering=order) as batch:
        batch.add_column(sa.Column("came_back_at", TIME))


def _fill_reviews() -> None:
    is_this = REVIEWS.c.id == sa.bindparam("_id")
    for rows in _iter_rows(REVIEWS.c.head, REVIEWS.c.id):
        values = [
            {"_id": row["id"], "time": max(times)}
            for row in rows
            if (times := _list_times(row["head"]))
        ]
        if values:
            statement = sa.update(REVIEWS).where(is_this)
            op.get_bind().execute(statement.values(came_back_at=sa.bindparam("time")), values)


def _fill_causes() -> None:
    columns = CAUSES.c
    is_this = (columns.review == sa.bindparam("_review"), columns.id == sa.bindparam("_id"))
    statement = sa.update(CAUSES).where(*is_this).values(symptom_key=sa.bindparam("key"))
    for rows in _iter_rows(columns.record, columns.review, columns.id):
        values = [
            {"_review": row["review"], "_id": row["id"], "key": _build_key(row["record"])}
            for row in rows
        ]
        op.get_bind().execute(statement, values)


def _fill_actions() -> None:
    columns = ACTIONS.c
    is_this = (columns.review == sa.bindparam("_review"), columns.id == sa.bindparam("_id"))
    statement = sa.update(ACTIONS).where(*is_this).values(has_risk=sa.true())
    for rows in _iter_rows(columns.record, columns.review, columns.id):
        outcomes = [(row, row["record"].get("outcome") or {}) for row in rows]
        values = [
            {"_review": row["review"], "_id": row["id"]}
            for row, outcome in outcomes
            if (outcome.get("risk") or "").strip()
        ]
        if values:
            op.get_bind().execute(statement, values)


def _iter_rows(
    stored: sa.ColumnElement[Any], *keys: sa.ColumnElement[Any]
) -> Iterator[Sequence[sa.RowMapping]]:
    """Yield rows by their keys, some at a time."""
    after: tuple[Any, ...] = ()
    while True:
        statement = sa.select(*keys, stored).order_by(*keys).limit(BATCH)
        if after:
            statement = statement.where(sa.tuple_(*keys) > after)
        rows = op.get_bind().execute(statement).mappings().all()
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][key] for key in keys)


def _list_times(head: dict[str, Any]) -> list[datetime]:
    recurrences = head.get("recurrences") or ()
    return [datetime.fromisoformat(each["at"]).astimezone(UTC) for each in recurrences]


def _build_key(cause: dict[str, Any]) -> str:
    if cause.get("withdrawn"):
        return ""
    words = " ".join(cause["symptom"].casefold().split()).rstrip(".")
    return words if len(words) <= MAX_KEY else sha256(words.encode()).hexdigest()
