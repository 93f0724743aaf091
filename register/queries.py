"""What pages and lists read of the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Select,
    Table,
    func,
    select,
    tuple_,
)

from models.review import OPEN_STAGES, Event, Review, Stage
from register import tables
from register.rows import event, put_together
from register.transactions import reading

LONGEST_SEARCH = 200
"""Characters of a search that are looked at; nobody types more by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One review in a list.

    `title` is the true one even where `restricted_to` is not empty: whoever shows the row puts a
    neutral one there. `next_due` is the earliest due date of an open action; `lost` says that an
    open review has no workflow any more.
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
    restricted_to: tuple[str, ...]
    lost: bool
    open_actions: int
    next_due: date | None


def review(engine: Engine, review_id: str) -> Review | None:
    """Give a review as the register knows it: whole but for receipts and letters. Raises Away."""
    rows = tables.reviews
    with reading(engine) as connection:
        wanted = select(rows).where(rows.c.id == review_id)
        found = connection.execute(wanted).mappings().one_or_none()
        if found is None:
            return None
        return put_together(
            found,
            _parts(connection, tables.actions, review_id),
            _parts(connection, tables.causes, review_id),
            _log(connection, review_id),
        )


def reviews(
    engine: Engine,
    *,
    stage: Stage | None = None,
    lead: str | None = None,
    open_only: bool = False,
    q: str = "",
    limit: int = 50,
    after: str = "",
) -> list[Row]:
    """List reviews, the newest first, `limit` of them from behind the one named `after`.

    `q` is looked for in names and titles; titles of restricted reviews are not searched. Raises
    Away.
    """
    rows = tables.reviews.c
    wanted = select(*(rows[field.name] for field in fields(Row)))
    if stage is not None:
        wanted = wanted.where(rows.stage == stage)
    if lead is not None:
        wanted = wanted.where(rows.lead == lead)
    if open_only:
        wanted = wanted.where(rows.stage.in_(OPEN_STAGES))
    if q:
        words = q[:LONGEST_SEARCH].casefold()
        wanted = wanted.where(rows.words.contains(words, autoescape=True))
    page = _behind(wanted, after).order_by(rows.opened_at.desc(), rows.id.desc()).limit(limit)
    with reading(engine) as connection:
        return [_row(found) for found in connection.execute(page).mappings()]


def events(engine: Engine, review_id: str) -> tuple[Event, ...]:
    """Give a review's log, oldest line first; empty where there is no such review. Raises Away."""
    with reading(engine) as connection:
        return tuple(_log(connection, review_id))


def ids(engine: Engine) -> tuple[str, ...]:
    """Name every review in the register, in order of the alphabet. Raises Away."""
    with reading(engine) as connection:
        return tuple(sorted(connection.scalars(select(tables.reviews.c.id))))


def _behind(wanted: Select[Any], after: str) -> Select[Any]:
    if not after:
        return wanted
    rows = tables.reviews.c
    last = select(rows.opened_at, rows.id).where(rows.id == after).scalar_subquery()
    return wanted.where(tuple_(rows.opened_at, rows.id) < last)


def _parts(connection: Connection, table: Table, review_id: str) -> Iterator[Any]:
    """Give the records of actions or causes in order of their number: A2 before A10."""
    order = (func.length(table.c.id), table.c.id)
    wanted = select(table.c.record).where(table.c.review == review_id).order_by(*order)
    return iter(connection.scalars(wanted))


def _log(connection: Connection, review_id: str) -> Iterator[Event]:
    lines = tables.events
    wanted = (
        select(lines).where(lines.c.review == review_id).order_by(lines.c.revision, lines.c.seq)
    )
    return map(event, connection.execute(wanted).mappings())


def _row(found: RowMapping) -> Row:
    restricted_to = tuple(found["restricted_to"])
    return Row(**{**found, "stage": Stage(found["stage"]), "restricted_to": restricted_to})
