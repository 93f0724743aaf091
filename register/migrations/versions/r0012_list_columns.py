"""Columns and indexes that lists, figures and search filter and sort by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BATCH = 500
OPEN_STAGES = ("draft", "meeting", "assigned", "follow-up")
FINISHED = ("withdrawn", "verified", "dropped", "unverified")
LAST_DAY = date(9999, 12, 31)
TIME = sa.DateTime(timezone=True)

REVIEW_COLUMNS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("restricted", sa.Boolean()),
    ("ended_at", TIME),
    ("drafted_at", TIME),
    ("meeting_held_at", TIME),
    ("assigned_at", TIME),
    ("follow_up_held_at", TIME),
)
ACTION_COLUMNS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("number", sa.Integer()),
    ("text", sa.Text()),
    ("search_text", sa.Text()),
    ("open", sa.Boolean()),
    ("sort_due", sa.Date()),
    ("first_due", sa.Date()),
    ("postponements", sa.Integer()),
    ("since", TIME),
    ("assigned_at", TIME),
    ("finished_at", TIME),
)
DEFAULTS: dict[str, str | sa.ColumnElement[bool]] = {
    "restricted": sa.false(),
    "open": sa.false(),
    "number": "0",
    "postponements": "0",
    "text": "",
    "search_text": "",
    "sort_due": "9999-12-31",
}
SORTED = ("owner", "verifier", "status", "priority", "postponements", "since")

ADDED = frozenset({"team_key", *(name for name, _ in (*REVIEW_COLUMNS, *ACTION_COLUMNS))})


def upgrade() -> None:
    """Add them, and fill them from what is stored."""
    _add_review_columns()
    for name, kind in ACTION_COLUMNS:
        op.add_column("actions", _build_column(name, kind))
    op.add_column("causes", _build_column("search_text", sa.Text()))
    team_key: sa.Column[Any] = sa.Column("team_key", sa.Text(), nullable=False, server_default="")
    op.add_column("people", team_key)
    op.create_table(
        "review_services",
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review"], ["reviews.id"], op.f("fk_review_services_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review", "service", name=op.f("pk_review_services")),
    )
    _fill_people()
    _fill_reviews()
    _fill_actions()
    _fill_causes()
    _create_indexes()


def _build_column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    default = DEFAULTS.get(name)
    return sa.Column(name, kind, nullable=default is None, server_default=default)


def _add_review_columns() -> None:
    """Add them before the long column on SQLite, where a scan reads all that stands before one."""
    names = ("filed_at", *(name for name, _ in REVIEW_COLUMNS))
    recreate: Literal["always", "never"] = (
        "always" if op.get_bind().dialect.name == "sqlite" else "never"
    )
    with op.batch_alter_table(
        "reviews", recreate=recreate, partial_reordering=[(*names, "head")]
    ) as batch:
        for name, kind in REVIEW_COLUMNS:
            batch.add_column(_build_column(name, kind))


def _create_indexes() -> None:
    rest = ["sort_due", "review", "number"]
    op.create_index("ix_actions_number", "actions", ["review", "number"])
    op.create_index("ix_actions_open", "actions", ["open", *rest])
    op.create_index("ix_actions_sort_due", "actions", [*rest, "open"])
    for name in SORTED:
        op.create_index(f"ix_actions_{name}", "actions", [name, *rest, "open"])
    op.create_index(op.f("ix_people_team_key"), "people", ["team_key"])
    op.create_index(op.f("ix_review_services_service"), "review_services", ["service"])


def _fill_people() -> None:
    people = _name_table("people", "address", "team", "team_key")
    for rows in _iter_rows(people, "address"):
        _update(
            people,
            [{"address": row["address"], "team_key": _fold(row["team"])} for row in rows],
            "address",
        )


def _fill_reviews() -> None:
    reviews = _name_table("reviews", "id", "head", **dict(REVIEW_COLUMNS))
    services = _name_table("review_services", "review", "service")
    for rows in _iter_rows(reviews, "id"):
        _update(reviews, [_build_review_values(row["id"], row["head"]) for row in rows], "id")
        if found := [each for row in rows for each in _iter_services(row["id"], row["head"])]:
            op.bulk_insert(services, found)
    events = _name_table("events", "review", "kind", "gate", at=TIME)
    first = {
        name: sa.select(sa.func.min(events.c.at))
        .where(events.c.review == reviews.c.id, events.c.kind == "approve", events.c.gate == gate)
        .scalar_subquery()
        for name, gate in (("drafted_at", "draft"), ("assigned_at", "actions"))
    }
    op.execute(sa.update(reviews).values(first))


def _build_review_values(review: str, head: dict[str, Any]) -> dict[str, Any]:
    meetings = [*head.get("past_follow_ups", ()), head.get("follow_up")]
    held = [time for meeting in meetings if (time := _parse_time(meeting, "held_at"))]
    return {
        "id": review,
        "restricted": bool(head.get("restricted_to")),
        "ended_at": _parse_time(head.get("incident"), "ended_at"),
        "meeting_held_at": _parse_time(head.get("meeting"), "held_at"),
        "follow_up_held_at": min(held, default=None),
    }


def _iter_services(review: str, head: dict[str, Any]) -> Iterator[dict[str, str]]:
    services = {_fold(each) for each in head.get("incident", {}).get("services", ())}
    yield from ({"review": review, "service": service} for service in sorted(services - {""}))


def _fill_actions() -> None:
    """Fill the actions; the due date first promised is not known where more time was granted."""
    events = _name_table("events", "review", "kind", "item")
    keys = (events.c.review, events.c.item)
    counts = sa.select(*keys, sa.func.count()).where(events.c.kind == "grant").group_by(*keys)
    granted = {(review, item): n for review, item, n in op.get_bind().execute(counts)}
    reviews = _name_table("reviews", "id", "stage")
    is_open = reviews.c.stage.in_(OPEN_STAGES)
    open_ids = set(op.get_bind().scalars(sa.select(reviews.c.id).where(is_open)))
    actions = _name_table("actions", "review", "id", "record", **dict(ACTION_COLUMNS))
    for rows in _iter_rows(actions, "review", "id"):
        values = [
            {
                "review": row["review"],
                "id": row["id"],
                **_build_action_values(row["record"], granted.get((row["review"], row["id"]), 0)),
                "open": row["review"] in open_ids and row["record"]["status"] not in FINISHED,
            }
            for row in rows
        ]
        _update(actions, values, "review", "id")


def _build_action_values(action: dict[str, Any], postponements: int) -> dict[str, Any]:
    due = date.fromisoformat(action["due"]) if action["due"] else None
    is_finished = action["status"] in FINISHED
    finished_at = _parse_time(action["outcome"], "at")
    return {
        "number": int(action["id"][1:]),
        "text": action["text"],
        "search_text": f"{action['text']}\n{action['measure']}".casefold(),
        "sort_due": due or LAST_DAY,
        "first_due": None if postponements else due,
        "postponements": postponements,
        "since": _parse_time(action, "since"),
        "assigned_at": _parse_time(action, "assigned_at"),
        "finished_at": finished_at or (_parse_time(action, "since") if is_finished else None),
    }


def _fill_causes() -> None:
    causes = _name_table("causes", "review", "id", "record", search_text=sa.Text())
    for rows in _iter_rows(causes, "review", "id"):
        values = [
            {
                "review": row["review"],
                "id": row["id"],
                "search_text": "\n".join(
                    (row["record"]["symptom"], *row["record"]["whys"])
                ).casefold(),
            }
            for row in rows
        ]
        _update(causes, values, "review", "id")


def _name_table(name: str, *names: str, **kinds: sa.types.TypeEngine[Any]) -> sa.TableClause:
    """Return a table with columns of text, of JSON for `head` and `record`, and of given kinds."""
    texts = {each: sa.JSON() if each in {"head", "record"} else sa.Text() for each in names}
    return sa.table(name, *(sa.column(each, kind) for each, kind in (texts | kinds).items()))


def _iter_rows(table: sa.TableClause, *keys: str) -> Iterator[Sequence[sa.RowMapping]]:
    """Yield the rows of a table, some at a time."""
    columns = sa.tuple_(*(table.c[key] for key in keys))
    after: tuple[Any, ...] = ()
    while True:
        stored = [column for column in table.c if column.name not in ADDED]
        statement = sa.select(*stored).order_by(*(table.c[key] for key in keys)).limit(BATCH)
        if after:
            statement = statement.where(columns > after)
        rows = op.get_bind().execute(statement).mappings().all()
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][key] for key in keys)


def _update(table: sa.TableClause, rows: list[dict[str, Any]], *keys: str) -> None:
    statement = sa.update(table).where(*(table.c[key] == sa.bindparam(f"_{key}") for key in keys))
    values: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name not in keys}
    renamed = [{f"_{k}" if k in keys else k: v for k, v in row.items()} for row in rows]
    op.get_bind().execute(statement.values(values), renamed)


def _parse_time(part: dict[str, Any] | None, name: str) -> datetime | None:
    value = part.get(name) if part else None
    return datetime.fromisoformat(value).astimezone(UTC) if value else None


def _fold(text: str) -> str:
    return text.strip().casefold()
