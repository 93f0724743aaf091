"""How the company stands: how much is open, overdue and verified, in two queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, and_, case, func, select

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
    """Return how everything stands that a reader may see ("" for anybody). Raises Unavailable."""
    reviews, actions = tables.reviews.c, tables.actions.c
    visible = is_visible_to(engine.dialect.name, reader)
    by_stage = select(reviews.stage, func.count()).where(visible, is_open()).group_by(reviews.stage)
    totals = (
        select(
            func.count(case((actions.open, 1))),
            func.count(case((and_(actions.open, actions.sort_due < today), 1))),
            func.count(case((actions.status == ActionStatus.VERIFIED, 1))),
        )
        .select_from(tables.actions.join(tables.reviews))
        .where(visible)
    )
    with begin_read(engine) as connection:
        counts: dict[str, int] = dict(iter(connection.execute(by_stage)))
        open_actions, overdue_actions, verified_actions = connection.execute(totals).one()
    return Summary(
        reviews={stage: counts.get(stage, 0) for stage in OPEN_STAGES},
        open_actions=open_actions,
        overdue_actions=overdue_actions,
        verified_actions=verified_actions,
    )
