"""How the company stands: how much is open, overdue and verified, in two queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, select, union_all

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
    actions = tables.actions.c
    is_hidden = and_(tables.reviews.c.restricted, ~is_visible_to(engine.dialect.name, reader))
    is_overdue = and_(actions.open, actions.sort_due < today)
    is_verified = actions.status == ActionStatus.VERIFIED
    totals = (_count_visible(each, is_hidden) for each in (actions.open, is_overdue, is_verified))
    with begin_read(engine) as connection:
        counts = _count_by_stage(connection, is_hidden)
        row = connection.execute(select(*totals)).one()
    return Summary(
        reviews=counts,
        open_actions=row[0],
        overdue_actions=row[1],
        verified_actions=row[2],
    )


def _count_visible(
    is_counted: ColumnElement[bool], is_hidden: ColumnElement[bool]
) -> ColumnElement[int]:
    """Return how many actions are counted, less those of hidden reviews."""
    everything = select(func.count()).select_from(tables.actions).where(is_counted)
    joined = tables.reviews.join(tables.actions)
    hidden = select(func.count()).select_from(joined).where(is_hidden, is_counted)
    return everything.scalar_subquery() - hidden.scalar_subquery()


def _count_by_stage(connection: Connection, is_hidden: ColumnElement[bool]) -> dict[Stage, int]:
    """Return how many open reviews are in each stage, less the hidden ones."""
    stage = tables.reviews.c.stage
    by_stage = select(stage, func.count()).where(is_open()).group_by(stage)
    hidden = select(stage, -func.count()).where(is_open(), is_hidden).group_by(stage)
    counts: Counter[str] = Counter()
    for name, count in connection.execute(union_all(by_stage, hidden)):
        counts[name] += count
    return {each: counts[each] for each in OPEN_STAGES}
