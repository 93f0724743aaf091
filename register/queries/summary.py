"""How the company stands: how much is open, overdue and verified, in two queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    case,
    func,
    select,
    union_all,
)

from models.action import ActionStatus
from models.review import OPEN_STAGES, Stage
from register import tables
from register.queries.conditions import is_open, is_visible_to
from register.transactions import begin_read


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many reviews and actions there are that a reader may see.

    `reviews` counts by open stage; `open_actions` are promised and not finished, in open reviews;
    `overdue_actions` are those of them whose due date has passed; `verified_actions` are all that
    somebody other than their owner has verified, in open and closed reviews.
    """

    reviews: Mapping[Stage, int]
    open_actions: int
    overdue_actions: int
    verified_actions: int

    @property
    def open_reviews(self) -> int:
        """Return how many reviews are open."""
        return sum(self.reviews.values())


def summarize(engine: Engine, reader: str, today: date) -> Summary:
    """Return how everything stands that a reader may see ("" for anybody). Raises Unavailable.

    All are counted by indexes alone, and then those taken off that are hidden from the reader:
    only the few restricted reviews are looked into.
    """
    with begin_read(engine) as connection:
        counts = _count_by_stage(connection, reader)
        totals = connection.execute(_count_actions(engine.dialect.name, reader, today)).one()
    open_actions, overdue_actions, verified_actions = totals
    return Summary(
        reviews=counts,
        open_actions=open_actions,
        overdue_actions=overdue_actions,
        verified_actions=verified_actions,
    )


def _is_hidden(dialect: str, reader: str) -> ColumnElement[bool]:
    return and_(tables.reviews.c.restricted, ~is_visible_to(dialect, reader))


def _count_actions(dialect: str, reader: str, today: date) -> Select[Any]:
    """Build the query for how many actions are open, overdue and verified, less the hidden ones.

    What is hidden is sorted out by CASE: by WHERE, SQLite would look up each open action's review.
    """
    actions = tables.actions.c
    is_overdue = and_(actions.open, actions.sort_due < today)
    kinds = (actions.open, is_overdue, actions.status == ActionStatus.VERIFIED)
    hidden_ids = select(tables.reviews.c.id).where(_is_hidden(dialect, reader))
    hidden = (
        select(*(func.count(case((kind, 1))).label(f"n{n}") for n, kind in enumerate(kinds)))
        .where(actions.review.in_(hidden_ids))
        .subquery()
    )
    everything = (
        select(func.count()).select_from(tables.actions).where(kind).scalar_subquery()
        for kind in kinds
    )
    pairs = zip(everything, hidden.c, strict=True)
    return select(*(count - less for count, less in pairs)).select_from(hidden)


def _count_by_stage(connection: Connection, reader: str) -> dict[Stage, int]:
    """Return how many open reviews are in each stage, less the hidden ones."""
    stage = tables.reviews.c.stage
    by_stage = select(stage, func.count()).where(is_open()).group_by(stage)
    is_hidden = _is_hidden(connection.dialect.name, reader)
    hidden = select(stage, -func.count()).where(is_hidden).group_by(stage)
    counts: Counter[str] = Counter()
    for name, count in connection.execute(union_all(by_stage, hidden)):
        counts[name] += count
    return {each: counts[each] for each in OPEN_STAGES}
